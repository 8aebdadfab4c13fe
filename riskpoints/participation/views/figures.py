"""参与情况统计: who takes part in finding risks, and how points were found, of a year; as a page and to take away."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.models import School
from riskcontrol.web.query import QueryReader
from riskpoints.content.today import current_cycle
from riskpoints.documents import KINDS
from riskpoints.documents.listing import listing_document
from riskpoints.enums import FindingMethod
from riskpoints.models import Cycle
from riskpoints.participation import figure_papers
from riskpoints.participation.figures import figures, last_day
from riskpoints.participation.permissions import ParticipationAction, can
from riskpoints.participation.verbs import ParticipationVerb
from riskpoints.views.papers import give


def require_reader(request):
    """The office, the committee, the principal; heads for the own department."""
    if not can(request.user, ParticipationAction.VIEW_FIGURES):
        raise PermissionDenied("参与情况统计由领导小组办公室、纪委审核员、单位主要负责人和部门负责人查看。")


def chosen(request):
    """All years by number, and the one asked for, else that of today; None where none was ever opened."""
    cycles = {cycle.year: cycle for cycle in Cycle.objects.order_by("-year")}
    year = QueryReader(request.GET).number("year", "年度", cycles)
    return cycles, cycles.get(year or 0) or current_cycle()


@require_safe
def index(request):
    """The figures of a year."""
    require_reader(request)
    cycles, cycle = chosen(request)
    found = figures(request.user, cycle) if cycle else None
    context = {
        "years": list(cycles),
        "shown": cycle,
        "figures": found,
        "methods": [method.label for method in FindingMethod],
        "day": last_day(cycle) if cycle else None,
        "papers": figure_papers.TITLES.items(),
    }
    return render(request, "participation/figures.html", context)


@require_safe
def paper(request, figure, kind):
    """One of the two lists as PDF or .xlsx."""
    require_reader(request)
    _, cycle = chosen(request)
    if figure not in figure_papers.MAKERS or kind not in KINDS or cycle is None:
        raise Http404("No such paper.")
    rows = figures(request.user, cycle).rows
    day = min(last_day(cycle), timezone.localdate(cycle.closed_at)) if cycle.closed_at else last_day(cycle)
    listing = figure_papers.MAKERS[figure](cycle.year, rows, School.current(), day)
    name = f"{cycle.year}年度{figure_papers.TITLES[figure]}.{kind}"
    make, verb = partial(listing_document, listing, kind), ParticipationVerb.FIGURES_DOWNLOAD
    back = f"{reverse('participation:figures')}?year={cycle.year}"
    return give(request, make, name, verb=verb, back=back, target=cycle, inline=kind == "pdf")
