"""Reads of 制度库 that both the register and its pages need."""

import re
from collections.abc import Iterable

from django.db.models import BooleanField, Case, IntegerField, Q, QuerySet, Value, When

from riskcontrol.text import folded
from riskpoints.references.regulations.enums import ENDED, VALID, Kind
from riskpoints.references.regulations.models import Regulation

QUOTED = re.compile("《([^《》]+)》")


def citable() -> QuerySet[Regulation]:
    """What a measure may newly rest on: those valid today."""
    return Regulation.objects.filter(state__in=VALID).select_related("department")


def offered(*, cited: Iterable[int] = (), basis: str = "", department: int | None = None) -> QuerySet[Regulation]:
    """What a measure may rest on, in the order in which it is looked for: what it cites now, ended or not, what its
    text names (`is_named`), the own department's, the school's, all others."""
    cited = list(cited)
    named = [row.pk for rows in named_in([basis]).values() for row in rows] if basis else []
    place = Case(
        When(pk__in=cited, then=Value(0)),
        When(pk__in=named, then=Value(1)),
        When(department=department, then=Value(2)) if department else When(pk__in=[], then=Value(2)),
        When(kind=Kind.SCHOOL, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    is_named = Case(
        When(~Q(pk__in=cited), pk__in=named, then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    found = Regulation.objects.filter(Q(state__in=VALID) | Q(pk__in=cited))
    return found.annotate(place=place, is_named=is_named).order_by("place", "title", "effective_on", "pk")


def ended() -> QuerySet[Regulation]:
    """Those on which no measure can rest any more."""
    return Regulation.objects.filter(state__in=ENDED)


def plain_title(text: str) -> str:
    """A title without the marks that are put around it when it is cited."""
    whole = QUOTED.fullmatch(text.strip())
    return whole[1].strip() if whole else text.strip()


def titles_in(text: str) -> set[str]:
    """What a text may cite, folded: each title in marks, and the whole text where there is none."""
    return {folded(title) for title in QUOTED.findall(text) or [text] if folded(title)}


def named_in(texts: list[str]) -> dict[str, list[Regulation]]:
    """For each text the valid regulations that it names by their exact title; several where titles are the same."""
    wanted = {text: titles_in(text) for text in texts if text}
    if not any(wanted.values()):
        return {}
    known: dict[str, list[Regulation]] = {}
    for regulation in citable():
        known.setdefault(folded(regulation.title), []).append(regulation)
    found = {text: [row for title in sorted(titles) for row in known.get(title, [])] for text, titles in wanted.items()}
    return {text: rows for text, rows in found.items() if rows}
