"""Reads of 制度库 that both the register and its pages need."""

import re

from django.db.models import QuerySet

from riskcontrol.text import folded
from riskpoints.references.regulations.enums import ENDED, VALID
from riskpoints.references.regulations.models import Regulation

QUOTED = re.compile("《([^《》]+)》")


def citable() -> QuerySet[Regulation]:
    """What a measure may newly rest on: those valid today."""
    return Regulation.objects.filter(state__in=VALID).select_related("department")


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
