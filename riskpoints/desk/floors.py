"""Tables in force with points below the floor that their posts have today: what was decided stays, and asks for a
revision."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from departments.enums import Level, Role
from departments.models import Department, Post, PostFunction, User
from departments.permissions import department_ids
from riskcontrol.models import AuditEntry
from riskpoints.content.today import in_force_today
from riskpoints.enums import Status
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.models.risk_point import DECIDED_LEVEL
from riskpoints.wings import OtherTask


@dataclass(frozen=True)
class PostBelow:
    """A post whose points in force are milder than its floor: how many, the mildest, and what the floor is now."""

    name: str
    count: int
    level: Level
    floor: Level

    def __str__(self) -> str:
        return f"{self.name}：{self.count} 个风险点，最低为{self.level.label}，下限{self.floor.label}"


@dataclass(frozen=True)
class TableBelow:
    """A table in force that has to be revised, with its posts."""

    version: TableVersion
    posts: tuple[PostBelow, ...]
    is_being_revised: bool

    @property
    def department(self) -> Department:
        found: Department = self.version.table.department  # type: ignore[assignment]
        return found

    @property
    def count(self) -> int:
        return sum(post.count for post in self.posts)

    @property
    def waits(self) -> bool:
        """Whether somebody has to begin the revision; once a year is closed, the next one's table follows the floor."""
        return not self.is_being_revised and not self.version.table.cycle.is_closed


def tables_below(departments: Iterable[int] | None = None) -> list[TableBelow]:
    """What is in force of each department (or of some) and has a point below today's floor of its post."""
    found: dict[int, list[RiskPoint]] = defaultdict(list)
    for point in _points_below(departments):
        found[point.version_id].append(point)
    return [_table_below(points) for points in found.values()]


def _points_below(departments: Iterable[int] | None) -> QuerySet[RiskPoint]:
    """A post that is no longer in use, and a post without functions, have no floor to be below."""
    today = timezone.localdate()
    signed_early = Q(pk=F("table__in_force"), table__cycle__year__gt=today.year)
    in_force = TableVersion.objects.filter(in_force_today(today) | signed_early)
    revised = TableVersion.objects.filter(table=OuterRef("version__table"), status__in=Status.open())
    points = RiskPoint.objects.filter(
        Q(post__active_from__isnull=True) | Q(post__active_from__lte=today),
        Q(post__active_to__isnull=True) | Q(post__active_to__gte=today),
        version__in=in_force.values("pk"),
    )
    if departments is not None:
        points = points.filter(version__table__department__in=list(departments))
    return (
        points.annotate(floor=Min("post__functions__floor"), now=DECIDED_LEVEL)
        .filter(now__gt=F("floor"))
        .annotate(is_being_revised=Exists(revised))
        .select_related("post", "version__table__cycle", "version__table__department")
        .order_by("version__table__department", "version_id", "post", "order", "id")
    )


def _table_below(points: list[Any]) -> TableBelow:
    by_post: dict[Post, list[Any]] = defaultdict(list)
    for point in points:
        by_post[point.post].append(point)
    posts = tuple(
        PostBelow(post.name, len(own), Level(max(point.now for point in own)), Level(own[0].floor))
        for post, own in by_post.items()
    )
    return TableBelow(points[0].version, posts, points[0].is_being_revised)


def tasks(user: User) -> list[OtherTask]:
    """修订, for the heads of departments whose table in force lies below a floor."""
    headed = department_ids(user, Role.HEAD)
    if not headed:
        return []
    return [
        OtherTask(
            "修订",
            f"{table.department}现行表有 {table.count} 个风险点低于岗位职能的等级下限",
            _since(table),
            reverse("riskpoints:version", args=[table.version.pk]),
            "；".join(map(str, table.posts)),
        )
        for table in tables_below(headed)
        if table.waits
    ]


def _since(table: TableBelow) -> datetime.datetime:
    """When a post or a function of the department was last changed, as far as the trail knows."""
    posts = Post.objects.filter(department=table.department)
    functions = PostFunction.objects.filter(posts__in=posts)
    about = Q(pk__in=[])
    for rows in (posts, functions):
        keys = [str(key) for key in rows.values_list("pk", flat=True)]
        about |= Q(object_type=rows.model._meta.label_lower, object_id__in=keys)
    decided = table.version.confirmed_at or table.version.created_at
    changed = AuditEntry.objects.filter(about, succeeded=True).aggregate(last=Max("at"))["last"]
    return max(decided, changed or decided)
