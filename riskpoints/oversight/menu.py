"""Where checks, findings and handlings are found, and which of them wait for whom."""

from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.models import User
from departments.permissions import department_ids, has_role, is_deputy
from riskcontrol.days import begin_of
from riskcontrol.templatetags.ui import cn_date
from riskpoints.dues import staff
from riskpoints.oversight import routing
from riskpoints.oversight.assessment import waiting as assessment
from riskpoints.oversight.enums import CheckKind, State
from riskpoints.oversight.handling import waiting as handling
from riskpoints.oversight.handling.permissions import finds
from riskpoints.oversight.models import CheckSheet
from riskpoints.oversight.monitoring import waiting
from riskpoints.oversight.monitoring.overview import Check, of_today
from riskpoints.oversight.permissions import OversightAction, can
from riskpoints.wings import MenuEntry, OtherTask


def entries(user: User) -> list[MenuEntry]:
    """监控检查, for everybody of the school; 问题和处置 for who handles them, heads, and whom one is about; 考核."""
    found = []
    if can(user, OversightAction.READ):
        found.append(MenuEntry("监控检查", reverse("oversight:checks"), is_beside=True))
    if finds(user):
        found.append(MenuEntry("问题和处置", reverse("oversight:findings"), is_beside=True))
    return [*found, *assessment.entries(user)]


def tasks(user: User) -> list[OtherTask]:
    """For head and clerk the checks that are due, for the committee those it began, for whoever reviews those handed
    in; what waits in findings, handlings and assessments."""
    checks = [*_of_departments(user), *_of_supervision(user), *_of_reviewers(user)]
    return [*checks, *_of_handling(user), *assessment.tasks(user)]


def _of_handling(user: User) -> list[OtherTask]:
    if not finds(user):
        return []
    waits = [one for one in handling.everything(staff()) if any(person.pk == user.pk for person in one.people)]
    found = [OtherTask(one.verb, one.title, one.since, one.address) for one in waits]
    helping = handling.assisting(user, department_ids(user, Role.HEAD))
    note = "涉及个人，由纪委直接联系，请配合。"
    return found + [
        OtherTask("配合整改", row.number, begin_of(row.issued_on), reverse("riskpoints:inbox"), note)
        for row in helping
        if row.issued_on
    ]


def _of_departments(user: User) -> list[OtherTask]:
    own = department_ids(user, Role.HEAD, Role.CLERK)
    if not own:
        return []
    today = timezone.localdate()
    return [
        OtherTask(
            waiting.VERBS[one.standing],
            f"{one.name}{one.title}，{_until(one)}",
            begin_of(one.first),
            waiting.address_of(one),
        )
        for one in of_today(own)
        if one.kind == CheckKind.SELF and one.is_asked(today)
    ]


def _until(one: Check) -> str:
    return f"已逾期（{cn_date(one.last)}）" if one.is_overdue else f"{cn_date(one.last)}前"


def _of_supervision(user: User) -> list[OtherTask]:
    if not can(user, OversightAction.SUPERVISE):
        return []
    rows = CheckSheet.objects.filter(
        kind=CheckKind.SUPERVISION, state__in=[State.FILLING, State.RETURNED], started_by=user, cycle__closed_at=None
    )
    return [
        OtherTask("填完检查表", f"{row}", row.started_at, reverse("oversight:sheet", args=[row.pk]))
        for row in rows.select_related("cycle").order_by("pk")
    ]


def _of_reviewers(user: User) -> list[OtherTask]:
    if not has_role(user, Role.LEADER, Role.PRINCIPAL, Role.REVIEWER) and not is_deputy(user):
        return []
    found = waiting.handed_in()
    routes = routing.routes(found)
    own = [sheet for sheet in found if routes[sheet.pk].includes(user)]
    return [
        OtherTask(
            waiting.review_verb(sheet),
            f"{sheet}",
            sheet.submitted_at or sheet.started_at,
            reverse("oversight:sheet", args=[sheet.pk]),
            "三级风险的自查由纪委抽查，每个时段至少一张。" if waiting.review_verb(sheet) == "抽查复核" else "",
        )
        for sheet in waiting.asked_for(own)
    ]
