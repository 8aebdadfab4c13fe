"""恢复: a point or a measure that was struck from a draft comes back as the version that it was begun from has it."""

import uuid
from typing import cast

from django.core.exceptions import ValidationError

from departments.models import Actor
from riskpoints.content.differences import attached
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.tables import acts, copying, editing
from riskpoints.tables.drafts import UnchangedError
from riskpoints.tables.refusal import WorkflowError

NOT_THERE = "所本的表里没有这一项，不能恢复。请刷新页面，看最新内容。"
NO_POINT = "这条措施对应的风险点已从本稿删除。请先恢复那个风险点。"


def recover_point(version: TableVersion, identity: uuid.UUID, *, actor: Actor) -> RiskPoint:
    """Bring a struck point back with the measures that answer it; one that is there already stays as it is.

    Its identity is kept. Raises WorkflowError where the base has no such point, ValidationError where its category is
    无, NotOwnError or FrozenError as every change does.
    """
    with editing.editing(version, actor=actor) as locked:
        source = cast(RiskPoint, _of_base(RiskPoint, locked, identity))
        if RiskPoint.objects.filter(version=locked, identity=identity).exists():
            raise UnchangedError
        row = RiskPoint(version=locked, identity=identity, order=source.order)
        editing.require_own(locked, [source.post_id], actor=actor)
        _require_open(locked, source.category)
        acts.keep(row)
        copying.write_point(row, source)
        if row.post is not None and (statement := locked.exemptions.filter(post=row.post).first()):
            editing.withdraw_exemption(locked, statement.post, actor=actor)
        editing.audit_row(row, {}, editing.row_values(row), actor)
        for measure in source.measures.all():
            _bring_along(locked, measure, row, actor)
    return RiskPoint.objects.get(version=version, identity=identity)


def recover_measure(version: TableVersion, identity: uuid.UUID, *, actor: Actor) -> Measure:
    """Bring a struck measure back, for those of its points that are still there. Raises as recover_point() does."""
    with editing.editing(version, actor=actor) as locked:
        source = cast(Measure, _of_base(Measure, locked, identity))
        if Measure.objects.filter(version=locked, identity=identity).exists():
            raise UnchangedError
        points = {point.identity: point for point in locked.points.filter(category=source.category)}
        wanted = attached(source)
        if wanted and not wanted & points.keys():
            raise ValidationError(NO_POINT)
        answered = [point for key, point in points.items() if key in wanted]
        editing.require_own(locked, editing.posts_of_measure(answered), actor=actor)
        _require_open(locked, source.category)
        _write(locked, source, points, actor)
    return Measure.objects.get(version=version, identity=identity)


def _of_base(model: type[RiskPoint | Measure], version: TableVersion, identity: uuid.UUID) -> RiskPoint | Measure:
    row = model.objects.filter(version=version.base_id, identity=identity).first() if version.base_id else None
    if row is None:
        raise WorkflowError(NOT_THERE)
    return row


def _require_open(version: TableVersion, category: str) -> None:
    if editing.is_nil(version, category):
        raise ValidationError("这一类已确认为“无”。请先取消“无”，再恢复。")


def _bring_along(version: TableVersion, measure: Measure, point: RiskPoint, actor: Actor) -> None:
    """The measure of a point that comes back; one that is still there for others answers it again."""
    stored = Measure.objects.filter(version=version, identity=measure.identity, category=point.category).first()
    if stored is None:
        _write(version, measure, {point.identity: point}, actor)
        return
    stored.version = version
    acts.keep(stored)
    before = editing.measure_values(stored)
    if before["points"]:  # one for the whole category answers it already
        stored.points.add(point)
        editing.audit_row(stored, before, editing.measure_values(stored), actor)


def _write(version: TableVersion, source: Measure, points: dict[uuid.UUID, RiskPoint], actor: Actor) -> None:
    row = Measure(version=version, identity=source.identity, order=source.order)
    acts.keep(row)
    copying.write_measure(row, source, points)
    editing.audit_row(row, {}, editing.measure_values(row), actor)
