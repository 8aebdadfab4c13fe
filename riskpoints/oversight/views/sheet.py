"""One check: filling it in, handing it in, reviewing it; its evidence."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from departments.models import School
from riskpoints.oversight.enums import CheckAct
from riskpoints.oversight.models import CheckEvidence, CheckMeasure, CheckSheet
from riskpoints.oversight.monitoring import acting, filling, papers, record, shown
from riskpoints.oversight.monitoring.forms import EvidenceForm, ReviewForm
from riskpoints.oversight.monitoring.states import CheckError
from riskpoints.oversight.permissions import filling as filling_act
from riskpoints.oversight.permissions import require, seen_sheets
from riskpoints.oversight.verbs import OversightVerb
from riskpoints.oversight.views.checks import index_of
from riskpoints.oversight.views.doing import did
from riskpoints.views.papers import give, give_file

UNPROCESSABLE = 422


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request, sheet_id):
    """The points with their measures; whoever fills them in saves all that was changed, from any of its buttons."""
    found = _found(request, sheet_id)
    rows = shown.measures_of(found)
    if request.method == "POST":
        require(request.user, filling_act(found.kind), found.department)
        return _saved(request, found, rows)
    return _show(request, found, rows)


def _saved(request, found, rows):
    """Save what was changed, and hand it in where the pressed button says so."""
    forms, head = shown.measure_forms(rows, found, request.POST), shown.head_form(found, request.POST)
    points = {form.point for form in forms.values() if form.point}
    if [one for one in (*points, *forms.values(), head) if not one.is_valid()]:
        return _show(request, found, rows, forms=forms, head=head)
    try:
        typed = {key: form.typed for key, form in forms.items()}
        saved = filling.save(found, typed, head.typed, actor=request.user)
        if request.POST.get("act") == CheckAct.SUBMIT:
            return _submit(request, saved)
    except filling.ChangedError as error:
        _face(found, forms, head, error)
    except CheckError as error:
        head.add_error(None, str(error))
    except ValidationError as error:
        head.refuse(error)
    else:
        messages.success(request, "已保存。")
        return redirect(_next(request, found, rows))
    return _show(request, found, rows, forms=forms, head=head)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def review(request, sheet_id):
    """Review a check, or return it with a reason, as the pressed button says."""
    found = _found(request, sheet_id)
    if request.method != "POST":
        return redirect("oversight:sheet", found.pk)
    form, act = ReviewForm(request.POST), request.POST.get("act", "")
    if act not in (CheckAct.REVIEW, CheckAct.RETURN):
        form.add_error(None, "请点“复核通过”或“退回”。")
    if form.is_valid():
        text = form.cleaned_data["text"]
        if did(form, lambda: acting.perform(CheckAct(act), found, actor=request.user, text=text)):
            messages.success(request, "已复核。" if act == CheckAct.REVIEW else "已退回。")
            return redirect("oversight:sheet", found.pk)
    return _show(request, _found(request, sheet_id), shown.measures_of(found), review_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request, sheet_id, measure_id):
    """The evidence of one measure; one more file."""
    found = _found(request, sheet_id)
    row = get_object_or_404(CheckMeasure.objects.select_related("line__sheet"), pk=measure_id, line__sheet=found)
    form = EvidenceForm()
    if request.method == "POST":
        require(request.user, filling_act(found.kind), found.department)
        form = EvidenceForm(request.POST, request.FILES)
        if form.is_valid() and _added(form, row, request):
            return redirect("oversight:evidence", found.pk, row.pk)
    context = {
        "sheet": found,
        "row": row,
        "files": row.evidence.select_related("file"),
        "form": form,
        "page": shown.page_of(found, [], request.user),
    }
    return render(request, "oversight/evidence.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_safe
def evidence_file(request, sheet_id, evidence_id):
    """One file, as it was sent."""
    found = _found(request, sheet_id)
    row = get_object_or_404(CheckEvidence.objects.select_related("file"), pk=evidence_id, measure__line__sheet=found)
    verb = OversightVerb.CHECK_DOWNLOAD
    return give_file(request, row.file, row.name, verb=verb, target=found, shown=("pdf", "jpg", "png"))


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_remove(request, sheet_id, evidence_id):
    """Take a wrong file away while the check is open."""
    found = _found(request, sheet_id)
    if request.method != "POST":
        return redirect("oversight:sheet", found.pk)
    require(request.user, filling_act(found.kind), found.department)
    rows = CheckEvidence.objects.select_related("measure__line__sheet")
    row = get_object_or_404(rows, pk=evidence_id, measure__line__sheet=found)
    try:
        filling.remove_evidence(row, actor=request.user)
    except CheckError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已移除。")
    return redirect("oversight:evidence", found.pk, row.measure_id)


@require_safe
def paper(request, sheet_id):
    """监督检查记录表 as PDF."""
    found = _found(request, sheet_id)
    (told,) = record.told(found.cycle, CheckSheet.objects.filter(pk=found.pk))
    name = f"{papers.SHEET_TITLE}_{found.department_name}_{found.cycle.year}年{found.get_period_display()}.pdf"
    made = papers.sheet(told, School.current())
    back = reverse("oversight:sheet", args=[found.pk])
    verb = OversightVerb.CHECK_PRINT
    return give(request, lambda: papers.sheet_pdf(made), name, verb=verb, back=back, target=found, inline=True)


def _next(request, found, rows):
    """Back to the point whose button was pressed, or on to the evidence of a measure."""
    for row in rows:
        if request.POST.get("evidence") == str(row.pk):
            return reverse("oversight:evidence", args=[found.pk, row.pk])
    place = next((row.line.order for row in rows if request.POST.get("at") == str(row.line.order)), None)
    return f"{reverse('oversight:sheet', args=[found.pk])}{f'#line-{place}' if place else ''}"


def _submit(request, found):
    """Hand in what was just saved; what is missing is said on the page."""
    try:
        acting.perform(CheckAct.SUBMIT, found, actor=request.user)
    except CheckError as error:
        messages.error(request, f"已保存。{error}")
        return redirect(f"{reverse('oversight:sheet', args=[found.pk])}?missing")
    messages.success(request, "已提交。")
    return redirect("oversight:sheet", found.pk)


def _added(form, row, request):
    sent = form.cleaned_data["file"]
    added = did(form, lambda: filling.add_evidence(row, sent.read(), sent.name, actor=request.user))
    if added:
        messages.success(request, "已添加。")
    return added


def _face(found, forms, head, error):
    """Beside what was typed, what somebody else saved meanwhile."""
    head.add_error(None, str(error))
    saved = shown.measure_forms(shown.measures_of(found), found)
    for key in filter(None, error.rows):
        forms[key].face(saved[key])
        if forms[key].point:
            forms[key].point.face(saved[key].point)
    if None in error.rows:
        found.refresh_from_db()
        head.face(shown.head_form(found))


def _found(request, sheet_id):
    return get_object_or_404(seen_sheets(request.user), pk=sheet_id)


def _show(request, found, rows, *, forms=None, head=None, review_form=None):
    page = shown.page_of(found, rows, request.user)
    missing = filling.missing(found) if page.may_fill and "missing" in request.GET else []
    given = forms or (shown.measure_forms(rows, found) if page.may_fill else {})
    context = {
        "sheet": found,
        "page": page,
        "lines": shown.lines_of(rows, given, missing),
        "missing": missing,
        "head": head or (shown.head_form(found) if page.may_fill else None),
        "form": head,
        "review": review_form or (ReviewForm() if page.may_review else None),
        "entries": found.entries.select_related("by"),
        "back": index_of(found.cycle),
    }
    return render(request, "oversight/sheet.html", context, status=UNPROCESSABLE if head or review_form else 200)
