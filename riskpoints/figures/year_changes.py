"""年度对照: what two years' tables in force have that differs: new, gone, raised, lowered, reworded points, changed
measures, by department and category (issue 10)."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from departments.enums import Level, Role
from departments.models import User
from departments.permissions import department_ids, has_role
from riskcontrol.web.query import QueryReader
from riskpoints import fields
from riskpoints.content import today
from riskpoints.content.changes import Difference, MeasureChange, PointChange
from riskpoints.content.content import CategoryRow, TableContent
from riskpoints.content.differences import attached, compare
from riskpoints.enums import ALL_CATEGORIES
from riskpoints.models import ControlTable, Measure, RiskPoint, TableVersion

KINDS = {
    "new": "新增",
    "gone": "取消",
    "raised": "等级升高",
    "lowered": "等级降低",
    "reworded": "改写",
    "measures": "措施变动",
}
SCHOOL = 0


@dataclass(frozen=True)
class ChangeLine:
    """One point (or what a whole category shares) that differs; the names of its texts are the columns' keys."""

    owner_key: int
    department: str
    category_key: str
    post: str
    kinds: tuple[str, ...]
    level: str
    before: str
    after: str
    measures: str
    version_id: int
    anchor: str

    @property
    def category(self) -> str:
        return str(dict(ALL_CATEGORIES)[self.category_key])

    @property
    def change(self) -> str:
        """What happened, in words."""
        return "、".join(KINDS[kind] for kind in self.kinds)


@dataclass(frozen=True)
class CountLine:
    """How many places of one department or category differ, by kind; `key` is what the list is narrowed to."""

    key: Any
    label: str
    counts: tuple[tuple[str, int], ...]

    @property
    def is_empty(self) -> bool:
        return not any(count for _, count in self.counts)

    @property
    def cells(self) -> list[tuple[str, str, int]]:
        """(kind, label, count) of each kind of change."""
        return [(kind, KINDS[kind], count) for kind, count in self.counts]


@dataclass(frozen=True)
class Chosen:
    """Which years are compared, and what the list is narrowed to."""

    old: int
    new: int
    owner: int | None = None
    category: str = ""
    kind: str = ""


@dataclass(frozen=True)
class YearChanges:
    """Two years side by side, as far as this person may see them; `pending` have nothing in force in the newer one."""

    old: int
    new: int
    lines: list[ChangeLine]
    pending: list[str]
    owners: list[tuple[int, str]]

    @cached_property
    def by_owner(self) -> list[CountLine]:
        return [self._count(key, name, lambda line, key=key: line.owner_key == key) for key, name in self.owners]

    @cached_property
    def by_category(self) -> list[CountLine]:
        found = [
            self._count(value, str(label), lambda line, value=value: line.category_key == value)
            for value, label in ALL_CATEGORIES
        ]
        return [line for line in found if not line.is_empty]

    @cached_property
    def total(self) -> CountLine:
        return self._count(None, "合计", lambda line: True)

    def _count(self, key: Any, label: str, belongs: Any) -> CountLine:
        lines = [line for line in self.lines if belongs(line)]
        return CountLine(key, label, tuple((kind, sum(kind in line.kinds for line in lines)) for kind in KINDS))

    def narrowed(self, chosen: Chosen) -> list[ChangeLine]:
        """The lines of one department, category or kind."""
        return [
            line
            for line in self.lines
            if (chosen.owner is None or line.owner_key == chosen.owner)
            and (not chosen.category or line.category_key == chosen.category)
            and (not chosen.kind or chosen.kind in line.kinds)
        ]


def _tables(user: User) -> Any:
    """The tables a person compares: all for office, committee and principal, else those in charge or of one's own."""
    tables = ControlTable.objects.filter(in_force__isnull=False)
    if has_role(user, Role.OFFICE, Role.REVIEWER, Role.PRINCIPAL):
        return tables
    return tables.filter(department__in=department_ids(user, Role.LEADER, Role.HEAD))


