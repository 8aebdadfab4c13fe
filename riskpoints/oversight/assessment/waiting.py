"""What waits in assessments, whomever for, and where they are found; the inbox shows each person's own part of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.urls import reverse
from django.utils import timezone

from departments.enums import DepartmentKind, Role
from departments.models import Department, User
from departments.permissions import grants_of
from riskcontrol.days import begin_of
from riskpoints.dues import DueLine, Staff, day_of
from riskpoints.models import Cycle
from riskpoints.oversight.assessment.acting import MOST_SCORERS
from riskpoints.oversight.assessment.permissions import AssessmentAction, can
from riskpoints.oversight.enums import AssessmentAct, AssessmentState, SheetState, VetoState
from riskpoints.oversight.models import Assessment, AssessmentEntry, IndicatorSheet, ItemScore, Veto
from riskpoints.wings import MenuEntry, OtherTask

GROUP = "考核"
TO_SCORE = (AssessmentState.HANDED_IN, AssessmentState.SCORING)


def entries(user: User) -> list[MenuEntry]:
    """考核, for those who are judged and who judge."""
    if not can(user, AssessmentAction.READ):
        return []
    return [MenuEntry("考核", reverse("oversight:assessments"), is_beside=True)]


def tasks(user: User) -> list[OtherTask]:
    """The lines that wait for this person."""
    if not grants_of(user) and not can(user, AssessmentAction.READ):
        return []
    own = [line for line in lines(Staff([user])) if line.waits_for(user)]
    return [OtherTask(line.verb, line.title, begin_of(line.since), line.address) for line in own]


def lines(staff: Staff) -> list[DueLine]:
    """Everything that waits in open years, in a number of queries that doesn't grow with it."""
    sheets = list(IndicatorSheet.objects.filter(cycle__closed_at=None).select_related("cycle").order_by("cycle__year"))
    rows = list(
        Assessment.objects.filter(sheet__in=sheets)
        .exclude(state=AssessmentState.DECIDED)
        .select_related("cycle", "department")
        .order_by("cycle__year", "department__order", "pk")
        if sheets
        else ()
    )
    return [
        *_of_drafts(sheets, staff),
        *_not_begun([sheet for sheet in sheets if sheet.is_active], staff),
        *_of_rows(rows, staff),
        *_to_decide([row for row in rows if row.state == AssessmentState.SCORED], staff),
        *_of_vetoes(staff),
    ]


def open_matters(cycle: Cycle) -> list[str]:
    """Why a year can't be closed yet: what was begun would never be decided. A closed department holds nothing up."""
    rows = Assessment.objects.filter(cycle=cycle).exclude(state=AssessmentState.DECIDED).select_related("department")
    today = timezone.localdate()
    names = [
        f"{row.department_name}（{row.head_name}）" if row.is_part else row.department_name
        for row in rows.select_related("cycle")
        if row.department.is_active_on(today)
    ]
    return [f"考核还没有审定：{'、'.join(names)}"] if names else []


def _of_drafts(sheets: Iterable[IndicatorSheet], staff: Staff) -> list[DueLine]:
    return [
        DueLine(
            key=f"assessment.indicators:{sheet.cycle.year}",
            group=GROUP,
            verb="启用考核指标",
            title=f"{sheet}",
            since=day_of(sheet.made_at),
            address=reverse("oversight:indicators", args=[sheet.cycle.year]),
            people=staff.holding(Role.OFFICE),
            read_at=reverse("oversight:indicators", args=[sheet.cycle.year]),
        )
        for sheet in sheets
        if sheet.state == SheetState.DRAFT
    ]


def _not_begun(sheets: list[IndicatorSheet], staff: Staff) -> list[DueLine]:
    if not sheets:
        return []
    begun = set(Assessment.objects.filter(sheet__in=sheets, until=None).values_list("cycle", "department"))
    owners = Department.objects.exclude(kind=DepartmentKind.LEADERS).active_on(timezone.localdate())
    departments = list(owners.order_by("order", "pinyin", "pk"))
    return [
        DueLine(
            key=f"assessment.begin:{sheet.cycle.year}:{owner.pk}",
            group=GROUP,
            verb="开始自评",
            title=f"{owner.name}{sheet.cycle.year}年度考核",
            since=day_of(sheet.activated_at),
            address=reverse("oversight:assessment_start", args=[sheet.cycle.year, owner.pk]),
            people=staff.of(owner, Role.HEAD),
            department=owner,
            read_at=f"{reverse('oversight:assessments')}?year={sheet.cycle.year}",
        )
        for sheet in sheets
        for owner in departments
        if (sheet.cycle_id, owner.pk) not in begun
    ]


