"""When a reminder is due: pure, from the rule remind.offsets, the day of the matter and today."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Offsets:
    """So many days before the day of a matter, and every so many days after it (0: never)."""

    before: tuple[int, ...]
    every: int

    @classmethod
    def of(cls, rule: Mapping[str, Any]) -> "Offsets":
        """From the value of the rule."""
        return cls(tuple(rule["before"]), rule["every"])

    def mark(self, due: datetime.date, since: datetime.date, today: datetime.date) -> int | None:
        """The last mark that was reached, in days before the day (after it: below 0); None where there is none.

        A mark that a server slept through is made up for until the next one. One that lies before the matter began to
        wait is passed over.
        """
        left = (due - today).days
        if left >= 0:
            reached = min((days for days in self.before if days >= left), default=None)
        else:
            reached = -(-left // self.every * self.every) if self.every and -left >= self.every else None
        if reached is None or due - datetime.timedelta(days=reached) < since:
            return None
        return reached


def in_words(due: datetime.date, today: datetime.date) -> str:
    """How much time is left."""
    left = (due - today).days
    day = f"{due.month}月{due.day}日"
    if left > 0:
        return f"{day}到期，还有 {left} 天"
    return f"{day}到期，就是今天" if left == 0 else f"已于{due.year}年{day}到期，逾期 {-left} 天"
