"""Deciding: the acts of the workflow, the signature, and a revision begun."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from departments.accounts.typed import keeps_typed
from departments.enums import Role
from departments.permissions import has_role, is_leader_in
from departments.queries import deputies_on, principals_on
from riskcontrol.templatetags.ui import cn_date
from riskpoints import wings
from riskpoints.content.content import load
from riskpoints.content.walk import walk_of
from riskpoints.desk.tasks import SIGN
from riskpoints.enums import Action, ConfirmedBy
from riskpoints.forms.deciding import CommentForm, ConfirmForm, ReviseForm, SignatureForm, UnwalkedForm
from riskpoints.forms.meeting import MeetingForm
from riskpoints.permissions import NOBODY, can, took_part, who_confirms
from riskpoints.tables import meetings, publicity, starting, workflow
from riskpoints.tables.demands import UNPOSTED
from riskpoints.tables.returned import returned
from riskpoints.tables.workflow import WorkflowError
from riskpoints.views.access import version_for
from riskpoints.views.editing import UNPROCESSABLE
from riskpoints.views.sheet import VersionSheet, show_sheet

DONE = {
    Action.SUBMIT: "已提交，等待{reviewer}审核。审核前可以撤回。",
    Action.RECALL: "已撤回，可以继续修改。",
    Action.RETURN: "已退回，部门会看到您的意见。",
    Action.APPROVE: "审核通过，{next}。",
    Action.CONFIRM: "已确定，本表从现在起是现行版。",
    Action.DISCARD: "这份修订稿已作废，现行版不变。",
    Action.COMPARE: "核对无误，补录的表现在是当年的现行版。",
    Action.MISMATCH: "已退回重录，领导小组办公室会看到您的意见。",
}


NOTED = {False: "已登记签字，待补扫描件。", True: "已登记会议决定，待补扫描件。"}


def done_text(action, version):
    """What was done, and what comes next."""
    until = cn_date(version.publish_until)
    reviewer = "副组长" if version.table.department and version.table.department.is_discipline_office else "纪委"
    decided = "等待会议逐岗位决定" if version.table.is_leaders else "等待单位主要负责人签字确定"
    after = f"已开始公示，到{until}" if until else decided
    if publicity.needs_posting(version):
        after = "等待领导小组办公室列入公示"
    return f"{version.owner_name}：{DONE[action].format(reviewer=reviewer, next=after)}"


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def act(request, version_id, action):
    """One act of the workflow: GET asks for what it needs, POST does it."""
    version = version_for(request.user, version_id)
    if action not in workflow.TRANSITIONS:
        raise Http404("No such act.")
    action = Action(action)
    if not can(request.user, action, version):
        raise PermissionDenied(why_not(request.user, action, version))
    if request.method != "POST" and (refusal := refusal_of(action, version)):
        messages.error(request, refusal)
        return redirect("riskpoints:version", version.pk)
    if action == Action.CONFIRM:
        return confirm(request, version)
    if action == Action.SUBMIT and request.method == "POST":
        return submit(request, version)
    needs_comment = workflow.TRANSITIONS[action].needs_comment
    form = CommentForm(sent(request)) if needs_comment else None
    if request.method == "POST" and (form is None or form.is_valid()):
        comment = form.cleaned_data["comment"] if form else ""
        return perform(request, version, action, comment=comment) or ask(request, version, action, form)
    return ask(request, version, action, form)


def submit(request, version):
    """Hand a draft in, unless something is to be said first: why last year's points were not all gone through, and what
    answers there are to the committee's remarks."""
    content = load(version)
    walk, form = walk_of(content), UnwalkedForm(request.POST)
    is_unwalked = version.is_draft and walk is not None and bool(walk.left)
    if is_unwalked and not form.is_valid():
        return show_sheet(request, version, unwalked=form, status=UNPROCESSABLE)
    reason = form.cleaned_data["reason"] if is_unwalked else ""
    last = returned(content) if version.is_draft and "despite" not in request.POST else None
    if last is not None and last.open_items:
        context = {"version": version, "returned": last, "reason": reason}
        return render(request, "riskpoints/tables/submit_open.html", context)
    return perform(request, version, Action.SUBMIT, comment=reason)


