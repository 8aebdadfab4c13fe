"""处置统计: how many handlings about persons there were by kind and quarter, and never so few that they name one (T22).

What is counted is merged until each cell holds at least three: first steps of the ladder that stand beside one
another, then quarters. The cells are the whole, so that none can be told by subtraction. A year with fewer than three
says nothing but that, and says the same where there was none.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from riskpoints.models import Cycle
from riskpoints.oversight.enums import LADDERS, HandlingAct, HandlingKind, Nature
from riskpoints.oversight.models import Finding, Handling, HandlingEntry, KeptCounts
from riskpoints.wings import Figure, FileOf, Person, Row, YearPart

FEWEST = 3
QUARTERS = (1, 2, 3, 4)
FIGURES = "一二三四"
FEW = f"少于 {FEWEST} 件（含没有）"
ALL_KINDS, WHOLE_YEAR = "各种方式", "全年"
KINDS = LADDERS[Nature.PERSON]


@dataclass(frozen=True)
class Cell:
    """So many handlings of these kinds in these quarters."""

    kinds: tuple[int, ...]
    quarters: tuple[int, ...]
    count: int


def merged(found: Iterable[tuple[int, int]]) -> list[Cell]:
    """(kind, quarter) of each handling as cells of at least three; no cells where there are fewer altogether."""
    counts = Counter(found)
    if counts.total() < FEWEST:
        return []
    cells = []
    for kinds in _grouped(KINDS, lambda kind: sum(counts[kind, quarter] for quarter in QUARTERS)):
        for quarters in _grouped(QUARTERS, lambda quarter, kinds=kinds: sum(counts[kind, quarter] for kind in kinds)):  # type: ignore[misc]
            count = sum(counts[kind, quarter] for kind in kinds for quarter in quarters)
            cells.append(Cell(tuple(int(kind) for kind in kinds), tuple(quarters), count))
    return cells


def _grouped(values: Sequence[int], count: Callable[[int], int]) -> list[list[int]]:
    """Neighbours together until each group holds enough; what is left over at the end belongs to the last group."""
    groups: list[list[int]] = []
    waiting: list[int] = []
    held = 0
    for value in values:
        waiting, held = [*waiting, value], held + count(value)
        if held >= FEWEST:
            groups.append(waiting)
            waiting, held = [], 0
    if waiting:
        groups[-1] += waiting
    return groups


def quarter_of(day: datetime.date) -> int:
    """1 for January to March, 4 for October to December."""
    return (day.month + 2) // 3


def _facts(cycle: Cycle) -> list[Row]:
    """One row a year in which departments have matters, or persons enough: that there is a row tells nothing, either.

    Counted is what was sent out in the calendar year, up to its closing.
    """
    sent = HandlingEntry.objects.filter(act=HandlingAct.APPROVE, handling__nature=Nature.PERSON)
    sent = sent.filter(handling__issued_on__year=cycle.year)
    if cycle.closed_at:
        sent = sent.filter(at__lte=cycle.closed_at)
    found = sent.order_by().values_list("handling__kind", "handling__issued_on")
    matters = [(kind, quarter_of(day)) for kind, day in found if day]
    kept = KeptCounts.objects.filter(cycle=cycle).first()
    cells = merged(matters) if kept is None or not kept.cells else _added(kept.cells, matters)
    if not cells and kept is None and not _has_matters(cycle):
        return []
    told = [{"kinds": list(one.kinds), "quarters": list(one.quarters), "count": one.count} for one in cells]
    return [{"year": cycle.year, "cells": told}]


def _added(kept: list[Row], matters: Iterable[tuple[int, int]]) -> list[Cell]:
    """What an archive told, and what was sent out since it was imported: the cells stay merged as they were."""
    counts = Counter(matters)
    return [
        Cell(
            tuple(one["kinds"]),
            tuple(one["quarters"]),
            one["count"] + sum(counts[kind, quarter] for kind in one["kinds"] for quarter in one["quarters"]),
        )
        for one in kept
    ]


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    """Keep the counts as they were told: the rows that they were counted from stand in no archive."""
    for row in rows:
        KeptCounts.objects.create(cycle=cycle, cells=row["cells"])


def figures(cycle: Cycle) -> list[Figure]:
    """What an imported archive told of matters about persons, in its words; nothing of a year that was kept here."""
    kept = KeptCounts.objects.filter(cycle=cycle).first()
    if kept is None:
        return []
    said = [f"{line[0]} {line[1]} {line[2]} 件" for line in _lines([{"cells": kept.cells}])[:-1]]
    return [Figure("涉及个人的处置（档案统计）", "；".join(said) or FEW)]


def _has_matters(cycle: Cycle) -> bool:
    until = {"registered_at__lte": cycle.closed_at} if cycle.closed_at else {}
    if Finding.objects.filter(cycle=cycle, nature=Nature.DEPARTMENT, **until).exists():
        return True
    until = {"drafted_at__lte": cycle.closed_at} if cycle.closed_at else {}
    return Handling.objects.filter(cycle=cycle, nature=Nature.DEPARTMENT, **until).exists()


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    found: list[Sequence[str]] = []
    for row in rows:
        cells = [Cell(tuple(one["kinds"]), tuple(one["quarters"]), one["count"]) for one in row["cells"]]
        found += [(_kinds(one.kinds), _quarters(one.quarters), f"{one.count}") for one in cells]
        found.append(("合计", WHOLE_YEAR, f"{sum(one.count for one in cells)}" if cells else FEW))
    return found


def _kinds(kinds: Sequence[int]) -> str:
    return ALL_KINDS if len(kinds) == len(KINDS) else "、".join(str(HandlingKind(kind).label) for kind in kinds)


def _quarters(quarters: Sequence[int]) -> str:
    if len(quarters) == len(QUARTERS):
        return WHOLE_YEAR
    first, last = (FIGURES[number - 1] for number in (quarters[0], quarters[-1]))
    return f"第{first}季度" if first == last else f"第{first}至第{last}季度"


HEADINGS = ("处置方式", "时间", f"件数（少于 {FEWEST} 件的合并）")
PART = YearPart("handling_counts", "涉及个人的处置统计", HEADINGS, _facts, lines=_lines, restore=_restore)
