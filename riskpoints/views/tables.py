"""我的防控表, and the page of one version: the form as it will be printed, in the mode that fits person and state."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from riskpoints.content import today
from riskpoints.desk import tasks
from riskpoints.models import ControlTable, TableVersion
from riskpoints.tables import starting
from riskpoints.tables.workflow import WorkflowError
from riskpoints.views.access import only_posts, table_filled_by, version_for
from riskpoints.views.sheet import show_sheet


@dataclass(frozen=True)
class OwnTable:
    """A table of 我的防控表: what is on its way in it, and where its last signed version stands today."""

    table: ControlTable
    open_version: TableVersion | None
    standing: today.Standing | None


@require_safe
def mine(request):
    """The tables this person fills in; straight to the table where the year at hand has only one, unless `?all` is
    asked."""
    tables = tasks.tables_filled_by(request.user)
    cycle = tasks.working_cycle(tables)
    current = [filled for filled in tables if cycle is not None and filled.table.cycle_id == cycle.pk]
    if len(current) == 1 and "all" not in request.GET:
        version = current[0].open_version or current[0].table.in_force
        if version is not None:
            return redirect("riskpoints:version", version.pk)
    standings = today.standings(filled.table.in_force for filled in tables if filled.table.in_force)
    rows = [
        OwnTable(filled.table, filled.open_version, standings.get(filled.table.in_force_id or 0)) for filled in tables
    ]
    return render(request, "riskpoints/tables/mine.html", {"rows": rows})


@only_posts
def start(request, table_id):
    """Begin the first draft of a table."""
    table = table_filled_by(request.user, table_id)
    try:
        version = starting.start_table(table, actor=request.user)
    except WorkflowError as error:
        messages.error(request, str(error))
        return redirect("riskpoints:mine")
    if version.base is not None and version.base.table_id != table.pk:
        messages.success(
            request, f"已由{version.base.table.cycle}现行表（第 {version.base.number} 版）结转，请逐项核对。"
        )
    return redirect("riskpoints:version", version.pk)


@require_safe
def version(request, version_id):
    """One version: to fill in, to review or to read."""
    return show_sheet(request, version_for(request.user, version_id))
