"""风险点登记册: the register on the screen, and what was found taken away as 登记汇总表."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.enums import Level
from riskcontrol.kept import state_of_acts
from riskcontrol.web.query import QueryReader
from riskpoints.documents import KINDS
from riskpoints.documents.columns import A3, PAPERS
from riskpoints.documents.screen import screen_columns, screen_rows
from riskpoints.documents.selection import selection_document
from riskpoints.enums import Category, SchoolCategory
from riskpoints.permissions import RegisterAction
from riskpoints.register import filters, search
from riskpoints.register.lines import lines_of, only_year
from riskpoints.verbs import RegisterVerb
from riskpoints.views.access import requires
from riskpoints.views.papers import give

PAGE_SIZE = 50
# Three thousand points take about a minute to print; more than this is for the sheet.
PDF_ROWS = 3000


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
    query = QueryReader(request.GET)
    offered = filters.options(request.user)
    chosen = filters.read(query, offered)
    if kind not in KINDS:
        raise Http404("No such export.")
    lines = lines_of(search.points(request.user, chosen), request.user)
    year = int(chosen.year) if chosen.year != filters.ALL else only_year(lines)
    back = f"{reverse('riskpoints:register')}?{request.GET.urlencode()}"
    if kind == "pdf" and len(lines) > PDF_ROWS:
        messages.error(request, f"PDF 一次最多 {PDF_ROWS} 个风险点，现有 {len(lines)} 个。请缩小范围，或导出 Excel。")
        return redirect(back)
    scope = filters.described(chosen, offered)
    paper = query.choice("paper", "纸张", PAPERS, default=A3)
    size = f"（{PAPERS[paper]}）" if kind == "pdf" else ""
    name = f"{f'{year}年度' if year else ''}廉政风险点登记汇总表{size}.{kind}"
    make = partial(selection_document, lines, kind, year=year, scope=scope, paper=paper)
    said = {"条件": scope, "风险点数": len(lines)}
    return give(request, make, name, verb=RegisterVerb.REGISTER_EXPORT, back=back, detail=said)
