"""Documents to take away: the printed form of a version, its Excel, the signed scan, the blank form."""

from django.http import Http404
from django.views.decorators.http import require_safe

from riskcontrol import audit
from riskcontrol.http import download
from riskpoints import documents
from riskpoints.permissions import RegisterAction, can
from riskpoints.views.access import version_for

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SCAN_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}


@require_safe
def form(request, version_id, kind):
    """附件2 or 附件4 of one version, as PDF or .xlsx."""
    version = version_for(request.user, version_id)
    if kind not in TYPES:
        raise Http404("No such kind of document.")
    content = documents.version_document(version, kind)
    name = f"{version.table.cycle.year}年{version.owner_name}廉政风险点防控表（第{version.number}版）.{kind}"
    audit.record("下载防控表", actor=request.user, target=version, detail={"文件": name})
    return download(content, name, TYPES[kind], inline=kind == "pdf")


@require_safe
def scan(request, version_id):
    """The scan of the signed and sealed sheet."""
    version = version_for(request.user, version_id)
    if not version.scan or not can(request.user, RegisterAction.VIEW_ASSESSMENT, version):
        raise Http404("No scan.")
    suffix = version.scan.name.rpartition(".")[2]
    name = f"{version.table.cycle.year}年{version.owner_name}签字扫描件.{suffix}"
    audit.record("下载签字扫描件", actor=request.user, target=version, detail={"文件": name})
    return download(version.scan.open("rb"), name, SCAN_TYPES.get(suffix, "application/octet-stream"), inline=True)


@require_safe
def blank(request):
    """附件4 without content, to be filled in by hand."""
    audit.record("下载空白表", actor=request.user, label="附件4")
    return download(documents.blank_form(), "部门廉政风险点防控表（空表）.pdf", TYPES["pdf"], inline=True)
