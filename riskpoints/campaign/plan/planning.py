"""Milestones and tasks are written by the office, each change audited."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from departments.models import Actor
from riskcontrol import audit
from riskpoints.campaign import held
from riskpoints.campaign.enums import TaskState
from riskpoints.campaign.models import Milestone, PlanTask
from riskpoints.campaign.permissions import CampaignAction, require_still
from riskpoints.campaign.plan.locking import locked_task, open_year
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.models import Cycle

MILESTONE = ("phase", "title", "due")
TASK = ("title", "lead_leader", "responsible", "measures", "deliverable", "due")


def save_milestone(
    cycle: Cycle, values: Mapping[str, Any], *, milestone: Milestone | None = None, lock: int = 0, actor: Actor
) -> Milestone:
    """Write a milestone of an open year. ValidationError by field, or where somebody saved in between."""
    with transaction.atomic():
        locked = open_year(cycle)
        require_still(actor, CampaignAction.KEEP_PLAN)
        row = (
            Milestone(cycle=locked) if milestone is None else Milestone.objects.select_for_update().get(pk=milestone.pk)
        )
        if milestone is not None and row.lock != lock:
            raise ValidationError(held.CHANGED)
        before = audit.field_values(row, *MILESTONE) if milestone else {}
        for name in MILESTONE:
            setattr(row, name, values[name])
        row.lock += milestone is not None
        row.full_clean()
        row.save()
        detail = audit.changed_fields(before, audit.field_values(row, *MILESTONE))
        if detail:
            audit.record(CampaignVerb.MILESTONE_CHANGE, actor=actor, target=row, detail=detail)
    return row


def carry_over(cycle: Cycle, actor: Actor) -> None:
    """Give a year that is opened the milestones of the one before it, each a year later (R60)."""
    former = held.former_year(cycle)
    if former is None:
        return
    for row in Milestone.objects.filter(cycle=former):
        due = _later(row.due, cycle.year - former.year)
        copy = Milestone.objects.create(cycle=cycle, phase=row.phase, title=row.title, due=due)
        detail = {"沿用": f"{former}", "due": [row.due, due]}
        audit.record(CampaignVerb.MILESTONE_CHANGE, actor=actor, target=copy, detail=detail)


def _later(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def save_task(
    milestone: Milestone,
    values: Mapping[str, Any],
    *,
    task: PlanTask | None = None,
    lock: int = 0,
    token: str = "",
    actor: Actor,
) -> PlanTask:
    """Write a task; a new one takes the next number of its year. The same token again gives the task it made.

    The time limit of a task that is being worked on is put off by an extension only. ValidationError by field.
    """
    with transaction.atomic():
        cycle = open_year(milestone.cycle)
        require_still(actor, CampaignAction.KEEP_PLAN)
        if task is None and (known := PlanTask.objects.filter(token=token).first()) is not None:
            return known
        row = _new_task(cycle, token) if task is None else locked_task(task)
        if task is not None and row.lock != lock:
            raise ValidationError(held.CHANGED)
        before = told(row) if task else {}
        if task is not None and row.due != values["due"] and (row.entries.exists() or row.state != TaskState.OPEN):
            raise ValidationError({"due": "已经在办理的任务，时限只能由牵头部门申请延期。"})
        if row.due != values["due"]:  # an extension has moved the one, and leaves the other
            row.first_due = values["due"]
        _write_task(row, milestone, values)
        row.lock += task is not None
        row.full_clean(exclude=["token"])
        row.save()
        row.co_departments.set(values.get("co_departments") or ())
        detail = audit.changed_fields(before, told(row))
        if detail:
            audit.record(CampaignVerb.TASK_CHANGE, actor=actor, target=row, detail=detail)
    return row


def _new_task(cycle: Cycle, token: str) -> PlanTask:
    last = PlanTask.objects.filter(cycle=cycle).aggregate(last=Max("number"))["last"] or 0
    return PlanTask(cycle=cycle, number=last + 1, token=token)


def _write_task(row: PlanTask, milestone: Milestone, values: Mapping[str, Any]) -> None:
    row.milestone = milestone
    row.lead_department = values["lead_department"]
    row.lead_department_name = values["lead_department"].name
    for name in TASK:
        setattr(row, name, values.get(name) or "")
    if row.due > milestone.due:
        raise ValidationError({"due": f"不能晚于节点“{milestone}”的时限 {milestone.due:%Y-%m-%d}。"})
    if values["lead_department"] in (values.get("co_departments") or ()):
        raise ValidationError({"co_departments": "牵头部门不用再选为协作部门。"})


def told(row: PlanTask) -> dict[str, Any]:
    """What a task says, for the trail."""
    names = (*TASK, "milestone", "lead_department_name")
    return audit.field_values(row, *names) | {
        "co_departments": sorted(row.co_departments.values_list("name", flat=True)) if row.pk else []
    }
