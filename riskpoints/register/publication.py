"""公示: which tables everybody may read, and the only things of them that are ever shown (R33, R39).

Published are 部门/岗位/类别/风险点/防范措施/等级; never holders, likelihood, harm, remarks or responsible persons
(domain.md, "Decided"). The values here have no other fields, so that no template can show more.
"""

import datetime
import uuid
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from departments.enums import Level
from riskpoints.content import content
from riskpoints.content.category_row import CategoryRow
from riskpoints.content.today import in_force_today
from riskpoints.enums import Status
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.models.version import being_published
from riskpoints.rules import queries as rules


@dataclass(frozen=True)
class PublishedTable:
    """One table on the list; `until` is the last day of its publication period, None for a table in force."""

    version_id: int
    owner: str
    is_school: bool
    year: int
    until: datetime.date | None
    signed_on: datetime.date | None
    levels: dict[int | None, int]

    @property
    def total(self) -> int:
        return sum(self.levels.values())

    @property
    def level_counts(self) -> list[tuple[int, int]]:
        """(level, how many points), for each of the three."""
        return [(level, self.levels.get(level, 0)) for level in Level]


@dataclass(frozen=True)
class PublishedPoint:
    """What may be known of a 风险点; `number` counts within its category."""

    number: int
    identity: uuid.UUID
    text: str
    post: str
    level: int | None


@dataclass(frozen=True)
class PublishedMeasure:
    """One measure with its number on the form; `numbers` names the points it answers, where it answers several."""

    number: int
    text: str
    numbers: str = ""


@dataclass(frozen=True)
class PublishedLine:
    """Points and the measures beside them; without points the measures are for the whole category.

    A measure for several points stands beside the first of them, as on the form.
    """

    points: list[PublishedPoint]
    measures: list[PublishedMeasure]


@dataclass(frozen=True)
class PublishedRow:
    """One 风险类别: its lines, or 无."""

    label: str
    lines: list[PublishedLine]
    is_nil: bool


@dataclass(frozen=True)
class PublishedSheet:
    """One table as everybody may read it."""

    version_id: int
    owner: str
    is_school: bool
    year: int
    since: datetime.date | None
    until: datetime.date | None
    signed_on: datetime.date | None
    rows: list[PublishedRow]

    @property
    def points(self) -> list[PublishedPoint]:
        return [point for row in self.rows for line in row.lines for point in line.points]

    @property
    def shows_levels(self) -> bool:
        """附件2 has no level cell; its points carry a level only where the office gave one."""
        return any(point.level for point in self.points)


def published_versions(*, on: datetime.date | None = None, logged_in: bool = True) -> QuerySet[TableVersion]:
    """The versions in their publication period on a day, and those in force on it, of whichever year.

    Whether somebody who has not logged in reads those in force is a school rule; what is in its period everybody reads.
    """
    day = on or timezone.localdate()
    running = being_published(day)
    in_force = in_force_today(day)
    if not logged_in:
        in_force &= _public_in_force(day)
    # A department that was closed since publishes nothing; the school has no end.
    active = Q(table__department__isnull=True) | (
        Q(table__department__active_from__isnull=True) | Q(table__department__active_from__lte=day)
    ) & (Q(table__department__active_to__isnull=True) | Q(table__department__active_to__gte=day))
    return TableVersion.objects.filter((running & active) | in_force).select_related(
        "table__cycle", "table__department"
    )


def _public_in_force(day: datetime.date) -> Q:
    """Which tables in force are read without an account (school rule public.in_force)."""
    valid = rules.on(day)
    if not valid.in_force_is_public:
        return Q(pk__in=[])
    # The school's table has no department, and no list of departments is about it.
    return Q(table__department__isnull=True) | ~Q(table__department__in=valid.hidden_departments)


def published_tables(
    *, on: datetime.date | None = None, logged_in: bool = True
) -> tuple[list[PublishedTable], list[PublishedTable]]:
    """Those being published now, and those in force; each in the order of the departments, the school last."""
    versions = list(
        published_versions(on=on, logged_in=logged_in).order_by(
            F("table__department__order").asc(nulls_last=True), "table__department", "-table__cycle__year"
        )
    )
    counts: dict[int, dict[int | None, int]] = {version.pk: {} for version in versions}
    rows = RiskPoint.objects.filter(version__in=counts).order_by().values_list("version_id", "confirmed_level")
    for version_id, level, count in rows.annotate(count=Count("pk")):
        counts[version_id][level] = count
    tables = [_table(version, counts[version.pk]) for version in versions]
    return [table for table in tables if table.until], [table for table in tables if not table.until]


def _table(version: TableVersion, levels: dict[int | None, int]) -> PublishedTable:
    return PublishedTable(
        version_id=version.pk,
        owner=version.owner_name,
        is_school=version.table.is_school,
        year=version.table.cycle.year,
        until=version.publish_until if version.status == Status.REVIEWED else None,
        signed_on=version.signed_on,
        levels=levels,
    )


def published_sheet(version: TableVersion) -> PublishedSheet:
    """The public part of a version that is among published_versions()."""
    loaded = content.load(version)
    is_running = version.status == Status.REVIEWED
    return PublishedSheet(
        version_id=version.pk,
        owner=version.owner_name,
        is_school=version.table.is_school,
        year=version.table.cycle.year,
        since=version.publish_from if is_running else None,
        until=version.publish_until if is_running else None,
        signed_on=version.signed_on,
        rows=[PublishedRow(row.label, _lines(row), row.is_nil) for row in loaded.rows],
    )


def _lines(row: CategoryRow) -> list[PublishedLine]:
    """Each point beside its measures; all in one line where no measure belongs to a point of its own."""
    points = [
        PublishedPoint(number, point.identity, point.text, point.post_name, point.confirmed_level)
        for number, point in enumerate(row.points, start=1)
    ]
    numbers = {measure.pk: number for number, measure in enumerate(row.measures, start=1)}
    groups = {
        key: [PublishedMeasure(numbers[measure.pk], measure.text, _answered(row, measure)) for measure in measures]
        for key, measures in row.measure_groups.items()
    }
    shared = groups.pop(None, [])
    if not groups:
        return [PublishedLine(points, shared)]
    lines = [PublishedLine([shown], groups.get(point.pk, [])) for shown, point in zip(points, row.points, strict=True)]
    return [*lines, PublishedLine([], shared)] if shared else lines


def _answered(row: CategoryRow, measure: Measure) -> str:
    return row.numbers_of(measure) if row.is_shared_by(measure) else ""
