"""What the register shows of regulations on its own pages: marks beside points, and a question of its filter."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from departments.models import User
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.references.regulations.enums import ENDED
from riskpoints.regulations import citing
from riskpoints.wings import Mark, PointFilter

RESTS_ON_ENDED, OVERDUE = "引用的制度已废止", "缺少的制度逾期"
CHOICES = [("ended", "引用的制度已废止或被替代"), ("missing", "写明缺少制度"), ("overdue", "缺少的制度逾期")]


def marks(user: User, versions: Sequence[TableVersion]) -> Mapping[int, Sequence[Mark]]:
    """Beside each point of a living version whose measures rest on what ended, or whose regulation is overdue."""
    keys = [version.pk for version in versions]
    living = list(citing.living().filter(pk__in=keys)) if keys else []
    found: dict[int, dict[tuple[str, uuid.UUID], Mark]] = {}
    measures = citing.resting_on_ended(living)
    whole = _points_of_categories(measures)
    for measure in measures:
        own = [point.identity for point in measure.points.all()]
        for identity in own or whole[measure.version_id, measure.category]:
            _add(found, measure.version_id, RESTS_ON_ENDED, identity)
    today = timezone.localdate()
    for point in citing.lacking(living):
        if point.missing_due is not None and point.missing_due < today:
            _add(found, point.version_id, OVERDUE, point.identity)
    return {version: list(own.values()) for version, own in found.items()}


def _points_of_categories(measures: Sequence[Measure]) -> Mapping[tuple[int, str], list[uuid.UUID]]:
    """The points of each category: what a measure of a whole one answers."""
    found: dict[tuple[int, str], list[uuid.UUID]] = defaultdict(list)
    rows = RiskPoint.objects.filter(version__in={measure.version_id for measure in measures})
    for version, category, identity in rows.values_list("version", "category", "identity"):
        found[version, category].append(identity)
    return found


def _add(found: dict[int, dict[tuple[str, uuid.UUID], Mark]], version: int, words: str, identity: uuid.UUID) -> None:
    found.setdefault(version, {})[words, identity] = Mark(words, identity)


def filters(user: User) -> list[PointFilter]:
    """Points by the regulations that they rest on or lack."""
    return [PointFilter("standing", "制度", CHOICES, _points)]


def _points(chosen: str) -> Q:
    if chosen == "missing":
        return ~Q(missing_regulation="")
    if chosen == "overdue":
        return ~Q(missing_regulation="") & Q(missing_due__lt=timezone.localdate())
    own = Measure.points.through.objects.filter(riskpoint=OuterRef("pk"), measure__regulations__state__in=ENDED)
    shared = Measure.objects.filter(
        version=OuterRef("version"),
        category=OuterRef("category"),
        points__isnull=True,
        regulations__state__in=ENDED,
    )
    return Q(Exists(own)) | Q(Exists(shared))
