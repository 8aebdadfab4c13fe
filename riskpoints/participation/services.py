"""Every write to proposals, each one audited."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Department, User
from riskcontrol import audit
from riskcontrol.days import begin_of
from riskcontrol.text import is_blank, stripped
from riskpoints.enums import FindingMethod, Status
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.participation.enums import ProposalKind, ProposalState
from riskpoints.participation.models import Feedback, Proposal
from riskpoints.participation.permissions import ParticipationAction, can, can_still, method_of
from riskpoints.participation.queries import points_of
from riskpoints.participation.verbs import ParticipationVerb
from riskpoints.tables import co_departments, editing

PROPOSAL_FIELDS = ("category", "post", "text", "measure", "reason", "co_departments")
OF_A_POINT = ("text", "reason", "level")
AUDITED = ("kind", "target_text", "level", *PROPOSAL_FIELDS)
GONE = "这个风险点已不在现行的表里，请重新选择。"


MOST_A_DAY = 50


class ParticipationError(Exception):
    """The act is not possible now; the message is Chinese and says what to do."""


def propose(department: Department, values: Mapping[str, Any], *, actor: Any) -> Proposal:
    """Propose a risk point to a department (R70), a measure for one of its points in force, or say which level one
    should have; `target_point` is that point's identity. ValidationError by field."""
    if not can(actor, ParticipationAction.PROPOSE):
        raise PermissionDenied("您的角色不能提建议。")
    kind = values.get("kind") or ProposalKind.POINT
    proposal = Proposal(
        department=department,
        proposer=actor,
        proposer_name=actor.real_name,
        method=method_of(actor, department),
        kind=kind,
        **(_for_a_point(department, values) if kind != ProposalKind.POINT else _given(values, PROPOSAL_FIELDS)),
    )
    with transaction.atomic():
        _require_room(actor)
        return _save_proposal(proposal, actor)


def _require_room(actor: Any) -> None:
    """ValidationError where this person proposed as much today as anybody may: heads have to read it all."""
    User.objects.select_for_update().get(pk=actor.pk)  # two windows of one person
    today = begin_of(timezone.localdate())
    if Proposal.objects.filter(proposer=actor, sent_at__gte=today).count() >= MOST_A_DAY:
        reason = f"一个人一天最多提 {MOST_A_DAY} 条建议，今天已经满了。请明天再提，或合并相近的。"
        raise ValidationError({NON_FIELD_ERRORS: reason})


def _given(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if values.get(name)}


