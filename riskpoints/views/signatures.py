"""签字与扫描件: which signatures wait for a scan or a comparison: for office, committee, principal and auditor."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from riskpoints.desk.outstanding import outstanding
from riskpoints.permissions import RegisterAction, can
from riskpoints.views.access import requires


@require_safe
@requires(RegisterAction.VIEW_SIGNATURES)
def index(request):
    """The lists of what is missing, and what was put in force by the former rule."""
    context = {
        "lists": outstanding(request.user),
        "may_audit": can(request.user, RegisterAction.VIEW_AUDIT),
        "may_scan": can(request.user, RegisterAction.SORT_SCANS),
        "may_see_progress": can(request.user, RegisterAction.VIEW_PROGRESS),
    }
    return render(request, "riskpoints/desk/signatures.html", context)
