"""Assessments as pages show them: a year's departments with their results, one department's indicators."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from departments.enums import DepartmentKind
from departments.models import Department, User
from riskcontrol.templatetags.ui import cn_date
from riskpoints.models import Cycle
from riskpoints.oversight.assessment import barring, counting, formulas, papers, states
from riskpoints.oversight.assessment.permissions import (
    AssessmentAction,
    can,
    seen_assessments,
    seen_departments,
    sees_scores,
)
from riskpoints.oversight.enums import AssessmentState, VetoState
from riskpoints.oversight.models import Assessment, AssessmentCorrection, AssessmentItem, Veto
from riskpoints.rules.enums import Grade


@dataclass(frozen=True)
class Line:
    """One department of a year's list."""

    name: str
    row: Assessment | None
    state: str
    tone: str
    address: str
    self_score: str
    reviewed_score: str
    grade: str
    barred: str


def judged(cycle: Cycle, departments: Collection[int] | None) -> list[Department]:
    """The departments that a year judges: not the 校领导班子, which judges nobody's work but its own."""
    found = Department.objects.exclude(kind=DepartmentKind.LEADERS)
    active = found.active_on(timezone.localdate())
    if departments is not None:
        active = active.filter(pk__in=departments)
    return list(active.order_by("order", "pinyin", "pk"))


def lines(cycle: Cycle, user: User, *, is_open: bool) -> list[Line]:
    """The departments of a year that the person sees; `is_open`: whether those not begun can be begun. A number of
    queries that doesn't grow with them."""
    rows = list(seen_assessments(user).filter(cycle=cycle))
    told = _Told(user, cycle, is_open, vetoes_in_force(cycle), corrections(rows))
    of: dict[int, list[Assessment | None]] = defaultdict(list)
    for row in rows:
        of[row.department_id].append(row)
    # A closed year shows what was judged then.
    owners = [] if cycle.is_closed else judged(cycle, seen_departments(user))
    for owner in owners:  # the head of today has yet to begin
        if all(row and row.until for row in of[owner.pk]):
            of[owner.pk].append(None)
    others = {row.department_id: row.department for row in rows}
    listed = {owner.pk: owner for owner in owners}
    listed |= {key: owner for key, owner in others.items() if key not in listed}
    return [_line(owner, row, told) for owner in listed.values() for row in of[owner.pk]]


@dataclass(frozen=True)
class _Told:
    """What each line of a year's list needs besides its own row."""

    user: User
    cycle: Cycle
    is_open: bool
    barred: Sequence[Veto]
    corrected: dict[int, list[AssessmentCorrection]]


def _line(owner: Department, row: Assessment | None, told: _Told) -> Line:
    if row is None:
        may = told.is_open and can(told.user, AssessmentAction.ASSESS_OWN, owner)
        address = reverse("oversight:assessment_start", args=[told.cycle.year, owner.pk]) if may else ""
        words = barring.WORDS if any(veto.department_id == owner.pk for veto in told.barred) else ""
        return Line(owner.name, None, states.NOT_BEGUN, "", address, "", "", "", words)
    days = papers.days(told.cycle.year, row.since, row.until)
    return Line(
        f"{row.department_name}（{row.head_name}，{days}）" if days else row.department_name,
        row,
        row.get_state_display(),
        states.tone(row.state),
        reverse("oversight:assessment", args=[row.pk]),
        points(row.self_score),
        points(row.reviewed_score) if sees_scores(told.user, row) else "",
        grade_words(row, told.corrected[row.pk]),
        barring.WORDS if any(barring.is_about(veto, row) for veto in told.barred) else "",
    )


def points(score: Decimal | None) -> str:
    """A score as it is read; nothing before there is one."""
    return "" if score is None else formulas.plain(score)


def grade_words(row: Assessment, corrected: Sequence[AssessmentCorrection]) -> str:
    """最终等次, with what the meeting had decided where it was corrected."""
    if not row.final_grade:
        return ""
    said = str(Grade(row.final_grade).label)
    changes = (
        f"{Grade(one.former_grade).label}→{Grade(one.grade).label}，{cn_date(timezone.localdate(one.at))}更正"
        for one in corrected
    )
    told = "；".join(changes)
    return f"{said}（{told}）" if told else said


