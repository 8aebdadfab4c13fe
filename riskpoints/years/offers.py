"""What a newer source offers a new year's draft: the places where it says something else than what the draft was
begun from, each to be taken over or declined."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from django.db.models import prefetch_related_objects

from riskcontrol import audit
from riskpoints import fields as declared
from riskpoints.content.changes import FieldChange, MeasureChange, PointChange, StatementChange
from riskpoints.content.content import TableContent, load
from riskpoints.content.differences import MEASURE_FIELDS, POINT_FIELDS, attached, field_changes
from riskpoints.enums import Status
from riskpoints.models import Measure, RiskPoint, SourceChoice, TableVersion
from riskpoints.tables import copying, editing

Place = Literal["point", "measure", "duties", "nil", "post"]


@dataclass(frozen=True)
class Offer:
    """One place where the newer source differs: from the base, and from the draft.

    `change` goes from what the draft says to what the source says. `is_conflict`: the draft itself was changed there
    (or says something the source's words can't stand beside); `was` then tells what both were begun from.
    `state` is a short hash of what the draft says, so that a choice is made about what was seen.
    """

    place: Place
    name: str
    label: str
    change: PointChange | MeasureChange | FieldChange | StatementChange
    theirs: Any
    mine: Any
    is_conflict: bool
    state: str
    note: str = ""
    along: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.place}:{self.name}"

    @property
    def noun(self) -> str:
        return {"point": "风险点", "measure": "措施", "duties": "业务工作职责", "nil": "确认为无", "post": "岗位说明"}[
            self.place
        ]

    @property
    def words(self) -> str:
        """What the place is called in the audit trail and in messages."""
        row = self.theirs or self.mine
        text = row.text if self.place in ("point", "measure") else self.label
        return f"{self.noun}：{text[:40]}"


@dataclass(frozen=True)
class Offers:
    """All that a newer source offers a draft and nobody has chosen about yet."""

    source: TableVersion
    items: list[Offer]

    @cached_property
    def free(self) -> list[Offer]:
        """Those that can be taken over at once: the draft said there what it was begun from."""
        return [item for item in self.items if not item.is_conflict]

    @property
    def conflict_count(self) -> int:
        return len(self.items) - len(self.free)

    def of(self, key: str) -> Offer | None:
        return next((item for item in self.items if item.key == key), None)


def replaced(version: TableVersion) -> TableVersion | None:
    """The source that took the place of what an open version of a new year was begun from; None where none did.

    A revision within its own year goes on from its own table's version in force and is offered nothing.
    """
    base, table = version.base, version.table
    if version.status not in Status.open() or table.cycle.is_closed or table.in_force_id is not None:
        return None
    if base is not None and base.table_id == table.pk:
        return None
    source = copying.source_of(table)
    return None if source is None or source.pk == version.base_id else source


def offers(draft: TableVersion, source: TableVersion) -> Offers:
    """Compare base, newer source and draft place by place, in the order of the form."""
    settled = set(SourceChoice.objects.filter(version=draft, source=source).values_list("key", flat=True))
    base = draft.base
    old = load(base) if base is not None else None
    comparison = _Comparison(draft, old, load(source), load(draft))
    found = [item for item in comparison.items() if item.key not in settled]
    return Offers(source, comparison.with_companions(found))


class _Comparison:
    """Three contents side by side: what the draft was begun from (`old`), the newer source, the draft."""

    def __init__(self, draft: TableVersion, old: TableContent | None, new: TableContent, mine: TableContent) -> None:
        self.draft, self.old, self.new, self.mine = draft, old, new, mine
        self.own_points = {point.identity: point for point in mine.points}
        self.own_measures = {measure.identity: measure for measure in mine.measures}
        self.old_points, self.new_points = _carried(draft, old), _carried(draft, new)
        self.old_measures = {measure.identity: measure for measure in (old.measures if old else [])}
        self.new_measures = {measure.identity: measure for measure in new.measures}

    def items(self) -> Iterator[Offer]:
        yield from self._duties()
        for row in self.mine.rows:
            yield from self._nils(row.value, row.label)
            yield from self._rows(row.value, row.label, "point")
            yield from self._rows(row.value, row.label, "measure")
        yield from self._posts()

    def _duties(self) -> Iterator[Offer]:
        was = self.old.version.duties if self.old else copying.first_duties(self.draft.table)
        change = FieldChange("duties", "业务工作职责", self.draft.duties, self.new.version.duties)
        yield from _offer("duties", "", "表头", change, was, self.new.version.duties, self.draft.duties)

    def _nils(self, category: str, label: str) -> Iterator[Offer]:
        was, theirs, mine = (
            any(row.value == category and row.is_nil for row in content.rows) if content else False
            for content in (self.old, self.new, self.mine)
        )
        change = StatementChange(label, "无" if mine else "", "无" if theirs else "")
        for item in _offer("nil", category, label, change, was, theirs, mine):
            stays = self._stays_in(category) if theirs else False
            note = "本稿这一类有自己的风险点或措施；确认为“无”以前，请先删除它们。" if stays else ""
            yield replace(item, is_conflict=item.is_conflict or stays, note=note)

    def _stays_in(self, category: str) -> bool:
        """Whether the draft has rows in a category that the newer source doesn't freely take away."""
        rows: list[Any] = [*self.own_points.values(), *self.own_measures.values()]
        old = dict(self._old_rows())
        return any(
            row.category == category and (self._in_new(row.identity) or _said(old.get(row.identity)) != _said(row))
            for row in rows
        )

    def _old_rows(self) -> Iterable[tuple[uuid.UUID, Any]]:
        return [*self.old_points.items(), *self.old_measures.items()]

    def _in_new(self, identity: uuid.UUID) -> bool:
        return identity in self.new_points or identity in self.new_measures

    def _rows(self, category: str, label: str, place: Literal["point", "measure"]) -> Iterator[Offer]:
        old, new, own = (
            (self.old_points, self.new_points, self.own_points)
            if place == "point"
            else (self.old_measures, self.new_measures, self.own_measures)
        )
        identities = dict.fromkeys([*new, *old, *own])
        for identity in identities:
            was, theirs, mine = old.get(identity), new.get(identity), own.get(identity)
            row = theirs or was or mine
            if row is None or row.category != category:
                continue
            change = _row_change(identity, mine, theirs)
            found = _offer(place, str(identity), label, change, _said(was), _said(theirs), _said(mine))
            for item in found:
                note, in_the_way = self._in_the_way(theirs, mine)
                conflict = item.is_conflict or in_the_way
                yield replace(item, theirs=theirs, mine=mine, is_conflict=conflict, note=note)

    def _in_the_way(self, theirs: Any, mine: Any) -> tuple[str, bool]:
        """What of the draft would have to go with a choice, so that it isn't made for all at once."""
        if theirs is None and isinstance(mine, RiskPoint):
            own = [m for m in self.own_measures.values() if attached(m) == {mine.identity}]
            added = [m for m in own if m.identity not in self.old_measures]
            if added:
                return f"本稿为它新写了 {len(added)} 条措施，删除时一并删除。", True
        if theirs is not None and any(row.value == theirs.category and row.is_nil for row in self.mine.rows):
            was_nil = any(row.value == theirs.category and row.is_nil for row in self.old.rows) if self.old else False
            return ("", False) if was_nil else ("本稿这一类已确认为“无”，采纳时取消。", True)
        if mine is None and theirs is not None and theirs.identity in {key for key, _ in self._old_rows()}:
            return "本稿已删除这一项。", True
        return "", False

    def _posts(self) -> Iterator[Offer]:
        contents = (self.old, self.new, self.mine)
        stated: list[dict[int, Any]] = [
            {item.post_id: item for item in (copying.exemptions(content) if content else [])} for content in contents
        ]
        for post_id in dict.fromkeys(key for part in stated for key in part):
            was, theirs, mine = (part.get(post_id) for part in stated)
            post = next(item for item in (theirs, mine, was) if item is not None).post
            reasons = [item.reason if item else "" for item in (was, theirs, mine)]
            change = StatementChange(post.name, reasons[2], reasons[1])
            for item in _offer("post", str(post_id), post.name, change, *reasons):
                has_points = bool(theirs) and any(point.post_id == post_id for point in self.mine.points)
                note = "本稿这个岗位有风险点；说明没有风险点以前，请先改动它们。" if has_points else ""
                conflict = item.is_conflict or has_points
                yield replace(item, theirs=theirs, mine=mine, is_conflict=conflict, note=note)

    def with_companions(self, items: list[Offer]) -> list[Offer]:
        """To each point the measures that are chosen about with it: those all of whose points are there then.

        A measure none of whose points would be there waits for one of them to be taken over.
        """
        items = [self._waiting(item, items) for item in items]
        measures = [item for item in items if item.place == "measure" and not item.is_conflict]
        return [
            replace(item, along=tuple(m.key for m in measures if self._goes_with(item, m)))
            if item.place == "point"
            else item
            for item in items
        ]

    def _waiting(self, item: Offer, items: list[Offer]) -> Offer:
        wanted = attached(item.theirs) if item.place == "measure" and item.theirs else set()
        coming = {uuid.UUID(p.name) for p in items if p.place == "point" and p.theirs and not p.is_conflict}
        if not wanted or wanted & (self.own_points.keys() | coming):
            return item
        return replace(item, is_conflict=True, note="它对应的风险点不在本稿里，请先采纳那个风险点。")

    def _goes_with(self, point: Offer, measure: Offer) -> bool:
        identity = uuid.UUID(point.name)
        now = attached(measure.mine) if measure.mine else set()
        then = attached(measure.theirs) if measure.theirs else set()
        if point.theirs is None:
            return identity in now and identity not in then
        return identity in now | then and then <= {*self.own_points, identity}


