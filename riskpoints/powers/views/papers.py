"""职权目录 and 权力运行流程图 to take away, and charts that were uploaded."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from riskcontrol import audit, files
from riskcontrol.web.http import download
from riskcontrol.web.query import QueryReader
from riskpoints.documents import KINDS
from riskpoints.documents.listing import listing_document
from riskpoints.powers import papers, shown
from riskpoints.powers.views.pages import chosen_of, find_power, require_reader
from riskpoints.references.powers.drafting import MEDIA_TYPES
from riskpoints.references.powers.verbs import PowerVerb
from riskpoints.views.papers import give


def _chosen(request):
    """What is filed, narrowed down as the list was, and the department's name."""
    require_reader(request.user)
    chosen, _ = chosen_of(request)
    entries = papers.entries(list(shown.listed(chosen)))
    whose = entries[0].revision.power.department.name if chosen.department and entries else ""
    return [papers.said(item) for item in entries], whose


def _given(request, make, name, target=None):
    back = reverse("powers:index")
    return give(request, make, name, verb=PowerVerb.DOWNLOAD, back=back, target=target, label=name)


@require_safe
def catalogue(request, kind):
    """职权目录 as .xlsx or PDF."""
    if kind not in KINDS:
        raise Http404("No such kind of list.")
    found, whose = _chosen(request)
    name = f"{whose}职权目录.{kind}"
    return _given(request, lambda: listing_document(papers.catalogue(found, whose=whose), kind), name)


@require_safe
def flows(request):
    """权力运行流程图 of all that the list shows, one page a power."""
    found, whose = _chosen(request)
    if not found:
        messages.info(request, "还没有已备案的职权可以打印。")
        return redirect("powers:index")
    name = f"{whose}权力运行流程图.pdf"
    return _given(request, lambda: papers.flows_pdf(found, whose=whose), name)


@require_safe
def flow(request, power_id):
    """权力运行流程图 of one power."""
    page = _page(request, power_id)
    name = f"{page.power.number} {page.revision.name} 权力运行流程图.pdf"
    return _given(request, lambda: papers.flows_pdf([papers.said(page.entry)]), name, page.revision)


@require_safe
def uploaded(request, power_id):
    """The chart that was uploaded, as it came."""
    page = _page(request, power_id)
    if page.revision.chart is None:
        raise Http404("No chart was uploaded.")
    name, kind = papers.chart_name(page.revision), page.revision.chart_kind
    audit.record(PowerVerb.DOWNLOAD, actor=request.user, target=page.revision, detail={"文件": name})
    return download(files.read(page.revision.chart), name, MEDIA_TYPES[kind], inline=kind != "pdf")


def _page(request, power_id):
    number = QueryReader(request.GET).number("revision", "稿次", range(1, 10_000))
    page = shown.PowerPage(request.user, find_power(request, power_id), number)
    if page.revision is None:
        raise Http404("No such revision.")
    return page
