"""全校进度: how far every table of a year is, for those who steer it."""

from functools import partial
from typing import Any

from django.shortcuts import render
from django.template import Context
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.enums import Role
from departments.models import User
from departments.permissions import OrganisationAction, has_role
from departments.permissions import can as can_organise
from departments.queries import posts_without_floors
from riskcontrol.kept import Kept, state_of_acts
from riskcontrol.web.partials import rendered
from riskcontrol.web.query import QueryReader
from riskpoints.desk import floors
from riskpoints.figures.pictures import course_of_year, levels_of_year
from riskpoints.figures.progress import opening_cycle, year_progress
from riskpoints.models import Cycle
from riskpoints.permissions import RegisterAction, can
from riskpoints.views.access import requires

ROWS, MAP = "riskpoints/figures/_progress_rows.jinja.html", "riskpoints/figures/_level_map.jinja.html"
_kept: Kept[dict[str, Any]] = Kept(most=20)


@require_safe
@requires(RegisterAction.VIEW_PROGRESS)
def progress(request):
    """One page for a year; `?year=` chooses it."""
    cycles = {cycle.year: cycle for cycle in Cycle.objects.all()}
    query = QueryReader(request.GET)
    year = query.number("year", "年度", cycles)
    cycle = cycles.get(year or 0) or opening_cycle()
    read = partial(_figures, cycle, request.user)
    context = _kept.value((request.user.pk, cycle.pk if cycle else 0), state_of_acts(), read) | {
        "years": list(cycles),
        "ignored": query.ignored,
    }
    return render(request, "riskpoints/figures/progress.html", context)


def _figures(cycle: Cycle | None, user: User) -> dict[str, Any]:
    """What changes with the acts and the day alone: what is counted, what the reader may do, the long parts drawn."""
    found = year_progress(cycle, user) if cycle else None
    values: dict[str, Any] = {
        "shown": cycle,
        "progress": found,
        "map": levels_of_year(found) if found else None,
        "course": course_of_year(found) if found else None,
        "below": floors.tables_below(),
        "posts_without_floors": posts_without_floors(timezone.localdate()),
        "may_tick_functions": can_organise(user, OrganisationAction.EXTEND_FUNCTIONS),
        "signs_in_person": has_role(user, Role.PRINCIPAL),
        "may_open_year": can(user, RegisterAction.OPEN_YEAR),
    }
    if found:
        values["rows"] = rendered(ROWS, Context(values))
        values["drawn_map"] = rendered(MAP, Context(values))
    return values
