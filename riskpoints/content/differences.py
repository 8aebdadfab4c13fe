"""What differs between two versions of a table: points and measures matched by identity, head, explicit 无, posts."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from departments.enums import Level
from riskcontrol.text import one_break, stripped
from riskpoints import fields
from riskpoints.content.content import TableContent
from riskpoints.models import Measure, RiskPoint

Kind = Literal["added", "removed", "changed"]

HEAD_FIELDS, POINT_FIELDS, MEASURE_FIELDS = map(fields.compared, (fields.HEAD, fields.POINT, fields.MEASURE))
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


def compare(old: TableContent, new: TableContent) -> Difference:
    """Compare two versions of one department's (or the school's) table, of one year or of two.

    Pure: both contents were loaded before; orders are not compared, since they say nothing.
    """
    points = tuple(_point_changes(old.points, new.points))
    measures = tuple(_measure_changes(old, new))
    return Difference(
        old=old,
        new=new,
        head=field_changes(old.version, new.version, HEAD_FIELDS),
        points=points,
        measures=measures,
        nils=tuple(_nil_changes(old, new)),
        exemptions=tuple(_exemption_changes(old, new)),
        _points={change.identity: change for change in points},
        _measures={change.identity: change for change in measures},
    )


def _point_changes(old: list[RiskPoint], new: list[RiskPoint]) -> Iterable[PointChange]:
    before = {point.identity: point for point in old}
    for point in new:
        was = before.pop(point.identity, None)
        if was is None:
            yield PointChange("added", point.identity, None, point)
            continue
        fields = field_changes(was, point, POINT_FIELDS)
        if fields or was.level != point.level:
            yield PointChange("changed", point.identity, was, point, fields)
    for point in before.values():
        yield PointChange("removed", point.identity, point, None)


def _measure_changes(old: TableContent, new: TableContent) -> Iterable[MeasureChange]:
    before = {measure.identity: measure for measure in old.measures}
    old_names, new_names = _point_names(old), _point_names(new)
    for measure in new.measures:
        was = before.pop(measure.identity, None)
        if was is None:
            yield MeasureChange("added", measure.identity, None, measure)
            continue
        fields = field_changes(was, measure, MEASURE_FIELDS)
        if attached(was) != attached(measure):
            change = FieldChange("points", "对应的风险点", _answers(was, old_names), _answers(measure, new_names))
            fields = (*fields, change)
        if fields:
            yield MeasureChange("changed", measure.identity, was, measure, fields)
    for measure in before.values():
        yield MeasureChange("removed", measure.identity, measure, None)


def attached(measure: Measure) -> set[uuid.UUID]:
    """The identities of the points that a measure answers."""
    return {point.identity for point in measure.points.all()}


def _point_names(content: TableContent) -> dict[uuid.UUID, str]:
    return {point.identity: f"第 {n} 项" for row in content.rows for n, point in enumerate(row.points, start=1)}


def _answers(measure: Measure, names: dict[uuid.UUID, str]) -> str:
    answered = attached(measure)
    return "、".join(name for identity, name in names.items() if identity in answered) or "整类共用"


def _nil_changes(old: TableContent, new: TableContent) -> Iterable[StatementChange]:
    before = {row.value: row.is_nil for row in old.rows}
    for row in new.rows:
        if before.get(row.value, False) != row.is_nil:
            yield StatementChange(row.label, "" if row.is_nil else "无", "无" if row.is_nil else "")


def _exemption_changes(old: TableContent, new: TableContent) -> Iterable[StatementChange]:
    before = {exemption.post_id: exemption for exemption in old.exemptions}
    after = {exemption.post_id: exemption for exemption in new.exemptions}
    for post_id in [*before, *(key for key in after if key not in before)]:
        was, now = before.get(post_id), after.get(post_id)
        old_reason, new_reason = was.reason if was else "", now.reason if now else ""
        exemption = now or was
        if exemption is not None and old_reason != new_reason:
            yield StatementChange(exemption.post_name, old_reason, new_reason)


def field_changes(old: Any, new: Any, names: Iterable[str]) -> tuple[FieldChange, ...]:
    """The fields of two rows that differ, as words."""
    changes = []
    for name in names:
        before, after = _words(old, name), _words(new, name)
        if before != after:
            changes.append(FieldChange(name, str(new._meta.get_field(name).verbose_name), before, after))
    return tuple(changes)


WORDS: dict[str, Callable[[Any], str]] = {
    "finding_methods": lambda row: "、".join(row.finding_labels),
    "functions": lambda row: "、".join(f"{name}（不低于{Level(floor).label}）" for name, floor in row.functions),
    "is_latent": lambda row: "潜在" if row.is_latent else "存在",
    "is_key_area": lambda row: "是" if row.is_key_area else "否",
}


def _words(row: Any, name: str) -> str:
    if name in WORDS:
        return WORDS[name](row)
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    return "" if value is None else stripped(one_break(str(value)))
