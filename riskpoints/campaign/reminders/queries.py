"""The office's board: what waits, with what was reminded about it last."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils import timezone

from departments.models import User
from riskcontrol.kept import state_of_acts
from riskcontrol.templatetags.ui import cn_date
from riskpoints.campaign.models import Reminder
from riskpoints.desk import dues, kept
from riskpoints.dues import DueLine, ShownLine, grouped, shown

# What is due later than in so many days stands on the board only when asked for.
SOON = 30


@dataclass(frozen=True)
class Board:
    """The lines under their headings; how many there are, how many are overdue, how many are not shown yet."""

    groups: list[tuple[str, list[ShownLine]]]
    count: int
    overdue: int
    later: int


def board(user: User, *, everything: bool = False, only_overdue: bool = False) -> Board:
    """What waits in the school today; nothing about persons. A number of queries that doesn't grow."""
    today = timezone.localdate()
    lines = kept.board_lines(state_of_acts())
    near = [line for line in lines if line.due is None or line.due <= today + datetime.timedelta(days=SOON)]
    overdue = [line for line in lines if line.is_overdue(today)]
    chosen = overdue if only_overdue else lines if everything else near
    told = _told(chosen)
    rows = [
        replace(row, reminded=told.get(row.line.key, ()), remind_at=_remind_at(row.line, user))
        for row in shown(chosen, user, today)
    ]
    return Board(grouped(rows), len(lines), len(overdue), len(lines) - len(near))


def line_of(key: str) -> DueLine | None:
    """The line that has this key and still waits; never one about a person."""
    return next((line for line in dues.board_lines() if line.key == key), None)


def reminders_of(line: DueLine) -> list[Reminder]:
    """What was reminded about a line, the latest first."""
    return list(Reminder.objects.filter(key=line.key).order_by("-at", "-id"))


def _remind_at(line: DueLine, user: User) -> str:
    """Where this person reminds about a line: somebody else has to be there to be told."""
    others = any(person.pk != user.pk for person in line.people)
    return reverse("campaign:remind", args=[line.key]) if others else ""


def _told(lines: Iterable[DueLine]) -> dict[str, tuple[str, ...]]:
    """In words, by the line's key: on which day who was reminded last by whom. One query."""
    rows: dict[str, list[Reminder]] = defaultdict(list)
    for row in Reminder.objects.filter(key__in=[line.key for line in lines]).order_by("-at", "-id"):
        last = rows[row.key]
        if not last or (last[0].day, last[0].by_id, last[0].mark) == (row.day, row.by_id, row.mark):
            last.append(row)
    return {key: (_in_words(last),) for key, last in rows.items()}


def _in_words(rows: list[Reminder]) -> str:
    first, names = rows[0], "、".join(dict.fromkeys(row.to_name for row in reversed(rows)))
    day = cn_date(first.day)
    said = f"：{first.text}" if first.text else ""
    return f"{day}{first.by_name}{'催办' if first.mark is None else '自动提醒'} {names}{said}"
