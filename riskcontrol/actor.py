"""The person who acts, as the plain tools know one: a number and a name, whatever else an account is made of."""

from typing import Protocol


class Actor(Protocol):
    """Where a command or the program itself acts, there is none: `Actor | None` says so."""

    staff_number: str
    real_name: str
