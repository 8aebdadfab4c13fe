"""How many points stand at each level: of one table, of a category, of all; with the shades of the heat map (R52)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from departments.enums import Level
from riskpoints.enums import Category, SchoolCategory
from riskpoints.models import RiskPoint
from riskpoints.models.risk_point import DECIDED_LEVEL


@dataclass(frozen=True)
class LevelCounts:
    """Points at each level, and those without one (the school's table has no level cell)."""

    by_level: dict[int | None, int]

    @property
    def first(self) -> int:
        return self.by_level.get(Level.FIRST, 0)

    @property
    def second(self) -> int:
        return self.by_level.get(Level.SECOND, 0)

    @property
    def third(self) -> int:
        return self.by_level.get(Level.THIRD, 0)

    @property
    def unset(self) -> int:
        return self.by_level.get(None, 0)

    @property
    def total(self) -> int:
        return sum(self.by_level.values())


NO_COUNTS = LevelCounts({})


@dataclass(frozen=True)
class HeatCell:
    """One cell of the heat map: how many points at a level (0: none set), and a shade from 0 to 4."""

    level: int
    count: int
    step: int


@dataclass(frozen=True)
class HeatRow:
    """One category of the heat map; `most` is the largest count of all cells."""

    label: str
    value: str
    levels: LevelCounts
    most: int

    @property
    def cells(self) -> list[HeatCell]:
        counts = [(level, self.levels.by_level.get(level or None, 0)) for level in (1, 2, 3, 0)]
        return [HeatCell(level, count, -(-4 * count // self.most)) for level, count in counts]


def level_counts(in_force: Iterable[int]) -> tuple[dict[int | None, LevelCounts], dict[str, LevelCounts]]:
    """Points in force at each level: by version, and by category."""
    by_version: dict[int | None, dict[int | None, int]] = defaultdict(lambda: defaultdict(int))
    by_category: dict[str, dict[int | None, int]] = defaultdict(lambda: defaultdict(int))
    found = (
        RiskPoint.objects.filter(version__in=list(in_force))
        .annotate(now=DECIDED_LEVEL)
        .values_list("version_id", "category", "now")
        .order_by()
        .annotate(n=Count("pk"))
    )
    for version_id, category, level, n in found:
        by_version[version_id][level] += n
        by_category[category][level] += n
    return (
        {key: LevelCounts(dict(value)) for key, value in by_version.items()},
        {key: LevelCounts(dict(value)) for key, value in by_category.items()},
    )


def heat_map(by_category: dict[str, LevelCounts]) -> list[HeatRow]:
    """The four categories of the departments, and those of the school that have points."""
    most = max((n for counts in by_category.values() for n in counts.by_level.values()), default=1)
    return [
        HeatRow(str(label), value, by_category.get(value, NO_COUNTS), most)
        for value, label in [*Category.choices, *SchoolCategory.choices]
        if value in Category.values or value in by_category
    ]


def summed(counts: Iterable[LevelCounts]) -> LevelCounts:
    total: dict[int | None, int] = defaultdict(int)
    for item in counts:
        for level, n in item.by_level.items():
            total[level] += n
    return LevelCounts(dict(total))
