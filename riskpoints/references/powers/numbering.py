"""Numbers of powers, as in 3-04: the department's 部门序号, then the power's place; neither is ever given twice."""

from django.db.models import Max
from django.utils import timezone

from departments.models import Department
from riskpoints.references.powers.models import Power, PowerPrefix


def prefix_of(department: Department) -> int:
    """The department's 部门序号: its place among the departments in use where that is free, else the next number.

    Called while audit.hold() keeps others from taking the same.
    """
    known = PowerPrefix.objects.filter(department=department).first()
    if known is not None:
        return known.number
    active = list(Department.objects.active_on(timezone.localdate()).values_list("pk", flat=True))
    taken = set(PowerPrefix.objects.values_list("number", flat=True))
    place = active.index(department.pk) + 1 if department.pk in active else 0
    number = place if place and place not in taken else max([len(active), *taken]) + 1
    return PowerPrefix.objects.create(department=department, number=number).number


def next_serial(prefix: int) -> int:
    """The next place within a prefix; those of retired and discarded powers stay theirs."""
    return (Power.objects.filter(prefix=prefix).aggregate(last=Max("serial"))["last"] or 0) + 1
