"""One row of the form: the points of a category and the measures that answer them."""

from dataclasses import dataclass, field
from functools import cached_property

from riskpoints.models import Measure, RiskPoint


@dataclass
class CategoryRow:
    """One row of the form: its points and its measures side by side, or an explicit 无.

    Measures are in the order of the points they answer, so that they are counted as they are read.
    """

    value: str
    label: str
    points: list[RiskPoint] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    is_nil: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether the row has a point or an explicit 无; blank is 缺项."""
        return self.is_nil or bool(self.points)

    @cached_property
    def _known(self) -> dict[int, frozenset[int]]:
        return {}

    def _answered(self, measure: Measure) -> frozenset[int]:
        """Which points a measure answers, by keys: asked of each measure once, not once for each point."""
        if measure.pk not in self._known:
            self._known[measure.pk] = frozenset(point.pk for point in measure.points.all())
        return self._known[measure.pk]

    @property
    def shared_measures(self) -> list[Measure]:
        """Measures of the whole category: those attached to no point."""
        return [measure for measure in self.measures if not self._answered(measure)]

    @property
    def measure_groups(self) -> dict[int | None, list[Measure]]:
        """Measures by the pk of the first point they answer, in the points' order; under None the whole category's."""
        found: dict[int | None, list[Measure]] = {point.pk: [] for point in self.points}
        for measure in self.measures:
            first = self._first_answered(measure)
            if first is not None:
                found[first].append(measure)
        return {key: own for key, own in found.items() if own} | {None: self.shared_measures}

    def measures_of(self, point: RiskPoint) -> list[Measure]:
        """The measures attached to one of its points, then those of the whole category."""
        own = [measure for measure in self.measures if point.pk in self._answered(measure)]
        return own + self.shared_measures

    def place_of(self, measure: Measure) -> int:
        """Where a measure stands: beside the first point it answers, the whole category's after all others."""
        first = self._first_answered(measure)
        places = [point.pk for point in self.points]
        return len(places) if first is None else places.index(first)

    def numbers_of(self, measure: Measure) -> str:
        """The numbers of the points a measure answers, as printed: 1、3; empty for the whole category."""
        answered = self._answered(measure)
        return "、".join(str(number) for number, point in enumerate(self.points, start=1) if point.pk in answered)

    def is_shared_by(self, measure: Measure) -> bool:
        """Whether several points share the measure."""
        return len(self._answered(measure)) > 1

    def is_answered_by_any(self, point: RiskPoint) -> bool:
        """Whether some measure was written for this very point."""
        return any(point.pk in self._answered(measure) for measure in self.measures)

    def _first_answered(self, measure: Measure) -> int | None:
        answered = self._answered(measure)
        return next((point.pk for point in self.points if point.pk in answered), None)
