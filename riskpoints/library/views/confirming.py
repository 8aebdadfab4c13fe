"""典型库未涉及: what a draft doesn't touch, post by post; confirmed as not applicable, or taken back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from riskpoints.library import confirming, taking
from riskpoints.library.coverage import coverage
from riskpoints.library.views.access import UNPROCESSABLE
from riskpoints.models.table import FrozenError
from riskpoints.tables import editing
from riskpoints.views.access import draft_for, only_posts


@require_http_methods(["GET", "HEAD", "POST"])
def missing(request, version_id):
    """The list, and confirming what is ticked in it."""
    version = draft_for(request.user, version_id)
    address, error = reverse("library:missing", args=[version.pk]), ""
    try:
        editing.require_draft(version)
        found = coverage(version)
        if request.method == "POST":
            known = {f"{item.post.pk}-{risk.pk}": (item.post, risk) for item in found for risk in item.missing}
            chosen = [known[name] for name in request.POST.getlist("take") if name in known]
            count = confirming.confirm(version, chosen, actor=request.user)
            messages.success(request, f"已确认 {count} 条不适用，审核人会看到。")
            return redirect(address)
    except FrozenError as refused:
        messages.error(request, str(refused))
        return redirect("riskpoints:version", version.pk)
    except ValidationError as refused:
        error = "；".join(refused.messages)
    year = version.table.cycle.year
    rows = [(item, [_line(version, item, risk, year) for risk in item.missing]) for item in found]
    context = {"version": version, "rows": rows, "year": year, "error": error}
    context["has_missing"] = any(item.missing for item in found)
    return render(request, "library/missing.html", context, status=UNPROCESSABLE if error else 200)


def _line(version, item, risk, year):
    return risk, risk.is_hot_in(year), taking.address_of(version, risk, item.post)


@only_posts
def withdraw(request, version_id, row_id):
    """Take one back."""
    version = draft_for(request.user, version_id)
    try:
        if confirming.withdraw(version, row_id, actor=request.user):
            messages.success(request, "已撤回，这一条重新列为未涉及。")
    except FrozenError as refused:
        messages.error(request, str(refused))
        return redirect("riskpoints:version", version.pk)
    return redirect("library:missing", version.pk)
