"""The workflow of a table's version: transitions as data, and perform(), the only writer of a version's status."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from departments.models import Actor, User
from riskcontrol import audit
from riskcontrol.text import one_break, stripped
from riskpoints import wings
from riskpoints.content import content
from riskpoints.enums import DECISIVE_ACTIONS, Action, ConfirmedBy, Status
from riskpoints.evidence import peopled
from riskpoints.evidence.replaying import signature_of
from riskpoints.models import ControlTable, Decision, TableVersion
from riskpoints.permissions import can, can_still
from riskpoints.register import index
from riskpoints.tables import editing, effects, papers
from riskpoints.tables.demands import REQUIRED, IncompleteError, require_published, worded_submission
from riskpoints.tables.effects import EFFECTS, Ground
from riskpoints.tables.locking import lock_version
from riskpoints.tables.minutes import Meeting, PostMinutes
from riskpoints.tables.refusal import WorkflowError, require_length
from riskpoints.tables.signing import Signature
from riskpoints.verbs import RegisterFact, RegisterVerb, verb_of

__all__ = [
    "EFFECTS",
    "REQUIRED",
    "TRANSITIONS",
    "IncompleteError",
    "Meeting",
    "PostMinutes",
    "Signature",
    "Transition",
    "WorkflowError",
    "available_actions",
    "decide",
    "is_possible",
    "note_signature",
    "perform",
    "require_length",
]


@dataclass(frozen=True)
class Transition:
    """From which statuses to which, whether a comment is required, and what must hold besides."""

    sources: tuple[Status, ...]
    target: Status
    needs_comment: bool = False


TRANSITIONS: dict[Action, Transition] = {
    Action.SUBMIT: Transition((Status.DRAFT,), Status.SUBMITTED),
    Action.RECALL: Transition((Status.SUBMITTED,), Status.DRAFT),
    Action.RETURN: Transition((Status.SUBMITTED, Status.REVIEWED), Status.DRAFT, needs_comment=True),
    Action.APPROVE: Transition((Status.SUBMITTED,), Status.REVIEWED),
    Action.CONFIRM: Transition((Status.REVIEWED,), Status.CONFIRMED),
    Action.DISCARD: Transition((Status.DRAFT,), Status.DISCARDED, needs_comment=True),
    Action.COMPARE: Transition((Status.REVIEWED,), Status.CONFIRMED),
    Action.MISMATCH: Transition((Status.REVIEWED,), Status.DISCARDED, needs_comment=True),
}
# A paper that was typed in is compared with its scan, and nothing else is done with it; nothing else is compared.
OF_RECORDED = frozenset({Action.COMPARE, Action.MISMATCH})
PUTS_IN_FORCE = frozenset({Action.CONFIRM, Action.COMPARE})


def is_possible(action: Action, version: TableVersion) -> bool:
    """Whether the status (and the year) allow the act at all, whoever asks."""
    transition = TRANSITIONS[action]
    if version.status not in transition.sources or version.table.cycle.is_closed or version.table.is_removed:
        return False
    if version.is_historical != (action in OF_RECORDED):
        return False
    # Only a revision can be given up: a first draft is the table itself.
    return action != Action.DISCARD or version.table.in_force_id is not None


def available_actions(version: TableVersion, user: User) -> list[Action]:
    """The acts this person can do now: what the buttons show."""
    return [action for action in TRANSITIONS if is_possible(action, version) and can(user, action, version)]


def perform(
    action: Action,
    version: TableVersion,
    *,
    actor: Actor,
    comment: str = "",
    signature: Ground | None = None,
) -> TableVersion:
    """Do one act on a version, or refuse.

    Raises PermissionDenied, or WorkflowError to show: someone was faster, a comment is missing, it is incomplete.
    Writes the status, a Decision (a submission's comment: why a renewal was not gone through whole) and an audit entry.
    """
    action = Action(action)
    transition = TRANSITIONS[action]  # KeyError: no act
    if not can(actor, action, version):
        raise PermissionDenied("您没有这项权限。")
    comment = _worded(transition, comment)
    if action == Action.SUBMIT and version.status == Status.DRAFT:
        editing.refresh_names_and_floors(version, actor=actor)
    printed = _print_ahead(action, version, signature)
    with transaction.atomic():
        locked = lock_version(version, with_year=True)
        # First what happened meanwhile: whose act it is can depend on the status, and "no right" would mislead. Who
        # returns a table that waits for review doesn't mean one that somebody approved in this moment.
        if not is_possible(action, locked) or locked.status != version.status:
            raise WorkflowError(_overtaken(locked))
        if not can_still(actor, action, locked):
            raise PermissionDenied("您没有这项权限。")
        if action in REQUIRED:
            REQUIRED[action](locked)
        if action == Action.SUBMIT:
            comment = worded_submission(locked, comment)
        if waits := wings.unmet(action, locked):
            raise WorkflowError(waits)
        _move(action, locked, actor, signature)
        decision = decide(action, locked, actor=actor, comment=comment, printed=printed)
        _keep(decision, printed)
        wings.follow(action, locked, actor)
    return _stored(version)


def _worded(transition: Transition, comment: str) -> str:
    """The comment as it is kept; WorkflowError where it is missing or too long."""
    comment = stripped(one_break(comment))
    if transition.needs_comment and not comment:
        raise WorkflowError("请写明意见：哪里要改、为什么。")
    require_length(Decision, "comment", comment)
    return comment


def _move(action: Action, locked: TableVersion, actor: Actor, signature: Ground | None) -> None:
    """Write the status and what comes with it: the scan, what is in force, the remarks that reach the department."""
    transition = TRANSITIONS[action]
    changes = EFFECTS[action](locked, actor, signature)
    if action == Action.CONFIRM and signature is not None and signature.scan:
        papers.keep_scan(locked, signature.scan, signature.scan_suffix, actor=actor)
    changed = TableVersion.objects.filter(pk=locked.pk, status__in=transition.sources).update(
        status=transition.target, **changes
    )
    if changed != 1:
        raise WorkflowError(_overtaken(locked))
    locked.refresh_from_db()
    if action in PUTS_IN_FORCE:
        ControlTable.objects.filter(pk=locked.table_id).update(in_force=locked)
        index.add_version(locked.pk)
    if action in (Action.RETURN, Action.APPROVE):
        locked.remarks.filter(sent_at__isnull=True).update(sent_at=timezone.now())


def note_signature(version: TableVersion, signature: Ground, *, actor: Actor) -> TableVersion:
    """Write down what the office knows of a signature, or of a meeting, whose scan is missing: the version stays
    已审核、待补扫描件, and whoever may record puts it in force with the scan. Refused as a confirmation would be.
    """
    if not can(actor, Action.CONFIRM, version):
        raise PermissionDenied("您没有这项权限。")
    with transaction.atomic():
        locked = lock_version(version, with_year=True)
        if not is_possible(Action.CONFIRM, locked):
            raise WorkflowError(_overtaken(locked))
        if not can_still(actor, Action.CONFIRM, locked):
            raise PermissionDenied("您没有这项权限。")
        require_published(locked)
        if waits := wings.unmet(Action.CONFIRM, locked):
            raise WorkflowError(waits)
        changes = effects.noted(locked, actor, signature)
        TableVersion.objects.filter(pk=locked.pk, status=Status.REVIEWED).update(**changes)
        locked.refresh_from_db()
        minutes, reason = changes.get("minutes_number"), changes.get("deputy_reason")
        names = ("会议", "会议日期") if minutes else ("签字人", "签字日期")
        detail = dict(zip(names, (changes["signer_name"], changes["signed_on"].isoformat()), strict=True))
        detail |= {"会议纪要编号": minutes} if minutes else {}
        detail |= {"代签原因": reason} if reason else {}
        audit.record(RegisterVerb.NOTE_SIGNATURE, actor=actor, target=locked, detail=detail)
    return _stored(version)


def _stored(version: TableVersion) -> TableVersion:
    return TableVersion.objects.select_related("table__cycle", "table__department").get(pk=version.pk)


def decide(
    action: Action,
    version: TableVersion,
    *,
    actor: Actor,
    comment: str = "",
    printed: papers.Rendering | None = None,
) -> Decision:
    """Write down one decision, bound to the content as it is now, and its audit entry; it names the papers that are
    kept beside it, and what is known of the signature."""
    text, content_hash = content.sealed(content.load(version))
    decision = Decision.objects.create(
        version=version,
        action=action,
        actor=actor,
        actor_name=getattr(actor, "real_name", "") or "系统",
        at=timezone.now(),
        comment=comment,
        snapshot=text,
        content_hash=content_hash,
    )
    detail: dict[str, Any] = {
        "状态": version.get_status_display(),
        RegisterFact.COMMENT: comment,
        RegisterFact.CONTENT_HASH: content_hash,
    }
    if action in DECISIVE_ACTIONS:
        detail[RegisterFact.OPEN_HASH] = audit.sha256(content.open_part(text))
        detail[RegisterFact.SIGNATURE] = signature_of(version)
    if printed is not None:
        detail[RegisterFact.DOCUMENTS] = printed.hashes
    audit.record(verb_of(action), actor=actor, target=version, detail=detail, marks=peopled.marks(version))
    return decision


def _print_ahead(action: Action, version: TableVersion, signature: Ground | None) -> papers.Rendering | None:
    """Print what is to be kept before the transaction begins, so that printing keeps nobody waiting for a lock."""
    if not settings.KEPT_DOCUMENTS:
        return None
    if action == Action.APPROVE:
        facts: dict[str, Any] = {"status": Status.REVIEWED, "reviewed_at": timezone.now()}
    elif action == Action.CONFIRM and signature is not None:
        facts = {"status": Status.CONFIRMED, "signed_on": signature.signed_on}
        if isinstance(signature, Meeting):
            facts |= {"confirmed_how": ConfirmedBy.MEETING, "signer_name": signature.name}
            facts |= {"minutes_number": signature.minutes_number}
    elif action == Action.COMPARE:
        facts = {"status": Status.CONFIRMED}
    else:
        return None
    try:
        return papers.render(version, **facts)
    except papers.DocumentError as error:
        raise WorkflowError(f"这张表现在打印不出来，没有办理：{error}") from error


def _keep(decision: Decision, printed: papers.Rendering | None) -> None:
    if printed is None:
        return
    try:
        papers.keep_printed(decision, printed)
    except ValueError as error:
        raise WorkflowError("办理的同时表的内容有了变动，没有办理。请刷新页面，看过以后再办理。") from error


def _overtaken(version: TableVersion) -> str:
    if version.table.cycle.is_closed:
        return f"{version.table.cycle}已经归档关闭，不能再办理。"
    if version.table.is_removed:
        return f"这张表已由办公室移出{version.table.cycle}，不能再办理。"
    return f"这张表现在是“{version.get_status_display()}”，可能已由他人办理。请刷新页面，看最新情况。"
