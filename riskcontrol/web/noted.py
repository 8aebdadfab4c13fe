"""What one part of the program tells another about the request under way, in one declared place."""

from dataclasses import dataclass

from django.http import HttpRequest

KEY = "riskcontrol.noted"  # beside what the server says of the request, where WSGI leaves room for a program's own


@dataclass
class Noted:
    """`is_refused`: the answer will be a refusal. `is_held_up`: the person has to do something first, and all other
    pages lead back there. `waiting`: how much waits for the person, where a page counted it."""

    is_refused: bool = False
    is_held_up: bool = False
    waiting: int | None = None


def noted(request: HttpRequest) -> Noted:
    """What is noted of this request, to read and to add to."""
    return request.META.setdefault(KEY, Noted())
