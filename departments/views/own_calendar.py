"""日历订阅: the secret address of one's own calendar, made, replaced and revoked here."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from departments.accounts import calendar


@require_http_methods(["GET", "HEAD", "POST"])
def page(request):
    """Whether there is an address; a new one is shown on the answer to this very request and nowhere else."""
    context: dict[str, object] = {"address": ""}
    if "revoke" in request.POST:
        if calendar.revoke(request.user):
            messages.success(request, "已取消日历地址，原来的地址打不开了。")
        return redirect("own_calendar")
    if request.method == "POST":
        query = urlencode({"key": calendar.make(request.user)})
        context["address"] = request.build_absolute_uri(f"{reverse('riskpoints:calendar')}?{query}")
    context["known"] = calendar.address_of(request.user)
    response = render(request, "departments/accounts/own_calendar.html", context)
    response["Cache-Control"] = "no-store, private"
    return response
