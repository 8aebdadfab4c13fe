"""Reads over several models: what waits for whom, and how far the year has come."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from departments.enums import DepartmentKind, Role
from departments.models import Post, User
from departments.permissions import department_ids, has_role, is_deputy, own_posts
from riskcontrol.days import begin_of
from riskpoints import wings
from riskpoints.content.today import current_cycle
from riskpoints.content.versions import versions_with_people
from riskpoints.desk import floors, outstanding, set_up
from riskpoints.enums import Action, Status
from riskpoints.models import ControlTable, Cycle, TableVersion
from riskpoints.permissions import can, led_departments, visible_versions
from riskpoints.wings import OtherTask

SIGN, AT_MEETING, RETURNED = "签字确定", "登记会议决定", "按意见修改"


def open_cycles() -> list[Cycle]:
    """The years that are filled in now, the earliest first: neither closed nor merely recorded from paper."""
    return list(Cycle.objects.filter(closed_at__isnull=True, is_historical=False).order_by("year"))


@dataclass(frozen=True)
class FilledTable:
    """A table with its open version: the draft, submitted or reviewed one, if there is any.

    `source_now` is the key of the version that it would be begun from today (copying.source_of says the same of one
    table).
    """

    table: ControlTable
    open_version: TableVersion | None
    source_now: int | None


def working_cycle(tables: Iterable[FilledTable], *, on: datetime.date | None = None) -> Cycle | None:
    """The earliest open year that has begun and in which one of these tables is on its way; else the year
    that is now."""
    day = on or timezone.localdate()
    waiting = [
        filled.table.cycle
        for filled in tables
        if filled.open_version is not None
        and not filled.table.is_removed
        and not filled.table.cycle.is_closed
        and filled.table.cycle.year <= day.year
    ]
    return min(waiting, key=lambda cycle: cycle.year, default=None) or current_cycle(day)


@dataclass(frozen=True)
class Task:
    """One thing that waits for a person: what, on which table, since which day or moment, until when.

    `note` is what the last person wrote; `opens_on` is the first day on which it can be done (None: already now).
    """

    verb: str
    table: ControlTable
    version: TableVersion | None
    since: datetime.date
    due: datetime.date | None
    note: str = ""
    opens_on: datetime.date | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be done today."""
        return self.opens_on is None or self.opens_on <= timezone.localdate()

    @property
    def is_of_year_to_come(self) -> bool:
        return self.table.cycle.year > timezone.localdate().year

    @property
    def is_filling(self) -> bool:
        """Whether a table is to be filled in, as opposed to being decided."""
        return self.version is None or self.version.status == Status.DRAFT

    @property
    def version_id(self) -> int | None:
        return self.version.pk if self.version else None


def other_tasks(user: User) -> list[OtherTask]:
    """What waits for a person besides tables, oldest first."""
    return sorted([*set_up.tasks(user), *floors.tasks(user), *wings.tasks(user)], key=lambda task: task.since)


def by_age(tasks: Iterable[Task], others: Iterable[OtherTask]) -> list[Task | OtherTask]:
    """All that can be done today as the inbox lists it: what has waited longest first, whatever it is about; that of a
    year to come last."""
    dated: list[tuple[tuple[bool, datetime.datetime], Task | OtherTask]] = [
        *(((task.is_of_year_to_come, _moment(task.opens_on or task.since)), task) for task in tasks),
        *(((False, _moment(other.since)), other) for other in others),
    ]
    return [task for _, task in sorted(dated, key=lambda pair: pair[0])]


def tables_filled_by(user: User, **conditions: Any) -> list[FilledTable]:
    """The tables a person fills in, newest year first."""
    departments, led = department_ids(user, Role.HEAD, Role.CLERK), led_departments(user)
    if not departments and not led and not has_role(user, Role.OFFICE):
        return []
    of_leaders = Q(department__kind=DepartmentKind.LEADERS)
    wanted = Q(department__in=departments) & ~of_leaders | Q(department__in=led)
    if has_role(user, Role.OFFICE):
        wanted |= Q(department__isnull=True) | of_leaders
    tables = ControlTable.objects.select_related("cycle", "department", "in_force").filter(**conditions)
    mine = tables.filter(wanted)
    return with_open_versions(list(mine.order_by("-cycle__year", "department", "id")))


def with_open_versions(tables: list[ControlTable]) -> list[FilledTable]:
    """One query for all."""
    earlier = ControlTable.objects.filter(
        Q(department=OuterRef("table__department")) | Q(department__isnull=True),
        scope=OuterRef("table__scope"),
        cycle__year__lt=OuterRef("table__cycle__year"),
        in_force__isnull=False,
    )
    opened = versions_with_people(
        TableVersion.objects.filter(table__in=[table.pk for table in tables], status__in=Status.open())
    ).annotate(source_now=Subquery(earlier.order_by("-cycle__year").values("in_force")[:1]))
    by_table = {version.table_id: version for version in opened}
    found = [(table, by_table.get(table.pk)) for table in tables]
    return [FilledTable(table, version, version.source_now if version else None) for table, version in found]


def open_now(found: Iterable[Task]) -> list[Task]:
    """What of it can be done today, in the same order."""
    return [task for task in found if task.is_open]


