"""A school to work in for some minutes: made in a process of its own, with the settings of the server to come."""

from typing import Any

from django.utils import timezone

from departments.document_functions import ensure_document_functions
from departments.enums import Role
from departments.models import School, User
from riskpoints.enums import Scope
from riskpoints.models import ControlTable
from riskpoints.tables import starting
from tests.factories import PASSWORD, fill, make_cycle, make_department, make_post, make_user, publish_for

OTHERS = {
    "reviewer": (Role.REVIEWER, "纪委审核员"),
    "second_reviewer": (Role.REVIEWER, "纪委第二审核员"),
    "office": (Role.OFFICE, "领导小组办公室干事"),
    "second_office": (Role.OFFICE, "领导小组办公室第二干事"),
    "admin": (Role.ADMIN, "系统管理员"),
    "principal": (Role.PRINCIPAL, "单位主要负责人"),
}


def begin() -> dict[str, User]:
    """Make the school without its departments, and the people who belong to none of them; return those by OTHERS."""
    School.objects.create(
        pk=1,
        full_name="山东省某某职业中专",
        short_name="某某职专",
        business_function="教育教学",
        form_title="山东省某某职业中专廉政风险点防控表",
        fonds_code="0001",
    )
    publish_for(0)
    ensure_document_functions()
    named = enumerate(OTHERS.items(), start=9001)
    return {key: make_user(str(place), name, role) for place, (key, (role, name)) in named}


def make(*, departments: int, writers: int) -> dict[str, Any]:
    """Make departments with a complete draft each, filled in by its head and clerks; return who and what there is."""
    people = {key: user.staff_number for key, user in begin().items()}
    cycle = make_cycle(timezone.localdate().year)
    tables = []
    for place in range(1, departments + 1):
        department = make_department(f"第{place}处", order=place)
        make_post(department, "经办人")
        numbers = [f"{place}{writer:03}" for writer in range(writers)]
        head = make_user(numbers[0], f"第{place}处负责人", Role.HEAD, department=department)
        for number in numbers[1:]:
            make_user(number, f"填报员{number}", Role.CLERK, department=department)
        table = ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=department)
        version = fill(starting.start_table(table, actor=head), actor=head)
        tables.append({"version": version.pk, "people": numbers})
    return {"password": PASSWORD, "year": cycle.year, "tables": tables, **people}
