"""年度档案: start a build, watch it, take the archive away, check it again."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from riskcontrol.web.http import download, is_htmx
from riskpoints.archives import fonds, jobs, shelf
from riskpoints.archives.records import ArchiveError
from riskpoints.forms.years import FondsForm
from riskpoints.models import AnnualArchive
from riskpoints.permissions import RegisterAction
from riskpoints.views.access import requires

PANEL = "#archives"
UNPROCESSABLE = 422
# Who comes to a form's address otherwise (a reload, the way back from the login page) is led to the panel.
FORM_METHODS = ("GET", "HEAD", "POST")


def _to_panel():
    return redirect(f"{reverse('riskpoints:years')}{PANEL}")


def _archive(archive_id):
    return get_object_or_404(AnnualArchive.objects.select_related("cycle", "requested_by"), pk=archive_id)


@require_http_methods(FORM_METHODS)
@requires(RegisterAction.BUILD_ARCHIVE)
def start(request, year):
    """Begin a build; the panel then shows how far it is. Before the first one 全宗号 is asked, and kept."""
    if request.method != "POST":
        return _to_panel()
    if not fonds.known():
        form = FondsForm(request.POST if "fonds_code" in request.POST else None)
        if not form.is_valid():
            status = UNPROCESSABLE if form.is_bound else 200
            return render(
                request, "riskpoints/archives/archive_fonds.html", {"form": form, "year": year}, status=status
            )
        code = fonds.keep_code(form.cleaned_data["fonds_code"], actor=request.user)
        messages.success(request, f"全宗号 {code} 已记入学校信息，今后的档号都由它开头。")
    try:
        jobs.request_build(year, actor=request.user)
    except ArchiveError as error:
        messages.error(request, str(error))
    return _to_panel()


@require_safe
@requires(RegisterAction.BUILD_ARCHIVE)
def status(request, archive_id):
    """The panel for htmx, which replaces the progress line, or all of the panel when the build is over."""
    archive = _archive(archive_id)
    if not is_htmx(request):
        return _to_panel()
    jobs.fail_dead_builds()
    response = render(request, "riskpoints/archives/_archives.html")
    archive.refresh_from_db()  # read after the panel was: a build that ended meanwhile has no progress line to replace
    if archive.state not in jobs.UNDER_WAY:
        response["HX-Retarget"] = response["HX-Reselect"] = PANEL
    return response


@require_safe
@requires(RegisterAction.BUILD_ARCHIVE)
def fetch(request, archive_id):
    """The zip itself."""
    archive = _archive(archive_id)
    try:
        content = shelf.open_download(archive, actor=request.user)
    except ArchiveError as error:
        messages.error(request, str(error))
        return _to_panel()
    return download(content, f"{archive.cycle.year}年度廉政风险防控档案.zip", "application/zip")


@require_http_methods(FORM_METHODS)
@requires(RegisterAction.BUILD_ARCHIVE)
def check(request, archive_id):
    """Check a stored archive and show what was found."""
    archive = _archive(archive_id)
    if request.method != "POST":
        return _to_panel()
    faults = shelf.check_stored(archive, actor=request.user)
    return render(request, "riskpoints/archives/archive_check.html", {"archive": archive, "faults": faults})
