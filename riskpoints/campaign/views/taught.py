"""教育类措施: which measures of 前期预防 ask for a record of education each year."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from departments.accounts.typed import keeps_typed
from riskpoints.campaign.education import forms, taught
from riskpoints.campaign.permissions import CampaignAction, can, hosts_for, require

UNPROCESSABLE = 422


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def measures(request):
    """Mark measures of the own departments (office and committee: of all), or take marks away."""
    require(request.user, CampaignAction.RECORD_EDUCATION)
    hosts = set(hosts_for(request.user).values_list("pk", flat=True))
    whole_school = can(request.user, CampaignAction.RECORD_SCHOOL_EDUCATION)
    rows = taught.offered(request.user, hosts, whole_school=whole_school)
    data = request.POST if request.method == "POST" else None
    form = forms.TaughtForm(data, rows=rows, marked=taught.marked())
    if form.is_bound and form.is_valid():
        taught.mark(*form.changes, actor=request.user)
        messages.success(request, "已保存。")
        return redirect("campaign:education")
    context = {"form": form, "has_rows": bool(rows)}
    return render(request, "campaign/education_measures.html", context, status=UNPROCESSABLE if form.is_bound else 200)
