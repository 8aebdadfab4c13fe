"""The search index: the texts that a search looks through, of the points that were signed (models.SearchText).

A point that has none is read as it stands, so a missing row costs time and hides nothing. Who may find what is asked of
the points' versions each time, never of the index.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import Exists, OuterRef, Q, QuerySet

from riskcontrol.search import says
from riskcontrol.text import folded
from riskpoints import fields
from riskpoints.enums import Status
from riskpoints.models import Measure, RiskPoint, SearchText
from riskpoints.register.measures import measures_of

OWN = ("text", "manifestation", "matter", "post_name", "responsible", *fields.POWER_TEXTS)
BATCH = 1000


def looked_through() -> tuple[str, ...]:
    """The fields of a point that a search looks through, but for its owner's name and its measures."""
    return (*OWN, *(field.name for field in fields.plain(fields.POINT) if not field.is_day))


def says_plainly(word: str) -> Q:
    """The word occurs in a point, its owner's name or one of its measures, read as they stand."""
    links = Measure.points.through.objects.filter(riskpoint=OuterRef("pk"))
    shared = Measure.objects.filter(version=OuterRef("version"), category=OuterRef("category"), points__isnull=True)
    return (
        says(word, "version__owner_name", *looked_through())
        | Exists(links.filter(says(word, "measure__text")))
        | Exists(shared.filter(says(word, "text")))
    )


def add(points: QuerySet[RiskPoint]) -> int:
    """Index these points that aren't yet and whose version was signed; return how many."""
    keys = list(points.filter(version__status=Status.CONFIRMED, searched=None).values_list("pk", flat=True))
    for begins in range(0, len(keys), BATCH):
        SearchText.objects.bulk_create(_rows(keys[begins : begins + BATCH]), ignore_conflicts=True)
    return len(keys)


def add_version(version: int) -> None:
    """Index the points of a version that was just signed."""
    add(RiskPoint.objects.filter(version=version))


def ensure_after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Receiver of post_migrate: an installation from before there was an index gets it with the upgrade. A migrate to
    an earlier state of the tables leaves it to the next one."""
    loader = MigrationLoader(connections[using])
    wanted = set(loader.graph.leaf_nodes("riskpoints"))
    if using == DEFAULT_DB_ALIAS and wanted <= set(loader.applied_migrations):
        add(RiskPoint.objects.all())


def rebuild() -> int:
    """Make the whole index again; return how many rows were wrong, missing or too many."""
    with transaction.atomic():
        before = dict(SearchText.objects.values_list("pk", "text"))
        SearchText.objects.all().delete()
        add(RiskPoint.objects.all())
        after = dict(SearchText.objects.values_list("pk", "text"))
    return sum(before.get(key) != after.get(key) for key in before.keys() | after.keys())


def _rows(keys: list[int]) -> Iterator[SearchText]:
    points = list(RiskPoint.objects.filter(pk__in=keys).select_related("version"))
    measures = measures_of(points)
    names = looked_through()
    for point in points:
        own = [point.version.owner_name, *(str(getattr(point, name) or "") for name in names)]
        yield SearchText(point=point, text=_joined([*own, *(measure.text for measure in measures[point.pk])]))


def _joined(texts: Iterable[str]) -> str:
    return "\n".join(filter(None, map(folded, texts)))
