"""How many 一级 points have measures of all three stages: 前期预防、中期监控、后期处置 (R08)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from departments.enums import Level
from riskpoints.enums import Scope, Stage
from riskpoints.models import Measure, RiskPoint
from riskpoints.models.risk_point import DECIDED_LEVEL


@dataclass(frozen=True)
class StageCount:
    """`whole` of `total` points of level one have a measure of each stage."""

    whole: int
    total: int


def stage_count(versions: Collection[int]) -> StageCount:
    """Of the departments' points in these versions; measures of a whole category are those of its points, too. Two
    queries."""
    points = list(
        RiskPoint.objects.filter(version__in=versions, version__table__scope=Scope.DEPARTMENT)
        .annotate(decided=DECIDED_LEVEL)
        .filter(decided=Level.FIRST)
        .values_list("pk", "version", "category")
    )
    of_point: dict[int, set[str]] = defaultdict(set)
    of_category: dict[tuple[int, str], set[str]] = defaultdict(set)
    measures = Measure.objects.filter(version__in={version for _, version, _ in points}).exclude(stage="")
    for stage, version, category, point in measures.values_list("stage", "version", "category", "points"):
        if point is not None:
            of_point[point].add(stage)
        else:
            of_category[version, category].add(stage)
    found = [of_point[key] | of_category[version, category] for key, version, category in points]
    return StageCount(sum(len(stages) == len(Stage) for stages in found), len(points))
