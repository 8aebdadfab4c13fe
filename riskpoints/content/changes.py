"""Changes between two versions as values: fields, points, measures, statements, and the whole difference."""

import uuid
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from riskpoints import fields
from riskpoints.content.content import TableContent
from riskpoints.models import Measure, RiskPoint

Kind = Literal["added", "removed", "changed"]


EVERY_FIELD = (*fields.HEAD, *fields.POINT, *fields.MEASURE)


ASSESSMENT_FIELDS = frozenset(field.name for field in EVERY_FIELD if field.is_ground)


# Long texts, whose words are compared one by one (ui.diff_text); other values are shown as old → new.
PROSE_FIELDS = frozenset(field.name for field in EVERY_FIELD if field.is_prose)


@dataclass(frozen=True)
class FieldChange:
    """One field that differs, as words."""

    name: str
    label: str
    old: str
    new: str

    @property
    def is_prose(self) -> bool:
        return self.name in PROSE_FIELDS

    @property
    def is_assessment(self) -> bool:
        return self.name in ASSESSMENT_FIELDS


@dataclass(frozen=True)
class PointChange:
    """One 风险点 that was added, removed or changed; `fields` is empty for the first two."""

    kind: Kind
    identity: uuid.UUID
    old: RiskPoint | None
    new: RiskPoint | None
    fields: tuple[FieldChange, ...] = ()

    @property
    def row(self) -> RiskPoint:
        """The point as it is now, or as it was where it is gone."""
        return self.new or self.old  # type: ignore[return-value]  # one of the two is always there

    @property
    def old_level(self) -> int | None:
        return self.old.level if self.old else None

    @property
    def new_level(self) -> int | None:
        return self.new.level if self.new else None

    @property
    def is_relevelled(self) -> bool:
        """Whether both versions have the point, at different levels."""
        return self.kind == "changed" and self.old_level != self.new_level

    @property
    def is_raised(self) -> bool:
        """Whether the risk is now judged higher (level 1 is the highest)."""
        return self.is_relevelled and (self.new_level or 9) < (self.old_level or 9)

    @property
    def old_text(self) -> str | None:
        """The old wording where it differs, for ui.diff_text."""
        return next((change.old for change in self.fields if change.name == "text"), None)


@dataclass(frozen=True)
class MeasureChange:
    """One 防范措施 that was added, removed or changed."""

    kind: Kind
    identity: uuid.UUID
    old: Measure | None
    new: Measure | None
    fields: tuple[FieldChange, ...] = ()

    @property
    def row(self) -> Measure:
        """The measure as it is now, or as it was where it is gone."""
        return self.new or self.old  # type: ignore[return-value]  # one of the two is always there

    @property
    def old_text(self) -> str | None:
        """The old wording where it differs, for ui.diff_text."""
        return next((change.old for change in self.fields if change.name == "text"), None)


@dataclass(frozen=True)
class StatementChange:
    """An explicit 无 of a category, or a post stated to have no risk point: what was said and what is said now."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class RowDifference:
    """What differs in one row of the form."""

    label: str
    points: list[PointChange]
    measures: list[MeasureChange]
    nil: StatementChange | None

    @property
    def is_empty(self) -> bool:
        return not (self.points or self.measures or self.nil)


@dataclass(frozen=True)
class Difference:
    """Everything that differs between two contents; unchanged rows are not in here."""

    old: TableContent
    new: TableContent
    head: tuple[FieldChange, ...]
    points: tuple[PointChange, ...]
    measures: tuple[MeasureChange, ...]
    nils: tuple[StatementChange, ...] = ()
    exemptions: tuple[StatementChange, ...] = ()
    _points: dict[uuid.UUID, PointChange] = field(default_factory=dict, repr=False)
    _measures: dict[uuid.UUID, MeasureChange] = field(default_factory=dict, repr=False)

    def of_point(self, identity: uuid.UUID) -> PointChange | None:
        """What happened to this point, or None where it is the same (or known to neither)."""
        return self._points.get(identity)

    def of_measure(self, identity: uuid.UUID) -> MeasureChange | None:
        """What happened to this measure, or None where it is the same (or known to neither)."""
        return self._measures.get(identity)

    @cached_property
    def added_points(self) -> list[PointChange]:
        return [change for change in self.points if change.kind == "added"]

    @cached_property
    def removed_points(self) -> list[PointChange]:
        return [change for change in self.points if change.kind == "removed"]

    @cached_property
    def changed_points(self) -> list[PointChange]:
        return [change for change in self.points if change.kind == "changed"]

    @cached_property
    def relevelled_points(self) -> list[PointChange]:
        """Points whose level differs: those the reviewer has to look at first."""
        return [change for change in self.points if change.is_relevelled]

    @cached_property
    def added_measures(self) -> list[MeasureChange]:
        return [change for change in self.measures if change.kind == "added"]

    @cached_property
    def removed_measures(self) -> list[MeasureChange]:
        return [change for change in self.measures if change.kind == "removed"]

    @cached_property
    def changed_measures(self) -> list[MeasureChange]:
        return [change for change in self.measures if change.kind == "changed"]

    def removed_points_in(self, category: str) -> list[PointChange]:
        """Points of one row of the form that are gone: to be shown struck through below the row."""
        return [change for change in self.removed_points if change.row.category == category]

    def removed_measures_in(self, category: str) -> list[MeasureChange]:
        """Measures of one row of the form that are gone."""
        return [change for change in self.removed_measures if change.row.category == category]

    @cached_property
    def rows(self) -> list[RowDifference]:
        """The rows of the form that differ, in its order."""
        nils = {change.label: change for change in self.nils}
        rows = [
            RowDifference(
                row.label,
                [change for change in self.points if change.row.category == row.value],
                [change for change in self.measures if change.row.category == row.value],
                nils.get(row.label),
            )
            for row in self.new.rows
        ]
        return [row for row in rows if not row.is_empty]

    def without_assessment(self) -> "Difference":
        """The same for who sees no likelihood, harm and floor; a point in which nothing else differs is left out."""
        points = []
        for change in self.points:
            fields = tuple(item for item in change.fields if not item.is_assessment)
            if change.kind != "changed" or fields or change.is_relevelled:
                points.append(replace(change, fields=fields))
        return replace(self, points=tuple(points), _points={change.identity: change for change in points})

    @property
    def count(self) -> int:
        """How many places differ."""
        parts: tuple[tuple[Any, ...], ...] = (self.head, self.points, self.measures, self.nils, self.exemptions)
        return sum(len(part) for part in parts)

    @property
    def is_empty(self) -> bool:
        return self.count == 0
