"""What is done to a regulation: each act with its form, the year's plan, the execution check."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from departments.accounts.typed import keeps_typed
from riskpoints.references.regulations import queries, services
from riskpoints.references.regulations.enums import Act, Executed, Plan
from riskpoints.references.regulations.permissions import RegulationAction
from riskpoints.references.regulations.states import TRANSITIONS
from riskpoints.regulations import citing
from riskpoints.regulations.closed import open_year
from riskpoints.regulations.forms import ActForm, CheckForm, PlanForm
from riskpoints.regulations.queries import PLANNED
from riskpoints.regulations.views.pages import answer, kept_by, saved


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def act(request, regulation_id, act):
    """One act of the table of transitions."""
    if act not in Act.values:
        raise Http404("No such act.")
    transition = TRANSITIONS[Act(act)]
    found = kept_by(request.user, regulation_id, RegulationAction.DECIDE)
    if request.method != "POST" and found.state not in transition.sources:
        messages.info(request, f"{found}现在是“{found.get_state_display()}”，不能办理“{transition.act.label}”。")
        return redirect("regulations:page", found.pk)
    successors = queries.citable().exclude(pk=found.pk)
    form = ActForm(
        request.POST if request.method == "POST" else None,
        instance=found,
        transition=transition,
        successors=successors,
    )

    def save(data):
        services.perform(transition.act, found, data, actor=request.user)

    if request.method == "POST" and saved(form, save):
        messages.success(request, f"已办理：{transition.act.label}。")
        return redirect("regulations:page", found.pk)
    cited = citing.counts([found]).get(found.pk, 0)
    return answer(request, "act", {"regulation": found, "transition": transition, "cited": cited}, form)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request, regulation_id):
    """废改立意见 of a year."""
    found = kept_by(request.user, regulation_id, RegulationAction.PLAN)
    if found.kind not in PLANNED:
        raise PermissionDenied("废改立只涉及校级和部门的制度。")
    form = PlanForm(request.POST if request.method == "POST" else None, regulation=found)

    def save(data):
        with open_year(data["year"]):
            said = {"due": data["due"], "note": data["note"]}
            services.decide(found, data["year"], Plan(data["decision"]), **said, actor=request.user)

    if request.method == "POST" and saved(form, save):
        messages.success(request, "已登记废改立意见。")
        return redirect("regulations:page", found.pk)
    return answer(request, "plan_form", {"regulation": found}, form)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def check(request, regulation_id):
    """制度执行检查 of a year (R59)."""
    found = kept_by(request.user, regulation_id, RegulationAction.CHECK)
    form = CheckForm(request.POST if request.method == "POST" else None)

    def save(data):
        with open_year(data["year"]):
            values = data | {"executed": Executed(data["executed"])}
            services.check(found, data["year"], values, actor=request.user)

    if request.method == "POST" and saved(form, save):
        messages.success(request, "已登记执行检查。")
        return redirect("regulations:page", found.pk)
    return answer(request, "check_form", {"regulation": found}, form)
