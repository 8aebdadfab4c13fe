"""What is pressed on the page of a power: submit, file, return, retire …; one view serves all of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from departments.permissions import supervises
from riskpoints.powers import forms
from riskpoints.powers.views.pages import UNPROCESSABLE, find_power, show_power
from riskpoints.references.powers import drafting, filing
from riskpoints.references.powers.enums import OPEN
from riskpoints.references.powers.models import FrozenPowerError
from riskpoints.references.powers.permissions import PowerAction, can

# What stands in the address: the right it takes, what is said when it is done.
ACTS = {
    "revise": (PowerAction.DRAFT, "已另起一稿，备案的一稿在新稿备案以前仍然有效。"),
    "submit": (PowerAction.SUBMIT, "已提交，等待备案。"),
    "recall": (PowerAction.RECALL, "已撤回，可以继续修改。"),
    "discard": (PowerAction.DISCARD, "草稿已作废，编号不再使用；写过的内容保留。"),
    "take_over": (PowerAction.TAKE_OVER, "已接管，编号沿用原部门的。"),
    "file": (PowerAction.FILE, "已备案，列入职权目录。"),
    "return": (PowerAction.RETURN, "已退回部门。"),
    "retire": (PowerAction.RETIRE, "已停用，不再列入职权目录。"),
    "publish": (PowerAction.PUBLISH, "已对外公开。"),
    "conceal": (PowerAction.PUBLISH, "已取消对外公开。"),
}
REFUSED = "您没有办理这一步的权限。"


@require_POST
def act(request, power_id, action):
    """Do one of the acts on a power."""
    if action not in ACTS:
        raise Http404("No such act.")
    power = find_power(request, power_id)
    right, done = ACTS[action]
    revision = power.revisions.filter(state__in=OPEN).select_related("power__department", "power__filed").first()
    if not _may(request.user, right, power, revision):
        raise PermissionDenied(REFUSED)
    form = forms.ReasonForm(request.POST, prefix=action) if action in ("return", "retire") else None
    if form is not None and not form.is_valid():
        return show_power(request, power, refused={action: form}, status=UNPROCESSABLE)
    try:
        _do(action, power, revision, form, request)
    except FrozenPowerError as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"职权 {power.number}：{done}")
        if action == "revise":
            return redirect("powers:edit", power.pk)
        if action == "discard" and power.filed_id is None:
            return redirect("powers:index")
    return redirect("powers:power", power.pk)


def _may(user, right, power, revision):
    if right == PowerAction.TAKE_OVER:
        return can(user, right, power)
    if right in (PowerAction.FILE, PowerAction.RETURN):
        return can(user, right, revision) if revision else supervises(user, power.department)
    return can(user, right, power.department)


def _do(action, power, revision, form, request):
    actor = request.user
    if action == "revise":
        return drafting.revise(power, actor=actor)
    if action == "retire":
        return filing.retire(power, form.cleaned_data["reason"], actor=actor)
    if action in ("publish", "conceal"):
        return filing.publish(power, action == "publish", actor=actor)
    if action == "take_over":
        return filing.take_over(power, actor=actor)
    if revision is None:
        raise FrozenPowerError("这项职权现在没有草稿，也没有待备案的一稿，没有办理。")
    if action == "return":
        return filing.send_back(revision, form.cleaned_data["reason"], actor=actor)
    if action == "file":
        return filing.file(revision, is_public="is_public" in request.POST, actor=actor)
    plain = {"submit": filing.submit, "recall": filing.recall, "discard": filing.discard}
    return plain[action](revision, actor=actor)
