"""Rows of a draft to other places: past others of their category, a point into another category."""

from typing import Any

from django.core.exceptions import ValidationError

from departments.models import Actor
from riskcontrol import audit
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.tables import acts, editing
from riskpoints.tables.drafts import UnchangedError, require_category
from riskpoints.tables.refusal import WorkflowError
from riskpoints.verbs import verb_of_row

NIL = "这一类已确认为“无”。请先取消“无”，再移过来。"


def place_row(row: RiskPoint | Measure, *passed: RiskPoint | Measure, actor: Actor) -> None:
    """Put a point, or a measure, in the place of the last of those of its category that it goes past.

    Each of them takes the place of the one before, so that two which stand side by side change places. NotOwnError
    where one of them is not for this person to write.
    """
    with editing.editing(row.version, actor=actor) as locked:
        rows: list[Any] = list(type(row).objects.filter(version=locked, category=row.category).order_by("order", "id"))
        places = {item.pk: place for place, item in enumerate(rows)}
        if any(type(one) is not type(row) or one.pk not in places for one in (row, *passed)):
            raise UnchangedError
        moved = [rows[places[one.pk]] for one in (row, *passed)]
        editing.require_own(locked, set().union(*map(editing.posts_of, moved)), actor=actor)
        freed = [places[one.pk] for one in moved]
        for place, item in zip([freed[-1], *freed], moved, strict=False):
            rows[place] = item
        for order, item in enumerate(rows, start=1):
            if item.order != order:
                item.version = locked
                acts.keep(item)
                item.order = order
                item.save(update_fields=["order"])
        audit.record(verb_of_row("move", row), actor=actor, target=row, detail={"顺序": [freed[0] + 1, freed[-1] + 1]})


def move_to_category(point: RiskPoint, category: str, *, actor: Actor) -> RiskPoint:
    """Put a point at the end of another category of its table.

    Its own measures go along. One that answers other points, too, stays with those, and a copy of it goes along.
    Raises WorkflowError where the point was removed meanwhile, ValidationError where the category is none of the table
    or is 无, NotOwnError or FrozenError as every change does.
    """
    with editing.editing(point.version, actor=actor) as locked:
        row = RiskPoint.objects.select_for_update().filter(pk=point.pk, version=locked).first()
        if row is None:
            raise WorkflowError("这个风险点刚刚已经删除，没有移动。")
        if row.category == category:
            raise UnchangedError
        require_category(locked, category)
        if editing.is_nil(locked, category):
            raise ValidationError(NIL)
        measures = list(row.measures.order_by("order", "pk"))
        posts = [{row.post_id}, *(editing.posts_of_measure(one.points.all()) for one in measures)]
        editing.require_own(locked, set().union(*posts), actor=actor)
        row.version = locked
        acts.keep(row)
        before = audit.field_values(row, *editing.POINT_FIELDS)
        row.category, row.order, row.lock = category, editing.next_order(RiskPoint, locked), row.lock + 1
        row.save()
        editing.audit_row(row, before, audit.field_values(row, *editing.POINT_FIELDS), actor)
        for place, measure in enumerate(measures, start=editing.next_order(Measure, locked)):
            _take_along(locked, measure, row, place, actor)
    return RiskPoint.objects.get(pk=point.pk)


def _take_along(version: TableVersion, measure: Measure, point: RiskPoint, order: int, actor: Actor) -> None:
    measure.version = version
    acts.keep(measure)
    before = editing.measure_values(measure)
    if measure.points.count() == 1:
        measure.category, measure.order, measure.lock = point.category, order, measure.lock + 1
        measure.save()
        editing.audit_row(measure, before, editing.measure_values(measure), actor)
        return
    measure.points.remove(point)
    editing.audit_row(measure, before, editing.measure_values(measure), actor)
    twin = Measure(version=version, category=point.category, order=order, regulation_names=measure.regulation_names)
    acts.keep(twin)
    for name in editing.MEASURE_FIELDS:
        if name != "category":
            setattr(twin, name, getattr(measure, name))
    twin.save()
    twin.points.set([point])
    twin.regulations.set(measure.regulations.all())
    editing.audit_row(twin, {}, editing.measure_values(twin), actor)
