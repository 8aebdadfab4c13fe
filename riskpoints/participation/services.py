"""Every write to proposals, each one audited."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Department
from riskcontrol import audit
from riskcontrol.text import is_blank, stripped
from riskpoints.enums import FindingMethod, Status
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.participation.enums import ProposalState
from riskpoints.participation.models import Feedback, Proposal
from riskpoints.participation.permissions import ParticipationAction, can, can_still, method_of
from riskpoints.participation.verbs import ParticipationVerb
from riskpoints.tables import editing

PROPOSAL_FIELDS = ("category", "post", "text", "measure", "reason")


class ParticipationError(Exception):
    """The act is not possible now; the message is Chinese and says what to do."""


def propose(department: Department, values: Mapping[str, Any], *, actor: Any) -> Proposal:
    """Propose a risk point to a department (R70). ValidationError by field."""
    if not can(actor, ParticipationAction.PROPOSE):
        raise PermissionDenied("您的角色不能提建议。")
    proposal = Proposal(
        department=department,
        proposer=actor,
        proposer_name=actor.real_name,
        method=method_of(actor, department),
        **{name: values[name] for name in PROPOSAL_FIELDS if values.get(name)},
    )
    return _save_proposal(proposal, actor)


def _save_proposal(proposal: Proposal, actor: Any) -> Proposal:
    if not proposal.department.is_active_on(timezone.localdate()):
        raise ValidationError({"department": "这个部门已停用，请改选部门。"})
    if proposal.post is not None and proposal.post.department_id != proposal.department_id:
        raise ValidationError({"post": f"这个岗位不属于{proposal.department}，请改选或不选。"})
    proposal.full_clean()
    with transaction.atomic():
        proposal.save()
        audit.record(
            ParticipationVerb.PROPOSAL_MAKE,
            actor=actor,
            target=proposal,
            detail=audit.field_values(proposal, *PROPOSAL_FIELDS),
        )
    return proposal


@contextmanager
def _deciding(
    proposal: Proposal,
    *,
    action: ParticipationAction,
    actor: Any,
    verb: ParticipationVerb = ParticipationVerb.PROPOSAL_ANSWER,
) -> Iterator[Proposal]:
    """One answer to an open proposal, or its withdrawal: locked and allowed; `verb` is what the trail calls it."""
    with transaction.atomic():
        locked = Proposal.objects.select_for_update(of=("self",)).select_related("department").get(pk=proposal.pk)
        if not can_still(actor, action, locked):
            raise PermissionDenied("您不能答复这条建议。")
        if not locked.is_open:
            raise ParticipationError(f"这条建议{locked.get_state_display()}，不能再改。")
        yield locked
        locked.decided_by, locked.decided_at = actor, timezone.now()
        locked.clean_fields()
        locked.save()
        detail = {"结果": locked.get_state_display(), "答复": locked.answer}
        audit.record(verb, actor=actor, target=locked, detail=detail)


def drafts_for(proposal: Proposal) -> list[TableVersion]:
    """The department's drafts of all open years that can take the proposal, the usual one first: that of the year in
    which it was proposed, else of the newest year before it, else of the next one."""
    year = timezone.localtime(proposal.sent_at).year
    drafts = TableVersion.objects.filter(
        table__department=proposal.department, status=Status.DRAFT, table__cycle__closed_at__isnull=True
    ).select_related("table__cycle", "table__department")
    return sorted(
        drafts, key=lambda draft: (draft.table.cycle.year > year, abs(draft.table.cycle.year - year), draft.pk)
    )


def accept(proposal: Proposal, *, draft: int | None = None, actor: Any) -> RiskPoint:
    """Take a proposal over into the draft that its owner chose (one of drafts_for(), by id; else the usual one), with
    its source; the scales stay for the department to judge.

    Whoever proposed it doesn't review that table.

    ParticipationError where there is no such draft; ValidationError where it can't take the point (an explicit 无).
    """
    with _deciding(proposal, action=ParticipationAction.DECIDE, actor=actor) as locked:
        offered = drafts_for(locked)
        if not offered:
            raise ParticipationError("本部门现在没有正在填报或修订的防控表。请先开始填报或修订，再采纳这条建议。")
        chosen = offered[0] if draft is None else next((found for found in offered if found.pk == draft), None)
        if chosen is None:
            raise ParticipationError("您选的那一份已经不在填报，请重新选择写入哪一份。")
        values = {
            "category": locked.category,
            "post": locked.post,
            "text": locked.text,
            "finding_methods": [locked.method],
        }
        point = editing.save_point(chosen, values, actor=actor)
        if locked.measure:
            measure = {"category": locked.category, "text": locked.measure}
            editing.save_measure(chosen, measure, points=[point], actor=actor)
        source = locked.proposer or (locked.feedback and locked.feedback.answered_by)  # who worded what the public said
        if source:
            editing.note_proposer(chosen, source, actor=actor)
        locked.state, locked.point_identity, locked.version = ProposalState.ACCEPTED, point.identity, chosen
    return point


def decline(proposal: Proposal, reason: str, *, actor: Any) -> Proposal:
    """Answer that a proposal is not taken over, with the reason."""
    if is_blank(reason):
        raise ParticipationError("请写明不采纳的理由，提出人会看到。")
    with _deciding(proposal, action=ParticipationAction.DECIDE, actor=actor) as locked:
        locked.state, locked.answer = ProposalState.DECLINED, stripped(reason)
    return locked


def withdraw(proposal: Proposal, *, actor: Any) -> Proposal:
    """Take back a proposal of one's own that was not answered yet."""
    with _deciding(
        proposal, action=ParticipationAction.WITHDRAW, actor=actor, verb=ParticipationVerb.PROPOSAL_WITHDRAW
    ) as locked:
        locked.state = ProposalState.WITHDRAWN
    return locked


def pass_on(feedback: Feedback, values: Mapping[str, Any], *, actor: Any) -> Proposal:
    """Make an opinion a proposal (群众提) to the department, in the words of these values. ValidationError by field."""
    department = feedback.version.table.department
    if department is None:
        raise ValidationError({"outcome": "学校表的意见由办公室直接处理，不转部门。"})
    proposal = Proposal(
        department=department,
        feedback=feedback,
        proposer_name=feedback.name or "群众",
        method=FindingMethod.MASSES,
        **{name: values[name] for name in PROPOSAL_FIELDS if values.get(name)},
    )
    return _save_proposal(proposal, actor)
