"""What rests on regulations: the measures of tables that are in force today or on their way."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from departments.models import User
from riskcontrol.text import folded
from riskpoints.content.today import in_force_today
from riskpoints.enums import Status
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.permissions import visible_versions
from riskpoints.references.regulations import queries
from riskpoints.references.regulations.enums import ENDED, VALID
from riskpoints.references.regulations.models import Regulation


@dataclass(frozen=True)
class Citation:
    """One measure that cites a regulation, and where it stands."""

    measure: Measure
    version: TableVersion

    @property
    def where(self) -> str:
        """In force, or where its draft stands."""
        return "现行" if self.version.status == Status.CONFIRMED else self.version.get_status_display()


def on_their_way() -> Q:
    """Versions that somebody still works on or decides about."""
    return Q(
        status__in=Status.open(),
        is_historical=False,
        table__cycle__closed_at__isnull=True,
        table__removed_at__isnull=True,
    )


def living() -> QuerySet[TableVersion]:
    """Versions that count today: in force, or on their way."""
    return TableVersion.objects.filter(in_force_today() | on_their_way())


def newest(**narrowed: Any) -> list[TableVersion]:
    """For each owner the version in which something would be mended: the one on its way, else the one in force."""
    rows = living().filter(**narrowed).select_related("table__department", "table__cycle")
    found: dict[tuple[str, int | None], TableVersion] = {}
    for version in sorted(rows, key=lambda row: (row.status in Status.open(), row.table.cycle.year, row.number)):
        found[version.table.scope, version.table.department_id] = version
    return list(found.values())


def citations(regulation: Regulation, user: User) -> list[Citation]:
    """The measures that cite it today, as far as this person may see their tables, in the order of the tables."""
    seen = visible_versions(user).filter(pk__in=living().values("pk")).values("pk")
    rows = Measure.objects.filter(regulations=regulation, version__in=seen)
    return _in_order(rows)


def named_only(regulation: Regulation, user: User) -> list[Citation]:
    """The measures whose text names it by its exact title and that don't cite it: offered, never linked silently."""
    seen = visible_versions(user).filter(pk__in=living().values("pk")).values("pk")
    rows = Measure.objects.filter(version__in=seen).exclude(basis="").exclude(regulations=regulation)
    title = folded(regulation.title)
    wanted = [key for key, basis in rows.values_list("pk", "basis") if title in queries.titles_in(basis)]
    return _in_order(Measure.objects.filter(pk__in=wanted))


def _in_order(rows: QuerySet[Measure]) -> list[Citation]:
    related = rows.select_related("version__table__department", "version__table__cycle")
    order = ("version__table__department__order", "version__table_id", "-version__number", "order", "pk")
    return [Citation(measure, measure.version) for measure in related.order_by(*order)]


def counts(regulations: Iterable[Regulation]) -> dict[int, int]:
    """How many measures of living tables cite each of these, whoever may see them; those that none cites are left
    out."""
    keys = [regulation.pk for regulation in regulations]
    links = Measure.regulations.through.objects.filter(regulation__in=keys, measure__version__in=living().values("pk"))
    found = links.order_by().values("regulation").annotate(count=Count("pk"))
    return {row["regulation"]: row["count"] for row in found}


def _is_cited() -> Exists:
    """Whether a measure of a living table rests on the regulation."""
    links = Measure.regulations.through.objects
    return Exists(links.filter(regulation=OuterRef("pk"), measure__version__in=living().values("pk")))


def uncited() -> Q:
    """Valid regulations on which nothing rests."""
    return Q(~_is_cited(), state__in=VALID)


def ended_and_cited() -> Q:
    """Those that ended although something rests on them."""
    return Q(_is_cited(), state__in=ENDED)


def resting_on_ended(versions: Iterable[TableVersion]) -> list[Measure]:
    """The measures of these versions that cite a regulation which was repealed or replaced."""
    rows = Measure.objects.filter(version__in=[version.pk for version in versions], regulations__state__in=ENDED)
    return list(rows.distinct().prefetch_related("regulations", "points").order_by("version", "order", "pk"))


def lacking(versions: Iterable[TableVersion]) -> list[RiskPoint]:
    """The points of these versions that say which regulation is missing and by when it is to be drafted."""
    rows = RiskPoint.objects.filter(version__in=[version.pk for version in versions], missing_due__isnull=False)
    return list(rows.exclude(missing_regulation="").order_by("version", "missing_due", "order", "pk"))
