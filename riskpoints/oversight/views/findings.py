"""问题登记: the matters of a year, one finding, registering it, deciding about it, answering it with a revision."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from departments.models import Department
from riskpoints.oversight.enums import FindingAct
from riskpoints.oversight.handling import findings, hands, shown
from riskpoints.oversight.handling.forms import AnswerForm, DecisionForm, FindingForm
from riskpoints.oversight.handling.permissions import (
    NOT_A_READER,
    NOT_REGISTERING,
    finds,
    reads,
    registers,
    require_registers,
    seen_findings,
    seen_handlings,
)
from riskpoints.oversight.handling.seeing import note_view
from riskpoints.oversight.permissions import checks
from riskpoints.oversight.views.doing import did
from riskpoints.views.of_year import chosen_year, years

UNPROCESSABLE = 422
# Label of the words, whether they are demanded, whether somebody is named.
DECISIONS = {
    FindingAct.DEMAND: ("要修订什么", True, False),
    FindingAct.DROP: ("理由", True, False),
    FindingAct.PASS_ON: ("说明", False, True),
    FindingAct.CLOSE: ("说明", False, False),
}


@require_safe
def index(request):
    """The findings and handlings of a year that this person sees; `?open` only those that wait for somebody."""
    if not finds(request.user):
        raise PermissionDenied(NOT_A_READER)
    cycle = chosen_year(request)
    only_open = "open" in request.GET
    context = {
        "shown": cycle,
        "years": years(),
        "lists": shown.lists(request.user, cycle, only_open=only_open) if cycle else None,
        "only_open": only_open,
        "may_register": bool(cycle) and registers(request.user),
        "reads": reads(request.user),
    }
    return render(request, "oversight/handling/index.html", context)


@require_safe
def choose(request):
    """Of which department a finding is registered."""
    require_registers(request.user)
    rows = [row for row in Department.objects.active_on() if checks(request.user, row)]
    return render(request, "oversight/handling/choose.html", {"departments": rows})


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def register(request, department_id):
    """Register a finding of a department, or of a person of it."""
    require_registers(request.user)
    department = get_object_or_404(Department.objects.active_on(), pk=department_id)
    if not checks(request.user, department):
        raise PermissionDenied(NOT_REGISTERING)
    form = FindingForm(request.POST if request.method == "POST" else None, department=department)
    if form.is_bound and form.is_valid():
        token = f"{form.cleaned_data['token']}"
        if made := did(form, lambda: findings.register(form.found, token=token, actor=request.user)):
            messages.success(request, f"已登记，编号 {made.number}。")
            return redirect("oversight:finding", made.pk)
    context = {"form": form, "department": department}
    return render(
        request, "oversight/handling/finding_form.html", context, status=UNPROCESSABLE if form.is_bound else 200
    )


@require_safe
def finding(request, finding_id):
    """One finding: what was found, what was done about it."""
    found = _found(request, finding_id)
    note_view(request.user, found)
    return _show(request, found)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, finding_id, act):
    """Demand a revision for a finding, drop it, pass it on, or close it."""
    found = _found(request, finding_id)
    if act not in DECISIONS:
        raise Http404("No such act.")
    act = FindingAct(act)
    if request.method != "POST":
        return redirect("oversight:finding", found.pk)
    form = decision_form(act, request.POST)
    if form.is_valid():
        said = {name: text or "" for name, text in form.cleaned_data.items()}
        if did(form, lambda: findings.perform(act, found, actor=request.user, **said)):
            messages.success(request, f"已办理：{act.label}。")
            return redirect("oversight:finding", found.pk)
    return _show(request, found, bound=(act, form))


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, finding_id):
    """Begin a revision that answers the finding, or name the draft that is on its way (R43)."""
    found = _found(request, finding_id)
    if request.method != "POST":
        return redirect("oversight:finding", found.pk)
    page = shown.finding_page(found, request.user)
    form = AnswerForm(request.POST)
    if page.draft is not None:
        form.fields["reason"].required = False
    if form.is_valid():
        reason, drafts = form.cleaned_data["reason"] or "", (page.draft, page.in_force)
        if made := did(form, lambda: findings.begin_answer(found, *drafts, reason=reason, actor=request.user)):
            messages.success(request, "已写明这份修订回应这个问题，请修改后提交审核。")
            return redirect("riskpoints:version", made.version_id)
    return _show(request, found, answer_form=form)


def decision_form(act, data=None):
    """The form of a decision."""
    label, needs_text, needs_whom = DECISIONS[act]
    return DecisionForm(data, prefix=act.value, label=label, needs_text=needs_text, needs_whom=needs_whom)


def _found(request, finding_id):
    found = get_object_or_404(seen_findings(request.user), pk=finding_id)
    if hands.is_person(request.user, found):
        raise Http404("Not about oneself.")
    return found


def _show(request, found, *, bound=None, answer_form=None):
    page = shown.finding_page(found, request.user)
    forms = {act: decision_form(act) for act in page.acts}
    if bound is not None:
        forms[bound[0]] = bound[1]
    context = {
        "finding": found,
        "page": page,
        "acts": list(forms.items()),
        "handlings": seen_handlings(request.user).filter(findings=found).order_by("pk"),
        "entries": found.entries.select_related("by"),
        "answers": found.answers.select_related("version__table__cycle", "version__table__department"),
        "answer": answer_form or (AnswerForm(initial=_reason(found)) if page.may_answer else None),
        "back": f"{reverse('oversight:findings')}?year={found.cycle.year}",
    }
    is_refused = bound is not None or answer_form is not None
    return render(request, "oversight/handling/finding.html", context, status=UNPROCESSABLE if is_refused else 200)


def _reason(found):
    return {"reason": f"回应问题 {found.number}：{found.text}"[:200]}
