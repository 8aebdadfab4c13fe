"""How much waits for a person, as the menu of every page says it: counted once for each state of the register.

Every act leaves an entry in the trail, in the transaction of the act (riskcontrol/audit.py). So what waits for somebody
changes with the head of the trail or with the day; while both stay, a page takes what was counted for an earlier one.
"""

import time
from collections import OrderedDict
from threading import Lock

from django.utils import timezone

from departments import notices
from departments.models import User
from riskcontrol.models import AuditHead
from riskpoints.desk import tasks

# For what is changed past the program, which leaves no entry.
GOOD_FOR_SECONDS = 600
MOST_PEOPLE = 2000

_counted: OrderedDict[tuple[int, str], tuple[object, int]] = OrderedDict()
_lock = Lock()


def waiting_for(user: User) -> int:
    """The number of tasks that can be done today and of notices that were not read."""
    # Read before counting: what is written meanwhile is counted, or moves the head on.
    head = AuditHead.objects.filter(pk=1).values_list("hash", flat=True).first()
    if head is None:
        return _count(user)
    state = (head, timezone.localdate(), int(time.monotonic() / GOOD_FOR_SECONDS))
    place = (user.pk, user.staff_number)
    known = _counted.get(place)
    if known is not None and known[0] == state:
        return known[1]
    count = _count(user)
    with _lock:
        _counted[place] = (state, count)
        _counted.move_to_end(place)
        while len(_counted) > MOST_PEOPLE:
            _counted.popitem(last=False)
    return count


def _count(user: User) -> int:
    return len(tasks.inbox(user)) + len(tasks.other_tasks(user)) + notices.unread(user).count()
