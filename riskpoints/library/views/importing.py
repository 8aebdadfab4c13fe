"""从 Excel 导入: choose a workbook, see what it would do, save all of it or nothing."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from departments.accounts.typed import keeps_typed
from riskcontrol.processes.confined import RefusedError
from riskpoints.forms.workbooks import WorkbookForm
from riskpoints.importing import lists
from riskpoints.library import plan
from riskpoints.library.views.access import CONFLICT, UNPROCESSABLE, requires
from riskpoints.library.workbook import KIND
from riskpoints.references.library.permissions import LibraryAction

STALE = "预览已经过期，或不是您上传的。请重新上传文件。"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(LibraryAction.KEEP)
def choose(request):
    """The page to choose a workbook on; a chosen one is read, and what it would do is shown."""
    form = WorkbookForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        workbook = form.cleaned_data["workbook"]
        try:
            book = lists.read(workbook.read(), workbook.name, KIND)
        except RefusedError as error:
            form.add_error("workbook", str(error))
        else:
            return _preview(request, book)
    return render(request, "library/import.html", {"form": form}, status=UNPROCESSABLE if form.is_bound else 200)


def _preview(request, book, *, taken=frozenset(), status=200):
    lines = plan.lines(book)
    context = {
        "sent": book,
        "lines": [line for line in lines if line.state != plan.State.SAME],
        "counts": {state.name.lower(): sum(line.state == state for line in lines) for state in plan.State},
        "carried": {"rows": lists.sealed(book, _salt(request.user)), "seen": plan.digest(lines)},
        "taken": taken,
    }
    return render(request, "library/import_preview.html", context, status=status)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@requires(LibraryAction.KEEP)
def save(request):
    """Do what the preview showed."""
    book = lists.opened(request.POST.get("rows", ""), _salt(request.user)) if request.method == "POST" else None
    if book is None:
        if request.method == "POST":
            messages.error(request, STALE)
        return redirect("library:import")
    taken = frozenset(request.POST.getlist("take"))
    try:
        added, changed = plan.save(book, taken, seen=request.POST.get("seen", ""), actor=request.user)
    except plan.NotImportedError as error:
        if error.message:
            messages.error(request, error.message)
        return _preview(request, book, taken=taken, status=CONFLICT if error.message else UNPROCESSABLE)
    messages.success(request, f"已导入：新增 {added} 条，修改 {changed} 条。")
    return redirect("library:index")


def _salt(user):
    return f"library.import:{user.pk}"
