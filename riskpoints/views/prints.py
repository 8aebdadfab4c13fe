"""Documents to take away: the printed form of a version, its Excel, the signed scan, the blank form."""

from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from departments.models import Department, School
from riskcontrol import audit, files
from riskcontrol.web.http import download
from riskcontrol.web.query import QueryReader
from riskpoints import documents
from riskpoints.archives import binding
from riskpoints.content import content
from riskpoints.content.today import in_force_today
from riskpoints.documents.listing import listing_pdf
from riskpoints.documents.meeting import NAME, blank_meeting
from riskpoints.enums import Action, Status
from riskpoints.forms.scans import ReplaceScanForm, ScanForm
from riskpoints.permissions import RegisterAction, can, visible_versions
from riskpoints.tables import minutes, papers
from riskpoints.verbs import RegisterVerb
from riskpoints.views.access import only_posts, version_for
from riskpoints.views.papers import give


@require_safe
def form(request, version_id, kind):
    """附件2 or 附件4 of one version, as PDF, .xlsx or .docx; the PDF in two copies if asked for (`?copies=2`)."""
    version = version_for(request.user, version_id)
    if kind not in documents.FORM_KINDS:
        raise Http404("No such kind of document.")
    in_two = kind == "pdf" and QueryReader(request.GET).number("copies", "份数", {1, 2}) == 2
    copies = "（一式二份）" if in_two else ""
    name = f"{version.table.cycle.year}年{version.owner_name}廉政风险点防控表（第{version.number}版）{copies}.{kind}"

    def make():
        made = papers.document_of(version, kind)
        return binding.two_copies(version, made) if in_two else made

    return _given(request, version, make, name, RegisterVerb.VERSION_DOWNLOAD)


def _given(request, version, make, name, verb):
    back = reverse("riskpoints:version", args=[version.pk])
    return give(request, make, name, verb=verb, back=back, target=version, inline=name.endswith(".pdf"))


@require_safe
def meeting(request, version_id):
    """会议决定表 for the meeting to fill in by hand: of a table of the 校领导班子 that waits for its decision."""
    version = version_for(request.user, version_id)
    if not version.table.is_leaders or version.status != Status.REVIEWED:
        raise Http404("No meeting decides about this version now.")
    day = timezone.localdate()
    posts = [(item.name, item.level, item.holder_names) for item in minutes.posts_of(version, day)]
    paper = blank_meeting(version.owner_name, posts, School.current(), day)
    name = f"{version.table.cycle.year}年{version.owner_name}廉政风险等级{NAME}（空表）.pdf"
    return _given(request, version, partial(listing_pdf, paper, has_room=True), name, RegisterVerb.VERSION_DOWNLOAD)


@require_safe
def post_sheets(request, version_id, post_id=None):
    """岗位廉政风险防控一览表 of one version: of all posts in one file, each from a new page, or of one post."""
    version = version_for(request.user, version_id)
    if version.table.is_school:
        raise Http404("The school's table has no posts.")
    return _post_sheets(request, version, post_id)


@require_safe
def department_sheets(request, department_id, post_id=None):
    """The same of what is in force today in a department, for its page among the organisation."""
    department = get_object_or_404(Department, pk=department_id)
    version = visible_versions(request.user).filter(in_force_today(), table__department=department).first()
    if version is None:
        messages.info(request, f"{department}没有现行的防控表，还没有岗位廉政风险防控一览表可以打印。")
        return redirect("departments:department", department.pk)
    return _post_sheets(request, version_for(request.user, version.pk), post_id)


def _post_sheets(request, version, post_id):
    shows_assessment = can(request.user, RegisterAction.VIEW_ASSESSMENT, version)
    posts = content.load(version).post_levels
    post = next((entry for entry in posts if entry.post_id == post_id), None)
    if post_id is not None and post is None:
        raise Http404("No such post in this version.")
    name = (
        f"{version.table.cycle.year}年{version.owner_name}{post.name if post else ''}"
        f"岗位廉政风险防控一览表（第{version.number}版）.pdf"
    )
    make = partial(documents.post_sheets_document, version, post_id, shows_assessment=shows_assessment)
    return _given(request, version, make, name, RegisterVerb.POSTS_DOWNLOAD)


@require_safe
def scan(request, version_id, scan_id):
    """One scan of the signed and sealed sheet."""
    version = version_for(request.user, version_id)
    found = get_object_or_404(version.scans.select_related("file"), pk=scan_id)
    if not can(request.user, RegisterAction.VIEW_ASSESSMENT, version):
        raise Http404("No scan.")
    name = f"{version.table.cycle.year}年{version.owner_name}签字扫描件{found.pk}.{found.suffix}"
    audit.record(RegisterVerb.SCAN_VIEW, actor=request.user, target=version, detail={"文件": name})
    return download(files.read(found.file), name, papers.SCAN_TYPES[found.suffix], inline=True)


@only_posts
def add_scan(request, version_id):
    """Attach one more scanned sheet to a confirmed version."""
    version = version_for(request.user, version_id)
    papers.require_scan_allowed(version, request.user)
    form = ScanForm(request.POST, request.FILES)
    if form.is_valid():
        chosen = form.cleaned_data["scan"]
        try:
            papers.add_scan(version, chosen.read(), chosen.name.rpartition(".")[2], actor=request.user)
        except papers.ScanError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "扫描件已登记。")
    else:
        messages.error(request, "；".join(str(text) for text in form.errors["scan"]))
    return redirect("riskpoints:version", version.pk)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def replace_scan(request, version_id, scan_id):
    """Put another scan in the place of a wrong one, with the reason; both are kept."""
    version = version_for(request.user, version_id)
    papers.require_scan_allowed(version, request.user, Action.REPLACE_SCAN)
    old = get_object_or_404(papers.valid_scans(version).select_related("file", "version__table__cycle"), pk=scan_id)
    is_sent = request.method == "POST"
    form = ReplaceScanForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if is_sent and form.is_valid():
        chosen, reason = form.cleaned_data["scan"], form.cleaned_data["reason"]
        try:
            suffix = chosen.name.rpartition(".")[2]
            papers.replace_scan(old, chosen.read(), suffix, reason=reason, actor=request.user)
        except papers.ScanError as error:
            form.add_error("scan", str(error))
        else:
            messages.success(request, "扫描件已更换，原来的保留，标为“已更换”。")
            return redirect("riskpoints:version", version.pk)
    context = {"version": version, "scan": old, "form": form}
    return render(request, "riskpoints/tables/scan_replace.html", context, status=422 if form.is_bound else 200)


@require_safe
def blank(request):
    """附件4 without content, to be filled in by hand."""
    audit.record(RegisterVerb.BLANK_DOWNLOAD, actor=request.user, label="附件4")
    return download(documents.blank_form(), "部门廉政风险点防控表（空表）.pdf", papers.MEDIA_TYPES["pdf"], inline=True)