def tasks(user: User) -> list[Task]:
    """Drafts to fill in, tables to review, to sign, to record in all open years, oldest first; those of a year to come
    last, so that opening it early changes nothing of what people see first. Those that can't be done yet are included.
    """
    found: list[Task] = []
    for filled in tables_filled_by(user, cycle__closed_at=None):
        found += _share(user, filled)
    for version in _undecided(user):
        task = deciding_task(version)
        if task is not None and decides(user, version):
            signs = task.verb != SIGN or has_role(user, Role.PRINCIPAL)
            found.append(task if signs else replace(task, verb="登记签字"))
    found += [scan_task(version) for version in _unsealed(user)]
    return sorted(found, key=lambda task: (task.is_of_year_to_come, _moment(task.opens_on or task.since)))


def decides(user: User, version: TableVersion) -> bool:
    """Whether it is this person's turn to do what deciding_task() says of a version that was handed in."""
    if version.status == Status.SUBMITTED:
        return can(user, Action.APPROVE, version)
    if version.awaits_comparison:
        return can(user, Action.COMPARE, version)
    # The scan of a paper that somebody signed is the office's to add.
    return can(user, Action.CONFIRM, version) and not (version.awaits_scan and has_role(user, Role.PRINCIPAL))


def deciding_task(version: TableVersion) -> Task | None:
    """What a version waits for once it was handed in, whoever does it; None for a draft and what is decided."""
    if version.status == Status.SUBMITTED:
        return _task("审核", version, version.submitted_at, version.table.cycle.review_until)
    if version.status != Status.REVIEWED:
        return None
    if version.awaits_comparison:
        return _task("核对补录", version, version.confirmed_at, None)
    if version.awaits_scan:
        return scan_task(version)
    opens_on = version.publish_until + datetime.timedelta(days=1) if version.publish_until else None
    verb = AT_MEETING if version.table.is_leaders else SIGN
    return _task(verb, version, version.reviewed_at, None, opens_on=opens_on)


def scan_task(version: TableVersion) -> Task:
    """补扫描件: the signed sheet of a version is not here yet."""
    return _task("补扫描件", version, version.confirmed_at, None)


def _unsealed(user: User) -> Iterable[TableVersion]:
    """Confirmed in the browser, the sealed sheet not scanned yet: for the office, whose task that is."""
    return outstanding.unsealed() if has_role(user, Role.OFFICE) else []


def _undecided(user: User) -> Iterable[TableVersion]:
    """What is handed in or reviewed in an open year, if the person is one who decides at all."""
    if not has_role(user, Role.REVIEWER, Role.PRINCIPAL, Role.OFFICE) and not is_deputy(user):
        return []
    return undecided(visible_versions(user))


def undecided(versions: QuerySet[TableVersion]) -> QuerySet[TableVersion]:
    """What of these is handed in or reviewed in an open year, with the people that decides() asks about."""
    found = versions.filter(status__in=[Status.SUBMITTED, Status.REVIEWED], table__cycle__closed_at=None)
    people = ("authors", "proposers", "assessors")
    return found.select_related("table__cycle", "table__department").prefetch_related(*people)


def _task(verb: str, version: TableVersion, since: datetime.datetime | None, due: Any, **values: Any) -> Task:
    return Task(verb, version.table, version, since or version.created_at, due, **values)


def _moment(since: datetime.date) -> datetime.datetime:
    """A day as the moment it began, so that days and moments have one order."""
    if isinstance(since, datetime.datetime):
        return since
    return begin_of(since)


def filling_tasks(filled: FilledTable) -> list[Task]:
    """What a table asks of those who fill it in; nothing where it is in force and nobody revises it."""
    table, version = filled.table, filled.open_version
    if not table.is_asked_for(timezone.localdate()):
        return []
    begin, due = table.cycle.fill_from, table.cycle.fill_until
    # A year opened long before its first day to fill in asks nobody yet; the table can be opened all the same.
    opens_on = begin if begin > timezone.localdate() else None
    if version is None:
        return [] if table.in_force_id else [Task("开始填报", table, None, begin, due, opens_on=opens_on)]
    if version.status != Status.DRAFT:
        return []
    last = next(iter(version.decisions.all()), None)
    if last is not None and last.action == Action.RETURN:
        return [_task(RETURNED, version, last.at, due, note=last.comment)]
    # The year's last day to fill in is for the table, not for a revision of one that is already in force.
    if table.in_force_id:
        return [_task("修订", version, version.created_at, None, opens_on=opens_on)]
    is_replaced = filled.source_now not in (None, version.base_id)
    note = "所本的现行表已有新版，请对照后采纳或保留本稿。" if is_replaced else ""
    return [_task("填报", version, version.created_at, due, opens_on=opens_on, note=note)]


def _share(user: User, filled: FilledTable) -> list[Task]:
    """What a table asks of this person: that of the 校领导班子 each leader for the own post, then the office (R53)."""
    asked, version = filling_tasks(filled), filled.open_version
    if not filled.table.is_leaders or version is None or not asked or asked[0].verb == RETURNED:
        return asked
    department = version.table.department_id
    written = {*version.points.values_list("post_id", flat=True), *version.exemptions.values_list("post_id", flat=True)}
    posts = Post.objects.active_on().filter(department=department)
    left = {post.pk: post.name for post in posts if post.pk not in written}
    if own := [left[key] for key in left if key in own_posts(user, department)]:
        return [replace(asked[0], verb="填写", note=f"写{'、'.join(own)}的风险点和措施。")]
    if not has_role(user, Role.OFFICE):
        return asked if filled.table.in_force_id else []
    waits = f"还没有写的岗位：{'、'.join(left.values())}。" if left else "各岗位都已填写，请核对后提交。"
    return [replace(asked[0], verb="填报" if left else "提交", note=waits)]
