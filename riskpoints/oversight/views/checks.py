"""监控检查: what a year's checks are due, begun and done; beginning one."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from departments.enums import Level
from departments.models import Department, School
from departments.permissions import supervises
from riskpoints.models import Cycle
from riskpoints.oversight.enums import CheckKind, Period, Standing
from riskpoints.oversight.monitoring import overview, papers, periods, record, starting, waiting
from riskpoints.oversight.monitoring.forms import SuperviseForm
from riskpoints.oversight.monitoring.starting import Which
from riskpoints.oversight.monitoring.states import CheckError
from riskpoints.oversight.permissions import OversightAction, can, require, seen_departments, seen_sheets
from riskpoints.oversight.verbs import OversightVerb
from riskpoints.oversight.views.doing import did
from riskpoints.views.of_year import chosen_year, give_list, years

UNPROCESSABLE = 422


@require_safe
def index(request):
    """The checks of a year that this person sees; `?open` only those that somebody still has to do."""
    require(request.user, OversightAction.READ)
    cycle = chosen_year(request)
    found = overview.checks(cycle, seen_departments(request.user)) if cycle else []
    only_open = "open" in request.GET
    rows = [one for one in found if one.is_expected or one.standing == Standing.SUBMITTED] if only_open else found
    context = {
        "shown": cycle,
        "years": years(),
        "rows": [(one, _link(one, request.user)) for one in rows],
        "only_open": only_open,
        "counts": _counts(found),
        "may_supervise": cycle and not cycle.is_closed and can(request.user, OversightAction.SUPERVISE),
    }
    return render(request, "oversight/checks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request, year, department_id, level, period):
    """Begin a 部门自查, or go on with it where somebody has."""
    department = get_object_or_404(Department, pk=department_id)
    if period not in Period.values or level not in Level.values:
        raise Http404("No such check.")
    require(request.user, OversightAction.CHECK_OWN, department)
    which = Which(get_object_or_404(Cycle, year=year), department, CheckKind.SELF, level, period)
    known = starting.find(which)
    if known is not None:
        return redirect("oversight:sheet", known.pk)
    if request.method == "POST":
        try:
            return redirect("oversight:sheet", starting.start(which, actor=request.user).pk)
        except CheckError as error:
            messages.error(request, str(error))
            return redirect(index_of(which.cycle))
    shown = next((one for one in overview.checks(which.cycle, [department.pk]) if _is(one, which)), None)
    return render(request, "oversight/start.html", {"check": shown, "department": department, "cycle": which.cycle})


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def supervise(request, year):
    """Begin a check of the committee."""
    require(request.user, OversightAction.SUPERVISE)
    cycle = get_object_or_404(Cycle, year=year)
    form = _supervise_form(request, year)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        which = Which(cycle, data["department"], CheckKind.SUPERVISION, data["level"], data["period"])
        named = {"checker": data["checker"], "recorder": data["recorder"]}
        if begun := did(form, lambda: starting.start(which, actor=request.user, **named)):
            return redirect("oversight:sheet", begun.pk)
    context = {"form": form, "cycle": cycle, "back": index_of(cycle)}
    return render(request, "oversight/supervise.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _supervise_form(request, year):
    own = [row.pk for row in Department.objects.active_on() if supervises(request.user, row)]
    return SuperviseForm(
        request.POST if request.method == "POST" else None,
        departments=Department.objects.filter(pk__in=own).order_by("order", "pinyin", "pk"),
        begun=periods.begun(year, timezone.localdate()),
        name=request.user.real_name,
    )


@require_safe
def listing(request, kind):
    """检查汇总 of the checks of a year that this person sees, as PDF or .xlsx."""
    require(request.user, OversightAction.READ)

    def of(cycle):
        return papers.listing(cycle.year, record.told(cycle, seen_sheets(request.user)), School.current())

    return give_list(request, kind, papers.LIST_TITLE, of, verb=OversightVerb.CHECK_PRINT, back=index_of)


def index_of(cycle):
    """The list of a year's checks."""
    return f"{reverse('oversight:checks')}?year={cycle.year}"


def _link(one, user):
    """Where the reader goes on with a check; empty where it is not begun and not the reader's to begin."""
    if one.sheet is not None or (one.may_begin and can(user, OversightAction.CHECK_OWN, one.department)):
        return waiting.address_of(one)
    return ""


def _is(one, which):
    return (one.kind, one.level, one.period.value) == (which.kind, which.level, which.period)


def _counts(found):
    """How many 部门自查 are owed, handed in and overdue."""
    own = [one for one in found if one.kind == CheckKind.SELF and one.is_required]
    done = [one for one in own if one.standing in (Standing.SUBMITTED, Standing.REVIEWED)]
    return len(own), len(done), sum(one.is_overdue for one in own)
