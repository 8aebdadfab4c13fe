"""从 Excel 导入: choose a school's existing 职权目录, see what it would draft, draft all or nothing; the template."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from riskcontrol import audit
from riskcontrol.processes.confined import RefusedError
from riskcontrol.web.http import download
from riskpoints.forms.workbooks import WorkbookForm
from riskpoints.importing import lists
from riskpoints.powers import importing, workbook
from riskpoints.powers.views.pages import UNPROCESSABLE
from riskpoints.references.powers.permissions import drafted_departments
from riskpoints.references.powers.verbs import PowerVerb
from riskpoints.tables.papers import MEDIA_TYPES

STALE = "预览已经过期，或不是为这个部门做的。请重新上传文件。"


def _department(request, department_id):
    return get_object_or_404(drafted_departments(request.user), pk=department_id)


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request, department_id):
    """The page to choose a workbook on; a chosen one is read, and what it would draft is shown."""
    department = _department(request, department_id)
    form = WorkbookForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["workbook"]
        try:
            sent = workbook.read(file.read(), file.name)
        except RefusedError as error:
            form.add_error("workbook", str(error))
        else:
            return _preview(request, department, sent)
    context = {"department": department, "form": form}
    return render(request, "powers/import.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _preview(request, department, sent, *, status=200):
    lines = importing.lines(sent, department)
    by_state = {state.value: [line for line in lines if line.state == state] for state in importing.State}
    context = {"department": department, "sent": sent, "lines": by_state}
    context["rows"] = lists.sealed(sent, workbook.salt(department, request.user))
    return render(request, "powers/import_preview.html", context, status=status)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def save(request, department_id):
    """Draft what the preview showed."""
    department = _department(request, department_id)
    salt = workbook.salt(department, request.user)
    sent = lists.opened(request.POST.get("rows", ""), salt) if request.method == "POST" else None
    if sent is None:
        if request.method == "POST":
            messages.error(request, STALE)
        return redirect("powers:import", department.pk)
    try:
        count = importing.save(sent, department, actor=request.user)
    except importing.NotImportedError:
        return _preview(request, department, sent, status=UNPROCESSABLE)
    messages.success(request, f"已从“{sent.name}”导入 {count} 项职权，存为草稿。请逐项核对后提交备案。")
    return redirect("powers:index")


@require_safe
def template(request, department_id):
    """The empty template of a department."""
    department = _department(request, department_id)
    name = f"{department.name}职权目录导入模板.xlsx"
    audit.record(PowerVerb.DOWNLOAD, actor=request.user, target=department, detail={"文件": name})
    return download(workbook.template(department), name, MEDIA_TYPES["xlsx"])
