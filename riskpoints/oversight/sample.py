"""The checks of the sample school: one reviewed, one being filled in; and its assessment."""

from typing import Any

from django.utils import timezone

from departments.enums import Level
from departments.models import User
from riskpoints.content.today import in_force_today
from riskpoints.models import TableVersion
from riskpoints.oversight import routing
from riskpoints.oversight.assessment import sample as assessment
from riskpoints.oversight.enums import CheckAct, CheckKind, Period, Result, Seen
from riskpoints.oversight.models import CheckMeasure, CheckSheet
from riskpoints.oversight.monitoring import acting, filling, periods
from riskpoints.oversight.monitoring.filling import Found, Head, Typed
from riskpoints.oversight.monitoring.starting import Which, start
from riskpoints.wings import SampleSchool

FAULT = "抽查的记录有两份没有签字，已当场补上。"
KEYS = ("finance", "logistics", "personnel", "academic", "office", "it", "training")


def fill(school: SampleSchool) -> None:
    """A yearly self-check of 三级 that was reviewed, and one of 一级 of this quarter that is half filled in."""
    _reviewed(school)
    _begun(school)
    assessment.fill(school)


def _reviewed(school: SampleSchool) -> None:
    which, head = _first(school, Level.THIRD, Period.YEAR)
    if which is None:
        return
    sheet = start(which, actor=head)
    rows = _rows(sheet)
    typed = {row.pk: _typed(row, Found(Result.DONE, Seen.PAPERS)) for row in rows[:-1]}
    typed[rows[-1].pk] = _typed(rows[-1], Found(Result.PARTLY, Seen.SAMPLE, 8, 10, FAULT))
    opinion = "各项措施总体落实，记录的签字要当日完成。"
    whole = Head(head.real_name, "填报员", opinion)
    filling.save(sheet, typed, Typed(whole, filling.mark(filling.head(sheet))), actor=head)
    sheet = acting.perform(CheckAct.SUBMIT, sheet, actor=head)
    reviewers = routing.route(sheet).people
    if reviewers:
        acting.perform(CheckAct.REVIEW, sheet, actor=reviewers[0], text="抽查属实。")


def _begun(school: SampleSchool) -> None:
    today = timezone.localdate()
    quarter = next(one for one in periods.PERIODS["quarter"] if today <= periods.last_day(today.year, one))
    which, head = _first(school, Level.FIRST, quarter)
    if which is None:
        return
    sheet = start(which, actor=head)
    rows = _rows(sheet)
    typed = {row.pk: _typed(row, Found(Result.DONE, Seen.ON_SITE)) for row in rows[: max(1, len(rows) // 2)]}
    filling.save(sheet, typed, None, actor=head)


def _first(school: SampleSchool, level: int, period: Period) -> tuple[Which | None, Any]:
    """The first department in force that has points of the level, and its head."""
    for key in KEYS:
        department = school.departments[key]
        tables = TableVersion.objects.filter(table__cycle=school.cycle, table__department=department)
        version = tables.filter(in_force_today()).first()
        if version and any(point.level == level for point in version.points.all()):
            head: User = school.people[f"head_{key}"]
            return Which(school.cycle, department, CheckKind.SELF, level, period), head
    return None, None


def _rows(sheet: CheckSheet) -> list[CheckMeasure]:
    return list(CheckMeasure.objects.filter(line__sheet=sheet).select_related("line"))


def _typed(row: CheckMeasure, what: Found) -> Typed:
    return Typed(what, filling.mark(filling.found(row)))
