"""What waits for a person, for the inbox and as the menu of every page counts it: read once for each state of the
register."""

from dataclasses import dataclass

from departments import notices
from departments.models import User
from riskcontrol.kept import Kept, State
from riskpoints import wings
from riskpoints.desk import tasks


@dataclass(frozen=True)
class Waiting:
    """The tasks of tables, those of the wings and others, and how many notices were not read."""

    tasks: list[tasks.Task]
    others: list[wings.OtherTask]
    unread: int

    @property
    def count(self) -> int:
        """The tasks that can be done today, and the notices."""
        return len(tasks.open_now(self.tasks)) + len(self.others) + self.unread


_found: Kept[Waiting] = Kept(most=2000)


def waiting_of(user: User, state: State | None) -> Waiting:
    """What waits for the person in this state of the trail; to be read only."""
    return _found.value((user.pk, user.staff_number), state, lambda: _read(user))


def waiting_for(user: User, state: State | None) -> int:
    """The number of tasks that can be done today and of notices that were not read, of this state of the trail."""
    return waiting_of(user, state).count


def _read(user: User) -> Waiting:
    return Waiting(tasks.tasks(user), tasks.other_tasks(user), notices.unread(user).count())
