"""Papers of a year to take away: all its tables in one PDF to print at once, the progress as a list."""

from functools import partial

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from riskcontrol.web.query import QueryReader
from riskpoints.archives import binding
from riskpoints.documents import KINDS
from riskpoints.documents.listing import listing_document
from riskpoints.exports import orders
from riskpoints.figures.progress import year_progress
from riskpoints.models import Cycle
from riskpoints.permissions import RegisterAction
from riskpoints.verbs import RegisterVerb
from riskpoints.views.access import requires
from riskpoints.views.exports import give_or_queue
from riskpoints.views.papers import give


@require_safe
@requires(RegisterAction.VIEW_PROGRESS)
def tables(request, cycle_id):
    """The tables in force of a year bound in one PDF; `?copies=2` prints each twice, the second as 存根."""
    cycle = get_object_or_404(Cycle, pk=cycle_id)
    back = f"{reverse('riskpoints:progress')}?year={cycle.year}"
    copies = QueryReader(request.GET).number("copies", "份数", {1, 2}) or 1
    asked = {"cycle": str(cycle.pk), "copies": str(copies)}
    return give_or_queue(request, orders.YEAR_TABLES, asked, back=back)


@require_safe
@requires(RegisterAction.VIEW_PROGRESS)
def progress(request, cycle_id, kind):
    """全校进度 of a year as .xlsx or PDF."""
    cycle = get_object_or_404(Cycle, pk=cycle_id)
    listing = binding.progress_listing(cycle, year_progress(cycle, request.user))
    return _given(request, cycle, listing, "廉政风险防控进度表", kind)


@require_safe
@requires(RegisterAction.VIEW_PROGRESS)
def gaps(request, cycle_id, kind):
    """What no table in force covers, as .xlsx or PDF."""
    cycle = get_object_or_404(Cycle, pk=cycle_id)
    listing = binding.gaps_listing(cycle, year_progress(cycle, request.user).gaps)
    return _given(request, cycle, listing, "漏岗缺项清单", kind)


def _given(request, cycle, listing, title, kind):
    if kind not in KINDS:
        raise Http404("No such kind of list.")
    make, name = partial(listing_document, listing, kind), f"{cycle.year}年度{title}.{kind}"
    back = f"{reverse('riskpoints:progress')}?year={cycle.year}"
    return give(request, make, name, verb=RegisterVerb.PROGRESS_DOWNLOAD, back=back, target=cycle)
