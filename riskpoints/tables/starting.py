"""How drafts of one table come to be: it is started, or what is in force is revised."""

import secrets
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q

from departments.models import Actor, School
from riskcontrol import audit
from riskcontrol.text import is_blank, stripped
from riskpoints.content import content
from riskpoints.enums import Action, Status
from riskpoints.models import (
    ControlTable,
    Measure,
    NilDeclaration,
    PostExemption,
    RiskPoint,
    TableVersion,
)
from riskpoints.permissions import can, can_still
from riskpoints.tables import copying, workflow
from riskpoints.tables.locking import lock_table
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterFact, RegisterVerb


def start_table(table: ControlTable, *, actor: Actor) -> TableVersion:
    """Begin the first draft of a table, copied from what is in force of its owner now, or give the open version that
    is already there.

    The entry 结转 names what it was copied from and its content; nobody becomes an author by it.
    """
    if not can(actor, Action.START, table):
        raise PermissionDenied("您没有填写这张表的权限。")
    with transaction.atomic():
        locked = lock_in_open_year(table)
        if not can_still(actor, Action.START, locked):
            raise PermissionDenied("您没有填写这张表的权限。")
        existing = locked.versions.filter(status__in=Status.open()).first()
        if existing is not None:
            return existing
        if locked.in_force_id is not None:
            raise WorkflowError("这张表已有现行版，请用“修订”另起一版。")
        source = copying.source_of(locked)
        if source is None:
            version = new_version(locked, actor=actor)
            audit.record(RegisterVerb.START, actor=actor, target=version)
            return version
        reason = f"由 {source.table.cycle.year} 年度现行表结转"
        version = copy_version(source, locked, reason=reason, actor=actor)
        audit.record(RegisterVerb.START, actor=actor, target=version)
        detail = {"所本版本": str(source), RegisterFact.CONTENT_HASH: content.sealed(content.load(version))[1]}
        audit.record(RegisterVerb.CARRY_OVER, actor=actor, target=version, detail=detail)
    return version


def open_revision(version: TableVersion, *, reason: str, actor: Actor) -> TableVersion:
    """A new draft copied from the version in force, which stays in force until the new one is confirmed (R34)."""
    table = version.table
    if not can(actor, Action.REVISE, table):
        raise PermissionDenied("您没有修订这张表的权限。")
    if is_blank(reason):
        raise WorkflowError("请写明修订原因。")
    workflow.require_length(TableVersion, "revision_reason", stripped(reason))
    with transaction.atomic():
        locked = lock_in_open_year(table)
        if not can_still(actor, Action.REVISE, locked):
            raise PermissionDenied("您没有修订这张表的权限。")
        if locked.in_force_id != version.pk:
            raise WorkflowError("只能修订现行版。请刷新页面，看最新情况。")
        if locked.versions.filter(status__in=Status.open()).exists():
            raise WorkflowError("这张表已有一份修订稿在办理，请在那一份上修改。")
        reason = stripped(reason)
        draft = copy_version(version, locked, reason=reason, actor=actor)
        draft.proposers.set(version.proposers.all())
        audit.record(
            RegisterVerb.REVISE, actor=actor, target=draft, detail={"修订原因": reason, "所本版本": version.number}
        )
    return draft


def copy_version(source: TableVersion, table: ControlTable, *, reason: str, actor: Actor) -> TableVersion:
    """Copy a version's content into a new draft: identities stay, the level in force becomes the proposal."""
    loaded = content.load(source)
    draft = new_version(table, actor=actor, base=source, revision_reason=reason, duties=source.duties)
    points: dict[uuid.UUID, RiskPoint] = {}
    for point in loaded.points:
        copy = copying.write_point(RiskPoint(version=draft, identity=point.identity, order=point.order), point)
        points[point.identity] = copy
    for measure in loaded.measures:
        twin = Measure(version=draft, identity=measure.identity, order=measure.order)
        copying.write_measure(twin, measure, points)
    for row in loaded.rows:
        if row.is_nil:
            NilDeclaration.objects.create(version=draft, category=row.value)
    for exemption in copying.exemptions(loaded):
        copying.write_exemption(PostExemption(version=draft, post_id=exemption.post_id), exemption)
    return draft


def lock_in_open_year(table: ControlTable) -> ControlTable:
    """The table as it is now, held until the transaction ends; WorkflowError once its year is closed."""
    locked = lock_table(table)
    if locked is None:
        raise WorkflowError("这个年度已经撤销，这张表不用填了。")
    if locked.is_removed:
        raise WorkflowError(f"这张表已由办公室移出{locked.cycle}，不用再填。要继续填报，请办公室先恢复。")
    if locked.cycle.is_closed:
        raise WorkflowError(f"{locked.cycle}已经归档关闭，不能再填报或修订。")
    return locked


def new_version(table: ControlTable, *, actor: Actor, **values: Any) -> TableVersion:
    """An empty draft with the next number; WorkflowError where somebody else began one in this moment."""
    department = table.department
    if department is None:
        school = School.current()
        defaults = {"owner_name": school.full_name, "duties": school.business_function}
    else:
        head = department.head
        defaults = {
            "owner_name": department.name,
            "head_name": head.real_name if head else "",
            "duties": department.duties,
        }
    defaults["seal"] = secrets.token_hex(16)
    number = (table.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    try:
        with transaction.atomic():
            return TableVersion.objects.create(
                table=table, number=number, created_by=actor, **(defaults | {k: v for k, v in values.items() if v})
            )
    except IntegrityError as error:
        if not table.versions.filter(Q(status__in=Status.open()) | Q(number=number)).exists():
            raise  # not somebody who was faster: a fault that must not pass for one
        raise WorkflowError("这张表刚刚已由他人开始填写，请刷新页面。") from error
