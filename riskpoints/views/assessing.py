"""The reviewer's page: levels, reasons and remarks are saved, then the table is approved or returned."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from departments.accounts.typed import keeps_typed
from riskcontrol import audit
from riskcontrol.text import stripped
from riskcontrol.web.contrasts import contrasts, typed
from riskpoints.enums import Action, Status
from riskpoints.forms.reviewing import ReviewForm
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.models.table import FrozenError
from riskpoints.permissions import can, is_reviewer_of
from riskpoints.tables import reviewing, workflow
from riskpoints.tables.editing import ConflictError
from riskpoints.verbs import RegisterVerb
from riskpoints.views.access import only_posts, version_for
from riskpoints.views.actions import done_text
from riskpoints.views.editing import CONFLICT, UNPROCESSABLE, show_frozen
from riskpoints.views.sheet import VersionSheet, assessment_forms, show_sheet

BUTTONS = {"approve": Action.APPROVE, "return": Action.RETURN}
GONE = "这张表已由部门撤回或由他人退回，正在修改，您填写的意见没有保存。部门再次提交后，会回到您的待办。"


@keeps_typed
@only_posts
def assess(request, version_id):
    """Save levels, reasons and remarks; then, as the pressed button says, approve or return."""
    try:
        version = version_for(request.user, version_id)
    except Http404:
        return show_gone(request, version_id)
    if not can(request.user, Action.ASSESS, version):
        raise PermissionDenied("您没有审核这张表的权限。")
    sheet = VersionSheet(version, request.user, review=ReviewForm(request.POST))
    sheet.assessment_forms = assessment_forms(sheet, request.POST)
    action = BUTTONS.get(request.POST.get("then", ""))
    try:
        return save_and_decide(request, sheet, action)
    except ConflictError as error:
        return show_conflict(request, sheet, error.stored)
    except FrozenError as error:
        return show_frozen(request, version, typed_review(sheet), error)
    except workflow.WorkflowError as error:
        return show_refusal(request, sheet, error)


def save_and_decide(request, sheet, action):
    """Save what is valid and do the act, or show the page again with what is wrong beside it."""
    review, forms = sheet.review, sheet.assessment_forms
    if review.is_valid() and action == Action.RETURN and not review.cleaned_data["comment"]:
        review.add_error("comment", "请写明意见：哪里要改、为什么。")
    if [form for form in [review, *forms.values()] if not form.is_valid()]:
        return show_again(request, sheet, "有的地方还要补充，请看各处的提示。您填写的内容都还在，还没有保存。")
    given = {key: reviewing.Assessment(**form.cleaned_data) for key, form in forms.items()}
    try:
        reviewing.assess(sheet.version, given, lock=review.cleaned_data["lock"], actor=request.user)
    except ValidationError as error:
        for key, texts in error.message_dict.items():
            forms[int(key)].add_error("reason", texts)
        return show_again(request, sheet, "有的等级还没有核定好，请看各项下面的提示。您填写的内容都还在，还没有保存。")
    return decide(request, sheet.version, action, review.cleaned_data["comment"])


def decide(request, version, action, comment):
    """What the reviewer's button asked for besides saving."""
    if action is None:
        messages.success(request, f"已于 {timezone.localtime():%H:%M} 保存，还没有作出审核结论。")
        return redirect("riskpoints:version", version.pk)
    done = workflow.perform(action, version, actor=request.user, comment=comment)
    messages.success(request, done_text(action, done))
    return redirect("riskpoints:inbox")


def show_again(request, sheet, reason, *, status=UNPROCESSABLE, **parts):
    """The page as it is stored now, with everything that was typed."""
    messages.error(request, reason)
    version = version_for(request.user, sheet.version.pk)
    forms, review = sheet.assessment_forms, sheet.review
    review.renew("lock", version.lock)
    return show_sheet(request, version, assessment_forms=forms, review=review, status=status, **parts)


def show_conflict(request, sheet, stored):
    """Another reviewer saved meanwhile: say at each point what, and let the next save overwrite knowingly."""
    saved = assessment_forms(VersionSheet(stored, request.user))
    differences = {key: contrasts(form, saved[key]) for key, form in sheet.assessment_forms.items() if key in saved}
    who = "您在另一个页面" if is_own_change(request, stored) else "另一位审核人在您审核期间"
    reason = f"{who}保存过意见。各项下面写明了已保存的内容，请对照；再按一次，将以现在这一页的为准。"
    return show_again(request, sheet, reason, status=CONFLICT, contrasts=differences)


def is_own_change(request, version):
    """Whether the same reviewer saved meanwhile, in another window."""
    points = list(version.points.values_list("pk", flat=True))
    hands = {
        audit.last_hand(RiskPoint, points, verbs=[RegisterVerb.ASSESS]),
        audit.last_hand(TableVersion, [version.pk], verbs=[RegisterVerb.REMARK]),
    }
    return hands - {""} == {request.user.staff_number}


def show_refusal(request, sheet, error):
    """The act was refused: at the points that need something, or because somebody else was faster."""
    version = TableVersion.objects.get(pk=sheet.version.pk)
    if version.status != Status.SUBMITTED:
        return show_frozen(request, version, typed_review(sheet), error)
    return show_again(request, sheet, str(error), problems=getattr(error, "findings", []))


def show_gone(request, version_id):
    """The table is with the department again, so the reviewer may not see it; what was typed is his or her own."""
    version = get_object_or_404(TableVersion.objects.select_related("table__department"), pk=version_id)
    was_submitted = version.decisions.filter(action=Action.SUBMIT).exists()
    if version.status != Status.DRAFT or not was_submitted or not is_reviewer_of(request.user, version.table):
        raise Http404("No such version.")
    texts = [stripped(text) for key, text in request.POST.items() if key == "comment" or key.startswith("point")]
    words = [("您填写的", text) for text in texts if len(text) > 1]  # a single digit is a level
    return show_frozen(request, version, words, GONE, is_gone=True)


def typed_review(sheet):
    """(place, words) of everything the reviewer typed."""
    texts = typed(sheet.review)
    for row in sheet.content.rows:
        for number, point in enumerate(row.points, start=1):
            for label, text in typed(sheet.assessment_forms[point.pk]):
                texts.append((f"{row.label}第 {number} 项：{label}", text))
    return texts
