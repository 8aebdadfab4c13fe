"""Whose year is judged: one head of a department, or several, each on the own part of the year (R49, R50)."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from departments.enums import Role
from departments.models import Actor, Department, RoleGrant, User
from riskcontrol import audit
from riskcontrol.text import stripped
from riskpoints.models import Cycle
from riskpoints.oversight.assessment import sheets
from riskpoints.oversight.assessment.locking import lock_year
from riskpoints.oversight.assessment.permissions import AssessmentAction, require_still
from riskpoints.oversight.assessment.states import AssessmentError
from riskpoints.oversight.enums import AssessmentState
from riskpoints.oversight.models import Assessment, AssessmentItem
from riskpoints.oversight.verbs import OversightVerb

DAY = datetime.timedelta(days=1)
NO_SHEET = "{}的考核指标还没有启用，请等领导小组办公室启用后再自评。"
HANDED_IN = "{}的自评已经提交，请纪委退回自评后再登记负责人变动。"
DECIDED = "{}的考核已经审定，不能再登记负责人变动。"
TWICE = "{}在{}年度已经有一份{}的考核，不能再有一份。"


def new(cycle: Cycle, department: Department, head: Actor, since: datetime.date | None) -> Assessment:
    """A self-assessment with its items, of a head since a day of the year. AssessmentError where the head has one."""
    sheet = sheets.of_year(cycle)
    if sheet is None or not sheet.is_active:
        raise AssessmentError(NO_SHEET.format(cycle))
    require_first(cycle, department, head)
    row = Assessment(cycle=cycle, sheet=sheet, department=department, department_name=department.name, since=since)
    row.head, row.head_name = head, head.real_name
    return row


def add(row: Assessment) -> Assessment:
    """Write it with an item for each indicator."""
    row.full_clean()
    row.save()
    for indicator in row.sheet.indicators.all():
        AssessmentItem.objects.create(assessment=row, indicator=indicator)
    return row


def require_first(cycle: Cycle, department: Department, head: Actor, but: Assessment | None = None) -> None:
    """AssessmentError where somebody who came back would be judged twice."""
    known = Assessment.objects.filter(cycle=cycle, department=department, head=head)
    if but is not None:
        known = known.exclude(pk=but.pk)
    if known.exists():
        raise AssessmentError(TWICE.format(head.real_name, cycle.year, department.name))


def next_day(cycle: Cycle, department: Department) -> datetime.date | None:
    """The day since which the next head is judged; None: the first of the year."""
    ends = Assessment.objects.filter(cycle=cycle, department=department, until__isnull=False)
    last = ends.order_by("-until").values_list("until", flat=True).first()
    return last + DAY if last else None


def change(cycle: Cycle, department: Department, former: User, on: datetime.date, *, actor: Actor) -> Assessment:
    """Write down that a department had another head before a day: both are judged on their own parts of the year.

    Gives the former head's assessment, begun where nobody had begun it. ValidationError by field, AssessmentError where
    the self-assessment of these days was handed in, PermissionDenied.
    """
    with transaction.atomic():
        held = lock_year(cycle.pk)
        _require_day(held, on)
        if held.is_closed:
            raise AssessmentError(f"{held}已经关闭，不能再登记负责人变动。")
        rows = Assessment.objects.select_for_update(of=("self",)).filter(cycle=held, department=department)
        current = rows.filter(until__isnull=True).select_related("cycle", "department", "sheet").first()
        since = current.since if current else next_day(held, department)
        row = current if current and current.head_id == former.pk else None
        about = row or new(held, department, former, since)
        require_still(actor, AssessmentAction.DECIDE, about)
        if since is not None and on <= since:
            raise ValidationError({"on": f"现任的到任日期要晚于前一次变动的 {since}。"})
        if current is not None:
            _require_open(current)
        if current is not None and row is None:
            current.since = on  # first: two rows never share a day, not even between two statements
            current.lock += 1
            current.full_clean()
            current.save()
        about.until = on - DAY
        if row is None:
            add(about)
        else:
            about.lock += 1
            about.full_clean()
            about.save()
        detail = {"前任": about.head_name, "现任到任": f"{on}"}
        audit.record(OversightVerb.ASSESSMENT_HEADS, actor=actor, target=about, detail=detail)
    return about


def _require_day(cycle: Cycle, on: datetime.date) -> None:
    if not datetime.date(cycle.year, 1, 2) <= on <= datetime.date(cycle.year, 12, 31):
        raise ValidationError({"on": f"请填 {cycle.year} 年内的日期；年初第一天到任的，不用登记。"})


def _require_open(row: Assessment) -> None:
    if row.is_decided:
        raise AssessmentError(DECIDED.format(row.department_name))
    if row.state != AssessmentState.SELF:
        raise AssessmentError(HANDED_IN.format(row.department_name))


def of_case(cycle: Cycle, department: Department, name: str, day: datetime.date | None) -> User | None:
    """The account of the head of the day of a case, or of the one with this name among the heads of the year."""
    parts = [row for row in _of_year(cycle, department) if row.is_part]
    holders = RoleGrant.objects.filter(department=department, role=Role.HEAD, user__is_active=True)
    today = [grant.user for grant in holders.select_related("user").order_by("pk")]
    if name:
        return next((one for one in [*(row.head for row in parts), *today] if one.real_name == stripped(name)), None)
    then = [row.head for row in parts if day is not None and row.first <= day <= row.last]
    return next(iter(then or today), None)


def require_one(cycle: Cycle, department: Department, head: User | None, name: str) -> None:
    """ValidationError at `head_name` where a year has several heads and a veto would be about none of them."""
    rows = _of_year(cycle, department)
    if not any(row.is_part for row in rows) or head is not None:
        return
    if stripped(name) not in {row.head_name for row in rows}:
        names = "、".join(row.head_name for row in rows)
        raise ValidationError({"head_name": f"这一年本部门的负责人有变动，请写其中一位的姓名：{names}。"})


def _of_year(cycle: Cycle, department: Department) -> list[Assessment]:
    rows = Assessment.objects.filter(cycle=cycle, department=department)
    return list(rows.select_related("head", "cycle"))
