"""Records of education as they are read, and which 一级 posts nobody has taught this year (R14)."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils import timezone

from departments.enums import Level
from departments.models import Appointment, Post
from riskcontrol.text import folded
from riskpoints.campaign.models import Absence, EducationRecord
from riskpoints.content.today import in_force_today
from riskpoints.enums import Stage
from riskpoints.models import ControlTable, Cycle, Measure, PostExemption, RiskPoint, TableVersion
from riskpoints.models.risk_point import DECIDED_LEVEL


@dataclass(frozen=True)
class CoveredPost:
    """A 一级 post: who holds it today, and the last event of the year that reached one of its holders."""

    post: Post
    holders: tuple[str, ...]
    record: EducationRecord | None


@dataclass(frozen=True)
class Coverage:
    """The 一级 posts of a year, and how many of them were reached."""

    posts: tuple[CoveredPost, ...]

    @property
    def reached(self) -> int:
        return sum(post.record is not None for post in self.posts)

    @property
    def missing(self) -> list[CoveredPost]:
        return [post for post in self.posts if post.record is None]


def records(cycle: Cycle | None = None) -> QuerySet[EducationRecord]:
    """Records with what a list shows of them, the latest first."""
    found = EducationRecord.objects.select_related("department", "cycle", "makeup_of").prefetch_related("departments")
    found = found.annotate(file_count=Count("files")).order_by("-held_on", "-id")
    return found.filter(cycle=cycle) if cycle else found


def fulfillable() -> QuerySet[Measure]:
    """Measures of 前期预防 in force today: those that an event can fulfil (R37)."""
    versions = TableVersion.objects.filter(in_force_today())
    found = Measure.objects.filter(version__in=versions, stage=Stage.PREVENTION).select_related("version__table")
    return found.order_by("version__table__scope", "version__owner_name", "version_id", "category", "order", "id")


def in_force_of(cycle: Cycle) -> list[int]:
    """The versions that count for a year: those in force today while it is the year of today, else its own last."""
    if cycle.year == timezone.localdate().year:
        return list(TableVersion.objects.filter(in_force_today()).values_list("pk", flat=True))
    own = ControlTable.objects.filter(cycle=cycle, in_force__isnull=False)
    return list(own.values_list("in_force_id", flat=True))


def first_level_posts(versions: Iterable[int]) -> QuerySet[Post]:
    """The posts of level 一级 in these versions: by their worst point, or by the floor of one that has none."""
    keys = list(versions)
    points = RiskPoint.objects.filter(version__in=keys, post__isnull=False).annotate(now=DECIDED_LEVEL)
    found = set(points.filter(now=Level.FIRST).values_list("post_id", flat=True))
    for post_id, functions in PostExemption.objects.filter(version__in=keys).values_list("post_id", "functions"):
        if any(floor == Level.FIRST for _, floor in functions):
            found.add(post_id)
    ordered = ("department__order", "department__pinyin", "department_id", "order", "pinyin", "id")
    return Post.objects.filter(pk__in=found).select_related("department").order_by(*ordered)


def coverage(cycle: Cycle) -> Coverage:
    """Each 一级 post with the last event that reached a holder of it: somebody who held it on that day, who was not
    absent, and whose department was expected."""
    posts = list(first_level_posts(in_force_of(cycle)))
    held: dict[int, list[Appointment]] = defaultdict(list)
    for row in Appointment.objects.filter(post__in=posts).order_by("since", "id"):
        held[row.post_id].append(row)
    found = list(records(cycle).order_by("held_on", "id"))
    absent: dict[int, set[str]] = defaultdict(set)
    for record_id, name in Absence.objects.filter(record__cycle=cycle).values_list("record_id", "name"):
        absent[record_id].add(folded(name))
    today = min(timezone.localdate(), datetime.date(cycle.year, 12, 31))
    return Coverage(tuple(_covered(post, held[post.pk], found, absent, today) for post in posts))


def _covered(
    post: Post,
    held: list[Appointment],
    found: list[EducationRecord],
    absent: dict[int, set[str]],
    today: datetime.date,
) -> CoveredPost:
    reached = None
    for record in found:
        if post.department_id not in {department.pk for department in record.departments.all()}:
            continue
        there = [row for row in held if _held_on(row, record.held_on)]
        if any(folded(row.holder_name) not in absent[record.pk] for row in there):
            reached = record
    return CoveredPost(post, tuple(row.holder_name for row in held if _held_on(row, today)), reached)


def _held_on(row: Appointment, day: datetime.date) -> bool:
    return row.since <= day and (row.until is None or row.until >= day)


def counts(cycle: Cycle) -> dict[str, dict[int, tuple[int, int]]]:
    """What a year's assessment reckons with (wings.Wing.counts), by department: who came to the events to which it was
    asked (of an event of several departments: all of it), and the 一级 posts reached."""
    came: dict[int, tuple[int, int]] = {}
    for record in records(cycle):
        for department in record.departments.all():
            present, expected = came.get(department.pk, (0, 0))
            came[department.pk] = (present + record.present, expected + record.expected)
    reached: dict[int, tuple[int, int]] = {}
    for one in coverage(cycle).posts:
        done, of = reached.get(one.post.department_id, (0, 0))
        reached[one.post.department_id] = (done + (one.record is not None), of + 1)
    return {"education": came, "first_posts": reached}
