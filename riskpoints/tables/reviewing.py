"""The reviewer's work on a submitted table: levels with reasons, and remarks at the points."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from departments.enums import Level
from departments.models import Actor
from riskcontrol import audit
from riskcontrol.text import is_blank, stripped
from riskpoints.enums import Action, Status
from riskpoints.models import Remark, RiskPoint, TableVersion
from riskpoints.models.table import FrozenError
from riskpoints.permissions import can_still
from riskpoints.tables import editing
from riskpoints.tables.locking import lock_version
from riskpoints.verbs import RegisterVerb


@dataclass(frozen=True)
class Assessment:
    """The reviewer's level of one point, with the reason, and a remark for the department."""

    level: int | None
    reason: str = ""
    remark: str = ""


def assessment_problem(point: RiskPoint, level: int | None, reason: str) -> str:
    """Why this level can't be given to the point, or an empty text.

    Upwards freely, downwards only with a written reason: below the rule's level, or below what the department proposed.
    """
    if level is None:
        return "请核定等级。"
    ruling = point.ruling
    if ruling.is_forbidden(level):
        return f"该岗位的职能要求不低于{ruling.floor.label}，不能更低。" if ruling.floor else ""
    if ruling.needs_reason(level) and is_blank(reason):
        return "低于按规则得出的等级，请写明理由。"
    is_milder = point.proposed_level is not None and level > point.proposed_level
    if is_milder and is_blank(reason):
        return "低于部门建议的等级，请写明理由。"
    return ""


def assess(
    version: TableVersion,
    assessments: Mapping[int, Assessment],
    *,
    general_remark: str | None = None,
    lock: int | None = None,
    actor: Actor,
) -> None:
    """Save the reviewer's levels, reasons and remarks of a submitted table (审核 is a separate act: workflow.perform).

    `lock` is the version's as the reviewer saw it: ConflictError where another reviewer saved since. Raises
    ValidationError {point id as text: message} where a level is not allowed. In both cases nothing is saved.
    """
    with transaction.atomic():
        locked = lock_version(version)
        _require_assessable(locked, actor)
        if lock is not None and lock != locked.lock:
            raise editing.ConflictError(locked)
        points = {point.pk: point for point in locked.points.select_for_update().filter(pk__in=assessments)}
        problems = {str(key): _problem(point, assessments[key]) for key, point in points.items()}
        if errors := {key: problem for key, problem in problems.items() if problem}:
            raise ValidationError(errors)
        for key, given in assessments.items():
            if key in points:
                _assess_point(locked, points[key], given, actor)
        if general_remark is not None:
            _save_remark(locked, None, general_remark, actor)
        TableVersion.objects.filter(pk=locked.pk).update(lock=F("lock") + 1)


def _require_assessable(version: TableVersion, actor: Actor) -> None:
    if not can_still(actor, Action.ASSESS, version):
        raise PermissionDenied("您没有审核这张表的权限。")
    if version.table.cycle.is_closed:
        raise FrozenError(f"{version.table.cycle}已经归档关闭，不能再核定等级。")
    if version.status != Status.SUBMITTED:
        raise FrozenError(f"这张表现在是“{version.get_status_display()}”，不能再核定等级。请刷新页面，看最新情况。")


def _problem(point: RiskPoint, given: Assessment) -> str:
    """Why this can't be saved, or an empty text; a reason may be written before the level is chosen."""
    if given.level is None:
        return _length_problem(point, given) if given.reason else ""
    return assessment_problem(point, given.level, given.reason) or _length_problem(point, given)


def _level_label(level: int | None) -> str:
    return Level(level).label if level else "未定级"


def _length_problem(point: RiskPoint, given: Assessment) -> str:
    """Why the reason can't be kept as it is, or an empty text."""
    try:
        RiskPoint._meta.get_field("confirmed_reason").clean(stripped(given.reason), point)
    except ValidationError as error:
        return "；".join(error.messages)
    return ""


def _assess_point(version: TableVersion, point: RiskPoint, given: Assessment, actor: Actor) -> None:
    fields = ("confirmed_level", "confirmed_reason")
    before = audit.field_values(point, *fields)
    point.confirmed_level, point.confirmed_reason = given.level, stripped(given.reason)
    point.save(update_fields=[*fields])
    after = audit.field_values(point, *fields)
    if before != after:
        version.assessors.add(actor)  # whoever set a level never records the confirmation
    changes = audit.changed_fields(before, after)
    if changes:
        # Named by its table: 对象 finds a level's change by department, whatever the point is called later.
        said = {"部门建议 → 核定": [_level_label(point.proposed_level), _level_label(point.confirmed_level)]}
        label = f"{version}：{point}"
        audit.record(RegisterVerb.ASSESS, actor=actor, target=point, label=label, detail=said | changes)
    _save_remark(version, point.identity, given.remark, actor)


def _save_remark(version: TableVersion, identity: uuid.UUID | None, text: str, actor: Actor) -> None:
    """Keep one unsent remark per point; it reaches the department with the return."""
    text = stripped(text)
    draft = Remark.objects.filter(version=version, point_identity=identity, sent_at__isnull=True).first()
    if draft is None and not text:
        return
    before = {"意见": draft.text if draft else ""}
    if draft is not None and not text:
        draft.delete()
    else:
        remark = draft or Remark(version=version, point_identity=identity)
        remark.text, remark.author, remark.at = text, actor, timezone.now()
        remark.full_clean(exclude=["version", "author"])
        remark.save()
    editing.audit_change(RegisterVerb.REMARK, version, before, {"意见": text}, actor)
