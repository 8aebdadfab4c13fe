"""What the formulas count of one department's year: read here, reckoned in formulas.py."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from django.db.models import Count
from django.utils import timezone

from departments.enums import Level
from departments.models import Department, Post
from riskpoints import wings
from riskpoints.content import content
from riskpoints.content.completeness import is_vague, missing_stages
from riskpoints.enums import Action
from riskpoints.models import ControlTable, Cycle, Decision
from riskpoints.oversight.assessment import formulas
from riskpoints.oversight.assessment.formulas import Counts, Reckoned
from riskpoints.oversight.enums import CheckKind, Formula, HandlingState, Nature, Result, State
from riskpoints.oversight.models import Assessment, CheckMeasure, Handling, Indicator
from riskpoints.oversight.models.handling import UNAPPROVED
from riskpoints.oversight.monitoring.overview import Check, checks
from riskpoints.references.powers.models import Power
from riskpoints.references.regulations.enums import ENDED

# What other wings count, under the names under which they hand it in (Wing.counts).
OF_WINGS = {
    Formula.OPINIONS: "opinions",
    Formula.PROPOSALS: "proposals",
    Formula.TAKING_PART: "taking_part",
    Formula.EDUCATION: "education",
    Formula.FIRST_POSTS: "first_posts",
}
# What has no day of its own: it is the same for each head of a year, and the words say so.
UNDATED = (
    Formula.POSTS, Formula.CATEGORIES, Formula.STAGES, Formula.VAGUE, Formula.REPEALED, Formula.POWERS, *OF_WINGS,
)  # fmt: skip
OF_THE_YEAR = "（按本部门全年登记的情况计，不分任期）"
# The first and the last day.
Within = tuple[datetime.date, datetime.date]


@dataclass(frozen=True)
class Handlings:
    """The handlings of a department in a year: to be answered and answered in time, to be closed and closed."""

    due: int
    in_time: int
    all: int
    closed: int


def handlings(
    cycle: Cycle, departments: Collection[int], on: datetime.date | None = None, within: Within | None = None
) -> dict[int, Handlings]:
    """The handlings of these departments that were sent out in a year, by their keys; never those about persons.

    One that has to be answered is due once it was answered, or its day is over; its first answer tells whether it
    was in time. One that was escalated is over with the higher one, so that it counts as it.
    """
    day = on or timezone.localdate()
    rows = Handling.objects.filter(cycle=cycle, nature=Nature.DEPARTMENT, department__in=departments)
    if within is not None:
        rows = rows.filter(issued_on__range=within)
    sent = rows.exclude(state__in=[*UNAPPROVED, HandlingState.ESCALATED, HandlingState.TRANSFERRED])
    found: dict[int, list[int]] = {}
    for row in sent.prefetch_related("replies"):
        first = next((reply for reply in row.replies.all() if reply.round == 1), None)
        is_due = first is not None or (row.reply_due is not None and row.reply_due < day)
        in_time = first is not None and not first.is_late
        own = found.setdefault(row.department_id, [0, 0, 0, 0])
        for place, count in enumerate((is_due, in_time, True, row.state == HandlingState.CLOSED)):
            own[place] += count
    return {key: Handlings(*counted) for key, counted in found.items()}


def counts_of(row: Assessment) -> dict[Formula, Counts]:
    """What is counted of the year of an assessment; of a head who was one of several, within the own days."""
    within = (row.first, row.last) if row.is_part else None
    return counts(row.cycle, row.department, within=within)


def reckon(row: Assessment, indicator: Indicator, counted: Mapping[Formula, Counts]) -> Reckoned:
    """The share of an indicator, in words that say where the days of a head don't matter to it."""
    found = formulas.reckon(indicator.formula, counted.get(Formula(indicator.formula)))
    if row.is_part and indicator.formula in UNDATED and found.value is not None:
        return replace(found, words=f"{found.words}{OF_THE_YEAR}")
    return found


def counts(
    cycle: Cycle, department: Department, on: datetime.date | None = None, within: Within | None = None
) -> dict[Formula, Counts]:
    """Everything that is counted of a department's year up to a day (default: today, at most the year's last).

    `within` two days (both included) only what has its day then; the rest (UNDATED) is counted as ever.
    """
    day = min(on or timezone.localdate(), datetime.date(cycle.year, 12, 31), *([within[1]] if within else []))
    return {
        **_of_table(cycle, department, day, within),
        **_of_checks(cycle, department, day, within),
        **_of_handlings(cycle, department, within),
        **_of_wings(cycle, department),
        Formula.POWERS: _powers(department),
    }


def _of_table(cycle: Cycle, department: Department, day: datetime.date, within: Within | None) -> dict[Formula, Counts]:
    table = ControlTable.objects.filter(cycle=cycle, department=department, removed_at=None).first()
    found: dict[Formula, Counts] = dict.fromkeys(
        (Formula.ON_TIME, Formula.FIRST_PASS, Formula.STAGES, Formula.VAGUE, Formula.REPEALED)
    )
    if table is None:
        return found | {Formula.POSTS: None, Formula.CATEGORIES: None}
    return found | _of_submission(table, cycle, day, within) | _of_content(table, department, day)


