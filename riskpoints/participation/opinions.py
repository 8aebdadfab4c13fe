"""Every write to opinions of the public and to the objections made of them, each one audited."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from departments.enums import Role
from departments.permissions import has_role
from riskcontrol import audit
from riskcontrol.text import stripped
from riskpoints.enums import Action, Status
from riskpoints.models import TableVersion
from riskpoints.participation import services
from riskpoints.participation.enums import FeedbackState, ObjectionState, Outcome, Quarantine
from riskpoints.participation.models import Feedback, Objection
from riskpoints.participation.permissions import ParticipationAction, can, can_still
from riskpoints.participation.services import ParticipationError
from riskpoints.participation.verbs import ParticipationVerb
from riskpoints.register.publication import published_sheet, published_versions
from riskpoints.tables import workflow
from riskpoints.tables.locking import lock_version

# So many unanswered opinions on one table are no opinions any more: what comes after is set aside.
MOST_UNANSWERED = 200
CLOSED = "这张表已不在公示，不再接收意见。您写的内容在下面，可以复制下来，向领导小组办公室反映。"


class ClosedError(ParticipationError):
    """The table is not published any more: it was returned, or another version took its place."""


@contextmanager
def _nameless() -> Iterator[None]:
    """Leave the address out of the trail: an opinion may be anonymous, and the auditor is a colleague."""
    token = audit.current_address.set(None)
    try:
        yield
    finally:
        audit.current_address.reset(token)


def send_feedback(
    version: TableVersion, *, text: str, name: str = "", point: uuid.UUID | None = None, is_flood: bool = False
) -> Feedback:
    """Keep an opinion on a published table; whoever sends it is not recorded (R33).

    What one source sends beyond its share (`is_flood`) is kept, too, but set aside: it holds nothing back. ClosedError
    where the table was returned meanwhile; the version is held, so that nobody confirms it past an opinion.
    """
    with transaction.atomic(), _nameless():
        locked = lock_version(version)
        if not published_versions().filter(pk=locked.pk).exists():
            raise ClosedError(CLOSED)
        points = {item.identity: item.text for item in published_sheet(locked).points}
        if point is not None and point not in points:
            raise ValidationError({"point": "这个风险点已不在公示的表里，请重新选择。"})
        feedback = Feedback(
            version=locked,
            text=stripped(text),
            name=stripped(name),
            point_identity=point,
            point_text=points[point] if point else "",
            within_period=locked.status == Status.REVIEWED,
            quarantine=_quarantine(locked, is_flood=is_flood),
        )
        feedback.full_clean()
        feedback.save()
        # Not its text: one that names a person would stay in the trail for ever.
        audit.record(
            ParticipationVerb.FEEDBACK_SEND,
            target=feedback,
            detail={"公示期内": feedback.within_period, "字数": len(feedback.text)},
        )
    return feedback


def _quarantine(version: TableVersion, *, is_flood: bool) -> str:
    if is_flood:
        return Quarantine.SOURCE
    waiting = version.feedback.filter(state=FeedbackState.NEW).count()
    return Quarantine.TABLE if waiting >= MOST_UNANSWERED else ""


def _locked(feedback: Feedback) -> Feedback:
    found = Feedback.objects.select_for_update(of=("self",)).select_related("version__table__department")
    return found.get(pk=feedback.pk)


def answer_feedback(
    feedback: Feedback,
    *,
    outcome: str,
    answer: str,
    worded: Mapping[str, Any] | None = None,
    answer_is_public: bool = False,
    text_is_public: bool = False,
    actor: Any,
) -> Feedback:
    """Answer an opinion; `worded` is what the office makes of it.

    With PASSED_ON that becomes a proposal (群众提) to the department; with OBJECTED, while the table is under
    publicity, an objection that the reviewer decides.
    """
    with transaction.atomic():
        locked = _locked(feedback)
        if not can_still(actor, ParticipationAction.ANSWER, locked):
            raise PermissionDenied("群众意见由领导小组办公室答复。")
        if locked.state != FeedbackState.NEW:
            raise ParticipationError("这条意见已由他人答复，请刷新页面。")
        locked.state, locked.outcome, locked.answer = FeedbackState.ANSWERED, outcome, stripped(answer)
        locked.answered_by, locked.answered_at = actor, timezone.now()
        locked.answer_is_public, locked.text_is_public = answer_is_public, answer_is_public and text_is_public
        locked.full_clean()
        locked.save()
        detail = {"结果": locked.get_outcome_display(), "答复": locked.answer, "公开": _shown(locked)}
        audit.record(ParticipationVerb.FEEDBACK_ANSWER, actor=actor, target=locked, detail=detail)
        if outcome == Outcome.PASSED_ON:
            services.pass_on(locked, worded or {}, actor=actor)
        if outcome == Outcome.OBJECTED:
            _object(locked, worded or {}, actor)
    return locked


def _shown(feedback: Feedback) -> str:
    if not feedback.answer_is_public:
        return "不公开"
    return "意见和答复" if feedback.text_is_public else "答复"


def _object(feedback: Feedback, values: Mapping[str, Any], actor: Any) -> None:
    if feedback.version.status != Status.REVIEWED:
        raise ValidationError({"outcome": "这张表已不在公示阶段，请改选其他处理结果。"})
    fields = {name: values[name] for name in ("category", "post", "text", "measure") if values.get(name)}
    objection = Objection(feedback=feedback, raised_by=actor, **fields)
    if objection.post is not None and objection.post.department_id != feedback.version.table.department_id:
        raise ValidationError({"post": "这个岗位不属于这个部门，请改选或不选。"})
    objection.full_clean()
    objection.save()
    audit.record(ParticipationVerb.OBJECTION_OPEN, actor=actor, target=objection, detail={"异议": objection.text})


def refer(feedback: Feedback, *, to: Any = None, actor: Any) -> Feedback:
    """Pass an opinion that names a person on to the committee: nobody else sees it any more, `to` one reviewer only."""
    with transaction.atomic():
        locked = _locked(feedback)
        if not can_still(actor, ParticipationAction.REFER, locked):
            raise PermissionDenied("涉及个人的意见由领导小组办公室或纪委转办。")
        if locked.state != FeedbackState.NEW:
            raise ParticipationError("这条意见已经办理，请刷新页面。")
        if to is not None and not has_role(to, Role.REVIEWER):
            raise ParticipationError("请选一位纪委审核员。")
        locked.state, locked.referred_to = FeedbackState.REFERRED, to
        locked.referred_by, locked.referred_at = actor, timezone.now()
        locked.full_clean()
        locked.save()
        detail = {"办理的审核员": to.real_name if to is not None else "纪委"}
        audit.record(ParticipationVerb.FEEDBACK_REFER, actor=actor, target=locked, detail=detail)
    return locked


def register_petition(feedback: Feedback, number: str, *, actor: Any) -> Feedback:
    """Write down under which number the paper is kept, and blank what was said: it is not kept here any longer."""
    with transaction.atomic():
        locked = _locked(feedback)
        if not can_still(actor, ParticipationAction.REGISTER, locked):
            raise PermissionDenied("信访编号由办理的纪委审核员登记。")
        if locked.state != FeedbackState.REFERRED or locked.petition_number:
            raise ParticipationError("这条意见没有转纪委，或已登记过编号。")
        locked.petition_number, locked.text, locked.name = stripped(number), "", ""
        locked.registered_by, locked.registered_at = actor, timezone.now()
        if not locked.petition_number:
            raise ParticipationError("请填写信访登记编号。")
        locked.full_clean()
        locked.save()
        audit.record(
            ParticipationVerb.PETITION_REGISTER, actor=actor, target=locked, detail={"编号": locked.petition_number}
        )
    return locked


def correct_answer(feedback: Feedback, answer: str, *, actor: Any) -> Feedback:
    """Put a second answer in the place of the first, which stays in the trail."""
    with transaction.atomic():
        locked = _locked(feedback)
        if not can_still(actor, ParticipationAction.ANSWER, locked):
            raise PermissionDenied("群众意见由领导小组办公室答复。")
        if locked.state != FeedbackState.ANSWERED:
            raise ParticipationError("这条意见还没有答复，请直接答复。")
        before, locked.answer = locked.answer, stripped(answer)
        locked.answered_by, locked.answered_at = actor, timezone.now()
        locked.full_clean()
        locked.save()
        audit.record(
            ParticipationVerb.FEEDBACK_CORRECT, actor=actor, target=locked, detail={"答复": [before, locked.answer]}
        )
    return locked


def close_unrelated(chosen: Iterable[int], reason: str, *, actor: Any) -> int:
    """Answer these opinions as 重复或无关 with one reason, which their writers read; how many they were."""
    return _in_bulk(chosen, reason, actor, quarantined=False)


def release(chosen: Iterable[int], reason: str, *, actor: Any) -> int:
    """Take these opinions out of the quarantine, so that they are answered like any other; how many they were."""
    return _in_bulk(chosen, reason, actor, quarantined=True)


def _in_bulk(chosen: Iterable[int], reason: str, actor: Any, *, quarantined: bool) -> int:
    if not can(actor, ParticipationAction.ANSWER):
        raise PermissionDenied("群众意见由领导小组办公室答复。")
    reason = stripped(reason)
    if not reason:
        raise ParticipationError("请写明理由。")
    with transaction.atomic():
        rows = Feedback.objects.select_for_update(of=("self",)).select_related("version__table__department")
        found = list(rows.filter(pk__in=list(chosen), state=FeedbackState.NEW).order_by("pk"))
        if not can_still(actor, ParticipationAction.ANSWER):
            raise PermissionDenied("群众意见由领导小组办公室答复。")
        if quarantined:
            found = [row for row in found if row.quarantine]
        for row in found:
            if quarantined:
                before, row.quarantine = row.get_quarantine_display(), ""
                verb, detail = ParticipationVerb.FEEDBACK_RELEASE, {"搁置": [before, ""], "理由": reason}
            else:
                row.state, row.outcome, row.answer = FeedbackState.ANSWERED, Outcome.UNRELATED, reason
                row.answered_by, row.answered_at = actor, timezone.now()
                verb, detail = ParticipationVerb.FEEDBACK_ANSWER, {"结果": row.get_outcome_display(), "答复": reason}
            row.full_clean()
            row.save()
            audit.record(verb, actor=actor, target=row, detail=detail)
    return len(found)


def decide_objection(objection: Objection, *, state: str, reason: str, actor: Any) -> Objection:
    """The reviewer's decision: the table goes back to its department with the objection in neutral words, or the
    objection waits for its next revision as a proposal (群众提). ParticipationError or WorkflowError say what to do.
    """
    reason = stripped(reason)
    if not reason:
        raise ParticipationError("请写明理由。")
    with transaction.atomic():
        version = lock_version(objection.feedback.version)
        rows = Objection.objects.select_for_update(of=("self",)).select_related("feedback")
        locked = rows.get(pk=objection.pk)
        locked.feedback.version = version
        if not can_still(actor, ParticipationAction.DECIDE_OBJECTION, locked):
            raise PermissionDenied("异议由审核这张表的人办理。")
        if not locked.is_open:
            raise ParticipationError("这条异议已由他人办理，请刷新页面。")
        locked.state, locked.reason = ObjectionState(state), reason
        locked.decided_by, locked.decided_by_name, locked.decided_at = actor, actor.real_name, timezone.now()
        locked.full_clean()
        locked.save()
        detail = {"结果": locked.get_state_display(), "理由": reason}
        audit.record(ParticipationVerb.OBJECTION_DECIDE, actor=actor, target=locked, detail=detail)
        if locked.state == ObjectionState.RETURNED:
            comment = f"{reason}\n公示期间收到的意见：{locked.text}"
            workflow.perform(Action.RETURN, locked.feedback.version, actor=actor, comment=comment)
        elif version.table.department_id is not None:
            values = {"category": locked.category, "post": locked.post, "text": locked.text, "measure": locked.measure}
            services.pass_on(locked.feedback, values | {"reason": reason}, actor=actor)
    return locked
