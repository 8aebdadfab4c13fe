"""A school on the last day of filling, for ./run bench load: points in force, and a draft for each who fills in."""

from typing import Any

from departments.enums import Role
from riskpoints.models import Cycle
from riskpoints.tables import starting
from tests.bench import paged_school
from tests.bench.effort_school import open_table, write
from tests.bench.sentences import table_of
from tests.factories import make_department, make_post, make_user

POINTS_A_DRAFT = 18


def make(*, points: int, sessions: int) -> dict[str, Any]:
    """So many points in force, and for each session a head with a draft of 18 points of his own."""
    made = paged_school.make(points=points)
    cycle, filling = Cycle.objects.latest("year"), []
    for place in range(1, sessions + 1):
        department = make_department(f"填报{place}处", order=500 + place)
        for order, row in enumerate(table_of(1)["posts"], start=1):
            make_post(department, row["name"], order=order)
        head = make_user(f"3{place:03}", f"填报{place}处负责人", Role.HEAD, department=department)
        version = starting.start_table(open_table(cycle, department), actor=head)
        write(version, paged_school.long_table(POINTS_A_DRAFT), head)
        locks = list(version.points.order_by("order", "pk").values_list("pk", "lock"))
        filling.append({"head": head.staff_number, "version": version.pk, "points": locks})
    return made | {"filling": filling}
