"""The measures that answer points of many versions, for lists of points."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import F

from riskpoints.models import Measure, RiskPoint


def measures_of(points: Sequence[RiskPoint]) -> dict[int, list[Measure]]:
    """The measures that answer each point, by its key: its own, then those of its whole category; two queries."""
    attached: dict[int, list[Measure]] = defaultdict(list)
    linked: Any = Measure.objects.filter(points__in=[point.pk for point in points]).annotate(answered=F("points"))
    for measure in linked.order_by("order", "id"):
        attached[measure.answered].append(measure)
    shared: dict[tuple[int, str], list[Measure]] = defaultdict(list)
    versions = {point.version_id for point in points}
    for measure in Measure.objects.filter(version__in=versions, points__isnull=True).order_by("order", "id"):
        shared[measure.version_id, measure.category].append(measure)
    return {point.pk: [*attached[point.pk], *shared[point.version_id, point.category]] for point in points}
