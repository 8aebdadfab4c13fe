"""How much waits for a person, as the menu of every page says it: counted once for each state of the register."""

from departments import notices
from departments.models import User
from riskcontrol.kept import Kept, State
from riskpoints.desk import tasks

_counted: Kept[int] = Kept(most=2000)


def waiting_for(user: User, state: State | None) -> int:
    """The number of tasks that can be done today and of notices that were not read, of this state of the trail."""
    return _counted.value((user.pk, user.staff_number), state, lambda: _count(user))


def _count(user: User) -> int:
    return len(tasks.inbox(user)) + len(tasks.other_tasks(user)) + notices.unread(user).count()
