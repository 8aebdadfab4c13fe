"""The files of a regulation: added, replaced, taken away."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from riskcontrol import audit
from riskcontrol import files as stored
from riskcontrol.web.http import download
from riskpoints.references.regulations import files
from riskpoints.references.regulations.permissions import RegulationAction
from riskpoints.references.regulations.verbs import RegulationVerb
from riskpoints.regulations.forms import FileForm, ReplaceForm
from riskpoints.regulations.views.pages import answer, kept_by, regulation_for, saved


@require_http_methods(["GET", "HEAD", "POST"])
def new(request, regulation_id):
    """Add a file."""
    found = kept_by(request.user, regulation_id, RegulationAction.EDIT)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()

    def save(data):
        files.add(found, data["file"].read(), name=data["file"].name, actor=request.user)

    if request.method == "POST" and saved(form, save):
        messages.success(request, "已上传。")
        return redirect("regulations:page", found.pk)
    return answer(request, "file_form", {"regulation": found}, form)


@require_http_methods(["GET", "HEAD", "POST"])
def replace(request, regulation_id, file_id):
    """Put another file in the place of one."""
    found = kept_by(request.user, regulation_id, RegulationAction.EDIT)
    old = get_object_or_404(found.files.filter(replacement__isnull=True), pk=file_id)
    form = ReplaceForm(request.POST, request.FILES) if request.method == "POST" else ReplaceForm()

    def save(data):
        said = {"name": data["file"].name, "replaces": old, "reason": data["reason"]}
        files.add(found, data["file"].read(), **said, actor=request.user)

    if request.method == "POST" and saved(form, save):
        messages.success(request, "已更换，原来的文件保留在下面。")
        return redirect("regulations:page", found.pk)
    return answer(request, "file_form", {"regulation": found, "old": old}, form)


@require_safe
def file(request, regulation_id, file_id):
    """One file, a replaced one included, as it was uploaded."""
    found = regulation_for(request.user, regulation_id)
    row = get_object_or_404(found.files.select_related("file"), pk=file_id)
    content = stored.read(row.file)
    audit.record(RegulationVerb.FILE_DOWNLOAD, actor=request.user, target=found, detail={"文件名": row.name})
    return download(content, row.name, row.file.media_type)
