"""Whether a year's tables cover the school: 不漏岗、不缺项 (R58)."""

import datetime
from dataclasses import dataclass

from departments.models import Department, Post
from riskpoints.models import ControlTable, Cycle, PostExemption, RiskPoint


@dataclass(frozen=True)
class Gaps:
    """不漏岗、不缺项 (R58): what of the school no table in force covers."""

    departments: list[Department]
    tables: list[ControlTable]
    posts: list[Post]

    @property
    def count(self) -> int:
        return len(self.departments) + len(self.tables) + len(self.posts)


def gaps_of(cycle: Cycle, tables: list[ControlTable], *, on: datetime.date) -> Gaps:
    """Departments without a table, tables without a version in force, posts of the others without a point in force.

    `tables` are all of the year. The posts of a past year are those of its last day, and no department is missed there;
    of a closed year only the tables are named, since nothing can be added any more.
    """
    missing = [table for table in tables if not table.in_force_id and not table.is_removed]
    if cycle.is_closed:
        return Gaps([], missing, [])
    day = min(on, datetime.date(cycle.year, 12, 31))
    in_force = [table.in_force_id for table in tables if table.in_force_id]
    covered = RiskPoint.objects.filter(version__in=in_force, post__isnull=False)
    exempt = PostExemption.objects.filter(version__in=in_force)
    departments = Department.objects.active_on(day).exclude(pk__in=[t.department_id for t in tables if t.department_id])
    posts = (
        Post.objects.active_on(day)
        .filter(department__in=[table.department_id for table in tables if table.in_force_id and table.department_id])
        .exclude(pk__in=covered.values("post"))
        .exclude(pk__in=exempt.values("post"))
        .select_related("department")
        .order_by("department__order", "department__pinyin", "department_id", "order", "pinyin", "id")
    )
    return Gaps(list(departments) if cycle.year >= on.year else [], missing, list(posts))
