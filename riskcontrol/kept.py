"""What is read once for each state of the register, however many pages ask.

Every act leaves an entry in the trail, in the transaction of the act (riskcontrol/audit.py). So what a page shows
changes with the trail or with the day; while both stay, it takes what was read for an earlier one. What depends on who
reads is kept under the reader's key: a right that is granted or withdrawn leaves an entry, too, and ends it.
"""

import datetime
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, ClassVar, Generic, TypeVar

from django.utils import timezone

from riskcontrol.models import AuditEntry, AuditHead
from riskcontrol.verbs import SystemVerb, reading

# For what is changed past the program, which leaves no entry.
GOOD_FOR_SECONDS = 600
# Tests write rows past the trail: there, nothing is kept.
IS_ON = True
# These change nothing of what waits in the school, and each would end what is kept.
_COME_AND_GO = (SystemVerb.LOGIN, SystemVerb.LOGOUT, SystemVerb.BACKED_UP)

Value = TypeVar("Value")
# The last entry's hash, the day, and how long ago at most.
State = tuple[str, datetime.date, int]


class Kept(Generic[Value]):
    """Values by their keys, each of one state; the ones asked for longest ago go first when there are too many."""

    _all: ClassVar[list["Kept[Any]"]] = []

    def __init__(self, most: int) -> None:
        self.most = most
        self._all.append(self)
        self._values: OrderedDict[Hashable, tuple[State, Value]] = OrderedDict()
        self._lock = Lock()

    def keys(self) -> list[Hashable]:
        return list(self._values)

    def forget(self) -> None:
        """Everything is read anew when it is asked for next."""
        with self._lock:
            self._values.clear()

    def value(self, key: Hashable, state: State | None, read: Callable[[], Value]) -> Value:
        """What was read for this key in this state. The state is read before the value: what is written in between is
        in the value, or ends the state. Without a state it is read each time."""
        if state is None or not IS_ON:
            return read()
        known = self._values.get(key)
        if known is not None and known[0] == state:
            return known[1]
        value = read()
        with self._lock:
            self._values[key] = (state, value)
            self._values.move_to_end(key)
            while len(self._values) > self.most:
                self._values.popitem(last=False)
        return value


def forget_all() -> None:
    """Nothing that was read before is good any more, of whatever kind."""
    for one in Kept._all:  # its own
        one.forget()


def state_of_trail() -> State | None:
    """The state with everything that the trail says; None before its first entry. One query."""
    return _state(AuditHead.objects.filter(pk=1).values_list("hash", flat=True).first())


def state_of_acts() -> State | None:
    """The state with what was done: that people come and go, read, or are refused is no part of it. One query."""
    done = AuditEntry.objects.filter(succeeded=True).exclude(action__in=[*reading(), *_COME_AND_GO])
    return _state(done.order_by("-number").values_list("hash", flat=True).first())


def _state(last: str | None) -> State | None:
    if last is None:
        return None
    return last, timezone.localdate(), int(time.monotonic() / GOOD_FOR_SECONDS)
