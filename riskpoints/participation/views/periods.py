"""Publications: the office posts and ends them; each has its tables, what was said of them, and its 公示结果."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from riskcontrol import audit
from riskcontrol.web.http import download
from riskpoints import documents
from riskpoints.models.publication import PublicationState
from riskpoints.participation import forms, results
from riskpoints.participation.permissions import ParticipationAction, can
from riskpoints.participation.verbs import ParticipationVerb
from riskpoints.participation.views.lists import PAGE_SIZE, UNPROCESSABLE
from riskpoints.permissions import RegisterAction
from riskpoints.permissions import can as can_register
from riskpoints.tables import publicity


def require_reader(request):
    """Those who read opinions read what became of a publication."""
    if not can(request.user, ParticipationAction.READ_OPINIONS):
        raise PermissionDenied("公示的办理由领导小组办公室、纪委审核员、单位主要负责人和副组长查看。")


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def periods(request):
    """All publications, and for the office those tables that wait to be posted."""
    require_reader(request)
    may_post = can_register(request.user, RegisterAction.POST)
    if request.method == "POST" and not may_post:
        raise PermissionDenied("公示由领导小组办公室贴出。")
    waiting = publicity.unposted()
    form = forms.GatherForm(request.POST if request.method == "POST" else None, waiting=waiting)
    if request.method == "POST" and form.is_valid():
        try:
            posted = publicity.gather(**form.cleaned_data, actor=request.user)
        except publicity.PublicityError as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "已贴出公示，公示页上可以看到。")
            return redirect("participation:period", posted.pk)
    page = Paginator(results.publications(), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = results.lines(page.object_list)
    context = {"page": page, "rows": rows, "form": form, "waiting": waiting, "may_post": may_post}
    return render(request, "participation/periods.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def period(request, publication_id):
    """One publication with its tables; the office ends it with a reason."""
    require_reader(request)
    found = get_object_or_404(results.publications(), pk=publication_id)
    may_post = can_register(request.user, RegisterAction.POST)
    if request.method == "POST" and not may_post:
        raise PermissionDenied("公示由领导小组办公室终止。")
    form = forms.EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            publicity.end(found, form.cleaned_data["reason"], actor=request.user)
        except publicity.PublicityError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "公示已终止，其中的表须重新列入公示。")
            return redirect("participation:period", found.pk)
    state = found.state(timezone.localdate())
    context = {
        "publication": found,
        "state": state,
        "rows": results.results(found),
        "form": form,
        "may_end": may_post and state == PublicationState.RUNNING,
    }
    return render(request, "participation/period.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_safe
def result(request, publication_id):
    """公示结果 as PDF, once the publication is over."""
    require_reader(request)
    found = get_object_or_404(results.publications(), pk=publication_id)
    if found.state(timezone.localdate()) == PublicationState.RUNNING:
        raise Http404("The publication is still running.")
    paper = results.result_paper(found)
    name = f"{paper.title}.pdf"
    audit.record(ParticipationVerb.RESULT_DOWNLOAD, actor=request.user, target=found, detail={"文件": name})
    return download(documents.publication_result_pdf(paper), name, "application/pdf", inline=True)
