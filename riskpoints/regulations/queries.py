"""The list of 制度库 as it is asked for, its rows, and the plan of a year."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from departments.models import Department, Visitor
from riskcontrol.search import says
from riskcontrol.web.query import QueryReader
from riskpoints.references.regulations.enums import VALID, Kind, Plan, State
from riskpoints.references.regulations.models import ExecutionCheck, PlanDecision, Regulation
from riskpoints.references.regulations.permissions import visible_to
from riskpoints.regulations import citing

MORE = {
    "uncited": "没有被引用",
    "ended": "已废止、被替代仍被引用",
    "unchecked": "本年度执行检查未做",
    "review": "到了评估的日子",
}
# What people look for first.
STATES_IN_ORDER = Case(
    *[When(state=state, then=Value(place)) for place, state in enumerate(State)], output_field=IntegerField()
)
PLANNED = (Kind.SCHOOL, Kind.DEPARTMENT)


@dataclass(frozen=True)
class Filter:
    """What was asked for; empty means all."""

    kind: str = ""
    state: str = ""
    department: int | None = None
    more: str = ""
    text: str = ""

    @property
    def is_narrowed(self) -> bool:
        return any((self.kind, self.state, self.department, self.more, self.text))


@dataclass(frozen=True)
class Line:
    """One regulation of the list."""

    regulation: Regulation
    cited: int
    is_unchecked: bool
    is_to_review: bool


@dataclass(frozen=True)
class PlanLine:
    """One regulation in the plan of a year: what is decided, and what the year's check found."""

    regulation: Regulation
    year: int
    decision: PlanDecision | None
    check: ExecutionCheck | None

    @property
    def words(self) -> str:
        """处理意见: what was decided, else what has become of it within the year."""
        if self.decision is not None:
            return str(self.decision.get_decision_display())
        return str(Plan.REPEAL.label) if self.regulation.is_ended else ""

    @property
    def due(self) -> datetime.date | None:
        return self.decision.due if self.decision else self.regulation.ended_on

    @property
    def found(self) -> str:
        """The year's check in words."""
        if self.check is None:
            return ""
        said = (("问题：", self.check.problems), ("建议：", self.check.suggestion))
        more = [f"{label}{text.rstrip('。')}" for label, text in said if text]
        return "。".join([self.check.get_executed_display(), *more]) + "。"


def read(query: QueryReader, departments: Iterable[Department]) -> Filter:
    """The filter that a query string asks for."""
    return Filter(
        kind=query.choice("kind", "类别", Kind.values),
        state=query.choice("state", "状态", State.values),
        department=query.number("department", "部门", [department.pk for department in departments]),
        more=query.choice("more", "另外", MORE),
        text=query.text("q", "检索词"),
    )


def offered_departments() -> list[Department]:
    """The departments that have regulations."""
    return list(Department.objects.filter(Exists(Regulation.objects.filter(department=OuterRef("pk")))))


def found(user: Visitor, chosen: Filter) -> QuerySet[Regulation]:
    """The regulations asked for: those drafted and in force first, then by kind and title."""
    rows = visible_to(user)
    if chosen.kind:
        rows = rows.filter(kind=chosen.kind)
    if chosen.state:
        rows = rows.filter(state=chosen.state)
    if chosen.department:
        rows = rows.filter(department=chosen.department)
    if chosen.more:
        rows = rows.filter(_more(chosen.more))
    for word in chosen.text.split():
        rows = rows.filter(says(word, "title", "document_number", "issuer", "summary"))
    kinds = Case(*[When(kind=kind, then=Value(n)) for n, kind in enumerate(Kind)], output_field=IntegerField())
    return rows.annotate(rank=STATES_IN_ORDER, kind_rank=kinds).order_by("rank", "-kind_rank", "title", "pk")


def _more(chosen: str) -> Q:
    if chosen == "uncited":
        return citing.uncited()
    if chosen == "ended":
        return citing.ended_and_cited()
    if chosen == "unchecked":
        return unchecked(timezone.localdate().year)
    return Q(state__in=VALID, next_review_on__lte=timezone.localdate())


def unchecked(year: int) -> Q:
    """Valid 校级 regulations that were not checked in a year (R59)."""
    return Q(~Exists(ExecutionCheck.objects.filter(regulation=OuterRef("pk"), year=year)), is_due_for_check())


def is_due_for_check() -> Q:
    """What is checked every year."""
    return Q(kind=Kind.SCHOOL, state__in=VALID)


def lines(rows: Iterable[Regulation]) -> list[Line]:
    """Rows of the list with what cites them; the same number of queries for any number of rows."""
    shown = list(rows)
    cited, today = citing.counts(shown), timezone.localdate()
    keys = [row.pk for row in shown]
    waiting = set(Regulation.objects.filter(unchecked(today.year), pk__in=keys).values_list("pk", flat=True))
    return [
        Line(
            row,
            cited.get(row.pk, 0),
            row.pk in waiting,
            row.is_valid and row.next_review_on is not None and row.next_review_on <= today,
        )
        for row in shown
    ]


def plan(year: int) -> list[PlanLine]:
    """废改立清单 of a year: the school's and the departments' regulations that were there at some time of it, in the
    order of their departments."""
    ended_before = Q(ended_on__lt=datetime.date(year, 1, 1))
    decided = {row.regulation_id: row for row in PlanDecision.objects.filter(year=year).order_by("pk")}
    checks = {row.regulation_id: row for row in ExecutionCheck.objects.filter(year=year).order_by("pk")}
    rows = Regulation.objects.filter(kind__in=PLANNED).select_related("department")
    rows = rows.filter(Q(pk__in=decided) | (~Q(state=State.DROPPED) & (Q(ended_on__isnull=True) | ~ended_before)))
    ordered = sorted(rows, key=_place)
    return [PlanLine(row, year, decided.get(row.pk), checks.get(row.pk)) for row in ordered]


def _place(row: Regulation) -> tuple[bool, int, int, str, int]:
    department = row.department
    place = (department.order, department.pk) if department else (0, 0)
    return (row.kind != Kind.SCHOOL, *place, row.title, row.pk)
