"""更正登记: corrections of a year that was closed, in the archive of the year in which they were decided (R50).

The archive of the year that was judged stays what it was when that year was closed.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from riskpoints.archives.rows import columns, insert
from riskpoints.evidence.year_facts import day_of, read_day
from riskpoints.models import Cycle
from riskpoints.oversight.enums import VetoAct
from riskpoints.oversight.models import AssessmentCorrection, KeptCorrection
from riskpoints.rules.enums import Grade
from riskpoints.wings import FileOf, Person, Row, YearPart, person

KEPT = (
    "judged", "department_name", "head_name", "former_grade", "grade", "decision_number", "decision_organ",
    "decision_on", "reason", "by_name", "at",
)  # fmt: skip
HEADINGS = ("考核年度", "部门", "部门负责人", "原等次", "更正为", "决定编号", "决定日期", "更正日期", "更正人")


def facts(cycle: Cycle) -> list[Row]:
    """The corrections of former years that belong to this one, those that came with its archive first."""
    kept = KeptCorrection.objects.filter(cycle=cycle).select_related("by")
    told = [columns(row, KEPT) | {"by": person(row.by, row.at)} for row in kept]
    rows = AssessmentCorrection.objects.filter(assessment__cycle__year__lt=cycle.year)
    if cycle.closed_at:
        rows = rows.filter(at__lte=cycle.closed_at)
    related = rows.select_related("assessment__cycle", "veto", "by").prefetch_related("veto__entries")
    years = list(Cycle.objects.order_by("year").values_list("year", "closed_at"))
    return told + [_fact(row) for row in related if _year_of(row, years) == cycle.year]


@dataclass(frozen=True)
class Told:
    """One of them as the page of the year says it."""

    judged: int
    department: str
    before: str
    after: str
    day: datetime.date


def told(cycle: Cycle) -> list[Told]:
    """The corrections of former years that were decided in this one."""
    return [
        Told(
            row["judged"],
            row["department_name"],
            str(Grade(row["former_grade"]).label),
            str(Grade(row["grade"]).label),
            read_day(day_of(row["at"])),
        )
        for row in facts(cycle)
    ]


def _year_of(row: AssessmentCorrection, years: Sequence[tuple[int, datetime.datetime | None]]) -> int | None:
    """The year in whose archive it lies: that of its day, or the next one whose record was not yet made.

    None of a correction that lies in the archive of the very year that was judged, which was still open.
    """
    judged = row.assessment.cycle
    if judged.closed_at is None or row.at <= judged.closed_at:
        return None
    least = max(timezone.localdate(row.at).year, judged.year + 1)
    open_then = (year for year, closed_at in years if year >= least and (closed_at is None or row.at <= closed_at))
    return next(open_then, None)


def _fact(row: AssessmentCorrection) -> Row:
    judged, veto = row.assessment, row.veto
    decided: tuple[str, str, datetime.date | None]
    decided = (veto.violation_number, veto.violation_organ, veto.violation_on)
    if row.grade == Grade.EXCELLENT:  # given back because the case was corrected, which happens once
        lifted = next(one for one in veto.entries.all() if one.act == VetoAct.LIFT)
        decided = (lifted.decision_number, lifted.decision_organ, lifted.decision_on)
    return {
        "judged": judged.cycle.year,
        "department_name": judged.department_name,
        "head_name": judged.head_name,
        **columns(row, ("former_grade", "grade", "reason", "by_name", "at")),
        **dict(zip(("decision_number", "decision_organ", "decision_on"), decided, strict=True)),
        "by": person(row.by, row.at),
    }


def lines(rows: list[Row]) -> list[Sequence[str]]:
    """By which decision the grade changed, without the case."""
    return [
        (
            f"{row['judged']}",
            row["department_name"],
            row["head_name"],
            str(Grade(row["former_grade"]).label),
            str(Grade(row["grade"]).label),
            row["decision_number"],
            f"{row['decision_on']}",
            f"{read_day(day_of(row['at']))}",
            row["by_name"],
        )
        for row in rows
    ]


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    for row in rows:
        insert(KeptCorrection, row, cycle=cycle, by=account(row["by"]))


PART = YearPart("corrections", "以前年度考核的更正登记", HEADINGS, facts, lines=lines, restore=_restore)
