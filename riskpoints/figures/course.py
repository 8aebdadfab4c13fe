"""How a year went: on which day how many of its tables had been handed in, reviewed, confirmed for the first time."""

import datetime
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Min
from django.utils import timezone

from riskpoints.enums import Action
from riskpoints.figures.course_chart import CHART_DESK, CHART_PHONE, Chart, chart_of
from riskpoints.models import ControlTable, Cycle, Decision

STAGES = {Action.SUBMIT: "已提交", Action.APPROVE: "已审核", Action.CONFIRM: "已确定"}


@dataclass(frozen=True)
class Stage:
    """One line of the chart: its code and words, and the first days of all tables that came so far, in order."""

    code: str
    words: str
    days: tuple[datetime.date, ...]

    def on(self, day: datetime.date) -> int:
        """How many tables had come so far by the end of a day."""
        return bisect_right(self.days, day)

    @property
    def count(self) -> int:
        return len(self.days)


@dataclass(frozen=True)
class CourseDay:
    """One line of the table: what had been done by the end of the day, and what the year's plan says of it."""

    day: datetime.date
    named: tuple[tuple[str, int], ...]
    words: str


@dataclass(frozen=True)
class Course:
    """The days from `first` to `last` that are shown; figures are known up to `until`; `total` tables are asked for."""

    year: int
    first: datetime.date
    last: datetime.date
    until: datetime.date
    total: int
    stages: tuple[Stage, ...]
    plan: tuple[tuple[datetime.date, str], ...]
    is_over: bool

    @cached_property
    def days(self) -> list[CourseDay]:
        """The days on which something happened, the dates of the plan that are past, and the last day known."""
        plan = dict(self.plan)
        wanted = {day for stage in self.stages for day in stage.days} | set(plan) | {self.until}
        return [
            CourseDay(day, tuple((stage.words, stage.on(day)) for stage in self.stages), plan.get(day, ""))
            for day in sorted(wanted)
            if day <= self.until
        ]

    @property
    def charts(self) -> list[tuple[str, Chart]]:
        """For a desk and for a phone; a style sheet shows one of them."""
        marks = [(day, words, "plan") for day, words in self.plan]
        if not self.is_over:
            marks.append((self.until, "今天", "today"))
        lines = [(stage.code, f"{stage.words} {stage.count}", stage.days) for stage in self.stages]
        span = (self.first, self.until, self.last)
        return [
            (name, chart_of(lines, marks, span=span, most=self.total, size=size))
            for name, size in (("desk", CHART_DESK), ("phone", CHART_PHONE))
        ]


def course_of(cycle: Cycle, tables: Iterable[ControlTable], *, on: datetime.date | None = None) -> Course | None:
    """How far these tables of a year had come on which day; None where there are none, before the year's first day,
    and for a year that was typed in from paper, whose days are those of the typing. One query.
    """
    keys, today = [table.pk for table in tables], on or timezone.localdate()
    if not keys or cycle.is_historical:
        return None
    stages = tuple(_stages(keys, today))
    happened = [day for stage in stages for day in stage.days]
    first = min([cycle.fill_from, *happened])
    if today < first:
        return None
    closed = timezone.localdate(cycle.closed_at) if cycle.closed_at else None
    until = max([cycle.publish_until, *happened]) if closed else today
    until = min(until, today)
    return Course(
        year=cycle.year,
        first=first,
        last=max(cycle.publish_until, until),
        until=until,
        total=len(keys),
        stages=stages,
        plan=_plan(cycle),
        is_over=closed is not None,
    )


def _stages(keys: list[int], today: datetime.date) -> Iterable[Stage]:
    """Each table once a stage, on the day of the first such decision: returning it takes nothing back."""
    found = (
        Decision.objects.filter(version__table__in=keys, action__in=list(STAGES))
        .order_by()
        .values_list("version__table", "action")
        .annotate(first=Min("at"))
    )
    rows = [(action, timezone.localdate(first)) for _, action, first in found]
    for action, words in STAGES.items():
        yield Stage(action.value, words, tuple(sorted(day for kind, day in rows if kind == action and day <= today)))


def _plan(cycle: Cycle) -> tuple[tuple[datetime.date, str], ...]:
    """The last days of the year's plan, with what ends on each."""
    ends: dict[datetime.date, list[str]] = {}
    for day, words in (
        (cycle.fill_until, "填报"),
        (cycle.review_until, "审核"),
        (cycle.publish_until, "公示"),
    ):
        ends.setdefault(day, []).append(words)
    return tuple((day, f"{'、'.join(words)}截止") for day, words in ends.items())
