"""After a return: what the reviewer remarked, what was changed since, what the department answered.

Head and reviewer see the same list; what changed is measured against the snapshot of the return itself.
"""

import json
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from departments.models import Actor
from riskcontrol import audit, watched
from riskcontrol.text import one_break, stripped
from riskpoints import fields
from riskpoints.content.changes import FieldChange
from riskpoints.content.content import TableContent
from riskpoints.content.content import load as load_content
from riskpoints.content.differences import field_changes
from riskpoints.enums import Action, RemarkAnswerKind, Status
from riskpoints.models import Decision, Measure, Remark, RemarkAnswer, RiskPoint, TableVersion
from riskpoints.tables import editing
from riskpoints.verbs import RegisterVerb

POINT_FIELDS, MEASURE_FIELDS = fields.answers(fields.POINT), fields.answers(fields.MEASURE)
HEAD = (("duties", "duties", "业务工作职责"), ("head", "head_name", "负责人姓名"))
NOTHING_OPEN = "这条意见不在最近一次退回里，或这张表已经提交，不能再答复。请刷新页面，看最新情况。"


@dataclass(frozen=True)
class ReturnMark:
    """What happened to one point or measure since the return; `fields` is empty for what is new."""

    is_new: bool
    fields: tuple[FieldChange, ...] = ()

    @property
    def labels(self) -> str:
        return "、".join(change.label for change in self.fields)


@dataclass(frozen=True)
class ReturnItem:
    """One remark with its place, whether something was changed there since, and the answer that counts."""

    remark: Remark
    place: str
    anchor: str
    is_gone: bool
    is_changed: bool
    answer: RemarkAnswer | None
    post_id: int | None = None

    @property
    def is_open(self) -> bool:
        return self.answer is None


@dataclass(frozen=True)
class Returned:
    """The last return of a version: its remarks in the order of the form, and what was changed since."""

    decision: Decision
    items: list[ReturnItem]
    points: dict[uuid.UUID, ReturnMark] = field(default_factory=dict)
    measures: dict[uuid.UUID, ReturnMark] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    head: tuple[FieldChange, ...] = ()
    others: list[str] = field(default_factory=list)

    @cached_property
    def open_items(self) -> list[ReturnItem]:
        return [item for item in self.items if item.is_open]

    @property
    def is_unchanged(self) -> bool:
        return not (self.points or self.measures or self.removed or self.head or self.others)


def returned(content: TableContent) -> Returned | None:
    """The last return of a draft, or of the table handed in again after it; None where it was never returned."""
    version = content.version
    if version.status not in (Status.DRAFT, Status.SUBMITTED):
        return None
    acts = sorted(version.decisions.all(), key=lambda decision: (decision.at, decision.pk))
    returns = [decision for decision in acts if decision.action == Action.RETURN]
    if not returns:
        return None
    decision = Decision.objects.get(pk=returns[-1].pk)  # with its snapshot, which lists of decisions leave out
    before = json.loads(decision.snapshot) if decision.snapshot else None
    if before is None:
        return None
    points, gone_points = _point_marks(before, content)
    measures, gone_measures = _measure_marks(before, content)
    since = returns[-2].at if len(returns) > 1 else None
    return Returned(
        decision,
        _items(version, content, points, measures, since=since, until=decision.at),
        points,
        measures,
        [*gone_points, *gone_measures],
        _head_changes(before, version),
        _nil_changes(before, content),
    )


def _items(
    version: TableVersion,
    content: TableContent,
    points: dict[uuid.UUID, ReturnMark],
    measures: dict[uuid.UUID, ReturnMark],
    *,
    since: Any,
    until: Any,
) -> list[ReturnItem]:
    found = version.remarks.filter(sent_at__isnull=False, sent_at__lte=until).prefetch_related("answers")
    if since is not None:
        found = found.filter(sent_at__gt=since)
    places: dict[uuid.UUID | None, tuple[str, RiskPoint | None]] = {
        point.identity: (f"{row.label}第 {number} 项", point)
        for row in content.rows
        for number, point in enumerate(row.points, start=1)
    }
    items = []
    for remark in found:
        answers = list(remark.answers.all())
        place, point = places.get(
            remark.point_identity, ("整张表" if remark.point_identity is None else "已删除", None)
        )
        touched = remark.point_identity in points or (
            point is not None and any(measure.identity in measures for measure in content.measures_of(point))
        )
        is_gone = remark.point_identity is not None and point is None
        anchor = f"point-{point.pk}" if point is not None else "aside"
        post = point.post_id if point is not None else None
        last = answers[-1] if answers else None
        items.append(ReturnItem(remark, place, anchor, is_gone, touched or is_gone, last, post))
    order = list(places)
    return sorted(items, key=lambda item: _rank(item, order))


