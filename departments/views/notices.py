"""通知: what a person was told, and 知悉."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from departments import notices
from riskcontrol.web.http import next_url

PAGE_SIZE = 30


@require_safe
def index(request):
    """Everything the person was told, the latest first, with the day on which it was taken note of."""
    found = notices.with_receipts(notices.notices_for(request.user), request.user)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "departments/notices.html", {"page": page})


@require_POST
def acknowledge(request, notice_id):
    """Take one's own note of a notice."""
    notice = get_object_or_404(notices.notices_for(request.user), pk=notice_id)
    notices.acknowledge(notice, actor=request.user)
    return redirect(next_url(request, reverse("inbox")))