def years_offered(user: User) -> list[int]:
    """The years in which something is in force that this person may compare, newest first."""
    return sorted(set(_tables(user).order_by().values_list("cycle__year", flat=True)), reverse=True)


def read(query: QueryReader, offered: list[int], owners: Iterable[int] = ()) -> Chosen | None:
    """What a query string asks for: by default the year in force today against the one before; None without two."""
    if len(offered) < 2:
        return None
    now = today.current_cycle()
    begun = [year for year in offered if now is None or year <= now.year] or offered
    new = query.number("to", "对照的年度", offered) or (begun[0] if begun[0] != offered[-1] else offered[0])
    before = [year for year in offered if year < new]
    old = query.number("from", "对照的年度", offered) or (before[0] if before else offered[0])
    if old == new:
        query.ignored += [] if "对照的年度" in query.ignored else ["对照的年度"]
        old = before[0] if before else old
        new = new if before else offered[offered.index(new) - 1]
    return Chosen(
        old=min(old, new),
        new=max(old, new),
        owner=query.number("owner", "部门", {SCHOOL, *owners}),
        category=query.choice("category", "风险类别", {value for value, _ in ALL_CATEGORIES}),
        kind=query.choice("kind", "变化", KINDS),
    )


def owners_of(user: User) -> set[int]:
    """The departments (0: the school) that this person may narrow the list to."""
    return {key or SCHOOL for key in _tables(user).order_by().values_list("department", flat=True)}


def year_changes(user: User, old_year: int, new_year: int) -> YearChanges:
    """Compare two years owner by owner; a constant number of queries."""
    versions = list(
        TableVersion.objects.filter(pk__in=_tables(user).values("in_force"))
        .filter(table__cycle__year__in=(old_year, new_year))
        .select_related("table__cycle", "table__department")
        .order_by("table__scope", "table__department__order", "table__department__pinyin", "table_id")
    )
    contents = _contents(versions)
    sides: dict[int, dict[int, TableContent]] = {}
    for version in versions:
        key = version.table.department_id or SCHOOL
        sides.setdefault(key, {})[version.table.cycle.year] = contents[version.pk]
    lines: list[ChangeLine] = []
    pending: list[str] = []
    owners: list[tuple[int, str]] = []
    for key, side in sides.items():
        old, new = side.get(old_year), side.get(new_year)
        table = next(iter(side.values())).version.table
        if new is None and (table.department is None or table.department.is_active_on(timezone.localdate())):
            pending.append(table.owner_name)
            continue
        owners.append((key, table.owner_name))
        lines += _lines(key, table.owner_name, old, new)
    return YearChanges(old_year, new_year, lines, pending, owners)


def _contents(versions: list[TableVersion]) -> dict[int, TableContent]:
    """Points and measures of many versions with three queries."""
    keys = [version.pk for version in versions]
    answered = Prefetch("points", RiskPoint.objects.only("id", "identity", "version_id"))
    points = list(RiskPoint.objects.filter(version__in=keys).order_by("order", "id"))
    measures = list(Measure.objects.filter(version__in=keys).prefetch_related(answered).order_by("order", "id"))
    found = {}
    for version in versions:
        rows = [
            CategoryRow(
                value,
                label,
                [point for point in points if (point.version_id, point.category) == (version.pk, value)],
                [measure for measure in measures if (measure.version_id, measure.category) == (version.pk, value)],
            )
            for value, label in fields.rows(version.table.scope, version.decided_format)
        ]
        found[version.pk] = TableContent(version, rows, [], [])
    return found


