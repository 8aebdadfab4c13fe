"""What waits for a person, for the menu and the inbox."""

from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.urls import reverse

from departments.enums import DepartmentKind, Role
from departments.permissions import department_ids, has_role
from riskpoints.enums import Scope
from riskpoints.models import TableVersion
from riskpoints.participation.cooperation import waiting_for
from riskpoints.participation.enums import FeedbackState, ObjectionState, ProposalKind, ProposalState
from riskpoints.participation.models import Feedback, Objection, Proposal
from riskpoints.participation.permissions import ParticipationAction, can, visible_objections, visible_opinions
from riskpoints.participation.queries import ANSWER_DAYS, late
from riskpoints.permissions import RegisterAction, led_departments
from riskpoints.permissions import can as can_register
from riskpoints.tables import publicity
from riskpoints.wings import MenuEntry, OtherTask

_KINDS: dict[str, str] = {ProposalKind.POINT: "建议", ProposalKind.MEASURE: "措施建议", ProposalKind.LEVEL: "等级意见"}


def entries(user: Any) -> list[MenuEntry]:
    """意见建议, for those who take part; the number of things to answer stands beside it."""
    if not (can(user, ParticipationAction.PROPOSE) or can(user, ParticipationAction.READ_OPINIONS)):
        return []
    return [MenuEntry("意见建议", reverse("participation:index"))]


def tasks(user: Any) -> list[OtherTask]:
    """Proposals that the person's department has to answer, and opinions that the office has to answer."""
    found = []
    headed = [*department_ids(user, Role.HEAD), *led_departments(user)]
    mine = Q(department__in=headed)
    if has_role(user, Role.OFFICE):  # what is proposed to the 校领导班子 and belongs to nobody's post
        mine |= Q(department__kind=DepartmentKind.LEADERS)
    if headed or has_role(user, Role.OFFICE):
        waiting = Proposal.objects.filter(mine, state=ProposalState.OPEN).select_related("department")
        found += [
            OtherTask(
                "答复建议",
                f"{proposal.get_method_display()}：{proposal.proposer_name}对{proposal.department}的{_KINDS[proposal.kind]}"
                f"{'，填报员已准备答复' if proposal.prepared_state else ''}",
                proposal.sent_at,
                reverse("participation:proposal", args=[proposal.pk]),
                proposal.text,
            )
            for proposal in waiting
            if can(user, ParticipationAction.DECIDE, proposal)
        ]
    found += _objections(user) + _unposted(user) + _petitions(user) + _cooperation(user) + _late(user)
    if can(user, ParticipationAction.ANSWER):
        opinions = Feedback.objects.filter(state=FeedbackState.NEW, quarantine="").select_related("version")
        found += [
            OtherTask(
                "答复意见",
                f"群众对{opinion.version.owner_name}防控表的意见",
                opinion.sent_at,
                reverse("participation:opinion", args=[opinion.pk]),
                opinion.text,
            )
            for opinion in opinions
        ]
        found += _quarantined() + _deferred()
    return found


def _cooperation(user: Any) -> list[OtherTask]:
    """Points of others at which the head's department cooperates, and that it has not answered as they read now."""
    return [
        OtherTask(
            "答复配合的风险点",
            f"{line.point.version.owner_name}的风险点由{line.department}配合",
            line.point.version.confirmed_at or line.point.version.created_at,
            reverse("participation:co_point", args=[line.point.pk, line.department.pk]),
            line.point.text,
        )
        for line in waiting_for(user)
    ]


def _late(user: Any) -> list[OtherTask]:
    """Proposals that no head answered in time: one line for the office, which asks."""
    if not has_role(user, Role.OFFICE):
        return []
    waiting = list(Proposal.objects.filter(state=ProposalState.OPEN).order_by("sent_at"))
    overdue = late(waiting)
    first = next((proposal for proposal in waiting if proposal.pk in overdue), None)
    if first is None:
        return []
    title = f"{len(overdue)} 条建议超过 {ANSWER_DAYS} 个工作日没有答复"
    return [OtherTask("催办建议答复", title, first.sent_at, reverse("participation:every"))]


def _quarantined() -> list[OtherTask]:
    """Opinions that were set aside when they came: one line for all of them, so that nobody forgets they are there."""
    waiting = Feedback.objects.filter(state=FeedbackState.NEW).exclude(quarantine="")
    said = waiting.aggregate(count=Count("id"), since=Min("sent_at"))
    if not said["count"]:
        return []
    title = f"{said['count']} 条意见已搁置，等待查看"
    return [OtherTask("查看搁置的意见", title, said["since"], reverse("participation:opinions"))]


def deferred() -> QuerySet[Objection]:
    """Objections to the school's table that wait for its next revision: those to a department's table became proposals.

    They wait until a version of the school's table was begun after the decision, in the same year or a later one.
    """
    begun = TableVersion.objects.filter(
        table__scope=Scope.SCHOOL, is_historical=False, created_at__gt=OuterRef("decided_at")
    )
    rows = Objection.objects.filter(state=ObjectionState.DEFERRED, feedback__version__table__scope=Scope.SCHOOL)
    return rows.filter(~Exists(begun))


def _deferred() -> list[OtherTask]:
    return [
        OtherTask(
            "修订学校表",
            "公示期间对学校防控表的异议，列入下次修订",
            objection.decided_at or objection.raised_at,
            reverse("participation:objection", args=[objection.pk]),
            objection.text,
        )
        for objection in deferred()
    ]


def _petitions(user: Any) -> list[OtherTask]:
    """Opinions that name a person, for the committee; what they say stands in no list."""
    if not has_role(user, Role.REVIEWER):
        return []
    waiting = visible_opinions(user).filter(state=FeedbackState.REFERRED, petition_number="")
    return [
        OtherTask(
            "登记信访编号",
            f"第 {opinion.pk} 号意见涉及个人，已转纪委",
            opinion.referred_at or opinion.sent_at,
            reverse("participation:petition", args=[opinion.pk]),
        )
        for opinion in waiting
    ]


def _unposted(user: Any) -> list[OtherTask]:
    """Reviewed tables that wait until the office publishes them together."""
    if not can_register(user, RegisterAction.POST):
        return []
    return [
        OtherTask(
            "列入公示",
            f"{version.owner_name}防控表已审核，等待公示",
            version.reviewed_at or version.created_at,
            reverse("participation:periods"),
        )
        for version in publicity.unposted()
    ]


def _objections(user: Any) -> list[OtherTask]:
    """Objections to tables that the person may review."""
    waiting = visible_objections(user).filter(state=ObjectionState.OPEN)
    rows = waiting.prefetch_related("feedback__version__authors")
    return [
        OtherTask(
            "审核异议",
            f"公示期间对{objection.feedback.version.owner_name}防控表的异议",
            objection.raised_at,
            reverse("participation:objection", args=[objection.pk]),
            objection.text,
        )
        for objection in rows
        if can(user, ParticipationAction.DECIDE_OBJECTION, objection)
    ]
