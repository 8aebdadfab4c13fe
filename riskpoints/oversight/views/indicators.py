"""考核指标 of a year: read by those who read assessments, kept by the office on one page."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from departments.accounts.typed import keeps_typed
from riskpoints.models import Cycle
from riskpoints.oversight.assessment import sheets
from riskpoints.oversight.assessment.forms import IndicatorsForm
from riskpoints.oversight.assessment.permissions import AssessmentAction, can, require
from riskpoints.oversight.assessment.states import AssessmentError
from riskpoints.oversight.views.assessment import index_of

UNPROCESSABLE = 422


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def indicators(request, year):
    """The indicators; the office begins them, saves them, and puts them into use with the pressed button."""
    require(request.user, AssessmentAction.READ)
    cycle = get_object_or_404(Cycle, year=year)
    sheet = sheets.of_year(cycle)
    if request.method != "POST":
        return _show(request, cycle, sheet)
    require(request.user, AssessmentAction.KEEP_SHEET)
    if sheet is None or request.POST.get("act") == "draft":
        return _drafted(request, cycle)
    return _saved(request, cycle, sheet)


def _drafted(request, cycle):
    try:
        sheets.draft(cycle, actor=request.user)
    except AssessmentError as error:
        messages.error(request, str(error))
        return redirect(index_of(cycle))
    messages.success(request, "已列出校内默认的指标，请按本校情况修改。")
    return redirect("oversight:indicators", cycle.year)


def _saved(request, cycle, sheet):
    form = IndicatorsForm(request.POST, rows=sheets.rows_of(sheet), lock=sheet.lock)
    if not form.is_valid():
        return _show(request, cycle, sheet, form)
    seen = form.cleaned_data["lock"]
    try:
        saved = sheets.save(sheet, form.rows, seen=-1 if seen is None else seen, actor=request.user)
        if request.POST.get("act") == "activate":
            sheets.activate(saved, actor=request.user)
    except AssessmentError as error:
        messages.error(request, str(error))
    except ValidationError as error:
        form.refuse(error)
        sheet.refresh_from_db()
        form.face(IndicatorsForm(rows=sheets.rows_of(sheet), lock=sheet.lock))
        return _show(request, cycle, sheet, form)
    else:
        messages.success(request, "已启用，各部门可以自评。" if request.POST.get("act") == "activate" else "已保存。")
    return redirect("oversight:indicators", cycle.year)


def _show(request, cycle, sheet, form=None):
    rows = list(sheet.indicators.all()) if sheet is not None else []
    may_keep = can(request.user, AssessmentAction.KEEP_SHEET) and not cycle.is_closed
    is_draft = sheet is not None and not sheet.is_active
    if form is None and may_keep and is_draft:
        form = IndicatorsForm(rows=sheets.rows_of(sheet), lock=sheet.lock)
    groups: dict = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    context = {
        "cycle": cycle,
        "sheet": sheet,
        "form": form,
        "groups": [(group, own, sum(row.weight for row in own)) for group, own in groups.items()],
        "weights": sum(row.weight for row in rows),
        "may_keep": may_keep,
        "back": index_of(cycle),
    }
    status = UNPROCESSABLE if form is not None and form.is_bound else 200
    return render(request, "oversight/assessment/indicators.html", context, status=status)
