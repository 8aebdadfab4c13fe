"""Where one table of a year stands, and until when its next step is due."""

import datetime
from dataclasses import dataclass

from riskpoints.content.today import Standing
from riskpoints.enums import Action, Status
from riskpoints.models import ControlTable, Cycle, TableVersion

# Where a table stands, from the furthest behind to the one in force: code, words.
STANDINGS = {
    "removed": "已移出",
    "closed": "部门停用",
    "waiting": "未开始",
    "draft": "填报中",
    "returned": "退回修改",
    "submitted": "待审核",
    "published": "公示中",
    "signing": "待签字",
    "revising": "修订中",
    "to_come": "待生效",
    "of_year": "当年有效",
    "in_force": "现行",
}


@dataclass(frozen=True)
class TableState:
    """One table of a year: its open version and the one in force, until when the next step is due, in how many days."""

    table: ControlTable
    standing: str
    open_version: TableVersion | None
    in_force: TableVersion | None
    due: datetime.date | None
    days_left: int | None

    @property
    def words(self) -> str:
        if self.open_version is not None and self.open_version.awaits_comparison:
            return "待核对"
        is_noted = self.open_version is not None and self.open_version.awaits_scan
        return "待补扫描件" if is_noted else STANDINGS[self.standing]

    @property
    def is_overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def days_late(self) -> int:
        return -(self.days_left or 0)

    @property
    def head_name(self) -> str:
        """The head today; the school's table has none."""
        head = self.table.department.head if self.table.department else None
        return head.real_name if head else ""


# Somebody has still to hand these in.
TO_HAND_IN = ("waiting", "draft", "returned")


def state_of(
    table: ControlTable,
    opened: TableVersion | None,
    in_force: TableVersion | None,
    signed: Standing | None,
    today: datetime.date,
) -> TableState:
    """Where a table stands that has these versions."""
    standing = standing_of(table, opened, signed, today)
    due = due_of(table.cycle, standing, opened)
    return TableState(
        table=table,
        standing=standing,
        open_version=opened,
        in_force=in_force,
        due=due,
        days_left=(due - today).days if due and not table.cycle.is_closed else None,
    )


def standing_of(table: ControlTable, opened: TableVersion | None, signed: Standing | None, today: datetime.date) -> str:
    """The key of STANDINGS from a table's open version (its decisions read along, the last first) and what is signed;
    nobody waits for what a closed department has not handed in."""
    found = _of_versions(opened, signed, today)
    if signed is None and found in TO_HAND_IN and not table.is_asked_for(today):
        return "removed" if table.is_removed else "closed"
    return found


def _of_versions(opened: TableVersion | None, signed: Standing | None, today: datetime.date) -> str:
    if opened is None:
        return str(signed or "waiting")
    if opened.status == Status.SUBMITTED:
        return "submitted"
    if opened.status == Status.REVIEWED:
        return "published" if opened.is_being_published(today) else "signing"
    last = next(iter(opened.decisions.all()), None)
    if last is not None and last.action == Action.RETURN:
        return "returned"
    if signed is not None:
        return "revising"
    # A draft carried over from last year that nobody has touched is not begun yet.
    return "draft" if opened.created_by_id or opened.lock else "waiting"


def due_of(cycle: Cycle, standing: str, opened: TableVersion | None) -> datetime.date | None:
    """Until when the next step is due; a revision of a table in force has no date in the year's plan."""
    if standing in TO_HAND_IN:
        return cycle.fill_until
    if standing == "submitted":
        return cycle.review_until
    if standing == "published" and opened is not None:
        return opened.publish_until  # the end of its own publication, whatever the year's plan says
    if standing == "signing" and opened is not None:
        return max(filter(None, [cycle.publish_until, opened.publish_until]))
    return None
