"""风险点登记册: the register on the screen, and what was found taken away as 登记汇总表."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.enums import Level
from riskcontrol.kept import state_of_acts
from riskcontrol.web.query import QueryReader
from riskpoints.documents import KINDS
from riskpoints.documents.screen import screen_columns, screen_rows
from riskpoints.enums import Category, SchoolCategory
from riskpoints.exports import orders
from riskpoints.permissions import RegisterAction
from riskpoints.register import filters, search
from riskpoints.register.lines import lines_of
from riskpoints.views.access import requires
from riskpoints.views.exports import give_or_queue

PAGE_SIZE = 50


@require_safe
@requires(RegisterAction.VIEW_REGISTER)
def register(request):
    """All risk points this person may see, one row each, in pages."""
    query = QueryReader(request.GET)
    state = state_of_acts()
    offered = filters.offered(request.user, state)
    chosen = filters.read(query, offered)
    found = search.points(request.user, chosen)
    counted = search.counted(found)
    pages = Paginator(found, PAGE_SIZE)
    pages.count = sum(counted.values())
    page = pages.get_page(request.GET.get("page"))
    lines = lines_of(page.object_list, request.user, state)
    columns = screen_columns(chosen, shows_assessment=any(line.shows_assessment for line in lines))
    context = {
        "page": page,
        "lines": lines,
        "rows": screen_rows(lines, columns),
        "offered": offered,
        "chosen": chosen,
        "post_choices": filters.post_choices(chosen, offered),
        "years_shown": list(counted),
        "today": timezone.localdate(),
        "further": filters.further(chosen, offered),
        "columns": columns,
        "categories": [("部门表", Category.choices), ("学校表", SchoolCategory.choices)],
        "levels": [*Level.choices, (filters.UNSET, "未定级")],
        "ignored": query.ignored,
    }
    return render(request, "riskpoints/register/register.html", context)


@require_safe
@requires(RegisterAction.VIEW_REGISTER)
def export(request, kind):
    """The filtered register as 登记汇总表: the same rows in the same order, as .xlsx or PDF."""
    if kind not in KINDS:
        raise Http404("No such export.")
    back = f"{reverse('riskpoints:register')}?{request.GET.urlencode()}"
    return give_or_queue(request, orders.REGISTER, orders.register_asked(kind, request.GET), back=back)