def why_not(user, action, version):
    """Why this person has no right to the act: whoever took part is told so, and who can do it instead."""
    if action != Action.CONFIRM or not has_role(user, Role.OFFICE, Role.PRINCIPAL):
        return "您没有这项权限。"
    if version.table.is_leaders and has_role(user, Role.OFFICE) and is_leader_in(user, version.table.department_id):
        return "您担任校领导班子的岗位，会议决定由办公室另一位人员登记。"
    if not took_part(user, version) and not version.table.is_leaders:
        return "您没有这项权限。"
    if version.table.is_leaders and not has_role(user, Role.OFFICE):
        return "校领导班子的表由会议逐岗位决定，由领导小组办公室登记，任何人不确定本人的等级。"
    names = "、".join(person.real_name for person in who_confirms(version))
    instead = f"请由{names}办理。" if names else NOBODY
    return f"您填写、提交或核定过这张表，不能登记或确定它。{instead}"


def sent(request):
    """What a form was sent with; None when its page is only opened."""
    return request.POST if request.method == "POST" else None


def refusal_of(action, version):
    """Why the act can't be done now, before anything is typed for it; an empty text where it can."""
    if not workflow.is_possible(action, version):
        return f"这张表现在是“{version.get_status_display()}”，不能{action.label}。"
    if action == Action.CONFIRM and version.is_being_published():
        return f"公示期到{cn_date(version.publish_until)}，期满后才能确定。"
    if action == Action.CONFIRM and publicity.needs_posting(version):
        return UNPOSTED
    return wings.unmet(action, version)


def ask(request, version, action, form):
    """The page that says what the act does and asks for what it needs."""
    context = {
        "version": version,
        "action": action,
        "label": confirms(version, request.user) if action == Action.CONFIRM else action.label,
        "form": form,
        "sheet": VersionSheet(version, request.user),
        "panels": wings.panels("deciding", request.user, version) if action == Action.CONFIRM else [],
    }
    status = UNPROCESSABLE if form is not None and form.is_bound else 200
    return render(request, "riskpoints/tables/act.html", context, status=status)


def confirms(version, user):
    """What confirming is called on the link that leads there, and on the button: one's own signature, or a record."""
    if has_role(user, Role.PRINCIPAL) and not version.table.is_leaders:
        return SIGN
    return records(version)


def records(version):
    """What the office does when it records that a table was decided about."""
    return "登记会议决定" if version.table.is_leaders else "登记签字盖章"


def perform(request, version, action, **values):
    """Do the act and go on, or say why not: None when the page is to be shown again."""
    try:
        done = workflow.perform(action, version, actor=request.user, **values)
    except WorkflowError as error:
        if was_done_by(request.user, version, action):  # a second press of the same button
            return redirect("riskpoints:inbox")
        messages.error(request, str(error))
        return redirect("riskpoints:version", version.pk) if action in (Action.SUBMIT, Action.RECALL) else None
    messages.success(request, done_text(action, done))
    still_visible = action not in (Action.RETURN,) or can(request.user, Action.EDIT, done)
    return redirect("riskpoints:version", done.pk) if still_visible else redirect("riskpoints:inbox")


def was_done_by(user, version, action):
    """Whether this very act was the last thing that happened, and by this person."""
    last = version.decisions.order_by("at", "id").last()
    return last is not None and last.action == action and last.actor_id == user.pk


def confirm(request, version):
    """The principal confirms in the browser; the office records what was signed on paper, with its scan or before."""
    if version.table.is_leaders:
        return record_meeting(request, version)
    is_principal = has_role(request.user, Role.PRINCIPAL)
    form = ConfirmForm(sent(request), request=request) if is_principal else signature_form(request, version)
    if request.method == "POST" and form.is_valid():
        signature = own_signature(form, request.user) if is_principal else paper_signature(form)
        if not is_principal and not signature.scan:
            return note(request, version, signature) or ask(request, version, Action.CONFIRM, form)
        comment = form.cleaned_data["comment"]
        done = perform(request, version, Action.CONFIRM, comment=comment, signature=signature)
        if done is not None:
            return done
    return ask(request, version, Action.CONFIRM, form)