def _of_submission(
    table: ControlTable, cycle: Cycle, day: datetime.date, within: Within | None
) -> dict[Formula, Counts]:
    """How it was handed in; nothing of a paper that was typed in afterwards. It is the matter of whoever was head when
    it was handed in, and not of whoever was before or after."""
    acts = Decision.objects.filter(version__table=table)
    first = acts.filter(action=Action.SUBMIT).order_by("at").first()
    if first is not None:
        handed_in = timezone.localdate(first.at)
        if within is not None and not within[0] <= handed_in <= within[1]:
            return {}
        late = (handed_in - cycle.fill_until).days
        returns = acts.filter(action=Action.RETURN).count()
        return {Formula.ON_TIME: {"late": max(0, late)}, Formula.FIRST_PASS: {"returns": returns}}
    late = (day - cycle.fill_until).days
    if table.in_force_id is not None or late <= 0:
        return {}
    return {Formula.ON_TIME: {"late": late, "open": 1}}


def _of_content(table: ControlTable, department: Department, day: datetime.date) -> dict[Formula, Counts]:
    """What the table in force holds; of a table that none is in force of, nothing covers a post or a category."""
    posts = set(Post.objects.active_on(day).filter(department=department).values_list("pk", flat=True))
    if table.in_force is None:
        return {Formula.POSTS: {"of": len(posts), "done": 0}, Formula.CATEGORIES: {"of": 4, "done": 0}}
    loaded = content.load(table.in_force)
    covered = {point.post_id for point in loaded.points} | loaded.exempt_post_ids
    first = [point for point in loaded.points if point.level == Level.FIRST]
    whole = [point for point in first if loaded.measures_of(point) and not missing_stages(loaded, point)]
    states = table.in_force.measures.filter(regulations__isnull=False).values_list("regulations__state", flat=True)
    return {
        Formula.POSTS: {"of": len(posts), "done": len(posts & covered)},
        Formula.CATEGORIES: {"of": len(loaded.rows), "done": sum(row.is_answered for row in loaded.rows)},
        Formula.STAGES: {"of": len(first), "done": len(whole)},
        Formula.VAGUE: {"of": len(loaded.measures), "bad": sum(is_vague(row.text) for row in loaded.measures)},
        Formula.REPEALED: {"of": len(states), "bad": sum(state in ENDED for state in states)},
    }


def _of_checks(
    cycle: Cycle, department: Department, day: datetime.date, within: Within | None
) -> dict[Formula, Counts]:
    """部门自查 whose period is over or that was handed in, and what all checks handed in say of the measures."""
    own = [one for one in checks(cycle, [department.pk], day) if one.kind == CheckKind.SELF and one.is_required]
    if within is not None:
        own = [one for one in own if within[0] <= _day_of(one) <= within[1]]
    done = [one for one in own if one.sheet is not None and not one.sheet.is_open]
    due = [one for one in own if one in done or one.last < day]
    sheet = "line__sheet__"
    rows = CheckMeasure.objects.filter(
        **{f"{sheet}cycle": cycle, f"{sheet}department": department},
        line__sheet__state__in=[State.SUBMITTED, State.REVIEWED],
    )
    if within is not None:
        rows = rows.filter(line__sheet__submitted_at__date__range=within)
    said = dict(rows.order_by().values_list("result").annotate(count=Count("pk")))
    results = {result.value: said.get(result, 0) for result in (Result.DONE, Result.PARTLY, Result.NOT_DONE)}
    return {Formula.CHECKS: {"of": len(due), "done": len(done)}, Formula.CARRIED_OUT: results}


def _day_of(check: Check) -> datetime.date:
    """When it was handed in, else when it had to be."""
    sheet = check.sheet
    return timezone.localdate(sheet.submitted_at) if sheet is not None and sheet.submitted_at else check.last


def _of_handlings(cycle: Cycle, department: Department, within: Within | None) -> dict[Formula, Counts]:
    found = handlings(cycle, [department.pk], within=within).get(department.pk)
    if found is None:
        return {Formula.RECTIFIED: None, Formula.CLOSED: None}
    return {
        Formula.RECTIFIED: {"of": found.due, "done": found.in_time},
        Formula.CLOSED: {"of": found.all, "done": found.closed},
    }


def _of_wings(cycle: Cycle, department: Department) -> dict[Formula, Counts]:
    told = wings.counts(cycle)
    found: dict[Formula, Counts] = {}
    for formula, name in OF_WINGS.items():
        pair = told.get(name, {}).get(department.pk)
        found[formula] = None if pair is None else {"of": pair[1], "done": pair[0]}
    return found


def _powers(department: Department) -> Counts:
    filed = list(Power.objects.filter(department=department, retired_at=None).values_list("filed", flat=True))
    return {"of": len(filed), "done": sum(key is not None for key in filed)}