def _for_a_point(department: Department, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a proposal about a point says: the point as it reads in force now, and what is proposed for it."""
    asked = values.get("target_point")
    point = points_of(department).filter(identity=asked).first() if asked else None
    if point is None:
        raise ValidationError({"target_point": GONE})
    where = {"target_point": point.identity, "target_text": point.text, "category": point.category}
    # A post that moved to another department since is none of this one's.
    own = point.post is not None and point.post.department_id == department.pk
    return where | {"post": point.post if own else None} | _given(values, OF_A_POINT)


def _save_proposal(proposal: Proposal, actor: Any) -> Proposal:
    if not proposal.department.is_active_on(timezone.localdate()):
        raise ValidationError({"department": "这个部门已停用，请改选部门。"})
    if proposal.post is not None and proposal.post.department_id != proposal.department_id:
        raise ValidationError({"post": f"这个岗位不属于{proposal.department}，请改选或不选。"})
    if proposal.is_level and proposal.level is None:
        raise ValidationError({"level": "请选您认为应定的等级。"})
    together = co_departments.meant(proposal.co_departments, own=proposal.department_id)
    proposal.co_departments = co_departments.joined([each.name for each in together])
    proposal.co_department_keys = [each.pk for each in together]
    proposal.full_clean()
    with transaction.atomic():
        proposal.save()
        audit.record(
            ParticipationVerb.PROPOSAL_MAKE,
            actor=actor,
            target=proposal,
            detail=audit.field_values(proposal, *AUDITED),
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
        locked = _locked(proposal, action, actor)
        yield locked
        locked.decided_by, locked.decided_at = actor, timezone.now()
        locked.clean_fields()
        locked.save()
        detail = {"结果": locked.get_state_display(), "答复": locked.answer}
        audit.record(verb, actor=actor, target=locked, detail=detail)


def _locked(proposal: Proposal, action: ParticipationAction, actor: Any) -> Proposal:
    locked = Proposal.objects.select_for_update(of=("self",)).select_related("department").get(pk=proposal.pk)
    if not can_still(actor, action, locked):
        raise PermissionDenied("您不能答复这条建议。")
    if not locked.is_open:
        raise ParticipationError(f"这条建议{locked.get_state_display()}，不能再改。")
    return locked


def drafts_for(proposal: Proposal) -> list[TableVersion]:
    """The department's drafts of all open years that can take the proposal, the usual one first: that of the year in
    which it was proposed, else of the newest year before it, else of the next one. A measure goes only where its point
    stands; an opinion on a level goes nowhere."""
    if proposal.is_level:
        return []
    year = timezone.localtime(proposal.sent_at).year
    drafts = TableVersion.objects.filter(
        table__department=proposal.department, status=Status.DRAFT, table__cycle__closed_at__isnull=True
    ).select_related("table__cycle", "table__department")
    if proposal.is_measure:
        held = RiskPoint.objects.filter(identity__in=[proposal.target_point]).values("version")
        drafts = drafts.filter(pk__in=held)
    return sorted(
        drafts, key=lambda draft: (draft.table.cycle.year > year, abs(draft.table.cycle.year - year), draft.pk)
    )


def accept(proposal: Proposal, *, draft: int | None = None, answer: str = "", actor: Any) -> RiskPoint | Measure:
    """Take a proposal over into the draft that its owner chose (one of drafts_for(), by id; else the usual one).

    A point comes with its source, and its scales stay for the department to judge; a measure answers the point that it
    was proposed for.

    Whoever proposed it doesn't review that table.

    ParticipationError where there is no such draft; ValidationError where it can't take the point (an explicit 无).
    """
    with _deciding(proposal, action=ParticipationAction.DECIDE, actor=actor) as locked:
        chosen = _chosen(locked, draft)
        row, identity = _written(locked, chosen, actor)
        source = locked.proposer or (locked.feedback and locked.feedback.answered_by)  # who worded what the public said
        if source:
            editing.note_proposer(chosen, source, actor=actor)
        locked.state, locked.point_identity, locked.version = ProposalState.ACCEPTED, identity, chosen
        locked.answer = stripped(answer)
    return row


def _chosen(proposal: Proposal, draft: int | None) -> TableVersion:
    offered = drafts_for(proposal)
    if proposal.is_level:
        raise ParticipationError("等级意见不写入防控表，请写明答复。")
    if not offered and proposal.is_measure:
        raise ParticipationError(
            "正在填报或修订的防控表里没有这个风险点。请先开始修订，再采纳这条措施；或写明理由不采纳。"
        )
    if not offered:
        raise ParticipationError("本部门现在没有正在填报或修订的防控表。请先开始填报或修订，再采纳这条建议。")
    chosen = offered[0] if draft is None else next((found for found in offered if found.pk == draft), None)
    if chosen is None:
        raise ParticipationError("您选的那一份已经不在填报，请重新选择写入哪一份。")
    return chosen


def _written(proposal: Proposal, chosen: TableVersion, actor: Any) -> tuple[RiskPoint | Measure, Any]:
    """The row that the proposal becomes in the draft, and the identity of its point."""
    if proposal.is_measure:
        target = next((point for point in chosen.points.all() if point.identity == proposal.target_point), None)
        if target is None:
            raise ParticipationError("这份防控表里刚刚删去了这个风险点，请重新选择写入哪一份，或写明理由不采纳。")
        said = {"category": target.category, "text": proposal.text}
        return editing.save_measure(chosen, said, points=[target], actor=actor), target.identity
    values: dict[str, Any] = {
        "category": proposal.category,
        "post": proposal.post,
        "text": proposal.text,
        "finding_methods": [proposal.method],
        "co_departments": co_departments.joined([each.name for each in working_together(proposal)]),
    }
    point = editing.save_point(chosen, values, actor=actor)
    if proposal.measure:
        measure = {"category": proposal.category, "text": proposal.measure}
        editing.save_measure(chosen, measure, points=[point], actor=actor)
    return point, point.identity


def working_together(proposal: Proposal) -> list[Department]:
    """The departments that a proposal names and that are there today: those that the point would name."""
    return list(Department.objects.active_on().filter(pk__in=proposal.co_department_keys))


def agree(proposal: Proposal, answer: str, *, actor: Any) -> Proposal:
    """Answer an opinion on a level with consent: nothing is written, the reviewer reads both beside the point."""
    if not proposal.is_level:
        raise ParticipationError("这条建议采纳后写入防控表，请选写入哪一份。")
    if is_blank(answer):
        raise ParticipationError("请写明答复，提出人和审核人会看到。")
    with _deciding(proposal, action=ParticipationAction.DECIDE, actor=actor) as locked:
        locked.state, locked.answer = ProposalState.ACCEPTED, stripped(answer)
    return locked


def decline(proposal: Proposal, reason: str, *, actor: Any) -> Proposal:
    """Answer that a proposal is not taken over, with the reason."""
    if is_blank(reason):
        raise ParticipationError("请写明不采纳的理由，提出人会看到。")
    with _deciding(proposal, action=ParticipationAction.DECIDE, actor=actor) as locked:
        locked.state, locked.answer = ProposalState.DECLINED, stripped(reason)
    return locked


def prepare(proposal: Proposal, *, state: str, answer: str, seen: str, actor: Any) -> Proposal:
    """Write an answer for the head, who sends it or another one; `seen` is the prepared_mark() that the writer saw.

    ParticipationError where a reason is missing, or somebody else prepared one meanwhile.
    """
    answer = stripped(answer)
    if state == ProposalState.DECLINED and not answer:
        raise ParticipationError("准备不采纳的，请写明理由。")
    with transaction.atomic():
        locked = _locked(proposal, ParticipationAction.PREPARE, actor)
        before = (locked.prepared_state, locked.prepared_answer)
        if before == (state, answer):
            return locked
        if seen != prepared_mark(locked):
            raise ParticipationError("您填写期间，别人已经准备了答复（见上面）。对照后再保存，就以您写的为准。")
        locked.prepared_state, locked.prepared_answer = state, answer
        locked.prepared_by, locked.prepared_at = actor, timezone.now()
        locked.clean_fields()
        locked.save()
        detail = {"结果": locked.get_prepared_state_display(), "答复": [before[1], answer]}
        audit.record(ParticipationVerb.PROPOSAL_PREPARE, actor=actor, target=locked, detail=detail)
    return locked


def prepared_mark(proposal: Proposal) -> str:
    """Which prepared answer somebody saw."""
    return proposal.prepared_at.isoformat() if proposal.prepared_at else ""


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
        **_given(values, PROPOSAL_FIELDS),
    )
    return _save_proposal(proposal, actor)