def _lines(key: int, name: str, old: TableContent | None, new: TableContent | None) -> list[ChangeLine]:
    """One owner's lines in the order of the form; where one side is missing, all its points are new or gone."""
    known = new or old
    if known is None:
        return []
    empty = TableContent(known.version, [CategoryRow(row.value, row.label) for row in known.rows], [], [])
    found = compare(old or empty, new or empty).without_assessment()
    by_point, shared = _measure_changes(found) if old and new else ({}, [])
    lines = []
    for row in known.rows:
        for change in [*_points(found, row.value, by_point)]:
            lines.append(_point_line(key, name, change, by_point.get(change.identity, []), old, new))
        for measures in [[change for change in shared if change.row.category == row.value]]:
            if measures:
                lines.append(_shared_line(key, name, row.value, measures, known))
    return lines


def _points(
    found: Difference, category: str, by_point: Mapping[uuid.UUID, list[MeasureChange]]
) -> Iterable[PointChange]:
    """The points of a category that differ, or whose measures do: those that are there first."""
    row = next(row for row in found.new.rows if row.value == category)
    was = {point.identity: point for point in found.old.points}
    for point in row.points:
        change = found.of_point(point.identity)
        if change is not None:
            yield change
        elif point.identity in by_point:
            yield PointChange("changed", point.identity, was.get(point.identity), point)
    yield from found.removed_points_in(category)


def _measure_changes(found: Difference) -> tuple[dict[uuid.UUID, list[MeasureChange]], list[MeasureChange]]:
    """The measures that differ for a point that both years have, and those of a whole category."""
    both = {point.identity for point in found.old.points} & {point.identity for point in found.new.points}
    by_point: dict[uuid.UUID, list[MeasureChange]] = {}
    shared = []
    for change in found.measures:
        was = attached(change.old) if change.old else set()
        now = attached(change.new) if change.new else set()
        is_reworded = any(field.name != "points" for field in change.fields)
        for identity in (was | now) & both:
            if is_reworded or (identity in was) != (identity in now):
                by_point.setdefault(identity, []).append(change)
        if not was and not now:
            shared.append(change)
    return by_point, shared


def _point_line(
    key: int,
    name: str,
    change: PointChange,
    measures: list[MeasureChange],
    old: TableContent | None,
    new: TableContent | None,
) -> ChangeLine:
    side = new if change.new is not None else old
    assert side is not None  # noqa: S101 - the point stands in one of the two  # nosec B101
    row = change.row
    return ChangeLine(
        owner_key=key,
        department=name,
        category_key=row.category,
        post=row.post_name,
        kinds=_kinds(change, measures),
        level=_levels(change),
        before=change.old.text if change.old else "",
        after=change.new.text if change.new else "",
        measures=_said(measures),
        version_id=side.version.pk,
        anchor=f"point-{row.pk}",
    )


def _kinds(change: PointChange, measures: list[MeasureChange]) -> tuple[str, ...]:
    if change.kind != "changed":
        return ("new",) if change.kind == "added" else ("gone",)
    kinds = []
    if change.is_relevelled:
        kinds.append("raised" if change.is_raised else "lowered")
    if change.fields:
        kinds.append("reworded")
    if measures:
        kinds.append("measures")
    return tuple(kinds)


def _levels(change: PointChange) -> str:
    words = [Level(level).label if level else "" for level in (change.old_level, change.new_level)]
    if change.is_relevelled:
        return f"{words[0] or '未定级'} → {words[1] or '未定级'}"
    return words[1] or words[0]


def _shared_line(key: int, name: str, category: str, changes: list[MeasureChange], side: TableContent) -> ChangeLine:
    return ChangeLine(
        owner_key=key,
        department=name,
        category_key=category,
        post="",
        kinds=("measures",),
        level="",
        before="（整类共用的措施）",
        after="（整类共用的措施）",
        measures=_said(changes),
        version_id=side.version.pk,
        anchor=f"row-{category}",
    )


def _said(changes: list[MeasureChange]) -> str:
    words = {"added": "新增", "removed": "取消", "changed": "改写"}
    return "\n".join(f"{words[change.kind]}：{change.row.text}" for change in changes)
