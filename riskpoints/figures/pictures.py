"""What the pages draw: points by department and level, of a year and of today; how a year's tables came along."""

import datetime
from collections.abc import Iterable

from django.utils import timezone

from departments.models import Department, User
from riskpoints.content.today import in_force_today
from riskpoints.figures.counts import NO_COUNTS, level_counts
from riskpoints.figures.course import Course, course_of
from riskpoints.figures.level_map import LevelMap, OwnerLevels
from riskpoints.figures.progress import Progress
from riskpoints.permissions import visible_versions

# Their departments are gone or were taken out of the year: nobody waits for these tables.
NOT_ASKED = ("removed", "closed")


def levels_of_year(progress: Progress) -> LevelMap:
    """The points of a year's signed tables; no query."""
    lines = (
        OwnerLevels(item.table.department_id or 0, item.table.owner_name, item.levels if item.in_force else None)
        for item in progress.tables
        if item.standing not in NOT_ASKED
    )
    return LevelMap(tuple(lines), year=progress.cycle.year, signed_word=progress.signed_word)


def course_of_year(progress: Progress, *, on: datetime.date | None = None) -> Course | None:
    """How the tables of a year that are asked for came along; one query."""
    tables = [item.table for item in progress.tables if item.standing not in NOT_ASKED]
    return course_of(progress.cycle, tables, on=on)


def levels_today(user: User, departments: Iterable[int] | None = None) -> LevelMap:
    """The points in force today of all departments in use (or of some) and of the school, as far as the person may open
    their tables. Three queries."""
    day = timezone.localdate()
    in_use = Department.objects.active_on(day).order_by("order", "pinyin", "pk")
    versions = visible_versions(user).filter(in_force_today(day))
    if departments is not None:
        keys = list(departments)
        in_use, versions = in_use.filter(pk__in=keys), versions.filter(table__department__in=keys)
    found: dict[int | None, int] = dict(versions.values_list("table__department", "pk"))
    counts, _ = level_counts(found.values())
    lines = [
        OwnerLevels(row.pk, row.name, counts.get(found[row.pk], NO_COUNTS) if row.pk in found else None)
        for row in in_use
    ]
    if None in found:
        lines.append(OwnerLevels(0, "学校", counts.get(found[None], NO_COUNTS)))
    return LevelMap(tuple(lines))
