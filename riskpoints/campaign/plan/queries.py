"""The year's plan as it is read: milestones in the order of their days, tasks with where they stand today."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from riskpoints.campaign.enums import TaskState
from riskpoints.campaign.models import BasisDocument, Milestone, PlanTask, Supervision
from riskpoints.models import Cycle


@dataclass(frozen=True)
class Stage:
    """A milestone with its tasks, or one of the dates of the year's tables (`milestone` None), which nobody types."""

    title: str
    phase: str
    due: datetime.date
    milestone: Milestone | None = None
    tasks: tuple[PlanTask, ...] = ()


def stages(cycle: Cycle) -> list[Stage]:
    """All dates of a year, the tables' own among them (填报截止 …)."""
    tasks: dict[int, list[PlanTask]] = defaultdict(list)
    for task in tasks_of(cycle):
        tasks[task.milestone_id].append(task)
    found = [
        Stage(row.title, row.get_phase_display(), row.due, row, tuple(tasks[row.pk]))
        for row in Milestone.objects.filter(cycle=cycle)
    ]
    if not cycle.is_historical:
        found += [
            Stage("各部门填报防控表截止", "防控表日程", cycle.fill_until),
            Stage("纪委审核截止", "防控表日程", cycle.review_until),
            Stage("公示和签字截止", "防控表日程", cycle.publish_until),
        ]
    return sorted(found, key=lambda stage: stage.due)


def tasks_of(cycle: Cycle) -> QuerySet[PlanTask]:
    """The tasks of a year with what a list shows of them."""
    return PlanTask.objects.filter(cycle=cycle).select_related("milestone", "cycle").prefetch_related("co_departments")


def is_overdue(task: PlanTask, today: datetime.date | None = None) -> bool:
    """Whether a task's time is over without a report."""
    return task.state in (TaskState.OPEN, TaskState.RETURNED) and task.due < (today or timezone.localdate())


def basis_of(cycle: Cycle) -> QuerySet[BasisDocument]:
    """The documents that a year cites now."""
    return BasisDocument.objects.filter(cycle=cycle, ended_on=None)


def supervisions_of(cycle: Cycle) -> QuerySet[Supervision]:
    """督办单 about the tasks of a year."""
    return Supervision.objects.filter(task__cycle=cycle).select_related("task__cycle")


def counts(tasks: Iterable[PlanTask]) -> tuple[int, int, int]:
    """How many tasks there are, are done, and are overdue."""
    found = list(tasks)
    return len(found), sum(task.state == TaskState.DONE for task in found), sum(map(is_overdue, found))
