"""What every write to the plan begins with: the year and the row, locked, as the database has them now."""

from riskpoints.campaign import held
from riskpoints.campaign.models import PlanTask
from riskpoints.models import Cycle


class PlanError(Exception):
    """The act is not possible now; the message is Chinese and says what to do."""


def open_year(cycle: Cycle) -> Cycle:
    """The year, locked. PlanError where it is closed or withdrawn."""
    return held.open_year(cycle, PlanError, "计划不能再改。")


def locked_task(task: PlanTask) -> PlanTask:
    """The task, locked, with its year."""
    return PlanTask.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=task.pk)
