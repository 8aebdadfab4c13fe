"""An open year is changed: other dates, or the whole year withdrawn that was opened by mistake."""

import datetime
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction

from departments.models import Actor
from riskcontrol import audit
from riskpoints.models import ControlTable, Cycle, TableVersion
from riskpoints.permissions import RegisterAction, can, require_still
from riskpoints.tables.locking import lock_year
from riskpoints.tables.refusal import WorkflowError
from riskpoints.verbs import RegisterVerb
from riskpoints.years.calendar import DATES, dates_state


def change_dates(cycle: Cycle, dates: Mapping[str, datetime.date], *, seen: str | None = None, actor: Actor) -> Cycle:
    """Change an open year's dates. ValidationError where they are not in order, or somebody changed them since the
    writer saw them (`seen`, a dates_state()); WorkflowError once the year is closed.
    """
    if not can(actor, RegisterAction.OPEN_YEAR):
        raise PermissionDenied("只有领导小组办公室能修改年度日程。")
    with transaction.atomic():
        locked = lock_year(cycle)
        require_still(actor, RegisterAction.OPEN_YEAR)
        if locked.is_closed:
            raise WorkflowError(f"{locked}已经归档关闭，日程不能再改。")
        if seen and seen != dates_state(locked):
            labels = {field.name: field.verbose_name for field in Cycle._meta.concrete_fields}
            now = "、".join(f"{labels[name]}{getattr(locked, name)}" for name in DATES)
            raise ValidationError(f"您填写期间别人改过日程，您的还没有保存。现在是：{now}。请对照后再保存。")
        before = audit.field_values(locked, *DATES)
        for name in DATES:
            setattr(locked, name, dates[name])
        locked.full_clean()
        changes = audit.changed_fields(before, audit.field_values(locked, *DATES))
        if changes:
            locked.save(update_fields=[*DATES])
            audit.record(RegisterVerb.YEAR_CHANGE, actor=actor, target=locked, detail=changes)
    return locked


def withdraw(cycle: Cycle, *, actor: Actor) -> None:
    """Take back a year that was opened by mistake, while nobody has begun a table in it; WorkflowError otherwise."""
    if not can(actor, RegisterAction.OPEN_YEAR):
        raise PermissionDenied("只有领导小组办公室能撤销年度。")
    with transaction.atomic():
        locked = lock_year(cycle)
        require_still(actor, RegisterAction.OPEN_YEAR)
        tables = list(ControlTable.objects.select_for_update(of=("self",)).filter(cycle=locked))
        if locked.is_closed:
            raise WorkflowError(f"{locked}已经归档关闭，不能撤销。")
        begun = TableVersion.objects.filter(table__in=tables).values("table").distinct().count()
        if begun:
            raise WorkflowError(f"{locked}已有 {begun} 张表开始填报，不能撤销。")
        dates = {name: [value, None] for name, value in audit.field_values(locked, "year", *DATES).items()}
        gone = {"未填的表": len(tables), "随年度撤销": _taken_along(locked)}
        audit.record(RegisterVerb.YEAR_WITHDRAW, actor=actor, target=locked, detail=dates | gone)
        try:
            ControlTable.objects.filter(cycle=locked).delete()
            locked.delete()
        except models.ProtectedError as error:
            raise WorkflowError(f"{locked}已有内容，不能撤销。") from error


def _taken_along(cycle: Cycle) -> list[str]:
    """What goes with the year, besides its tables that nobody has begun: milestones, documents that it cites."""
    found = []
    for relation in Cycle._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.on_delete is not models.CASCADE:
            continue
        model = relation.related_model
        if model is not ControlTable:
            rows = model._base_manager.filter(**{relation.field.name: cycle}).order_by("pk")
            found += [f"{model._meta.verbose_name}：{row}" for row in rows]
    return found
