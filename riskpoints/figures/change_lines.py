"""The lines of 年度对照: each point of two tables that differs, what happened to it, and its measures."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from departments.enums import Level
from riskpoints.content.category_row import CategoryRow
from riskpoints.content.changes import Difference, MeasureChange, PointChange
from riskpoints.content.content import TableContent
from riskpoints.content.differences import attached, compare
from riskpoints.enums import ALL_CATEGORIES

KINDS = {
    "new": "新增",
    "gone": "取消",
    "raised": "等级升高",
    "lowered": "等级降低",
    "reworded": "改写",
    "measures": "措施变动",
}


@dataclass(frozen=True)
class ChangeLine:
    """One point (or what a whole category shares) that differs; the names of its texts are the columns' keys."""

    owner_key: int
    department: str
    category_key: str
    post: str
    kinds: tuple[str, ...]
    level: str
    before: str
    after: str
    measures: str
    version_id: int
    anchor: str

    @property
    def category(self) -> str:
        return str(dict(ALL_CATEGORIES)[self.category_key])

    @property
    def change(self) -> str:
        """What happened, in words."""
        return "、".join(KINDS[kind] for kind in self.kinds)


def change_lines_of(key: int, name: str, old: TableContent | None, new: TableContent | None) -> list[ChangeLine]:
    """One owner's lines in the order of the form; where one side is missing, all its points are new or gone."""
    known = new or old
    if known is None:
        return []
    empty = TableContent(known.version, [CategoryRow(row.value, row.label) for row in known.rows], [], [])
    found = compare(old or empty, new or empty).without_assessment()
    by_point, shared = _measure_changes(found) if old and new else ({}, [])
    lines = []
    for row in known.rows:
        for change in [*_points(found, row.value, by_point)]:
            lines.append(_point_line(key, name, change, by_point.get(change.identity, []), old, new))
        for measures in [[change for change in shared if change.row.category == row.value]]:
            if measures:
                lines.append(_shared_line(key, name, row.value, measures, known))
    return lines


def _points(
    found: Difference, category: str, by_point: Mapping[uuid.UUID, list[MeasureChange]]
) -> Iterable[PointChange]:
    """The points of a category that differ, or whose measures do: those that are there first."""
    row = next(row for row in found.new.rows if row.value == category)
    was = {point.identity: point for point in found.old.points}
    for point in row.points:
        change = found.of_point(point.identity)
        if change is not None:
            yield change
        elif point.identity in by_point:
            yield PointChange("changed", point.identity, was.get(point.identity), point)
    yield from found.removed_points_in(category)


def _measure_changes(found: Difference) -> tuple[dict[uuid.UUID, list[MeasureChange]], list[MeasureChange]]:
    """The measures that differ for a point that both years have, and those of a whole category."""
    both = {point.identity for point in found.old.points} & {point.identity for point in found.new.points}
    by_point: dict[uuid.UUID, list[MeasureChange]] = {}
    shared = []
    for change in found.measures:
        was = attached(change.old) if change.old else set()
        now = attached(change.new) if change.new else set()
        is_reworded = any(field.name != "points" for field in change.fields)
        for identity in (was | now) & both:
            if is_reworded or (identity in was) != (identity in now):
                by_point.setdefault(identity, []).append(change)
        if not was and not now:
            shared.append(change)
    return by_point, shared


def _point_line(
    key: int,
    name: str,
    change: PointChange,
    measures: list[MeasureChange],
    old: TableContent | None,
    new: TableContent | None,
) -> ChangeLine:
    side = new if change.new is not None else old
    assert side is not None  # noqa: S101 - the point stands in one of the two  # nosec B101
    row = change.row
    return ChangeLine(
        owner_key=key,
        department=name,
        category_key=row.category,
        post=row.post_name,
        kinds=_kinds(change, measures),
        level=_levels(change),
        before=change.old.text if change.old else "",
        after=change.new.text if change.new else "",
        measures=_said(measures),
        version_id=side.version.pk,
        anchor=f"point-{row.pk}",
    )


def _kinds(change: PointChange, measures: list[MeasureChange]) -> tuple[str, ...]:
    if change.kind != "changed":
        return ("new",) if change.kind == "added" else ("gone",)
    kinds = []
    if change.is_relevelled:
        kinds.append("raised" if change.is_raised else "lowered")
    if change.fields:
        kinds.append("reworded")
    if measures:
        kinds.append("measures")
    return tuple(kinds)


def _levels(change: PointChange) -> str:
    words = [Level(level).label if level else "" for level in (change.old_level, change.new_level)]
    if change.is_relevelled:
        return f"{words[0] or '未定级'} → {words[1] or '未定级'}"
    return words[1] or words[0]


def _shared_line(key: int, name: str, category: str, changes: list[MeasureChange], side: TableContent) -> ChangeLine:
    return ChangeLine(
        owner_key=key,
        department=name,
        category_key=category,
        post="",
        kinds=("measures",),
        level="",
        before="（整类共用的措施）",
        after="（整类共用的措施）",
        measures=_said(changes),
        version_id=side.version.pk,
        anchor=f"row-{category}",
    )


def _said(changes: list[MeasureChange]) -> str:
    words = {"added": "新增", "removed": "取消", "changed": "改写"}
    return "\n".join(f"{words[change.kind]}：{change.row.text}" for change in changes)
