"""一批扫描件: sent in one go, sorted by the codes on the sheets, looked at, and saved with each table."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from riskpoints.enums import Action, Status
from riskpoints.forms.sorting import SendScansForm, SortForm
from riskpoints.models import SentPage, SentScans
from riskpoints.permissions import RegisterAction
from riskpoints.tables import sorting
from riskpoints.tables.papers import ScanError
from riskpoints.views.access import requires
from riskpoints.views.actions import done_text
from riskpoints.views.editing import UNPROCESSABLE
from riskpoints.views.together import tell_refusal


@require_http_methods(["GET", "HEAD", "POST"])
@requires(RegisterAction.SORT_SCANS)
def index(request):
    """The form to send files with, and the pages that wait for their tables."""
    form = SendScansForm(request.POST, request.FILES) if request.method == "POST" else SendScansForm()
    if form.is_bound and form.is_valid():
        for name, content, read in form.read:
            sorting.receive(name, content, read, actor=request.user)
        return redirect("riskpoints:sorting")
    return show(request, form, sort_form(request), UNPROCESSABLE if form.is_bound else 200)


def sort_form(request, data=None):
    """The pages that wait, each with what is proposed for it."""
    possible = sorting.targets(request.user)
    pages = sorting.waiting_pages(request.user)
    return SortForm(data, guesses=sorting.guesses(pages, possible, request.user), possible=possible)


def show(request, form, sort, status):
    files = {row.page.sent: None for row in sort.guesses}
    context = {"form": form, "sort": sort, "files": list(files), "tables": sort.tables}
    return render(request, "riskpoints/desk/sorting.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(RegisterAction.SORT_SCANS)
def save(request):
    """Save what was chosen for each page; of each table is said what happened."""
    sort = sort_form(request, request.POST) if request.method == "POST" else None
    if sort is None or not sort.guesses:
        return redirect("riskpoints:sorting")
    if not sort.is_valid():
        return show(request, SendScansForm(), sort, UNPROCESSABLE)
    try:
        outcomes = sorting.save(sort.chosen, signed_on=sort.cleaned_data["signed_on"], actor=request.user)
    except ScanError as error:
        messages.error(request, str(error))
        return show(request, SendScansForm(), sort, UNPROCESSABLE)
    was_open = {version.pk for version in sort.chosen.values() if version and version.status == Status.REVIEWED}
    for outcome in outcomes:
        if outcome.refusal:
            tell_refusal(request, outcome)
        elif outcome.version.pk in was_open and not outcome.version.is_historical:
            messages.success(request, done_text(Action.CONFIRM, outcome.version))
        else:
            messages.success(request, f"{outcome.version.owner_name}：扫描件已登记。")
    return redirect("riskpoints:sorting")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(RegisterAction.SORT_SCANS)
def discard(request, sent_id):
    """Give up a file that was sent."""
    sent = get_object_or_404(SentScans.objects.defer("content"), pk=sent_id, person=request.user)
    if request.method == "POST":
        sorting.discard(sent, actor=request.user)
        messages.success(request, f"“{sent.name}”没有分派的页已经放弃。")
    return redirect("riskpoints:sorting")


@require_safe
@requires(RegisterAction.SORT_SCANS)
def picture(request, page_id):
    """The small picture of a page that waits; its sender's alone."""
    page = get_object_or_404(SentPage, pk=page_id, sent__person=request.user)
    return HttpResponse(bytes(page.picture), content_type="image/png")
