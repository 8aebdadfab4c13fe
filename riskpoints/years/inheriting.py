"""The points of a department that was closed, offered to the one that takes over, point by point."""

import uuid
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import F, Max, Q

from departments.models import Actor, Department, Post
from riskcontrol import audit
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.tables import acts, copying, editing
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterVerb


@dataclass(frozen=True)
class Inherited:
    """One point of a closed department, the measures that answer it, and whether the draft has taken it over."""

    source: TableVersion
    point: RiskPoint
    measures: list[Measure]
    is_taken: bool


def inherited(draft: TableVersion) -> list[Inherited]:
    """What a draft is offered: the points in force last of each department that was closed and that its own takes over.

    Offered in the year of the closing and in the next one; later tables go on from what was taken by then.
    """
    taken = set(RiskPoint.objects.filter(version=draft).values_list("identity", flat=True))
    found = []
    for source in _sources(draft):
        points = RiskPoint.objects.filter(version=source).order_by("category", "order", "pk")
        found += [Inherited(source, point, _measures(point), point.identity in taken) for point in points]
    return found


def _sources(draft: TableVersion) -> list[TableVersion]:
    """The version in force last of each department that this one takes over."""
    year = draft.table.cycle.year
    if draft.table.department_id is None:
        return []
    closed = Department.objects.filter(
        successor=draft.table.department_id, active_to__year__gte=year - 1, active_to__year__lte=year
    )
    sources = []
    for department in closed:
        last = TableVersion.objects.filter(
            pk=F("table__in_force"), table__department=department, table__cycle__year__lte=year
        )
        source = last.select_related("table__cycle").order_by("-table__cycle__year").first()
        if source is not None:
            sources.append(source)
    return sources


def _measures(point: RiskPoint) -> list[Measure]:
    """The measures of a point, and those of its whole category."""
    answers = Q(points=point) | Q(points__isnull=True, category=point.category)
    return list(Measure.objects.filter(answers, version=point.version_id).distinct().order_by("order", "pk"))


def adopt(draft: TableVersion, identity: uuid.UUID, *, actor: Actor) -> RiskPoint:
    """Take one point over into the draft, with its measures; it keeps its identity, and the post of the same name.

    WorkflowError where it is not offered or was taken over already; ValidationError where its category is 无.
    """
    with editing.editing(draft, actor=actor) as locked:
        offered = next((item for item in inherited(locked) if item.point.identity == identity), None)
        if offered is None:
            raise WorkflowError("这个风险点现在不在可以采纳的范围内。请刷新页面，看最新情况。")
        if offered.is_taken:
            raise WorkflowError("这个风险点已经采纳，在本表里修改即可。")
        point = offered.point
        if locked.nils.filter(category=point.category).exists():
            raise ValidationError(f"“{point.get_category_display()}”已确认为“无”，请先取消“无”，再采纳。")
        point.post = _same_post(locked, point.post_name)
        editing.require_own(locked, [point.post_id], actor=actor)
        rows = RiskPoint.objects.filter(version=locked, category=point.category)
        order = (rows.aggregate(last=Max("order"))["last"] or 0) + 1
        new = RiskPoint(version=locked, identity=identity, order=order)
        acts.keep(new)
        copy = copying.write_point(new, point)
        detail = {"来自": str(offered.source), "风险点": copy.text}
        audit.record(RegisterVerb.INHERIT, actor=actor, target=copy, detail=detail)
        for measure in offered.measures:
            _answer(locked, measure, copy, actor)
    return copy


def _same_post(draft: TableVersion, name: str) -> Post | None:
    """The post of that name in the department that takes over; the head chooses one where there is none."""
    return Post.objects.active_on().filter(department=draft.table.department_id, name=name).first() if name else None


def _answer(draft: TableVersion, measure: Measure, point: RiskPoint, actor: Actor) -> None:
    """The measure for the taken point; one that came along with another point answers this one, too."""
    twin = Measure.objects.filter(version=draft, identity=measure.identity, category=measure.category).first()
    if twin is None:
        rows = Measure.objects.filter(version=draft, category=measure.category)
        order = (rows.aggregate(last=Max("order"))["last"] or 0) + 1
        twin = Measure(version=draft, identity=measure.identity, order=order)
        acts.keep(twin)
        for name in editing.MEASURE_FIELDS:
            setattr(twin, name, getattr(measure, name))
        twin.regulation_names = list(measure.regulation_names)
        twin.save()
        twin.regulations.set(measure.regulations.all())
        editing.audit_row(twin, {}, editing.measure_values(twin), actor)
    else:
        twin.version = draft
        acts.keep(twin)
    twin.points.add(point)
