"""What can be done to a check in which state, as data; and where one stands for a reader."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from riskpoints.oversight.enums import CheckAct, Standing, State
from riskpoints.oversight.models import CheckSheet
from riskpoints.oversight.monitoring import periods


@dataclass(frozen=True)
class Transition:
    """From which states an act is possible, and what the state is afterwards."""

    sources: frozenset[State]
    target: State


TRANSITIONS = {
    CheckAct.FILL: Transition(frozenset({State.FILLING, State.RETURNED}), State.FILLING),
    CheckAct.SUBMIT: Transition(frozenset({State.FILLING, State.RETURNED}), State.SUBMITTED),
    CheckAct.REVIEW: Transition(frozenset({State.SUBMITTED}), State.REVIEWED),
    CheckAct.RETURN: Transition(frozenset({State.SUBMITTED}), State.RETURNED),
}
# Where nothing is expected any more from those who check.
OVER = frozenset({Standing.SUBMITTED, Standing.REVIEWED, Standing.DISSOLVED, Standing.UNFINISHED})


class CheckError(Exception):
    """The act is not possible now; the message is Chinese and says what to do."""


def standing(sheet: CheckSheet, on: datetime.date | None = None) -> Standing:
    """Where a check stands: one that was not handed in ends with its department or its year."""
    if not sheet.is_open:
        return Standing(sheet.state)
    closed = sheet.cycle.closed_at
    day = timezone.localdate(closed) if closed else on or timezone.localdate()
    if not sheet.department.is_active_on(day):
        return Standing.DISSOLVED
    return Standing.UNFINISHED if closed else Standing(sheet.state)


def is_overdue(year: int, period: str, where: Standing, on: datetime.date | None = None) -> bool:
    """Whether a check is missing after its period; it can still be done."""
    return where not in OVER and periods.last_day(year, period) < (on or timezone.localdate())


def require_possible(act: CheckAct, sheet: CheckSheet) -> None:
    """CheckError where the state, the year or the department doesn't allow it."""
    where = standing(sheet)
    if where == Standing.DISSOLVED:
        raise CheckError(f"{sheet.department_name}已经撤并，这次检查到此为止，不能再改。")
    if sheet.cycle.is_closed:
        raise CheckError(f"{sheet.cycle}已经关闭，检查表不能再改。")
    if State(sheet.state) not in TRANSITIONS[act].sources:
        raise CheckError(f"这张检查表现在是“{where.label}”，不能{act.label}。请刷新页面看看谁刚办过。")


def tone(where: Standing, *, is_overdue: bool = False) -> str:
    """The colour of a state, which only repeats its words."""
    return "overdue" if is_overdue else {Standing.REVIEWED: "done", Standing.NOT_BEGUN: ""}.get(where, where.value)
