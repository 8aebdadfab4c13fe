"""How far a year has come: one line a table, totals, levels by department and category (R52)."""

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, Prefetch, Q
from django.utils import timezone

from departments.enums import Role
from departments.models import RoleGrant, User
from departments.permissions import has_role_in
from riskpoints import wings
from riskpoints.content import completeness, content
from riskpoints.content.today import Standing, current_cycle, standings
from riskpoints.content.versions import versions_with_people
from riskpoints.enums import Action, Status
from riskpoints.figures.counts import NO_COUNTS, HeatRow, LevelCounts, heat_map, level_counts, summed
from riskpoints.figures.coverage import Gaps, gaps_of
from riskpoints.figures.stages import StageCount, stage_count
from riskpoints.figures.standing import STANDINGS, TableState, state_of
from riskpoints.models import ControlTable, Cycle, TableVersion
from riskpoints.permissions import can, visible_versions


@dataclass(frozen=True)
class TableProgress(TableState):
    """One table of the year: where it stands, and what this person may open or do."""

    signed: Standing | None
    is_mine: bool
    can_open: bool
    can_open_in_force: bool
    can_sign: bool
    percent: int | None
    levels: LevelCounts
    marks: list[wings.Mark]

    @property
    def may_leave(self) -> bool:
        """Whether its department is closed, so that the office can take it out of the year, or did."""
        return self.standing in ("closed", "removed") and not self.table.cycle.is_closed

    @property
    def is_urgent(self) -> bool:
        """Whether it is looked at first: to be signed by this person, late, returned, or with a paper missing."""
        is_held_up = self.open_version is not None and (
            self.open_version.awaits_scan or self.open_version.awaits_comparison
        )
        return self.can_sign or self.is_overdue or self.standing == "returned" or is_held_up

    @property
    def level(self) -> int | None:
        """等级 of what is in force: the worst of its points."""
        return min((level for level in self.levels.by_level if level is not None), default=None)


@dataclass(frozen=True)
class BarPart:
    """One piece of the bar over all tables: it begins after `start` tables and is `count` tables long."""

    code: str
    words: str
    start: int
    count: int


@dataclass(frozen=True)
class Progress:
    """A year at a glance."""

    cycle: Cycle
    tables: list[TableProgress]
    categories: list[HeatRow]
    gaps: Gaps
    counted: LevelCounts
    stages: StageCount
    further: list[tuple[str, Sequence[wings.Figure]]]

    @property
    def bar(self) -> list[BarPart]:
        """How many tables stand where: only what occurs, the furthest first."""
        counts = Counter(item.standing for item in self.tables)
        parts, start = [], 0
        for code, words in reversed(STANDINGS.items()):
            if counts[code]:
                parts.append(BarPart(code, words, start, counts[code]))
                start += counts[code]
        return parts

    @property
    def in_force_count(self) -> int:
        return sum(item.in_force is not None for item in self.tables)

    @property
    def signed_word(self) -> str:
        """What the signed tables of this year are called: 现行 only where all of them are in force today."""
        today = all(item.signed == Standing.IN_FORCE for item in self.tables if item.in_force)
        return "现行" if today else "已确定"

    @property
    def overdue_count(self) -> int:
        return sum(item.is_overdue for item in self.tables)

    @property
    def calm_count(self) -> int:
        """How many tables may be folded away on a narrow screen."""
        return sum(not item.is_urgent for item in self.tables)

    @property
    def to_sign_count(self) -> int:
        return sum(item.can_sign for item in self.tables)


def opening_cycle(*, on: datetime.date | None = None) -> Cycle | None:
    """The year that the page opens on: the earliest open one that has begun and still has work, else the year that is
    now. A year to come is looked at when it is asked for."""
    day = on or timezone.localdate()
    undone = ControlTable.objects.filter(
        Q(in_force__isnull=True) | Q(versions__status__in=Status.open()), removed_at__isnull=True
    ).exclude(in_force__isnull=True, department__active_to__lt=day)
    begun = Cycle.objects.filter(
        closed_at__isnull=True, is_historical=False, year__lte=day.year, tables__in=undone.values("pk")
    )
    return begun.order_by("year").first() or current_cycle(day)


def year_progress(cycle: Cycle, user: User, *, on: datetime.date | None = None) -> Progress:
    """Everything the page shows of a year to this person, in a constant number of queries. Drafts of others show as a
    state and a date, never their content or its size."""
    today = on or timezone.localdate()
    tables = list(
        ControlTable.objects.filter(cycle=cycle)
        .select_related("cycle", "department")
        .prefetch_related(Prefetch("department__grants", RoleGrant.objects.select_related("user")))
    )
    versions = _versions_of(cycle)
    opened = {version.table_id: version for version in versions.values() if version.status in Status.open()}
    visible = set(visible_versions(user).filter(table__cycle=cycle).values_list("pk", flat=True))
    counts, by_category = level_counts(table.in_force_id for table in tables if table.in_force_id in visible)
    signed = standings(versions.values(), on=today)
    marks = wings.marks(user, [version for version in versions.values() if version.pk in visible])
    rows = [
        _table_progress(
            table,
            opened.get(table.pk),
            versions.get(table.in_force_id or 0),
            visible=visible,
            levels=counts.get(table.in_force_id, NO_COUNTS),
            signed=signed.get(table.in_force_id or 0),
            is_mine=has_role_in(user, table.department_id, Role.LEADER),
            marks=_marks_of(marks, opened.get(table.pk), versions.get(table.in_force_id or 0)),
            user=user,
            today=today,
        )
        for table in tables
    ]
    return Progress(
        cycle=cycle,
        tables=sorted(rows, key=lambda row: not row.is_mine),
        categories=heat_map(by_category),
        gaps=gaps_of(cycle, tables, on=today),
        counted=summed(counts.values()),
        stages=stage_count([table.in_force_id for table in tables if table.in_force_id in visible]),
        further=wings.figures(user, cycle),
    )


def _versions_of(cycle: Cycle) -> dict[int, TableVersion]:
    """The open versions of a year and those in force, by id."""
    wanted = TableVersion.objects.filter(Q(status__in=Status.open()) | Q(pk=F("table__in_force")), table__cycle=cycle)
    return {version.pk: version for version in versions_with_people(wanted)}


def _table_progress(
    table: ControlTable,
    opened: TableVersion | None,
    in_force: TableVersion | None,
    *,
    visible: set[int],
    levels: LevelCounts,
    signed: Standing | None,
    is_mine: bool,
    marks: list[wings.Mark],
    user: User,
    today: datetime.date,
) -> TableProgress:
    state = state_of(table, opened, in_force, signed, today)
    can_open = opened is not None and opened.pk in visible
    is_signable = opened is not None and state.standing == "signing" and not table.cycle.is_closed
    return TableProgress(
        **vars(state),
        signed=signed,
        is_mine=is_mine,
        can_open=can_open,
        can_open_in_force=in_force is not None and in_force.pk in visible,
        can_sign=is_signable and can(user, Action.CONFIRM, opened),
        percent=completeness.check(content.load(opened)).percent if opened and can_open and opened.is_draft else None,
        levels=levels,
        marks=marks,
    )


def _marks_of(marks: Mapping[int, list[wings.Mark]], *versions: TableVersion | None) -> list[wings.Mark]:
    """What the wings say of a table as a whole, of its open version and of that in force, each thing once."""
    of_table = [mark for version in versions if version for mark in marks.get(version.pk, []) if mark.point is None]
    return list(dict.fromkeys(of_table))