def _rank(item: ReturnItem, order: list[uuid.UUID | None]) -> int:
    identity = item.remark.point_identity
    return order.index(identity) + 1 if identity in order else (0 if identity is None else len(order) + 1)


def _point_marks(before: dict[str, Any], content: TableContent) -> tuple[dict[uuid.UUID, ReturnMark], list[str]]:
    old = {
        uuid.UUID(values["identity"]): RiskPoint(category=row["category"], **_known(RiskPoint, values))
        for row in before["rows"]
        for values in row["points"]
    }
    marks = {}
    for point in content.points:
        was = old.pop(point.identity, None)
        if was is None:
            marks[point.identity] = ReturnMark(is_new=True)
        elif fields := field_changes(was, point, POINT_FIELDS):
            marks[point.identity] = ReturnMark(is_new=False, fields=fields)
    return marks, [f"风险点：{point.text}" for point in old.values()]


def _measure_marks(before: dict[str, Any], content: TableContent) -> tuple[dict[uuid.UUID, ReturnMark], list[str]]:
    old = {
        uuid.UUID(values["identity"]): (
            Measure(category=row["category"], **_known(Measure, values)),
            set(values["points"]),
        )
        for row in before["rows"]
        for values in row["measures"]
    }
    marks = {}
    for measure in content.measures:
        was, answered = old.pop(measure.identity, (None, set()))
        if was is None:
            marks[measure.identity] = ReturnMark(is_new=True)
            continue
        fields = field_changes(was, measure, MEASURE_FIELDS)
        if answered != {str(point.identity) for point in measure.points.all()}:
            fields = (*fields, FieldChange("points", "对应的风险点", "", ""))
        if fields:
            marks[measure.identity] = ReturnMark(is_new=False, fields=fields)
    return marks, [f"防范措施：{measure.text}" for measure, _ in old.values()]


def _known(model: Any, values: dict[str, Any]) -> dict[str, Any]:
    names = {item.name for item in model._meta.concrete_fields}
    return {name: value for name, value in values.items() if name in names and name != "identity"}


def _head_changes(before: dict[str, Any], version: TableVersion) -> tuple[FieldChange, ...]:
    pairs = [(name, label, before[key] or "", getattr(version, name) or "") for key, name, label in HEAD]
    return tuple(
        FieldChange(name, label, old, new) for name, label, old, new in pairs if one_break(old) != one_break(new)
    )


def _nil_changes(before: dict[str, Any], content: TableContent) -> list[str]:
    """Explicit 无 given or taken back, and posts stated to have no risk point."""
    was = {row["category"]: row["nil"] for row in before["rows"]}
    found = [
        f"{row.label}{'改为“无”' if row.is_nil else '取消了“无”'}"
        for row in content.rows
        if row.is_nil != was.get(row.value, False)
    ]
    stated = {item[0]: item[1] for item in before["exemptions"]}
    now = {exemption.post_name: exemption.reason for exemption in content.exemptions}
    found += [
        f"{name}的无风险点说明有变动" for name in dict.fromkeys([*stated, *now]) if stated.get(name) != now.get(name)
    ]
    return found


def answer_remark(remark: Remark, kind: str, text: str = "", *, actor: Actor) -> RemarkAnswer:
    """Answer a remark of the last return: that something was changed, or why not. A later answer counts instead.

    Raises PermissionDenied, FrozenError where the table was handed in, ValidationError {"text": …}.
    """
    with transaction.atomic():
        version = editing.lock_draft(remark.version, actor=actor)
        last = returned(load_content(version))
        if last is None or all(item.remark.pk != remark.pk for item in last.items):
            raise ValidationError({"text": NOTHING_OPEN})
        posts = {point.identity: point.post_id for point in version.points.all()}
        whose = posts.get(remark.point_identity) if remark.point_identity else None
        editing.require_own(version, [whose], actor=actor)
        given = RemarkAnswer(
            remark=remark,
            kind=kind,
            text=stripped(one_break(text)),
            author=actor,
            author_name=actor.real_name,
        )
        if given.kind == RemarkAnswerKind.EXPLAINED and not given.text:
            raise ValidationError({"text": "请写明说明，或选“已改”。"})
        given.full_clean(exclude=["remark", "author"])
        given.save()
        detail = {"意见": remark.text, "答复": str(given)}
        audit.record(
            RegisterVerb.ANSWER_REMARK, actor=actor, target=version, detail=detail, marks=watched.values(given)
        )
    return given
