"""Deciding: the reviewer's levels, the acts of the workflow, the signature, and a revision begun."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from departments.enums import Role
from departments.models import RoleGrant
from departments.permissions import has_role
from riskpoints import drafting, reviewing, workflow
from riskpoints.enums import Action, ConfirmedBy
from riskpoints.forms import CommentForm, ConfirmForm, ReviseForm, SignatureForm
from riskpoints.models.table import FrozenError
from riskpoints.permissions import can
from riskpoints.views.access import version_for
from riskpoints.views.editing import UNPROCESSABLE
from riskpoints.views.sheet import Sheet, assessment_forms, show_sheet
from riskpoints.workflow import WorkflowError

DONE = {
    Action.SUBMIT: "已提交，等待纪委审核。审核前可以撤回。",
    Action.RECALL: "已撤回，可以继续修改。",
    Action.RETURN: "已退回，部门会看到您的意见。",
    Action.APPROVE: "审核通过，等级已核定。",
    Action.CONFIRM: "已确定，本表从现在起是现行版。",
    Action.DISCARD: "这份修订稿已作废，现行版不变。",
}


@require_POST
def assess(request, version_id):
    """Save levels, reasons and remarks; then, as the pressed button says, approve or return."""
    version = version_for(request.user, version_id)
    sheet = Sheet(version, request.user)
    forms = assessment_forms(sheet, request.POST)
    comment = request.POST.get("comment", "").replace("\x00", "")[:2000]
    then = request.POST.get("then", "save")
    invalid = [form for form in forms.values() if not form.is_valid()]
    given = {key: reviewing.Assessment(**form.cleaned_data) for key, form in forms.items()} if not invalid else {}
    try:
        if not invalid:
            reviewing.assess(version, given, actor=request.user)
            return after_assessment(request, version, then, comment)
    except ValidationError as error:
        for key, texts in error.message_dict.items():
            forms[int(key)].add_error("reason", texts)
    except (WorkflowError, FrozenError) as error:
        messages.error(request, str(error))
        problems = getattr(error, "findings", [])
        return show_sheet(
            request,
            version_for(request.user, version.pk),
            assessment_forms=forms,
            problems=problems,
            comment=comment,
            status=UNPROCESSABLE,
        )
    messages.error(request, "有的等级还没有核定好，请看各项下面的提示。您填写的内容都还在。")
    return show_sheet(
        request,
        version_for(request.user, version.pk),
        assessment_forms=forms,
        comment=comment,
        status=UNPROCESSABLE,
    )


def after_assessment(request, version, then, comment):
    """What the reviewer's button asked for besides saving."""
    action = {"approve": Action.APPROVE, "return": Action.RETURN}.get(then)
    if action is None:
        messages.success(request, f"已于 {timezone.localtime():%H:%M} 保存，还没有作出审核结论。")
        return redirect("riskpoints:version", version.pk)
    workflow.perform(action, version, actor=request.user, comment=comment)
    messages.success(request, f"{version.owner_name}：{DONE[action]}")
    return redirect("riskpoints:inbox")


@require_http_methods(["GET", "HEAD", "POST"])
def act(request, version_id, action):
    """One act of the workflow: GET asks for what it needs, POST does it."""
    version = version_for(request.user, version_id)
    if action not in workflow.TRANSITIONS:
        raise Http404("No such act.")
    action = Action(action)
    if not can(request.user, action, version):
        raise PermissionDenied("您没有这项权限。")
    if action == Action.CONFIRM:
        return confirm(request, version)
    needs_comment = workflow.TRANSITIONS[action].needs_comment
    form = CommentForm(request.POST or None) if needs_comment else None
    if request.method == "POST" and (form is None or form.is_valid()):
        comment = form.cleaned_data["comment"] if form else ""
        return perform(request, version, action, comment=comment) or ask(request, version, action, form)
    return ask(request, version, action, form)


def ask(request, version, action, form):
    """The page that says what the act does and asks for what it needs."""
    context = {"version": version, "action": action, "form": form, "sheet": Sheet(version, request.user)}
    status = UNPROCESSABLE if form is not None and form.is_bound else 200
    return render(request, "riskpoints/act.html", context, status=status)


def perform(request, version, action, **values):
    """Do the act and go on, or say why not: None when the page is to be shown again."""
    try:
        done = workflow.perform(action, version, actor=request.user, **values)
    except WorkflowError as error:
        messages.error(request, str(error))
        return redirect("riskpoints:version", version.pk) if action in (Action.SUBMIT, Action.RECALL) else None
    messages.success(request, f"{done.owner_name}：{DONE[action]}")
    still_visible = action not in (Action.RETURN,) or can(request.user, Action.EDIT, done)
    return redirect("riskpoints:version", done.pk) if still_visible else redirect("riskpoints:inbox")


def confirm(request, version):
    """The principal confirms in the browser; the office records what was signed on paper."""
    is_principal = has_role(request.user, Role.PRINCIPAL)
    form_class = ConfirmForm if is_principal else SignatureForm
    grant = RoleGrant.objects.filter(role=Role.PRINCIPAL).select_related("user").first()
    initial = {"signer_name": grant.user.real_name if grant else "", "signed_on": timezone.localdate()}
    form = form_class(request.POST or None, request.FILES or None, initial=None if is_principal else initial)
    if request.method == "POST" and form.is_valid():
        signature = signature_from(form.cleaned_data, request.user, is_principal=is_principal)
        comment = form.cleaned_data["comment"]
        done = perform(request, version, Action.CONFIRM, comment=comment, signature=signature)
        if done is not None:
            return done
    return ask(request, version, Action.CONFIRM, form)


def signature_from(data, user, *, is_principal):
    """What the form says was signed."""
    if is_principal:
        return workflow.Signature(user.real_name, timezone.localdate(), ConfirmedBy.BROWSER)
    scan = data["scan"]
    return workflow.Signature(
        data["signer_name"],
        data["signed_on"],
        ConfirmedBy.PAPER,
        scan=scan.read() if scan else b"",
        scan_suffix=scan.name.rpartition(".")[2] if scan else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def revise(request, version_id):
    """Begin a revision of the version in force."""
    version = version_for(request.user, version_id)
    if not can(request.user, Action.REVISE, version.table):
        raise PermissionDenied("您没有修订这张表的权限。")
    form = ReviseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            draft = drafting.open_revision(version, reason=form.cleaned_data["reason"], actor=request.user)
        except WorkflowError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "修订稿已建好，内容与现行版相同。现行版在新版确定以前一直有效。")
            return redirect("riskpoints:version", draft.pk)
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "riskpoints/revise.html", {"version": version, "form": form}, status=status)
