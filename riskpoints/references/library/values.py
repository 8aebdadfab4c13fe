"""A typical risk as plain values, whether it comes from the data files, a form, a workbook or the database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from riskcontrol.audit import canonical_json, sha256
from riskpoints.references.library.models import TypicalMeasure, TypicalRisk

FIELDS = ("area", "category", "text", "manifestation", "likelihood", "harm", "hot_years", "source")


@dataclass(frozen=True)
class MeasureValues:
    """What a measure says."""

    stage: str
    text: str
    timing: str = ""


@dataclass(frozen=True)
class RiskValues:
    """What a typical risk says; `functions` are names."""

    area: str
    category: str
    text: str
    manifestation: str = ""
    likelihood: int | None = None
    harm: int | None = None
    hot_years: tuple[int, ...] = ()
    source: str = ""
    functions: frozenset[str] = frozenset()
    measures: tuple[MeasureValues, ...] = field(default=())

    @property
    def fields(self) -> dict[str, Any]:
        """What stands in the row itself."""
        return {name: getattr(self, name) for name in FIELDS} | {"hot_years": sorted(set(self.hot_years))}

    @property
    def told(self) -> dict[str, Any]:
        """All of it as an entry of the trail tells it."""
        return self.fields | {
            "functions": sorted(self.functions),
            "measures": [[item.stage, item.text, item.timing] for item in self.measures],
        }

    @property
    def hash(self) -> str:
        """What is the same as long as nothing of it was changed."""
        return sha256(canonical_json(self.told))


def values_of(risk: TypicalRisk) -> RiskValues:
    """What the database has; functions and measures as prefetched."""
    stored = {name: getattr(risk, name) for name in FIELDS} | {"hot_years": tuple(sorted(risk.hot_years))}
    return RiskValues(
        **stored,
        functions=frozenset(function.name for function in risk.functions.all()),
        measures=tuple(MeasureValues(*item.said) for item in risk.measures.all()),
    )


def measure_rows(risk: TypicalRisk, measures: Iterable[MeasureValues]) -> list[TypicalMeasure]:
    """The rows of a risk's measures, unsaved."""
    return [
        TypicalMeasure(risk=risk, stage=item.stage, text=item.text, timing=item.timing, order=place)
        for place, item in enumerate(measures, start=1)
    ]
