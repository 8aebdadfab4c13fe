"""年度对照: what two years' tables in force have that differs: new, gone, raised, lowered, reworded points, changed
measures, by department and category (issue 10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from departments.enums import Role
from departments.models import User
from departments.permissions import department_ids, has_role
from riskcontrol.web.query import QueryReader
from riskpoints import fields
from riskpoints.content import today
from riskpoints.content.category_row import CategoryRow
from riskpoints.content.content import TableContent
from riskpoints.enums import ALL_CATEGORIES
from riskpoints.figures.change_lines import KINDS, ChangeLine, change_lines_of
from riskpoints.models import ControlTable, Measure, RiskPoint, TableVersion

SCHOOL = 0


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
class ChosenYears:
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

    def narrowed(self, chosen: ChosenYears) -> list[ChangeLine]:
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


def read(query: QueryReader, offered: list[int], owners: Iterable[int] = ()) -> ChosenYears | None:
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
    return ChosenYears(
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
        lines += change_lines_of(key, table.owner_name, old, new)
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
