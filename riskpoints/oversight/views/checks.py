"""监控检查: what a year's checks are due, begun and done; beginning one."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from departments.models import Department, School
from departments.permissions import supervises
from riskpoints.content.today import current_cycle
from riskpoints.documents import KINDS
from riskpoints.documents.listing import listing_document
from riskpoints.models import Cycle
from riskpoints.oversight.enums import CheckKind, Period
from riskpoints.oversight.monitoring import overview, papers, periods, record, starting, waiting
from riskpoints.oversight.monitoring.forms import SuperviseForm
from riskpoints.oversight.monitoring.starting import Which
from riskpoints.oversight.monitoring.states import CheckError
from riskpoints.oversight.permissions import OversightAction, can, require, seen_departments, seen_sheets
from riskpoints.oversight.verbs import OversightVerb
from riskpoints.views.papers import give

UNPROCESSABLE = 422


@require_safe
def index(request):
    """The checks of a year that this person sees; `?open` only those that somebody still has to do."""
    require(request.user, OversightAction.READ)
    cycle = chosen_year(request)
    found = overview.checks(cycle, seen_departments(request.user)) if cycle else []
    only_open = "open" in request.GET
    rows = [one for one in found if one.is_expected or one.standing == "submitted"] if only_open else found
    context = {
        "shown": cycle,
        "years": list(Cycle.objects.values_list("year", flat=True)),
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
    if period not in Period.values or level not in (1, 2, 3):
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
    own = [row.pk for row in Department.objects.active_on() if supervises(request.user, row)]
    form = SuperviseForm(
        request.POST if request.method == "POST" else None,
        departments=Department.objects.filter(pk__in=own).order_by("order", "pinyin", "pk"),
        begun=periods.begun(year, timezone.localdate()),
        name=request.user.real_name,
    )
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        which = Which(cycle, data["department"], CheckKind.SUPERVISION, data["level"], data["period"])
        named = {"checker": data["checker"], "recorder": data["recorder"]}
        try:
            return redirect("oversight:sheet", starting.start(which, actor=request.user, **named).pk)
        except CheckError as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.refuse(error)
    context = {"form": form, "cycle": cycle, "back": index_of(cycle)}
    return render(request, "oversight/supervise.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_safe
def listing(request, kind):
    """检查汇总 of the checks of a year that this person sees, as PDF or .xlsx."""
    require(request.user, OversightAction.READ)
    cycle = chosen_year(request)
    if kind not in KINDS or cycle is None:
        raise Http404("No such paper.")
    found = papers.listing(cycle.year, record.told(cycle, seen_sheets(request.user)), School.current())
    make, name = partial(listing_document, found, kind), f"{cycle.year}年度{papers.LIST_TITLE}.{kind}"
    verb, is_pdf = OversightVerb.CHECK_PRINT, kind == "pdf"
    return give(request, make, name, verb=verb, back=index_of(cycle), target=cycle, inline=is_pdf)


def chosen_year(request):
    """The year that the address names, else the year of today; None where none was ever opened."""
    asked = request.GET.get("year", "").strip()
    if asked.isascii() and asked.isdecimal() and len(asked) == 4:
        return get_object_or_404(Cycle, year=int(asked))
    return current_cycle()


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
    done = [one for one in own if one.standing in ("submitted", "reviewed")]
    return len(own), len(done), sum(one.is_overdue for one in own)
