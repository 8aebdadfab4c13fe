"""分级管理: who answers for which points in force, on the screen and as a list to take away."""

from functools import partial

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.models import School
from riskcontrol.web.query import QueryReader
from riskpoints.documents import KINDS
from riskpoints.documents.duties import TITLE, duty_listing
from riskpoints.documents.listing import listing_document
from riskpoints.permissions import RegisterAction
from riskpoints.register import duties
from riskpoints.verbs import RegisterVerb
from riskpoints.views.access import requires
from riskpoints.views.papers import give

PAGE_SIZE = 100
WHOSE = {"all": "全部", "own": "我负责的"}


@require_safe
@requires(RegisterAction.VIEW_REGISTER)
def index(request):
    """The points in force under who answers for them; `?whose=own` keeps those of the reader."""
    query = QueryReader(request.GET)
    whose = query.choice("whose", "范围", WHOSE, default="all")
    lines = duties.lines_for(request.user, own=whose == "own")
    page = Paginator(lines, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "groups": duties.grouped(list(page.object_list), lines),
        "whose": whose,
        "choices": list(WHOSE.items()),
        "today": timezone.localdate(),
        "ignored": query.ignored,
    }
    return render(request, "riskpoints/register/duties.html", context)


@require_safe
@requires(RegisterAction.VIEW_REGISTER)
def export(request, kind):
    """The same lines as .xlsx or PDF."""
    whose = QueryReader(request.GET).choice("whose", "范围", WHOSE, default="all")
    if kind not in KINDS:
        raise Http404("No such list.")
    own = whose == "own"
    lines = duties.lines_for(request.user, own=own)
    scope = f"{request.user.real_name}负责的" if own else ""
    make = partial(listing_document, duty_listing(lines, School.current(), scope=scope), kind)
    name = f"廉政风险{TITLE}{'（我负责的）' if own else ''}.{kind}"
    said = {"范围": WHOSE[whose], "风险点数": len(lines)}
    back = f"{reverse('riskpoints:duties')}?whose={whose}"
    return give(request, make, name, verb=RegisterVerb.REGISTER_EXPORT, back=back, detail=said, inline=kind == "pdf")
