"""Where checks are found, and which of them wait for whom."""

from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.models import User
from departments.permissions import department_ids, has_role, is_deputy
from riskcontrol.days import begin_of
from riskcontrol.templatetags.ui import cn_date
from riskpoints.oversight import routing
from riskpoints.oversight.assessment import waiting as assessment
from riskpoints.oversight.enums import CheckKind, State
from riskpoints.oversight.models import CheckSheet
from riskpoints.oversight.monitoring import waiting
from riskpoints.oversight.monitoring.overview import Check, of_today
from riskpoints.oversight.permissions import OversightAction, can
from riskpoints.wings import MenuEntry, OtherTask


def entries(user: User) -> list[MenuEntry]:
    """监控检查, for everybody of the school."""
    if not can(user, OversightAction.READ):
        return assessment.entries(user)
    return [MenuEntry("监控检查", reverse("oversight:checks"), is_beside=True), *assessment.entries(user)]


def tasks(user: User) -> list[OtherTask]:
    """For head and clerk the checks that are due, for the committee those it began, for whoever reviews those handed
    in."""
    return [*_of_departments(user), *_of_supervision(user), *_of_reviewers(user), *assessment.tasks(user)]


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
