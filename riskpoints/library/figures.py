"""R57: 关键岗位 and 重点领域 counted and found; and how much of a year came from the library."""

from collections.abc import Sequence

from django.db.models import F, Q

from departments.enums import Level
from departments.models import User
from riskpoints.library.models import NotApplicable
from riskpoints.models import Cycle, RiskPoint
from riskpoints.models.risk_point import DECIDED_LEVEL
from riskpoints.permissions import visible_versions
from riskpoints.wings import Figure, PointFilter

# What the department marked, and what stands at a post that the organisation calls a key one.
KEY = Q(is_key_area=True) | Q(post__is_key=True)


def figures(user: User, cycle: Cycle) -> Sequence[Figure]:
    """The points in force of a year that this person sees; nothing before there are any."""
    versions = visible_versions(user).filter(table__cycle=cycle, pk=F("table__in_force")).values("pk")
    points = RiskPoint.objects.filter(version__in=versions)
    if not points.exists():
        return []
    key = points.filter(KEY)
    first = key.annotate(decided=DECIDED_LEVEL).filter(decided=Level.FIRST).count()
    count = key.count()
    taken = points.exclude(library_entry=None).count()
    said = NotApplicable.objects.filter(table__cycle=cycle).count()
    return [
        Figure("关键岗位、重点领域的风险点", f"{count} 个"),
        Figure("其中一级", f"{first} 个"),
        Figure("取自典型库", f"{taken} 个"),
        Figure("确认不适用", f"{said} 条"),
    ]


def filters(user: User) -> list[PointFilter]:
    """Two more questions of the register's filter."""
    return [
        PointFilter("key", "关键岗位", [("yes", "关键岗位、重点领域"), ("post", "关键岗位")], _key),
        PointFilter("taken", "典型库", [("yes", "取自典型库"), ("no", "不是取自典型库")], _taken),
    ]


def _key(value: str) -> Q:
    return KEY if value == "yes" else Q(post__is_key=True)


def _taken(value: str) -> Q:
    return Q(library_entry__isnull=value == "no")
