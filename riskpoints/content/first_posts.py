"""The posts of level one in the departments' tables in force, against which a 无 of the school's table is held."""

from departments.enums import Level
from riskpoints.content.today import in_force_today
from riskpoints.enums import Scope
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.models.risk_point import DECIDED_LEVEL


def first_posts() -> list[str]:
    """总务处采购员 and the like, each once, in the order of the departments; one query."""
    versions = TableVersion.objects.filter(in_force_today(), table__scope=Scope.DEPARTMENT)
    points = RiskPoint.objects.annotate(decided=DECIDED_LEVEL).filter(
        version__in=versions.values("pk"), decided=Level.FIRST, post__isnull=False
    )
    order = ("version__table__department__order", "version__table__department__pinyin", "version__table__department")
    rows = points.order_by(*order, "order", "id").values_list("version__table__department__name", "post_name")
    return list(dict.fromkeys(f"{department}{post}" for department, post in rows))
