"""Which year a page of the year's work is about."""

from django.shortcuts import get_object_or_404

from riskpoints.content.today import current_cycle
from riskpoints.models import Cycle


def chosen_year(request):
    """The year that the address names, else the year of today; None where none was ever opened."""
    asked = request.GET.get("year", "").strip()
    if asked.isascii() and asked.isdecimal() and len(asked) == 4:
        return get_object_or_404(Cycle, year=int(asked))
    return current_cycle()


def years():
    """The numbers of all years, the newest first."""
    return list(Cycle.objects.values_list("year", flat=True))
