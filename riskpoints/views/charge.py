"""分管工作: the departments that a leader or the principal is in charge of, on one page."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from riskcontrol.kept import state_of_acts
from riskpoints.boards.charge import page_of
from riskpoints.permissions import RegisterAction
from riskpoints.views.access import requires


@require_safe
@requires(RegisterAction.VIEW_CHARGE)
def index(request):
    """Where the tables stand, what waits, the points of level one, and those of the own posts."""
    found = page_of(request.user, state_of_acts())
    context = {"page": found, "charge": found.charge, "today": timezone.localdate()}
    return render(request, "riskpoints/boards/charge.html", context)
