"""历次版本: the versions of a table, who decided what, and what differs between two of them."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from riskcontrol.web.query import QueryReader
from riskpoints import wings
from riskpoints.content import history as reads
from riskpoints.models import ControlTable
from riskpoints.permissions import fills


@require_safe
def history(request, table_id):
    """The history of a table; 404 for people who may see none of its versions."""
    table = get_object_or_404(ControlTable.objects.select_related("cycle", "department", "in_force"), pk=table_id)
    found = reads.history_of(table, request.user)
    if not found.versions and not fills(request.user, table):
        raise Http404("No such table.")
    query = QueryReader(request.GET)
    context = {
        "table": table,
        "history": found,
        "comparison": reads.comparison(found, query, request.user),
        "panels": wings.panels("in_force", request.user, table.in_force) if table.in_force else [],
        "ignored": query.ignored,
    }
    return render(request, "riskpoints/content/history.html", context)
