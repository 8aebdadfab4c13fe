"""What waits for a person, for the menu and the inbox."""

from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.urls import reverse

from departments.enums import Role
from departments.permissions import department_ids, has_role
from riskpoints.enums import Scope
from riskpoints.models import TableVersion
from riskpoints.participation.enums import FeedbackState, ObjectionState, ProposalState
from riskpoints.participation.models import Feedback, Objection, Proposal
from riskpoints.participation.permissions import ParticipationAction, can, visible_objections, visible_opinions
from riskpoints.permissions import RegisterAction
from riskpoints.permissions import can as can_register
from riskpoints.tables import publicity
from riskpoints.wings import MenuEntry, OtherTask


def entries(user: Any) -> list[MenuEntry]:
    """意见建议, for those who take part; the number of things to answer stands beside it."""
    if not (can(user, ParticipationAction.PROPOSE) or can(user, ParticipationAction.READ_OPINIONS)):
        return []
    return [MenuEntry("意见建议", reverse("participation:index"))]


def tasks(user: Any) -> list[OtherTask]:
    """Proposals that the person's department has to answer, and opinions that the office has to answer."""
    found = []
    headed = department_ids(user, Role.HEAD)
    if headed:
        waiting = Proposal.objects.filter(department__in=headed, state=ProposalState.OPEN).select_related("department")
        found += [
            OtherTask(
                "答复建议",
                f"{proposal.get_method_display()}：{proposal.proposer_name}对{proposal.department}的建议",
                proposal.sent_at,
                reverse("participation:proposal", args=[proposal.pk]),
                proposal.text,
            )
            for proposal in waiting
        ]
    found += _objections(user) + _unposted(user) + _petitions(user)
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
