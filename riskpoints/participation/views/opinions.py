"""Opinions of the public: read, answered by the office, decided by the reviewer where they are objections."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from departments.accounts.typed import keeps_typed
from riskpoints.participation import forms, opinions, queries
from riskpoints.participation.enums import FeedbackState, ObjectionState
from riskpoints.participation.permissions import ParticipationAction, can, visible_objections
from riskpoints.participation.services import ParticipationError
from riskpoints.participation.views.lists import UNPROCESSABLE
from riskpoints.participation.views.proposals import show_list
from riskpoints.permissions import visible_versions
from riskpoints.tables.workflow import WorkflowError

READERS = "群众意见由领导小组办公室、纪委审核员、单位主要负责人和副组长查看。"


def readable(request, feedback_id):
    """The opinion, for those who read opinions at all."""
    if not can(request.user, ParticipationAction.READ_OPINIONS):
        raise PermissionDenied(READERS)
    return get_object_or_404(queries.opinions(request.user), pk=feedback_id)


def require_answering(request, feedback=None):
    """Only the office answers."""
    if not can(request.user, ParticipationAction.ANSWER, feedback):
        raise PermissionDenied("群众意见由领导小组办公室答复。")


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request, feedback_id):
    """One opinion: read it, and for the office answer it."""
    found = readable(request, feedback_id)
    if request.method == "POST":
        require_answering(request, found)
    data = request.POST if request.method == "POST" else None
    form = forms.AnswerForm(data, version=found.version)
    is_worded = request.POST.get("outcome") in forms.WordedForm.OUTCOMES
    worded = forms.WordedForm(
        data if is_worded else None, department=found.version.table.department, initial={"text": found.text}
    )
    is_valid = request.method == "POST" and form.is_valid() and (not is_worded or worded.is_valid())
    if is_valid and answered(request, found, form, worded if is_worded else None):
        return redirect("participation:opinions")
    context = {
        "feedback": found,
        "form": form,
        "worded": worded,
        "offers_worded": any(choice in forms.WordedForm.OUTCOMES for choice in forms.outcomes_for(found.version)),
        "may_answer": can(request.user, ParticipationAction.ANSWER, found),
        "may_refer": found.state == FeedbackState.NEW and can(request.user, ParticipationAction.REFER, found),
        "sees_version": visible_versions(request.user).filter(pk=found.version_id).exists(),
    }
    return render(request, "participation/opinion.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def answered(request, found, form, worded):
    """Whether there is nothing more to do here; otherwise the forms say what was refused."""
    try:
        opinions.answer_feedback(
            found, **form.cleaned_data, worded=worded.cleaned_data if worded else None, actor=request.user
        )
    except ParticipationError as error:
        form.add_error(None, str(error))
        return False
    except ValidationError as error:
        (worded or form).refuse(error)
        return False
    messages.success(request, "已答复，提意见的人凭查询码能看到。")
    return True


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, feedback_id):
    """A second answer; the first stays in the trail."""
    found = readable(request, feedback_id)
    require_answering(request, found)
    if found.state != FeedbackState.ANSWERED:
        messages.error(request, "这条意见还没有答复，请直接答复。")
        return redirect("participation:opinion", found.pk)
    form = forms.CorrectForm(request.POST if request.method == "POST" else None, initial={"answer": found.answer})
    if request.method == "POST" and form.is_valid():
        opinions.correct_answer(found, form.cleaned_data["answer"], actor=request.user)
        messages.success(request, "已更正答复，提意见的人看到的是新的答复。")
        return redirect("participation:opinion", found.pk)
    context = {"feedback": found, "form": form}
    return render(request, "participation/correct.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_POST
def bulk(request):
    """Close several opinions as 重复或无关, or take them out of the quarantine, with one reason for all."""
    require_answering(request)
    form = forms.BulkForm(request.POST)
    if not form.is_valid():
        return show_list(request, "opinions", bulk=form)
    chosen, reason = [row.pk for row in form.cleaned_data["chosen"]], form.cleaned_data["reason"]
    if request.POST.get("then") == "release":
        done = opinions.release(chosen, reason, actor=request.user)
        messages.success(request, f"已受理 {done} 条搁置的意见，请逐条答复。")
    else:
        done = opinions.close_unrelated(chosen, reason, actor=request.user)
        messages.success(request, f"已把 {done} 条意见答复为“重复或与本表无关”，提意见的人能看到理由。")
    return redirect("participation:opinions")


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request, objection_id):
    """One objection to a table under publicity: read it, and for its reviewer decide it."""
    if not can(request.user, ParticipationAction.READ_OPINIONS):
        raise PermissionDenied(READERS)
    found = get_object_or_404(visible_objections(request.user), pk=objection_id)
    may_decide = can(request.user, ParticipationAction.DECIDE_OBJECTION, found)
    if request.method == "POST" and not may_decide:
        raise PermissionDenied("异议由审核这张表的人办理。")
    version = found.feedback.version
    form = forms.ObjectionForm(request.POST if request.method == "POST" else None, version=version)
    if request.method == "POST" and form.is_valid() and decided(request, found, form):
        return redirect(reverse("riskpoints:inbox"))
    context = {"objection": found, "form": form, "may_decide": may_decide and found.is_open, "version": version}
    return render(request, "participation/objection.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def decided(request, found, form):
    """Whether the objection is decided; otherwise the form says why not."""
    try:
        done = opinions.decide_objection(found, **form.cleaned_data, actor=request.user)
    except (ParticipationError, WorkflowError) as error:
        form.add_error(None, str(error))
        return False
    except ValidationError as error:
        form.refuse(error)
        return False
    is_returned = done.state == ObjectionState.RETURNED
    messages.success(request, "已退回部门修改，异议随退回意见送去。" if is_returned else "已记下，列入下次修订。")
    return True
