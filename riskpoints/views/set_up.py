"""启用准备: the steps of a new installation, for whoever reads the organisation."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from departments.permissions import OrganisationAction
from departments.views.access import requires, tabs_of
from riskpoints.desk import set_up


@require_safe
@requires(OrganisationAction.VIEW)
def page(request):
    """What is done, what is missing, who does it and where."""
    context = {"set_up": set_up.set_up(request.user), "tab": "set_up", "tabs": tabs_of(request.user)}
    return render(request, "riskpoints/desk/set_up.html", context)
