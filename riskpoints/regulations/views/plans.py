"""废改立清单 of a year, on the screen and to take away."""

from functools import partial

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.models import School
from riskcontrol.web.query import QueryReader
from riskpoints.documents import KINDS
from riskpoints.documents.listing import listing_document
from riskpoints.references.regulations.permissions import RegulationAction, can
from riskpoints.references.regulations.verbs import RegulationVerb
from riskpoints.regulations import papers, queries
from riskpoints.views.papers import give

YEARS = range(2011, 2101)


@require_safe
def index(request):
    """What is decided about each regulation in a year, and by whom."""
    query = QueryReader(request.GET)
    year = query.number("year", "年度", YEARS) or timezone.localdate().year
    lines = [(line, can(request.user, RegulationAction.PLAN, line.regulation)) for line in queries.plan(year)]
    context = {"lines": lines, "year": year, "keeper": papers.KEEPER, "ignored": query.ignored}
    return render(request, "regulations/plan.html", context)


@require_safe
def export(request, kind):
    """The same as .xlsx or PDF."""
    if kind not in KINDS:
        raise Http404("No such export.")
    year = QueryReader(request.GET).number("year", "年度", YEARS) or timezone.localdate().year
    rows = papers.rows_of(queries.plan(year))
    name = f"{year}年度{papers.NAME}.{kind}"
    listing = papers.plan_listing(year, rows, school=School.current(), made_on=timezone.localdate())
    back = f"{reverse('regulations:plan')}?year={year}"
    make, said = partial(listing_document, listing, kind), {"项数": len(rows)}
    return give(request, make, name, verb=RegulationVerb.LIST_DOWNLOAD, back=back, detail=said)
