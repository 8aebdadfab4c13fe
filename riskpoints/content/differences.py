"""What differs between two versions of a table: points and measures matched by identity, head, explicit 无, posts."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from departments.enums import Level
from riskcontrol.text import one_break, stripped
from riskpoints import fields
from riskpoints.content.changes import Difference, FieldChange, MeasureChange, PointChange, StatementChange
from riskpoints.content.content import TableContent
from riskpoints.models import Measure, RiskPoint

HEAD_FIELDS, POINT_FIELDS, MEASURE_FIELDS = map(fields.compared, (fields.HEAD, fields.POINT, fields.MEASURE))


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
    "regulation_names": lambda row: "、".join(row.cited),
    "is_key_area": lambda row: "是" if row.is_key_area else "否",
}


def _words(row: Any, name: str) -> str:
    if name in WORDS:
        return WORDS[name](row)
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    return "" if value is None else stripped(one_break(str(value)))
