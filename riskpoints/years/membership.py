"""Which tables belong to an open year: one added later, one of a closed department taken out or brought back."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor, Department
from riskcontrol import audit
from riskcontrol.text import is_blank, stripped
from riskpoints.enums import Status
from riskpoints.models import ControlTable, Cycle
from riskpoints.permissions import RegisterAction, can, require_still
from riskpoints.tables.locking import lock_table, lock_year
from riskpoints.tables.refusal import WorkflowError
from riskpoints.verbs import RegisterVerb
from riskpoints.years import opening

REMOVAL = ["removed_at", "removed_by", "removed_reason"]


def add_missing_table(cycle: Cycle, department: Department, *, actor: Actor) -> ControlTable:
    """The table of a department that was founded (or forgotten) after the year was opened (R58)."""
    if not can(actor, RegisterAction.OPEN_YEAR):
        raise PermissionDenied("只有领导小组办公室能补建防控表。")
    if not department.is_active_on(timezone.localdate()):
        raise ValidationError({"department": "这个部门已停用，不能补建防控表。"})
    with transaction.atomic():
        cycle = lock_year(cycle)
        require_still(actor, RegisterAction.OPEN_YEAR)
        if cycle.is_closed:
            raise WorkflowError(f"{cycle}已经归档关闭，不能再补建防控表。")
        if cycle.is_historical:
            raise WorkflowError(f"{cycle}是补录的历史年度，请按纸质表补录。")
        if ControlTable.objects.filter(cycle=cycle, department=department).exists():
            raise ValidationError({"department": "这个部门在本年度已有防控表。"})
        table = opening.add_table(cycle, department)
        audit.record(RegisterVerb.TABLE_ADD, actor=actor, target=table)
    return table


def remove_table(table: ControlTable, reason: str, *, actor: Actor) -> ControlTable:
    """Take the table of a closed department out of an open year, with a reason: nobody fills it in or misses it.

    What was written in it stays. WorkflowError where the department is in use, the table is on its way or signed.
    """
    if not can(actor, RegisterAction.OPEN_YEAR):
        raise PermissionDenied("只有领导小组办公室能把防控表移出年度。")
    reason = stripped(reason)
    if is_blank(reason):
        raise ValidationError({"reason": "请写明理由，例如：部门撤并，职能并入哪个部门。"})
    with transaction.atomic():
        locked = _lock_table(table)
        require_still(actor, RegisterAction.OPEN_YEAR)
        if locked.is_removed:
            raise WorkflowError(f"{locked}已经移出，没有再次办理。")
        if locked.department is None or locked.is_asked_for(timezone.localdate()):
            raise WorkflowError(f"{locked.owner_name}还在用，不能移出。请先由系统管理员停用部门。")
        if locked.in_force_id is not None:
            raise WorkflowError(f"{locked}已签字确定，是本年度的内容，不用移出。")
        if locked.versions.filter(status__in=[Status.SUBMITTED, Status.REVIEWED]).exists():
            raise WorkflowError(f"{locked}正在审核或等待签字，请先办完或退回。")
        locked.removed_at, locked.removed_by, locked.removed_reason = timezone.now(), actor, reason
        locked.full_clean()
        locked.save(update_fields=REMOVAL)
        audit.record(RegisterVerb.TABLE_REMOVE, actor=actor, target=locked, detail={"理由": reason})
    return locked


def restore_table(table: ControlTable, *, actor: Actor) -> ControlTable:
    """Bring a table back into its open year, with whatever was written in it."""
    if not can(actor, RegisterAction.OPEN_YEAR):
        raise PermissionDenied("只有领导小组办公室能把防控表恢复到年度里。")
    with transaction.atomic():
        locked = _lock_table(table)
        require_still(actor, RegisterAction.OPEN_YEAR)
        if not locked.is_removed:
            raise WorkflowError(f"{locked}没有移出，不用恢复。")
        detail = {"原移出理由": locked.removed_reason}
        locked.removed_at, locked.removed_by, locked.removed_reason = None, None, ""
        locked.save(update_fields=REMOVAL)
        audit.record(RegisterVerb.TABLE_RESTORE, actor=actor, target=locked, detail=detail)
    return locked


def _lock_table(table: ControlTable) -> ControlTable:
    cycle = lock_year(table.cycle)
    if cycle.is_closed:
        raise WorkflowError(f"{cycle}已经归档关闭，不能再改。")
    locked = lock_table(table)
    if locked is None:
        raise WorkflowError(f"{cycle}已经撤销。请刷新页面。")
    return locked
