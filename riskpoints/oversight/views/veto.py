"""“优秀”否决: proposing one, and acting on it; never by whom it is about."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from departments.accounts.typed import keeps_typed
from departments.models import Department
from riskcontrol import audit
from riskpoints.models import Cycle
from riskpoints.oversight.assessment import barring, heads, shown, vetoes
from riskpoints.oversight.assessment.forms import ConfirmForm, LiftForm, VetoForm, WithdrawForm
from riskpoints.oversight.assessment.permissions import AssessmentAction, can, require, seen_vetoes
from riskpoints.oversight.enums import VetoAct, VetoState
from riskpoints.oversight.models import AssessmentCorrection
from riskpoints.oversight.verbs import OversightVerb
from riskpoints.oversight.views.assessment import index_of
from riskpoints.oversight.views.doing import did

UNPROCESSABLE = 422
DONE = {VetoAct.CONFIRM: "否决已生效。", VetoAct.WITHDRAW: "已撤销。", VetoAct.LIFT: "否决已解除。"}


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request, year):
    """Propose a veto in a year, also in a closed one."""
    require(request.user, AssessmentAction.PROPOSE_VETO)
    cycle = get_object_or_404(Cycle, year=year)
    own = [one.pk for one in shown.judged(cycle, None) if can(request.user, AssessmentAction.PROPOSE_VETO, one)]
    departments = Department.objects.filter(pk__in=own).order_by("order", "pinyin", "pk")
    form = VetoForm(request.POST if request.method == "POST" else None, departments=departments)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        head = heads.of_case(cycle, data["department"], data["head_name"], data["violation_on"])
        whose = (data["department"], head, data["head_name"])
        if made := did(form, lambda: vetoes.propose(cycle, *whose, form.case, actor=request.user)):
            messages.success(request, "已拟定，等单位主要负责人或副组长确认。")
            return redirect("oversight:veto", made.pk)
    context = {"form": form, "cycle": cycle, "back": index_of(cycle)}
    return render(request, "oversight/assessment/propose.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def veto(request, veto_id):
    """One veto with both conditions; who may lets it take effect, withdraws or lifts it."""
    row = get_object_or_404(seen_vetoes(request.user), pk=veto_id)
    acts = _acts(request, row)
    if request.method == "POST":
        return _acted(request, row, acts)
    audit.record(OversightVerb.VETO_VIEW, actor=request.user, target=row)
    return _show(request, row, acts)


def _acted(request, row, acts):
    act = request.POST.get("act", "")
    if act not in DONE:
        messages.error(request, "请点要办理的按钮。")
        return redirect("oversight:veto", row.pk)
    require(request.user, vetoes.RIGHTS[VetoAct(act)], row)
    form = _form(VetoAct(act), row, request.POST)
    if form.is_valid() and did(form, lambda: _perform(VetoAct(act), row, form, request.user)):
        messages.success(request, DONE[VetoAct(act)])
        return redirect("oversight:veto", row.pk)
    return _show(request, row, acts | {VetoAct(act): form})


def _perform(act, row, form, user):
    text = form.cleaned_data["text"]
    if act == VetoAct.CONFIRM:
        return vetoes.confirm(row, text=text, actor=user)
    if act == VetoAct.WITHDRAW:
        return vetoes.withdraw(row, text, actor=user)
    return vetoes.lift(row, form.corrected, text, actor=user)


def _form(act, row, data=None):
    kinds = {VetoAct.CONFIRM: ConfirmForm, VetoAct.WITHDRAW: WithdrawForm, VetoAct.LIFT: LiftForm}
    form = kinds[act](data, auto_id=f"{act}-%s")
    if act == VetoAct.CONFIRM and not any(one.final_grade == "excellent" for one in barring.decided(row)):
        form.fields["text"].label = "说明"
        form.fields["text"].help_text = "可以不填；不写案情。"
    return form


def _acts(request, row):
    """The forms of what this person may do with it now."""
    open_acts = {VetoState.PROPOSED: (VetoAct.CONFIRM, VetoAct.WITHDRAW), VetoState.IN_FORCE: (VetoAct.LIFT,)}
    acts = open_acts.get(row.state, ())
    return {act: _form(act, row) for act in acts if can(request.user, vetoes.RIGHTS[act], row)}


def _show(request, row, acts):
    context = {
        "veto": row,
        "acts": [(act, VetoAct(act).label, form) for act, form in acts.items()],
        "entries": row.entries.select_related("by"),
        "corrections": list(AssessmentCorrection.objects.filter(veto=row)),
        "back": index_of(row.cycle),
    }
    bound = any(form.is_bound for form in acts.values())
    return render(request, "oversight/assessment/veto.html", context, status=UNPROCESSABLE if bound else 200)
