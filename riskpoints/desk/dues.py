"""All lines of the school: the register's own, by the same rules as the inbox (tasks.py), and what the wings hand in.

The number of queries doesn't grow with the lines. What can't be done yet (a year that has not begun to be filled in, a
publication that still runs) is no line.
"""

import datetime

from django.urls import reverse

from departments.enums import Role
from departments.models import User
from riskpoints import wings
from riskpoints.desk import floors, outstanding, tasks
from riskpoints.desk.tasks import Task
from riskpoints.dues import DueLine, Staff, day_of, in_order, staff
from riskpoints.enums import Status
from riskpoints.models import ControlTable, TableVersion
from riskpoints.permissions import fills

GROUP = "防控表"
# By the verb of the task: what the key of its line begins with.
KINDS = {
    "审核": "version.review",
    tasks.SIGN: "version.sign",
    tasks.AT_MEETING: "version.meeting",
    "补扫描件": "version.scan",
    "核对补录": "version.compare",
}


def all_lines(people: Staff | None = None, *, on: datetime.date | None = None) -> list[DueLine]:
    """Everything that waits today, whomever for, in the order of a board: overdue first (as of `on`, today)."""
    known = people or staff()
    own = [*_to_fill(known), *_to_decide(known), *_to_revise(known)]
    return in_order([*own, *wings.dues(known)], on)


def board_lines(people: Staff | None = None, *, on: datetime.date | None = None) -> list[DueLine]:
    """The lines that may stand on a board: none of matters about persons."""
    return [line for line in all_lines(people, on=on) if not line.is_about_person]


def lines_of(user: User, *, on: datetime.date | None = None) -> list[DueLine]:
    """The lines that wait for one person, those about persons among them."""
    return [line for line in all_lines(on=on) if line.waits_for(user)]


def _to_fill(known: Staff) -> list[DueLine]:
    tables = ControlTable.objects.filter(cycle__closed_at=None).select_related("cycle", "department", "in_force")
    found = []
    for filled in tasks.with_open_versions(list(tables.order_by("cycle__year", "department", "id"))):
        table = filled.table
        for task in tasks.filling_tasks(filled):
            if task.is_open:
                people = known.who(lambda person, table=table: fills(person, table))  # type: ignore[misc]
                address = reverse("riskpoints:version", args=[task.version_id]) if task.version_id else ""
                mine = reverse("riskpoints:mine")
                read_at = reverse("riskpoints:progress")
                found.append(_line(f"table.fill:{table.pk}", task, people, address or mine, read_at))
    return found


def _to_decide(known: Staff) -> list[DueLine]:
    found = []
    for version in tasks.undecided(TableVersion.objects.all()).order_by("pk"):
        task = tasks.deciding_task(version)
        if task is not None and task.is_open:
            people = known.who(lambda person, version=version: tasks.decides(person, version))  # type: ignore[misc]
            found.append(_of_version(version, task, people))
    office = known.holding(Role.OFFICE)
    return found + [_of_version(version, tasks.scan_task(version), office) for version in outstanding.unsealed()]


def _of_version(version: TableVersion, task: Task, people: tuple[User, ...]) -> DueLine:
    address = reverse("riskpoints:version", args=[version.pk])
    # What is only handed in is not opened by everybody who reads a board.
    read_at = reverse("riskpoints:progress") if version.status == Status.SUBMITTED else address
    return _line(f"{KINDS[task.verb]}:{version.pk}", task, people, address, read_at)


def _line(key: str, task: Task, people: tuple[User, ...], address: str, read_at: str) -> DueLine:
    table = task.table
    return DueLine(
        key=key,
        group=GROUP,
        verb=task.verb,
        title=f"{table.owner_name}{table.cycle.year}年度防控表",
        since=day_of(task.since),
        due=task.due,
        address=address,
        people=people,
        department=table.department,
        read_at=read_at,
    )


def _to_revise(known: Staff) -> list[DueLine]:
    """Tables in force that lie below a floor of today."""
    return [
        DueLine(
            key=f"table.floor:{table.version.pk}",
            group=GROUP,
            verb="修订",
            title=f"{table.department}现行表有 {table.count} 个风险点低于岗位职能的等级下限",
            since=day_of(table.version.confirmed_at, day_of(table.version.created_at)),
            address=reverse("riskpoints:version", args=[table.version.pk]),
            people=known.of(table.department, Role.HEAD),
            department=table.department,
            read_at=reverse("riskpoints:version", args=[table.version.pk]),
        )
        for table in floors.tables_below()
        if table.waits
    ]
