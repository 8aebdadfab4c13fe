"""定期复核 of one table in force: 「复核无变化」, or the way to a revision."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from departments.accounts.typed import keeps_typed
from riskpoints.campaign.models import LookThrough
from riskpoints.campaign.permissions import CampaignAction, require
from riskpoints.campaign.upkeep import forms, queries, services
from riskpoints.views.access import version_for

UNPROCESSABLE = 422


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def look_through(request, version_id):
    """Say that a table was looked through and nothing is to be changed."""
    version = version_for(request.user, version_id)
    require(request.user, CampaignAction.LOOK_THROUGH, version)
    now = queries.of(version)
    form = forms.LookThroughForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.look_through(version, form.cleaned_data["note"], actor=request.user)
        except services.UpkeepError as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "已登记：复核无变化。")
            return redirect("riskpoints:version", version.pk)
    context = {
        "form": form,
        "version": version,
        "now": now,
        "done": LookThrough.objects.filter(version__table=version.table).order_by("-at", "-id"),
        "may_do": now is not None and not now.is_revised,
    }
    return render(request, "campaign/upkeep.html", context, status=UNPROCESSABLE if form.is_bound else 200)
