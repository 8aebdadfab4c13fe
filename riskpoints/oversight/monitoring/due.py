"""Which 部门自查 a year asks for: computed from the tables in force and the rule of the day, no rows (R41)."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from departments.enums import DepartmentKind
from departments.models import Department
from riskpoints.enums import Scope, Status
from riskpoints.models import Cycle, RiskPoint, TableVersion
from riskpoints.models.risk_point import DECIDED_LEVEL
from riskpoints.oversight.enums import Period
from riskpoints.oversight.monitoring import periods
from riskpoints.rules import queries as rules

# A level that is new in a department is checked first at the end of a period of which so many days remain.
DAYS_THAT_REMAIN = datetime.timedelta(days=30)


@dataclass(frozen=True)
class DueCheck:
    """A 部门自查 that a department owes, begun or not; one that is not required may be made while its period runs."""

    department: Department
    year: int
    level: int
    period: Period
    is_required: bool = True

    @property
    def key(self) -> tuple[int, int, str]:
        return self.department.pk, self.level, self.period.value

    @property
    def first(self) -> datetime.date:
        return periods.first_day(self.year, self.period)

    @property
    def last(self) -> datetime.date:
        return periods.last_day(self.year, self.period)


@dataclass(frozen=True)
class _InForce:
    """From when on a table was in force, and which levels its points had."""

    since: datetime.date
    levels: frozenset[int]


def due_checks(
    cycle: Cycle, departments: Collection[int] | None = None, on: datetime.date | None = None
) -> list[DueCheck]:
    """What a year asks of these departments (None: of all) in the periods that have begun; see possible_checks."""
    return [one for one in possible_checks(cycle, departments, on) if one.is_required]


def possible_checks(
    cycle: Cycle, departments: Collection[int] | None = None, on: datetime.date | None = None
) -> list[DueCheck]:
    """What is asked, and what can be checked in a period that runs although it is too new to be asked; four queries.

    The leaders' own posts (校领导班子) and the school's table have nobody who could check them for the department: the
    committee looks at them. A department that is closed owes nothing any more.
    """
    day = min(on or timezone.localdate(), datetime.date(cycle.year, 12, 31))
    if cycle.is_historical:
        return []
    owned = Department.objects.exclude(kind=DepartmentKind.LEADERS).active_on(day)
    if departments is not None:
        owned = owned.filter(pk__in=departments)
    owners = list(owned.order_by("order", "pinyin", "pk"))
    known = _in_force(cycle, [row.pk for row in owners])
    history = rules.history()
    asked = [
        (level, period)
        for level, key in rules.CHECKS.items()
        for period in periods.begun(cycle.year, day)
        if history.on(periods.last_day(cycle.year, period))[key] == periods.EVERY[period]
    ]
    possible = [DueCheck(owner, cycle.year, level, period) for owner in owners for level, period in asked]
    judged = [
        replace(one, is_required=_is_asked(known[one.department.pk], one.level, one.last, day)) for one in possible
    ]
    return [one for one in judged if one.is_required or _is_there(known[one.department.pk], one, day)]


def _in_force(cycle: Cycle, departments: Sequence[int]) -> dict[int, list[_InForce]]:
    """What was in force of each department, in the order in which it came into force."""
    versions = TableVersion.objects.filter(
        status=Status.CONFIRMED,
        signed_on__isnull=False,
        table__scope=Scope.DEPARTMENT,
        table__department__in=departments,
        table__removed_at=None,
        table__cycle__is_historical=False,
        table__cycle__year__lte=cycle.year,
    )
    rows = list(
        versions.order_by("table__cycle__year", "number").values_list(
            "pk", "table__department", "table__cycle__year", "signed_on"
        )
    )
    levels: dict[int, set[int]] = defaultdict(set)
    points = RiskPoint.objects.filter(version__in=[row[0] for row in rows]).annotate(now=DECIDED_LEVEL).order_by()
    for version, level in points.values_list("version", "now").distinct():
        levels[version].add(level)
    found: dict[int, list[_InForce]] = defaultdict(list)
    for key, department, year, signed_on in rows:
        since = max(signed_on or datetime.date.max, datetime.date(year, 1, 1))
        found[department].append(_InForce(since, frozenset(levels[key])))
    return found


def _is_there(known: Sequence[_InForce], one: DueCheck, day: datetime.date) -> bool:
    """Whether the period runs and points of the level are in force."""
    there = [table for table in known if table.since <= day]
    return day <= one.last and bool(there) and one.level in there[-1].levels


def _is_asked(known: Sequence[_InForce], level: int, last: datetime.date, day: datetime.date) -> bool:
    """Whether points of the level are in force at the period's end (or today, while it runs), and long enough."""
    there = [one for one in known if one.since <= min(last, day)]
    since = None
    for one in reversed(there):
        if level not in one.levels:
            break
        since = one.since
    return since is not None and since + DAYS_THAT_REMAIN <= last
