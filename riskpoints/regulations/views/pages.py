"""The list of regulations, one of them, and the forms to add and correct one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from departments.models import Department
from riskcontrol.models import AuditEntry
from riskcontrol.web.query import QueryReader
from riskpoints.evidence import trail
from riskpoints.references.regulations import services
from riskpoints.references.regulations.enums import Kind, State
from riskpoints.references.regulations.models import Regulation
from riskpoints.references.regulations.permissions import (
    RegulationAction,
    can,
    departments_to_add,
    kinds_to_add,
    may_adopt_at_once,
    visible_to,
)
from riskpoints.references.regulations.states import available
from riskpoints.references.regulations.verbs import READING
from riskpoints.regulations import citing, queries
from riskpoints.regulations.forms import RegulationForm

PAGE_SIZE = 30
UNPROCESSABLE, CONFLICT = 422, 409
MOST_ENTRIES = 50
NOT_YOURS = "这项制度由制定部门的负责人维护；校级、上级和国家的制度由领导小组办公室维护。"


def regulation_for(user, regulation_id):
    """The regulation of an address, as far as this person may see it; Http404."""
    return get_object_or_404(visible_to(user), pk=regulation_id)


def kept_by(user, regulation_id, action, *, lock=False):
    """The same for who may do this to it; 403. With `lock` it is held to the end of the transaction."""
    rows = visible_to(user)
    found = get_object_or_404(rows.select_for_update(of=("self",)) if lock else rows, pk=regulation_id)
    if not can(user, action, found):
        raise PermissionDenied(NOT_YOURS)
    return found


def answer(request, template, context, form):
    """A page with a form; 409 where somebody else saved meanwhile, 422 where something typed was refused."""
    status = CONFLICT if getattr(form, "contrasts", None) else UNPROCESSABLE if form.is_bound else 200
    return render(request, f"regulations/{template}.html", context | {"form": form}, status=status)


def saved(form, save):
    """Whether the form was valid and saved; the form shows what the service refuses."""
    if not form.is_valid():
        return False
    try:
        save(form.cleaned_data)
    except ValidationError as error:
        form.refuse(error)
    except services.RegulationError as error:
        form.add_error(None, str(error))
    else:
        return True
    return False


@require_safe
def index(request):
    """All regulations, in pages."""
    query = QueryReader(request.GET)
    departments = queries.offered_departments()
    chosen = queries.read(query, departments)
    page = Paginator(queries.found(request.user, chosen), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": queries.lines(page.object_list),
        "chosen": chosen,
        "departments": departments,
        "kinds": Kind.choices,
        "states": State.choices,
        "more": list(queries.MORE.items()),
        "may_add": can(request.user, RegulationAction.ADD),
        "ignored": query.ignored,
    }
    return render(request, "regulations/index.html", context)


@require_safe
def page(request, regulation_id):
    """One regulation: facts, files, what cites it, the years' plan and checks, history."""
    found = regulation_for(request.user, regulation_id)
    entries = AuditEntry.objects.filter(object_type=Regulation._meta.label_lower, object_id=str(found.pk))
    history = entries.not_of(*READING).order_by("-number")[:MOST_ENTRIES]
    decides = can(request.user, RegulationAction.DECIDE, found)
    year = timezone.localdate().year
    context = {
        "regulation": found,
        "files": found.files.select_related("file", "added_by", "replacement").defer("file__content"),
        "citations": citing.citations(found, request.user),
        "named_only": citing.named_only(found, request.user) if found.is_valid else [],
        "cited": citing.counts([found]).get(found.pk, 0),
        "plans": list(found.plans.order_by("-pk")),
        "checks": list(found.checks.order_by("-pk")),
        "unchecked": Regulation.objects.filter(queries.unchecked(year), pk=found.pk).exists(),
        "is_checked": found.kind == Kind.SCHOOL and found.is_valid,
        "is_planned": found.kind in queries.PLANNED and not found.is_ended and found.state != State.DROPPED,
        "earlier": list(found.replaces.all()),
        "history": trail.lines(history),
        "acts": available(found.state) if decides else [],
        "may_edit": can(request.user, RegulationAction.EDIT, found),
        "may_plan": can(request.user, RegulationAction.PLAN, found),
        "may_check": can(request.user, RegulationAction.CHECK, found),
        "year": year,
    }
    return render(request, "regulations/page.html", context)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """Register a regulation."""
    if not can(request.user, RegulationAction.ADD):
        raise PermissionDenied("制度由领导小组办公室和各部门登记。")
    form = form_for(request)
    added = []

    def save(data):
        values = {name: data[name] for name in services.FIELDS}
        added.append(services.add(values, state=State(data["begun"]), token=data["token"], actor=request.user))

    if request.method == "POST" and saved(form, save):
        messages.success(request, f"已登记{added[0]}。正文可以在本页上传。")
        return redirect("regulations:page", added[0].pk)
    return answer(request, "form", {}, form)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, regulation_id):
    """Correct what is said of a regulation."""
    with transaction.atomic():
        found = kept_by(request.user, regulation_id, RegulationAction.EDIT, lock=request.method == "POST")
        form = form_for(request, found)

        def save(data):
            values = {name: data[name] for name in services.FIELDS}
            services.change(found, values, actor=request.user)

        is_saved = request.method == "POST" and saved(form, save)
    if is_saved:
        messages.success(request, "已保存。")
        return redirect("regulations:page", found.pk)
    return answer(request, "form", {"regulation": found}, form)


def form_for(request, regulation=None):
    """The form with what this person may choose in it; what is stored stays among the choices."""
    departments = departments_to_add(request.user)
    if regulation is not None and regulation.department_id:
        departments = departments | Department.objects.filter(pk=regulation.department_id)
    return RegulationForm(
        request.POST if request.method == "POST" else None,
        instance=regulation,
        kinds=kinds_to_add(request.user),
        departments=departments,
        may_adopt=may_adopt_at_once(request.user),
    )
