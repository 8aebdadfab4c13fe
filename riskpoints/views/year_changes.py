"""年度对照: two years side by side, on the screen, as .xlsx and as PDF."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from riskcontrol.web.query import QueryReader
from riskpoints.documents import KINDS
from riskpoints.documents.year_changes import COLUMNS, NAME, changes_document
from riskpoints.enums import ALL_CATEGORIES
from riskpoints.figures import change_lines, year_changes
from riskpoints.permissions import RegisterAction
from riskpoints.verbs import RegisterVerb
from riskpoints.views.access import requires
from riskpoints.views.papers import give

PAGE_SIZE = 100


@require_safe
@requires(RegisterAction.COMPARE_YEARS)
def index(request):
    """Counts by department and category, and the points concerned."""
    query = QueryReader(request.GET)
    offered = year_changes.years_offered(request.user)
    chosen = year_changes.read(query, offered, year_changes.owners_of(request.user))
    changes = year_changes.year_changes(request.user, chosen.old, chosen.new) if chosen else None
    lines = changes.narrowed(chosen) if changes and chosen else []
    page = Paginator(lines, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "offered": offered,
        "chosen": chosen,
        "changes": changes,
        "page": page,
        "columns": COLUMNS,
        "kinds": change_lines.KINDS,
        "scope": described(changes, chosen) if changes and chosen else "",
        "ignored": query.ignored,
    }
    return render(request, "riskpoints/figures/year_changes.html", context)


def described(changes, chosen):
    """What the list is narrowed to, in words."""
    owner = dict(changes.owners).get(chosen.owner, "") if chosen.owner is not None else ""
    category = str(dict(ALL_CATEGORIES).get(chosen.category, ""))
    return "，".join(filter(None, [owner, category, change_lines.KINDS.get(chosen.kind, "")]))


@require_safe
@requires(RegisterAction.COMPARE_YEARS)
def export(request, kind):
    """The same lines in the same order, as .xlsx or PDF."""
    if kind not in KINDS:
        raise Http404("No such export.")
    query = QueryReader(request.GET)
    offered = year_changes.years_offered(request.user)
    chosen = year_changes.read(query, offered, year_changes.owners_of(request.user))
    back = f"{reverse('riskpoints:year_changes')}?{request.GET.urlencode()}"
    if chosen is None:
        messages.error(request, "有两个年度的现行表以后，才能对照和导出。")
        return redirect(back)
    changes = year_changes.year_changes(request.user, chosen.old, chosen.new)
    lines, scope = changes.narrowed(chosen), described(changes, chosen)
    name = f"{chosen.old}-{chosen.new}{NAME}.{kind}"
    make = partial(changes_document, changes, lines, kind, scope=scope)
    said = {"条件": scope, "行数": len(lines)}
    return give(request, make, name, verb=RegisterVerb.CHANGES_EXPORT, back=back, detail=said)