def corrections(rows: Collection[Assessment]) -> dict[int, list[AssessmentCorrection]]:
    """更正 by assessment."""
    found: dict[int, list[AssessmentCorrection]] = defaultdict(list)
    for one in AssessmentCorrection.objects.filter(assessment__in=[row.pk for row in rows]):
        found[one.assessment_id].append(one)
    return found


def vetoes_in_force(cycle: Cycle) -> list[Veto]:
    """The vetoes that count in a year."""
    return list(Veto.objects.filter(cycle=cycle, state=VetoState.IN_FORCE))


@dataclass
class ShownItem:
    """One indicator with what was said and given; `fields` where the reader writes."""

    item: AssessmentItem
    self_score: str
    reckoning: str
    # Who gave how much, and why.
    given: list[tuple[str, str, str]]
    score: str
    fields: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """What one reader finds on the page of an assessment."""

    row: Assessment
    tone: str
    may_fill: bool
    may_score: bool
    sees_scores: bool
    self_score: str
    self_words: str
    reviewed_score: str
    reviewed_words: str
    grade: str
    by_score: str
    barred: str
    days: str
    corrections: list[AssessmentCorrection]


def page_of(row: Assessment, items: Sequence[AssessmentItem], user: User) -> Page:
    """The page for this person, without its items."""
    sees, is_open = sees_scores(user, row), not row.cycle.is_closed
    told = corrections([row])[row.pk]
    state = row.state
    may_score = is_open and state in (AssessmentState.HANDED_IN, AssessmentState.SCORING, AssessmentState.SCORED)
    whole = row.sheet.total
    return Page(
        row=row,
        tone=states.tone(state),
        may_fill=is_open and state == AssessmentState.SELF and can(user, AssessmentAction.ASSESS_OWN, row),
        may_score=may_score and can(user, AssessmentAction.SCORE, row.department),
        sees_scores=sees,
        self_score=points(row.self_score),
        reviewed_score=points(row.reviewed_score) if sees else "",
        self_words=_total((item.self_score for item in items), items, whole) if row.self_score is not None else "",
        reviewed_words=_total((item.score for item in items), items, whole) if sees and row.reviewed_score else "",
        grade=grade_words(row, told),
        by_score=str(Grade(row.grade_by_score).label) if row.grade_by_score else "",
        barred=barring.WORDS if barring.bars(row) else "",
        days=papers.days(row.cycle.year, row.since, row.until),
        corrections=told,
    )


def _total(scores: Any, items: Sequence[AssessmentItem], whole: int) -> str:
    pairs = zip((item.indicator.weight for item in items), scores, strict=True)
    return formulas.total(pairs, whole).words


def items_shown(row: Assessment, items: Sequence[AssessmentItem], *, sees: bool) -> list[tuple[str, list[ShownItem]]]:
    """The indicators under their groups. Before it is handed in, what would be reckoned now."""
    counted = counting.counts_of(row) if row.state == AssessmentState.SELF else {}
    found: dict[str, list[ShownItem]] = {}
    for item in items:
        value, words = item.value, item.reckoning
        own = item.self_score
        if counted and item.indicator.is_automatic:
            now = counting.reckon(row, item.indicator, counted)
            value, words = now.value, now.words
            own = formulas.points_of(item.indicator.weight, value)
        given = [(one.by_name, points(one.score), one.reason) for one in item.scores.all()] if sees else []
        shown = ShownItem(item, points(own), words, given, points(item.score) if sees else "")
        found.setdefault(item.indicator.group, []).append(shown)
    return list(found.items())


def to_decide(cycle: Cycle, user: User) -> list[Assessment]:
    """The scored assessments of a year about which this person may record a decision: none that he or she scored."""
    scored = Assessment.objects.filter(cycle=cycle, state=AssessmentState.SCORED).exclude(items__scores__by=user.pk)
    rows = scored.filter(~Q(submitted_by=user.pk)).select_related("department", "cycle").distinct()
    ordered = rows.order_by("department__order", "department__pinyin", "department", "since")
    return [row for row in ordered if can(user, AssessmentAction.DECIDE, row)]
