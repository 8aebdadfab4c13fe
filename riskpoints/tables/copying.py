"""Copying: what a first draft is begun from, and how its rows are copied into it."""

import uuid
from collections.abc import Mapping

from django.db.models import F
from django.utils import timezone

from departments.models import School
from riskpoints import fields
from riskpoints.content.content import TableContent
from riskpoints.models import ControlTable, Measure, PostExemption, RiskPoint, TableVersion
from riskpoints.tables import co_departments, editing


def source_of(table: ControlTable) -> TableVersion | None:
    """What is in force of the table's owner in the newest earlier year: a new year's draft is begun from it."""
    return (
        TableVersion.objects.filter(
            table__scope=table.scope,
            table__department=table.department_id,
            table__cycle__year__lt=table.cycle.year,
            pk=F("table__in_force"),
        )
        .select_related("table__cycle", "table__department")
        .order_by("-table__cycle__year")
        .first()
    )


def first_duties(table: ControlTable) -> str:
    """业务工作职责 that a first draft begins with where nothing is in force."""
    return table.department.duties if table.department else School.current().business_function


def write_point(copy: RiskPoint, point: RiskPoint) -> RiskPoint:
    """Save a point as it is carried over: the level in force becomes the proposal, never below today's floor."""
    fill_point(copy, point)
    copy.save()
    return copy


def fill_point(copy: RiskPoint, point: RiskPoint) -> None:
    """Set what a point says as it would be carried over; nothing is saved."""
    for name in (*fields.copied(fields.POINT), *fields.CARRIED):
        setattr(copy, name, getattr(point, name))
    co_departments.without_own(copy)
    power = point.power_revision
    if power is not None and power.power.department_id != copy.version.table.department_id:
        copy.power_revision = copy.power_step = None  # another department takes it over: it keeps the texts
    copy.proposed_level = point.level
    if point.confirmed_level and point.confirmed_level != point.proposed_level:
        copy.proposed_reason = point.confirmed_reason
    editing.apply_rule(copy)
    if copy.proposed_level and copy.ruling.is_forbidden(copy.proposed_level):
        copy.proposed_level = copy.computed_level


def write_measure(copy: Measure, measure: Measure, points: Mapping[uuid.UUID, RiskPoint]) -> Measure:
    """Save a measure as it is carried over, answering those of its points that are there."""
    for name in editing.MEASURE_FIELDS:
        setattr(copy, name, getattr(measure, name))
    copy.regulation_names = list(measure.regulation_names)
    copy.save()
    if copy.regulation_names or measure.pk == copy.pk:
        copy.regulations.set(measure.regulations.all())
    copy.points.set([points[point.identity] for point in measure.points.all() if point.identity in points])
    return copy


def exemptions(source: TableContent) -> list[PostExemption]:
    """The statements that are carried over: those about posts that are still in use."""
    today = timezone.localdate()
    return [exemption for exemption in source.exemptions if exemption.post.is_active_on(today)]


def write_exemption(copy: PostExemption, exemption: PostExemption) -> PostExemption:
    """Save the statement that a post has no risk point, with the post's name and functions of today."""
    copy.reason = exemption.reason
    editing.note_post(copy)
    copy.save()
    return copy
