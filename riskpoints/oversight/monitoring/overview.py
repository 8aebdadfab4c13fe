"""The checks of a year as lists show them: what is due, begun and done, of some departments or of all."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from departments.models import Department
from riskpoints.models import Cycle
from riskpoints.oversight.enums import CheckKind, Period, Standing
from riskpoints.oversight.models import CheckSheet
from riskpoints.oversight.models.sheet import level_words
from riskpoints.oversight.monitoring import periods, states
from riskpoints.oversight.monitoring.due import DueCheck, possible_checks

# A check stands in its department's inbox so many days before its period ends, as the tasks of the plan do.
ASKED_BEFORE = datetime.timedelta(days=30)


@dataclass(frozen=True)
class Check:
    """One check of a year: with a sheet where somebody has begun it."""

    cycle: Cycle
    department: Department
    name: str
    kind: CheckKind
    level: int
    period: Period
    sheet: CheckSheet | None
    standing: Standing
    is_overdue: bool
    # Not begun, and too new to be asked: it may be made all the same.
    is_required: bool = True

    @property
    def first(self) -> datetime.date:
        return periods.first_day(self.cycle.year, self.period)

    @property
    def last(self) -> datetime.date:
        return periods.last_day(self.cycle.year, self.period)

    @property
    def title(self) -> str:
        """Without the department: 2026年第三季度一级风险部门自查."""
        return f"{self.cycle.year}年{self.period.label}{level_words(self.level)}{self.kind.label}"

    @property
    def tone(self) -> str:
        return states.tone(self.standing, is_overdue=self.is_overdue)

    @property
    def is_late(self) -> bool:
        """Whether it was handed in after its period, or is missing after it."""
        return self.is_overdue or bool(self.sheet and self.sheet.is_late)

    @property
    def is_expected(self) -> bool:
        """Whether the department still has to do something."""
        return self.is_required and self.standing not in states.OVER

    @property
    def may_begin(self) -> bool:
        return self.standing == Standing.NOT_BEGUN

    def is_asked(self, on: datetime.date) -> bool:
        """Whether it stands in the inbox: what was returned at once, the rest near its end."""
        return self.is_expected and (self.standing == Standing.RETURNED or self.last - ASKED_BEFORE <= on)


def checks(cycle: Cycle, departments: Collection[int] | None = None, on: datetime.date | None = None) -> list[Check]:
    """The checks of a year, department by department, in the order of level and period; five queries."""
    day = on or timezone.localdate()
    whose = Q() if departments is None else Q(department__in=departments)
    sheets = CheckSheet.objects.filter(whose, cycle=cycle).select_related("cycle", "department")
    by_key = {(row.department_id, row.kind, row.level, row.period): row for row in sheets}
    found = [_begun(row, day) for row in by_key.values()]
    for due in possible_checks(cycle, departments, day):
        if (due.department.pk, CheckKind.SELF, due.level, due.period) not in by_key:
            found.append(_not_begun(cycle, due, day))
    return sorted(found, key=_place)


def of_today(departments: Collection[int] | None = None, on: datetime.date | None = None) -> list[Check]:
    """Those of all open years, for inboxes and boards."""
    years = Cycle.objects.filter(closed_at=None, is_historical=False).order_by("year")
    return [one for cycle in years for one in checks(cycle, departments, on)]


def _begun(sheet: CheckSheet, day: datetime.date) -> Check:
    where = states.standing(sheet, day)
    is_overdue = sheet.is_self and states.is_overdue(sheet.cycle.year, sheet.period, where, day)
    values = (CheckKind(sheet.kind), sheet.level, Period(sheet.period), sheet, where, is_overdue)
    return Check(sheet.cycle, sheet.department, sheet.department_name, *values)


def _not_begun(cycle: Cycle, due: DueCheck, day: datetime.date) -> Check:
    where = Standing.UNFINISHED if cycle.is_closed else Standing.NOT_BEGUN
    is_overdue = due.is_required and states.is_overdue(cycle.year, due.period, where, day)
    values = (CheckKind.SELF, due.level, due.period, None, where, is_overdue)
    return Check(cycle, due.department, due.department.name, *values, due.is_required)


def _place(one: Check) -> tuple[int, str, int, bool, int, datetime.date, datetime.date]:
    owner = one.department
    return (owner.order, owner.pinyin, owner.pk, one.kind != CheckKind.SELF, one.level, one.first, one.last)
