"""What pages about one year share: which year they are about, and its lists to take away."""

from functools import partial

from django.http import Http404
from django.shortcuts import get_object_or_404

from riskpoints.content.today import current_cycle
from riskpoints.documents import KINDS
from riskpoints.documents.listing import listing_document
from riskpoints.models import Cycle
from riskpoints.views.papers import give


def chosen_year(request):
    """The year that the address names, else the year of today; None where none was ever opened."""
    asked = request.GET.get("year", "").strip()
    if asked.isascii() and asked.isdecimal() and len(asked) == 4:
        return get_object_or_404(Cycle, year=int(asked))
    return current_cycle()


def years():
    """The numbers of all years, the newest first."""
    return list(Cycle.objects.values_list("year", flat=True))


def give_list(request, kind, title, listing, *, verb, back):
    """A list of the chosen year as PDF or .xlsx: `listing` makes it of a year, `back` is the page of a year.

    Who may have it is asked before.
    """
    cycle = chosen_year(request)
    if kind not in KINDS or cycle is None:
        raise Http404("No such paper.")
    make, name = partial(listing_document, listing(cycle), kind), f"{cycle.year}年度{title}.{kind}"
    return give(request, make, name, verb=verb, back=back(cycle), target=cycle, inline=kind == "pdf")