def record_meeting(request, version):
    """The office records what a meeting decided about the table of the 校领导班子, with the scan or before (R53)."""
    last = meetings.last_of(version)
    files = request.FILES if request.method == "POST" else None
    form = MeetingForm(sent(request), files, version=version, last=last)
    if request.method == "POST" and form.is_valid():
        meeting, comment = form.recorded(), form.cleaned_data["comment"]
        if meeting.scan:
            done = perform(request, version, Action.CONFIRM, comment=comment, signature=meeting)
        else:
            done = note(request, version, meeting)
        if done is not None:
            return done
        version = version_for(request.user, version.pk)
        form.look_again(meetings.last_of(version))
    return ask(request, version, Action.CONFIRM, form)


def note(request, version, signature):
    """Record a signature or meeting whose scan is missing, or say why not: None when the page is to be shown again."""
    try:
        workflow.note_signature(version, signature, actor=request.user)
    except WorkflowError as error:
        messages.error(request, str(error))
        return None
    said = NOTED[version.table.is_leaders]
    messages.success(request, f"{version.owner_name}：{said}补上以后，本表才是现行版。")
    return redirect("riskpoints:version", version.pk)


def signature_form(request, version):
    """What the office records; what was noted before, or today, stands in it already."""
    is_noted = version.awaits_scan
    initial = {"signed_on": version.signed_on if is_noted else timezone.localdate()}
    if is_noted:  # the name is a choice only where a deputy signed, or where the day has two principals
        initial |= {"deputy": version.signer_name, "deputy_reason": version.deputy_reason}
    submitted_on = timezone.localdate(version.submitted_at) if version.submitted_at else None
    # Who could sign on some day since the submission: it may be recorded after the deputy left.
    days = [day for day in (timezone.localdate(), version.signed_on, submitted_on) if day]
    return SignatureForm(
        sent(request),
        request.FILES if request.method == "POST" else None,
        initial=initial,
        submitted_on=submitted_on,
        principals_on=lambda day: [user.names_on(day)[0] for user in principals_on(day)],
        deputies=list(dict.fromkeys(name for day in days for name in deputies_on(day))),
        is_noted=is_noted,
    )


def own_signature(form, user):
    """The principal's own confirmation, with the proof of who it is."""
    return workflow.Signature(user.real_name, timezone.localdate(), ConfirmedBy.BROWSER, proof=form.proof)


def paper_signature(form):
    """What the form says was signed."""
    data, scan = form.cleaned_data, form.cleaned_data["scan"]
    return workflow.Signature(
        form.signer_name,
        data["signed_on"],
        ConfirmedBy.PAPER,
        scan=scan.read() if scan else b"",
        scan_suffix=scan.name.rpartition(".")[2] if scan else "",
        deputy_reason=data["deputy_reason"],
    )


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def revise(request, version_id):
    """Begin a revision of the version in force."""
    version = version_for(request.user, version_id)
    if not can(request.user, Action.REVISE, version.table):
        raise PermissionDenied("您没有修订这张表的权限。")
    if request.method != "POST" and not VersionSheet(version, request.user).may_revise:
        messages.error(request, "现在不能修订：只有现行版可以修订，而且没有正在办理的修订稿。")
        return redirect("riskpoints:version", version.pk)
    form = ReviseForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            draft = starting.open_revision(version, reason=form.cleaned_data["reason"], actor=request.user)
        except WorkflowError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "修订稿已建好，内容与现行版相同。现行版在新版确定以前一直有效。")
            return redirect("riskpoints:version", draft.pk)
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "riskpoints/tables/revise.html", {"version": version, "form": form}, status=status)