def _of_rows(rows: list[Assessment], staff: Staff) -> list[DueLine]:
    """Self-assessments to be written, and those to be scored."""
    found = []
    returned = _returned([row for row in rows if row.state == AssessmentState.SELF])
    scorers = _scorers([row for row in rows if row.state in TO_SCORE])
    for row in rows:
        here = reverse("oversight:assessment", args=[row.pk])
        line = DueLine(
            key=f"assessment:{row.pk}:{row.state}",
            group=GROUP,
            verb="核分",
            title=f"{row}",
            since=day_of(row.submitted_at, day_of(row.begun_at)),
            address=reverse("oversight:assessment_score", args=[row.pk]),
            people=(),
            department=row.department,
            read_at=here,
        )
        if row.state == AssessmentState.SELF:
            verb = "补正自评" if row.pk in returned else "填写自评"
            found.append(replace(line, verb=verb, address=here, people=_who_fills(row, staff)))
        elif row.state in TO_SCORE:
            found.append(replace(line, people=_who_scores(row, scorers[row.pk], staff)))
    return found


def _who_fills(row: Assessment, staff: Staff) -> tuple[User, ...]:
    """The head; of the days before a change whoever was head then."""
    if row.until is None:
        return staff.of(row.department, Role.HEAD)
    return staff.who(lambda person: person.pk == row.head_id)


def _returned(rows: list[Assessment]) -> set[int]:
    if not rows:
        return set()
    acts = AssessmentEntry.objects.filter(assessment__in=rows, act=AssessmentAct.RETURN)
    return set(acts.values_list("assessment", flat=True))


def _scorers(rows: list[Assessment]) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    if rows:
        given = ItemScore.objects.filter(item__assessment__in=rows).values_list("item__assessment", "by").distinct()
        for key, by in given.order_by():
            found[key].add(by)
    return found


def _who_scores(row: Assessment, given: set[int], staff: Staff) -> tuple[User, ...]:
    """Whoever may, but nobody else once two have."""
    return staff.who(
        lambda person: (
            can(person, AssessmentAction.SCORE, row.department) and (person.pk in given or len(given) < MOST_SCORERS)
        )
    )


def _to_decide(rows: list[Assessment], staff: Staff) -> list[DueLine]:
    """One line a year: a meeting decides about several departments."""
    by_year: dict[int, list[Assessment]] = defaultdict(list)
    for row in rows:
        by_year[row.cycle.year].append(row)
    return [
        DueLine(
            key=f"assessment.decide:{year}",
            group=GROUP,
            verb="登记审定",
            title=f"{year}年度考核，{len(own)} 个部门已核分",
            since=min(day_of(row.submitted_at) for row in own),
            address=reverse("oversight:assessment_decide", args=[year]),
            people=_who_decides(own, staff),
            read_at=f"{reverse('oversight:assessments')}?year={year}",
        )
        for year, own in by_year.items()
    ]


def _who_decides(rows: list[Assessment], staff: Staff) -> tuple[User, ...]:
    """Whoever may record a decision about one of them at least."""
    return staff.who(lambda person: any(can(person, AssessmentAction.DECIDE, row) for row in rows))


def _of_vetoes(staff: Staff) -> list[DueLine]:
    """A proposed veto is about a person: nothing of it is said outside."""
    rows = Veto.objects.filter(state=VetoState.PROPOSED).select_related("cycle", "department").order_by("pk")
    return [
        DueLine(
            key=f"veto:{row.pk}",
            group=GROUP,
            verb="确认",
            title=f"{row.cycle.year}年度考核的一项“优秀”否决",
            since=day_of(row.proposed_at),
            address=reverse("oversight:veto", args=[row.pk]),
            people=staff.who(lambda person, row=row: can(person, AssessmentAction.CONFIRM_VETO, row)),  # type: ignore[misc]
            is_about_person=True,
        )
        for row in rows
    ]