def _carried(draft: TableVersion, content: TableContent | None) -> dict[uuid.UUID, RiskPoint]:
    """The points of a version as they would be carried over into the draft today; none is saved."""
    points = content.points if content else []
    prefetch_related_objects(points, "post__functions", "power_revision__power", "power_step")
    copies = {}
    for point in points:
        copy = RiskPoint(version=draft, identity=point.identity, order=point.order)
        copying.fill_point(copy, point)
        copies[point.identity] = copy
    return copies


def _said(row: Any) -> Any:
    """What a row says, to be compared: None where there is none."""
    if isinstance(row, RiskPoint):
        return [getattr(row, "post_id" if name == "post" else name) for name in declared.copied(declared.POINT)]
    if isinstance(row, Measure):
        words = [getattr(row, name) for name in editing.MEASURE_FIELDS]
        return [*words, row.regulation_names, sorted(str(identity) for identity in attached(row))]
    return None


def _row_change(identity: uuid.UUID, mine: Any, theirs: Any) -> PointChange | MeasureChange:
    kind: Any = "removed" if theirs is None else "added" if mine is None else "changed"
    row = theirs or mine
    names = POINT_FIELDS if isinstance(row, RiskPoint) else MEASURE_FIELDS
    fields = field_changes(mine, theirs, names) if kind == "changed" else ()
    if isinstance(row, RiskPoint):
        return PointChange(kind, identity, mine, theirs, fields)
    if kind == "changed" and attached(mine) != attached(theirs):
        fields = (*fields, FieldChange("points", "对应的风险点", _count(mine), _count(theirs)))
    return MeasureChange(kind, identity, mine, theirs, fields)


def _count(measure: Measure) -> str:
    return f"{len(attached(measure))} 个" if attached(measure) else "整类共用"


def _offer(place: Place, name: str, label: str, change: Any, was: Any, theirs: Any, mine: Any) -> Iterator[Offer]:
    """The place, where the source says something new that the draft doesn't say."""
    if theirs in (was, mine):
        return
    state = audit.sha256(audit.canonical_json(mine))[:12]
    yield Offer(place, name, label, change, theirs, mine, mine != was, state)
