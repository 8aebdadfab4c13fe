"""A year is opened: a table for each department in use and for the school, each still to be begun."""

import datetime
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from departments.models import Actor, Department
from riskcontrol import audit
from riskpoints import wings
from riskpoints.enums import Scope
from riskpoints.models import ControlTable, Cycle
from riskpoints.permissions import RegisterAction, can
from riskpoints.verbs import RegisterVerb


def open_year(year: int, dates: Mapping[str, datetime.date], *, is_historical: bool = False, actor: Actor) -> Cycle:
    """Open a 年度: a table for each active department and for the school; each is begun from what is in force when it
    is begun (start_table). ValidationError where the dates or the year are wrong.

    A historical year gets no tables: they are recorded one by one, and nobody is asked to fill one in. Only a year that
    is over can be one. A department is asked for the table of a year to come if it is still there when that begins.
    """
    if not can(actor, RegisterAction.OPEN_YEAR):
        raise PermissionDenied("只有领导小组办公室能开启年度。")
    today = timezone.localdate()
    if is_historical and year >= today.year:
        raise ValidationError({"year": "今年和以后的年度由部门填报，不能按历史年度补录。"})
    with transaction.atomic():
        cycle = Cycle(year=year, is_historical=is_historical, **dates)
        cycle.full_clean()
        try:
            with transaction.atomic():
                cycle.save()
        except IntegrityError as error:  # somebody else opened it in this moment
            raise ValidationError({"year": "这个年度已经开启。"}) from error
        detail = dict(dates) | ({"补录历史年度": "是"} if is_historical else {})
        audit.record(RegisterVerb.YEAR_OPEN, actor=actor, target=cycle, detail=detail)
        asked = Department.objects.active_on(today).active_on(cycle.asked_on(today))
        for department in [] if is_historical else [*asked, None]:
            add_table(cycle, department)
        wings.follow_opening(cycle, actor)
    return cycle


def add_table(cycle: Cycle, department: Department | None) -> ControlTable:
    """The table of a department (None: of the school) in a year, still to be begun."""
    table, _ = ControlTable.objects.get_or_create(
        cycle=cycle,
        department=department,
        scope=Scope.DEPARTMENT if department else Scope.SCHOOL,
    )
    return table
