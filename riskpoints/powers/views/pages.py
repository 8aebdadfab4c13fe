"""The catalogue, one power, and what everybody may read."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from departments.models import Department
from riskcontrol.web.query import QueryReader
from riskpoints.powers import forms, menu, papers, points, shown
from riskpoints.powers.flow import flow_of
from riskpoints.references.powers import queries
from riskpoints.references.powers.permissions import (
    PowerAction,
    can,
    drafted_departments,
    visible_powers,
)
from riskpoints.views.publication import open_to_all

PAGE_SIZE = 30
UNPROCESSABLE = 422
NOT_READ = "您的角色不能查看职权目录。对外公开的职权请看“公示”。"


def require_reader(user):
    """403 for those who don't read the catalogue."""
    if not can(user, PowerAction.VIEW):
        raise PermissionDenied(NOT_READ)


def chosen_of(request):
    """What the list is narrowed down to; a department that has none is none."""
    reader = QueryReader(request.GET)
    known = {department.pk for department in shown.departments_with_powers()}
    department = reader.number("department", "部门", known)
    return shown.Chosen(department, reader.text("q", "检索词")), reader


@require_safe
def index(request):
    """What is filed of all departments, above it what waits for this person."""
    require_reader(request.user)
    chosen, reader = chosen_of(request)
    page = Paginator(shown.listed(chosen), PAGE_SIZE).get_page(request.GET.get("page"))
    own = shown.own_departments(request.user)
    context = {
        "page": page,
        "entries": papers.entries(list(page.object_list)),
        "chosen": chosen,
        "ignored": reader.ignored,
        "departments": shown.departments_with_powers(),
        "waiting": papers.entries(queries.waiting_for(request.user)),
        "drafts": papers.entries(list(queries.drafts_of(own))) if own else [],
        "drafted": drafted_departments(request.user),
        "asked": menu.asked(request.user),
        "repeated": points.repeated_matters(own) if own else [],
    }
    return render(request, "powers/index.html", context)


@require_safe
def power(request, power_id):
    """One power: what is filed, or the revision that is asked for."""
    number = QueryReader(request.GET).number("revision", "稿次", range(1, 10_000))
    return show_power(request, find_power(request, power_id), number=number)


def find_power(request, power_id):
    """The power, if this person may open one of its revisions or take it over, else 404."""
    require_reader(request.user)
    return get_object_or_404(visible_powers(request.user), pk=power_id)


def show_power(request, found, *, number=None, refused=None, status=200):
    """The page of a power; `refused` is {act: the form that was refused}."""
    page = shown.PowerPage(request.user, found, number)
    if page.revision is None and not page.may_take_over:
        raise Http404("No such revision.")
    given = refused or {}
    context = {
        "page": page,
        "power": found,
        "revision": page.revision,
        "flow": page.flow,
        "steps": points.by_step(request.user, page.revision) if page.revision else [],
        "faces": {"name": "sans-serif", "fact": "sans-serif"},
        "return_form": given.get("return") or forms.ReasonForm(prefix="return"),
        "retire_form": given.get("retire") or forms.ReasonForm(prefix="retire"),
        "filing_form": forms.FilingForm(initial={"is_public": found.is_public}),
    }
    return render(request, "powers/power.html", context, status=status)


@open_to_all
@require_safe
def public(request):
    """The powers that are filed and marked as public, by department."""
    found = papers.entries(list(queries.public()))
    by_department: dict[Department, list] = {}
    for entry in found:
        flow = flow_of(list(entry.revision.steps.all()))
        by_department.setdefault(entry.revision.power.department, []).append((entry, flow))
    context = {"groups": by_department.items(), "faces": {"name": "sans-serif", "fact": "sans-serif"}}
    return render(request, "powers/public.html", context)
