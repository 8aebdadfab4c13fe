"""考核: the departments of a year, beginning the own assessment, recording what a meeting decided."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from departments.models import Department, School
from riskpoints.models import Cycle
from riskpoints.oversight.assessment import acting, corrections, filling, papers, record, sheets, shown
from riskpoints.oversight.assessment.forms import DecideForm
from riskpoints.oversight.assessment.permissions import (
    AssessmentAction,
    can,
    require,
    seen_assessments,
    seen_departments,
    seen_vetoes,
)
from riskpoints.oversight.assessment.states import AssessmentError
from riskpoints.oversight.verbs import OversightVerb
from riskpoints.oversight.views.doing import did
from riskpoints.views.of_year import chosen_year, give_list, years

UNPROCESSABLE = 422


@require_safe
def index(request):
    """The departments of a year with their scores and grades, as far as this person sees them."""
    require(request.user, AssessmentAction.READ)
    cycle = chosen_year(request)
    sheet = sheets.of_year(cycle) if cycle else None
    is_open = sheet is not None and sheet.is_active and not cycle.is_closed
    context = {
        "shown": cycle,
        "years": years(),
        "sheet": sheet,
        "rows": shown.lines(cycle, request.user, is_open=is_open) if cycle else [],
        "may_keep": can(request.user, AssessmentAction.KEEP_SHEET),
        "may_decide": bool(cycle) and not cycle.is_closed and can(request.user, AssessmentAction.DECIDE),
        "may_propose": bool(cycle) and can(request.user, AssessmentAction.PROPOSE_VETO),
        "vetoes": list(seen_vetoes(request.user).filter(cycle=cycle)) if cycle else [],
        "corrected": corrections.told(cycle) if cycle and seen_departments(request.user) is None else [],
    }
    return render(request, "oversight/assessment/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request, year, department_id):
    """Begin the self-assessment of the own department, or go on with it."""
    department, cycle = get_object_or_404(Department, pk=department_id), get_object_or_404(Cycle, year=year)
    require(request.user, AssessmentAction.ASSESS_OWN, department)
    known = seen_assessments(request.user).filter(cycle=cycle, department=department, until__isnull=True).first()
    if known is not None:
        return redirect("oversight:assessment", known.pk)
    if request.method == "POST":
        try:
            return redirect("oversight:assessment", filling.begin(cycle, department, actor=request.user).pk)
        except AssessmentError as error:
            messages.error(request, str(error))
            return redirect(index_of(cycle))
    sheet = sheets.of_year(cycle)
    indicators = list(sheet.indicators.all()) if sheet is not None and sheet.is_active else []
    context = {"cycle": cycle, "department": department, "indicators": indicators, "back": index_of(cycle)}
    return render(request, "oversight/assessment/start.html", context)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, year):
    """Record what a meeting decided about some of the scored departments."""
    require(request.user, AssessmentAction.DECIDE)
    cycle = get_object_or_404(Cycle, year=year)
    scored = shown.to_decide(cycle, request.user)
    form = DecideForm(request.POST if request.method == "POST" else None, scored=scored)
    if form.is_bound and form.is_valid() and _decided(request, form):
        return redirect(index_of(cycle))
    context = {"form": form, "cycle": cycle, "scored": scored, "back": index_of(cycle)}
    return render(request, "oversight/assessment/decide.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _decided(request, form):
    data = form.cleaned_data
    told = {"decided_on": data["decided_on"], "minutes_number": data["minutes_number"]}
    done = did(form, lambda: acting.decide(list(data["departments"]), **told, actor=request.user))
    if done:
        messages.success(request, f"已登记 {len(done)} 个部门的审定。")
    return done


@require_safe
def listing(request, kind):
    """考核结果汇总表 of the departments of a year that this person sees, as PDF or .xlsx."""
    require(request.user, AssessmentAction.READ)

    def of(cycle):
        told = record.told(cycle, seen_assessments(request.user), reader=request.user)
        return papers.listing(cycle.year, told, School.current())

    verb = OversightVerb.ASSESSMENT_PRINT
    return give_list(request, kind, papers.LIST_TITLE, of, verb=verb, back=index_of)


def index_of(cycle):
    """The list of a year."""
    return f"{reverse('oversight:assessments')}?year={cycle.year}"
