"""The list of entries, and what was found as a workbook."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from riskcontrol import audit
from riskcontrol.web.http import download
from riskcontrol.web.query import QueryReader
from riskpoints.content.today import current_cycle
from riskpoints.library import queries
from riskpoints.library.views.access import requires
from riskpoints.library.workbook import library_xlsx
from riskpoints.references.library.permissions import LibraryAction, can
from riskpoints.references.library.verbs import LibraryVerb

PAGE_SIZE = 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def hot_year() -> int:
    """The year of 当年重点: that of the register."""
    cycle = current_cycle()
    return cycle.year if cycle else timezone.localdate().year


def _asked(request):
    query, offered = QueryReader(request.GET), queries.choices()
    return query, offered, queries.read(query, offered)


@require_safe
@requires(LibraryAction.READ)
def index(request):
    """All entries, in pages."""
    query, offered, chosen = _asked(request)
    year = hot_year()
    page = Paginator(queries.found(chosen, year=year), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(risk, risk.is_hot_in(year)) for risk in page.object_list],
        "offered": offered,
        "chosen": chosen,
        "standings": queries.STANDINGS.items(),
        "year": year,
        "may_keep": can(request.user, LibraryAction.KEEP),
        "ignored": query.ignored,
    }
    return render(request, "library/index.html", context)


@require_safe
@requires(LibraryAction.READ)
def export(request):
    """What was found, as a workbook that can be changed and imported."""
    _, _, chosen = _asked(request)
    name = f"典型风险库 {timezone.localdate():%Y-%m-%d}.xlsx"
    risks = list(queries.found(chosen, year=hot_year()))
    audit.record(LibraryVerb.EXPORT, actor=request.user, label=name, detail={"条数": len(risks)})
    return download(library_xlsx(risks), name, XLSX)
