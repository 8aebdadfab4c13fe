"""R55: the points at which a department cooperates, what it said of each, and whether the point still says the same."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from departments import notices
from departments.enums import Role
from departments.models import Department
from departments.permissions import department_ids
from riskcontrol import audit
from riskcontrol.audit import canonical_json, sha256
from riskcontrol.text import stripped
from riskpoints.content.today import in_force_today
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.participation.enums import CoReply
from riskpoints.participation.models import CoAnswer
from riskpoints.participation.permissions import ParticipationAction, can, can_still
from riskpoints.participation.services import ParticipationError
from riskpoints.participation.verbs import ParticipationVerb
from riskpoints.register.measures import measures_of
from riskpoints.register.search import FORM_ORDER
from riskpoints.tables.locking import lock_version

MEMBERS = (Role.STAFF, Role.HEAD, Role.CLERK)
# What of a point and its measures a cooperating department reads; a change to any of it asks anew.
POINT_READ = (
    "category",
    "post_name",
    "text",
    "manifestation",
    "matter",
    "power_number",
    "power_name",
    "step_name",
    "is_latent",
    "is_key_area",
    "responsible",
    "level",
)
MEASURE_READ = ("text", "stage", "responsible", "basis", "timing")


@dataclass(frozen=True)
class CoPoint:
    """A point with the measures that answer it, as a cooperating department reads it."""

    point: RiskPoint
    measures: Sequence[Measure]

    @property
    def said(self) -> str:
        """The hash of what is read: the same as long as nothing in it changes."""
        point = {name: getattr(self.point, name) for name in POINT_READ}
        measures = [{name: getattr(measure, name) for name in MEASURE_READ} for measure in self.measures]
        return sha256(canonical_json({"point": point, "measures": measures}))


@dataclass(frozen=True)
class CoLine:
    """One department at one point: what it said last, and whether that was said of what the point says now."""

    asked: CoPoint
    department: Department
    answer: CoAnswer | None
    is_asked: bool

    @property
    def point(self) -> RiskPoint:
        return self.asked.point

    @property
    def is_current(self) -> bool:
        return self.answer is not None and self.answer.said == self.asked.said

    @property
    def tone(self) -> str:
        """The colour of its state, by the code that has it."""
        return "returned" if self.answer is not None and self.answer.differs else "confirmed"

    @property
    def waits(self) -> bool:
        """Whether the department has still to say something."""
        return self.is_asked and not self.is_current


def points_in_force() -> QuerySet[RiskPoint]:
    """The points in force today at which somebody cooperates, in the order of their tables and forms."""
    versions = TableVersion.objects.filter(in_force_today())
    found = RiskPoint.objects.filter(version__in=versions.values("pk")).exclude(co_departments="")
    order = (
        "version__table__department__order",
        "version__table__department__pinyin",
        "version",
        "rank",
        "order",
        "pk",
    )
    return found.annotate(rank=FORM_ORDER).select_related(*WITH).order_by(*order)


WITH = ("version__table__cycle", "version__table__department", "post")


def read(points: Iterable[RiskPoint]) -> list[CoPoint]:
    """The points with their measures, the shared ones of their category last; two queries however many they are."""
    rows = list(points)
    measures = measures_of(rows)
    return [CoPoint(point, measures[point.pk]) for point in rows]


def lines(points: Iterable[RiskPoint], *, only: Iterable[int] | None = None) -> list[CoLine]:
    """A line for each point and department that cooperates at it, or for `only` these departments."""
    chosen = None if only is None else set(only)
    rows = [point for point in points if chosen is None or chosen & set(point.co_department_keys)]
    if not rows:
        return []
    keys = {key for point in rows for key in point.co_department_keys}
    departments = Department.objects.in_bulk(keys if chosen is None else keys & chosen)
    last: dict[tuple[uuid.UUID, int], CoAnswer] = {}
    for answer in CoAnswer.objects.filter(point_identity__in=[point.identity for point in rows]).select_related(
        "version"
    ):
        last[answer.point_identity, answer.department_id] = answer
    return [
        CoLine(
            asked,
            departments[key],
            last.get((asked.point.identity, key)),
            not asked.point.version.table.cycle.is_closed,
        )
        for asked in read(rows)
        for key in asked.point.co_department_keys
        if key in departments
    ]


def lines_for(user: Any) -> list[CoLine]:
    """The points at which the person's departments cooperate; all for those who organise and check."""
    if can(user, ParticipationAction.VIEW_ALL):
        return lines(points_in_force())
    own = department_ids(user, *MEMBERS)
    return lines(points_in_force(), only=own) if own else []


def answerable(user: Any, found: Iterable[CoLine]) -> list[CoLine]:
    """Those that wait for this person, as a head."""
    headed = set(department_ids(user, Role.HEAD))
    return [line for line in found if line.waits and line.department.pk in headed]


def waiting_for(user: Any) -> list[CoLine]:
    """What the person has still to answer as a head."""
    headed = department_ids(user, Role.HEAD)
    return [line for line in lines(points_in_force(), only=headed) if line.waits] if headed else []


def line_of(user: Any, point_id: int, department_id: int) -> CoLine | None:
    """One of them that the person may see."""
    found = points_in_force().filter(pk=point_id)
    line = next(iter(lines(found, only=[department_id])), None)
    return line if line is not None and can(user, ParticipationAction.VIEW_COOPERATION, line.department) else None


def answer(line: CoLine, *, reply: str, reason: str, seen: str, actor: Any) -> CoAnswer:
    """Say what a department thinks of a point, as its head; `seen` is what the point said when the form was opened.

    ParticipationError where it says something else now, or is not in force any more.
    """
    with transaction.atomic():
        lock_version(line.point.version)
        found = lines(points_in_force().filter(pk=line.point.pk), only=[line.department.pk])
        if not can_still(actor, ParticipationAction.CO_ANSWER, line.department):
            raise PermissionDenied("配合的风险点由配合部门负责人答复。")
        if not found or not found[0].is_asked:
            raise ParticipationError("这个风险点已不在现行的表里，或不再由本部门配合，不用答复。")
        now = found[0]
        if now.asked.said != seen:
            raise ParticipationError("这个风险点刚有变动，请看过现在的内容再答复。")
        reason = stripped(reason) if reply == CoReply.DIFFERS else ""
        if now.answer is not None and now.is_current and (now.answer.reply, now.answer.reason) == (reply, reason):
            return now.answer
        return _write(now, reply, reason, actor)


def _write(line: CoLine, reply: str, reason: str, actor: Any) -> CoAnswer:
    said = CoAnswer(
        version=line.point.version,
        point_identity=line.point.identity,
        point_text=line.point.text,
        said=line.asked.said,
        department=line.department,
        department_name=line.department.name,
        reply=reply,
        reason=reason,
        replied_by=actor,
        replied_by_name=actor.real_name,
    )
    said.full_clean()
    said.save()
    detail = {"部门": said.department_name, "答复": said.get_reply_display(), "不同意见": reason}
    audit.record(ParticipationVerb.CO_ANSWER, actor=actor, target=said, detail=detail)
    if said.differs:
        owner = line.point.version.table.department
        notices.notify(
            text=f"{said.department_name}对{line.point.version.owner_name}的风险点“{line.point.text[:60]}”有不同意见：{reason}",
            link=reverse("riskpoints:version", args=[line.point.version_id]),
            roles=[Role.OFFICE, Role.REVIEWER],
            heads=[owner] if owner is not None else [],
            actor=actor,
            target=said,
        )
    return said
