"""One assessment: the head's self-assessment, the committee's scores, its return, its paper and files."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from departments.models import School
from riskpoints.oversight.assessment import acting, filling, papers, record, shown
from riskpoints.oversight.assessment.forms import ReturnForm, ScoresForm, SelfForm
from riskpoints.oversight.assessment.permissions import AssessmentAction, require, seen_assessments, sees_scores
from riskpoints.oversight.assessment.states import AssessmentError
from riskpoints.oversight.models import AssessmentItem
from riskpoints.oversight.verbs import OversightVerb
from riskpoints.oversight.views.assessment import index_of
from riskpoints.oversight.views.doing import did
from riskpoints.views.papers import give, give_file

UNPROCESSABLE = 422


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def assessment(request, assessment_id):
    """The indicators with what was said and given; the head saves the self-assessment and hands it in."""
    row = _found(request, assessment_id)
    if request.method != "POST":
        return _show(request, row)
    require(request.user, AssessmentAction.ASSESS_OWN, row)
    form = SelfForm(request.POST, request.FILES, items=acting.items_of(row), lock=row.lock)
    if not form.is_valid():
        return _show(request, row, form=form)
    try:
        seen = form.cleaned_data["lock"]
        saved = filling.save(row, form.said, seen=-1 if seen is None else seen, actor=request.user)
    except AssessmentError as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        form.refuse(error)
        found = _found(request, assessment_id)
        form.face(SelfForm(items=acting.items_of(found), lock=found.lock))
    else:
        return _submitted(request, saved)
    return _show(request, row, form=form)


def _submitted(request, row):
    """Hand in what was just saved, where the pressed button says so."""
    if request.POST.get("act") != "submit":
        messages.success(request, "已保存。")
        return redirect("oversight:assessment", row.pk)
    try:
        acting.submit(row, actor=request.user)
    except AssessmentError as error:
        messages.error(request, f"已保存。{error}")
    else:
        messages.success(request, "已提交自评，等纪委核分。")
    return redirect("oversight:assessment", row.pk)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def score(request, assessment_id):
    """What one of the committee gives for each manual indicator; the last button closes the scoring."""
    row = _found(request, assessment_id)
    require(request.user, AssessmentAction.SCORE, row.department)
    items = acting.items_of(row)
    form = ScoresForm(request.POST if request.method == "POST" else None, items=items, by=request.user)
    if form.is_bound and form.is_valid():
        is_over = request.POST.get("act") == "finish"
        if did(form, lambda: _scored(row, form.given, request.user, is_over=is_over)):
            messages.success(request, "核分完毕，等会议审定。" if is_over else "已保存核分。")
            return redirect("oversight:assessment", row.pk)
    return _show(request, row, scores=form)


def _scored(row, given, user, *, is_over):
    scored = acting.score(row, given, actor=user)
    return acting.finish(scored, actor=user) if is_over else scored


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request, assessment_id):
    """Return a self-assessment with a reason."""
    row = _found(request, assessment_id)
    if request.method != "POST":
        return redirect("oversight:assessment", row.pk)
    require(request.user, AssessmentAction.SCORE, row.department)
    form = ReturnForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["text"]
        if did(form, lambda: acting.give_back(row, text, actor=request.user)):
            messages.success(request, "已退回，部门负责人的待办里有提示。")
            return redirect("oversight:assessment", row.pk)
    return _show(request, row, returning=form)


@require_safe
def paper(request, assessment_id):
    """考核评分表 as PDF."""
    row = _found(request, assessment_id)
    (told,) = record.told(row.cycle, seen_assessments(request.user).filter(pk=row.pk), reader=request.user)
    made = papers.sheet(told, School.current())
    name = f"{papers.SHEET_TITLE}_{row.department_name}_{row.cycle.year}年度.pdf"
    back, verb = reverse("oversight:assessment", args=[row.pk]), OversightVerb.ASSESSMENT_PRINT
    return give(request, lambda: papers.sheet_pdf(made), name, verb=verb, back=back, target=row, inline=True)


@require_safe
def evidence(request, assessment_id, item_id):
    """A file that supports what the head says, as it was sent."""
    row = _found(request, assessment_id)
    item = get_object_or_404(AssessmentItem.objects.select_related("file"), assessment=row, pk=item_id)
    if item.file is None:
        raise Http404("No file supports it.")
    verb = OversightVerb.ASSESSMENT_DOWNLOAD
    return give_file(request, item.file, item.file_name, verb=verb, target=row, shown=("pdf", "jpg", "png"))


def _found(request, assessment_id):
    return get_object_or_404(seen_assessments(request.user), pk=assessment_id)


def _show(request, row, *, form=None, scores=None, returning=None):
    items = acting.items_of(row)
    page = shown.page_of(row, items, request.user)
    if form is None and page.may_fill and scores is None:
        form = SelfForm(items=items, lock=row.lock)
    groups = shown.items_shown(row, items, sees=sees_scores(request.user, row))
    writing = form or scores
    for _, own in groups:
        for one in own:
            if writing is not None and not one.item.indicator.is_automatic:
                one.fields = writing.fields_of(one.item)
    context = {
        "row": row,
        "page": page,
        "groups": groups,
        "form": form,
        "scores": scores,
        "returning": returning or (ReturnForm() if page.may_score and scores is None else None),
        "entries": row.entries.select_related("by"),
        "missing": acting.missing(items) if page.may_fill else [],
        "back": index_of(row.cycle),
    }
    bound = [one for one in (form, scores, returning) if one is not None and one.is_bound]
    return render(request, "oversight/assessment/assessment.html", context, status=UNPROCESSABLE if bound else 200)
