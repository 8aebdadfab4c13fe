"""The workflow of a table's version: transitions as data, and perform(), the only writer of a version's status."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from departments.enums import Role
from departments.permissions import has_role
from riskcontrol import audit
from riskcontrol.text import is_blank, one_break, stripped
from riskpoints import completeness, content, demands, keeping, publicity, reviewing, services
from riskpoints.enums import Action, ConfirmedBy, Scope, Status
from riskpoints.models import ControlTable, Decision, TableVersion
from riskpoints.permissions import can

UNPOSTED = "这张表还没有公示。请领导小组办公室先列入公示，期满后再签字确定。"


class WorkflowError(Exception):
    """The act is not possible now; the message is Chinese and says what to do."""


class IncompleteError(WorkflowError):
    """Something is missing; `findings` says what and where."""

    def __init__(self, message: str, findings: list[completeness.Finding]) -> None:
        super().__init__(message)
        self.findings = findings


@dataclass(frozen=True)
class Transition:
    """From which statuses to which, whether a comment is required, and what must hold besides."""

    sources: tuple[Status, ...]
    target: Status
    needs_comment: bool = False


@dataclass(frozen=True)
class Signature:
    """What a confirmation records: who signed, on which day, on paper or in the browser, and the scan."""

    signer_name: str
    signed_on: datetime.date
    how: ConfirmedBy
    scan: bytes = b""
    scan_suffix: str = ""


TRANSITIONS: dict[Action, Transition] = {
    Action.SUBMIT: Transition((Status.DRAFT,), Status.SUBMITTED),
    Action.RECALL: Transition((Status.SUBMITTED,), Status.DRAFT),
    Action.RETURN: Transition((Status.SUBMITTED, Status.REVIEWED), Status.DRAFT, needs_comment=True),
    Action.APPROVE: Transition((Status.SUBMITTED,), Status.REVIEWED),
    Action.CONFIRM: Transition((Status.REVIEWED,), Status.CONFIRMED),
    Action.DISCARD: Transition((Status.DRAFT,), Status.DISCARDED, needs_comment=True),
}


def is_possible(action: Action, version: TableVersion) -> bool:
    """Whether the status (and the year) allow the act at all, whoever asks."""
    transition = TRANSITIONS[action]
    if version.status not in transition.sources or version.table.cycle.is_closed or version.table.is_removed:
        return False
    # Only a revision can be given up: a first draft is the table itself.
    return action != Action.DISCARD or version.table.in_force_id is not None


def available_actions(version: TableVersion, user: Any) -> list[Action]:
    """The acts this person can do now: what the buttons show."""
    return [action for action in TRANSITIONS if is_possible(action, version) and can(user, action, version)]


def perform(
    action: Action,
    version: TableVersion,
    *,
    actor: Any,
    comment: str = "",
    signature: Signature | None = None,
) -> TableVersion:
    """Do one act on a version, or refuse.

    Raises PermissionDenied, or WorkflowError to show: someone was faster, a comment is missing, it is incomplete.
    Writes the status, a Decision with the content's hash and an audit entry in one transaction.
    """
    action = Action(action)
    transition = TRANSITIONS[action]
    if not can(actor, action, version):
        raise PermissionDenied("您没有这项权限。")
    comment = stripped(one_break(comment))
    if transition.needs_comment and not comment:
        raise WorkflowError("请写明意见：哪里要改、为什么。")
    require_length(Decision, "comment", comment)
    if action == Action.SUBMIT and version.status == Status.DRAFT:
        services.refresh_names_and_floors(version, actor=actor)
    printed = _print_ahead(action, version, signature)
    with transaction.atomic():
        # The year is held, too: close_year() would otherwise count the tables on their way before this one is.
        locked = (
            TableVersion.objects.select_for_update(of=("self", "table__cycle"))
            .select_related("table__cycle", "table__department")
            .get(pk=version.pk)
        )
        # First what happened meanwhile: whose act it is can depend on the status, and "no right" would mislead. Who
        # returns a table that waits for review doesn't mean one that somebody approved in this moment.
        if not is_possible(action, locked) or locked.status != version.status:
            raise WorkflowError(_overtaken(locked))
        if not can(actor, action, locked):
            raise PermissionDenied("您没有这项权限。")
        if action in REQUIRED:
            REQUIRED[action](locked)
        if waits := demands.unmet(action, locked):
            raise WorkflowError(waits)
        changes = EFFECTS[action](locked, actor, signature)
        changed = TableVersion.objects.filter(pk=locked.pk, status__in=transition.sources).update(
            status=transition.target, **changes
        )
        if changed != 1:
            raise WorkflowError(_overtaken(locked))
        locked.refresh_from_db()
        if action == Action.CONFIRM:
            ControlTable.objects.filter(pk=locked.table_id).update(in_force=locked)
        if action in (Action.RETURN, Action.APPROVE):
            locked.remarks.filter(sent_at__isnull=True).update(sent_at=timezone.now())
        decision = decide(action, locked, actor=actor, comment=comment)
        _keep(decision, printed)
        if signature is not None and signature.scan:
            keeping.add_scan(locked, signature.scan, signature.scan_suffix, actor=actor)
    return TableVersion.objects.select_related("table__cycle", "table__department").get(pk=version.pk)


def require_length(model: type[models.Model], name: str, text: str) -> None:
    """WorkflowError where a text is longer than its field; the database must neither cut it nor stop at it."""
    field = model._meta.get_field(name)
    longest = getattr(field, "max_length", None)
    if longest is not None and len(text) > longest:
        label = getattr(field, "verbose_name", name)
        raise WorkflowError(f"{label}请缩短到 {longest} 字以内，现在有 {len(text)} 字。")


def decide(action: Action, version: TableVersion, *, actor: Any, comment: str = "") -> Decision:
    """Write down one decision, bound to the content as it is now, and its audit entry."""
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
    detail = {"状态": version.get_status_display(), "意见": comment, "内容校验值": content_hash}
    if action in (Action.CONFIRM, Action.RECORD):
        detail[content.OPEN_HASH] = audit.sha256(content.open_part(text))
    audit.record(action.label, actor=actor, target=version, detail=detail)
    return decision


def _print_ahead(action: Action, version: TableVersion, signature: Signature | None) -> keeping.Rendering | None:
    """Print what is to be kept before the transaction begins, so that printing keeps nobody waiting for a lock."""
    if not settings.KEPT_DOCUMENTS:
        return None
    if action == Action.APPROVE:
        facts = {"status": Status.REVIEWED, "reviewed_at": timezone.now()}
    elif action == Action.CONFIRM and signature is not None:
        facts = {"status": Status.CONFIRMED, "signed_on": signature.signed_on}
    else:
        return None
    try:
        return keeping.render(version, **facts)
    except keeping.DocumentError as error:
        raise WorkflowError(f"这张表现在打印不出来，没有办理：{error}") from error


def _keep(decision: Decision, printed: keeping.Rendering | None) -> None:
    if printed is None:
        return
    try:
        keeping.keep(decision, printed)
    except ValueError as error:
        raise WorkflowError("办理的同时表的内容有了变动，没有办理。请刷新页面，看过以后再办理。") from error


def _overtaken(version: TableVersion) -> str:
    if version.table.cycle.is_closed:
        return f"{version.table.cycle}已经归档关闭，不能再办理。"
    if version.table.is_removed:
        return f"这张表已由办公室移出{version.table.cycle}，不能再办理。"
    return f"这张表现在是“{version.get_status_display()}”，可能已由他人办理。请刷新页面，看最新情况。"


def _require_complete(version: TableVersion) -> None:
    report = completeness.check(content.load(version))
    if report.missing:
        raise IncompleteError(f"还有 {len(report.missing)} 处没有填完，填完后才能提交。", report.missing)


def _require_levels(version: TableVersion) -> None:
    """Every point of a department has a confirmed level that the rule allows (R35, T7)."""
    if version.table.scope == Scope.SCHOOL:
        return
    findings = []
    for row in content.load(version).rows:
        for number, point in enumerate(row.points, start=1):
            problem = reviewing.assessment_problem(point, point.confirmed_level, point.confirmed_reason)
            if problem:
                findings.append(completeness.Finding(f"{row.label}第 {number} 项：{problem}", f"point-{point.pk}"))
    if findings:
        raise IncompleteError(f"还有 {len(findings)} 个风险点的等级没有核定好。", findings)


def _require_published(version: TableVersion) -> None:
    if publicity.needs_posting(version):
        raise WorkflowError(UNPOSTED)
    until = version.publish_until
    if until is not None and timezone.localdate() <= until:
        raise WorkflowError(f"公示期到 {until.year}年{until.month}月{until.day}日，期满后才能确定。")


# What an act demands of the version, besides its status; each raises WorkflowError.
REQUIRED: dict[Action, Callable[[TableVersion], None]] = {
    Action.SUBMIT: _require_complete,
    Action.APPROVE: _require_levels,
    Action.CONFIRM: _require_published,
}


def _submitted(version: TableVersion, actor: Any, signature: Signature | None) -> dict[str, Any]:
    return {"submitted_at": timezone.now(), "submitted_by": actor}


def _reopened(version: TableVersion, actor: Any, signature: Signature | None) -> dict[str, Any]:
    publicity.leave(version)
    return {
        "submitted_at": None,
        "submitted_by": None,
        "reviewed_at": None,
        "reviewed_by": None,
        "publish_from": None,
        "publish_until": None,
    }


def _approved(version: TableVersion, actor: Any, signature: Signature | None) -> dict[str, Any]:
    period = publicity.on_approval(version, actor)
    return {"reviewed_at": timezone.now(), "reviewed_by": actor, **period}


def _confirmed(version: TableVersion, actor: Any, signature: Signature | None) -> dict[str, Any]:
    if signature is None or is_blank(signature.signer_name):
        raise WorkflowError("请填写签字人和签字日期。")
    if signature.how == ConfirmedBy.BROWSER and not has_role(actor, Role.PRINCIPAL):
        raise PermissionDenied("在系统中确定只由单位主要负责人本人办理，领导小组办公室登记签过字的纸质表。")
    require_length(TableVersion, "signer_name", stripped(signature.signer_name))
    if version.submitted_at and signature.signed_on < timezone.localdate(version.submitted_at):
        raise WorkflowError("签字日期不能早于提交日期。")
    if signature.signed_on > timezone.localdate():
        raise WorkflowError("签字日期不能晚于今天。")
    changes: dict[str, Any] = {
        "confirmed_at": timezone.now(),
        "confirmed_by": actor,
        "confirmed_how": signature.how,
        "signer_name": stripped(signature.signer_name),
        "signed_on": signature.signed_on,
    }
    return changes


def _discarded(version: TableVersion, actor: Any, signature: Signature | None) -> dict[str, Any]:
    return {}


EFFECTS: dict[Action, Callable[[TableVersion, Any, Signature | None], dict[str, Any]]] = {
    Action.SUBMIT: _submitted,
    Action.RECALL: _reopened,
    Action.RETURN: _reopened,
    Action.APPROVE: _approved,
    Action.CONFIRM: _confirmed,
    Action.DISCARD: _discarded,
}
