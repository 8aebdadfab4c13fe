"""The editor of a draft: what the power is, and its steps row by row."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.utils import ErrorDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from departments.models import Post
from departments.queries import leader_names
from riskcontrol.web.query import QueryReader
from riskpoints.powers import forms
from riskpoints.powers.flow import flow_of
from riskpoints.powers.views.pages import UNPROCESSABLE, find_power
from riskpoints.references.powers import drafting
from riskpoints.references.powers.enums import OPEN
from riskpoints.references.powers.models import FrozenPowerError
from riskpoints.references.powers.permissions import PowerAction, can, drafted_departments

CONFLICT = 409
NO_DRAFT = "这项职权现在没有草稿。要改动已备案的内容，请先按“修订”。"


@require_http_methods(["GET", "HEAD", "POST"])
def new(request, department_id):
    """Draft a new power of a department."""
    department = get_object_or_404(drafted_departments(request.user), pk=department_id)
    return _edit(request, department, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, power_id):
    """Change the draft of a power."""
    power = find_power(request, power_id)
    if not can(request.user, PowerAction.DRAFT, power.department):
        raise PermissionDenied("职权由本部门的负责人和填报员起草。")
    revision = power.revisions.filter(state__in=OPEN).prefetch_related("steps", "posts").first()
    if revision is None or not revision.is_draft:
        messages.info(request, NO_DRAFT if revision is None else "这一稿已经提交，等待备案。要改动，请先撤回。")
        return redirect("powers:power", power.pk)
    return _edit(request, power.department, revision)


def _edit(request, department, revision):
    leader = leader_names([department])[department.pk]
    data = request.POST if request.method == "POST" else None
    given = {"name": QueryReader(request.GET).text("name", "职权名称", 64)} if revision is None else {}
    form = forms.PowerForm(data, department=department, leader=leader, revision=revision, given=given)
    rows = forms.StepRows(data, steps=drafting.inputs(revision.steps.all()) if revision else ())
    if data is None:
        return _show(request, department, revision, form, rows)
    if "step" in data:
        form.is_valid()
        unsaved = rows.moved(data["step"])
        return _show(request, department, revision, _as_typed(form), unsaved, flow=_flow_of(rows))
    if not (form.is_valid() & rows.is_valid):
        return _show(request, department, revision, form, rows, status=UNPROCESSABLE)
    try:
        saved = _save(request, department, revision, form, rows)
    except drafting.PowerConflictError as error:
        form.add_error(None, str(error))
        return _show(request, department, revision, form, rows, stored=error.stored, status=CONFLICT)
    except FrozenPowerError as error:
        form.add_error(None, str(error))
        return _show(request, department, revision, form, rows, status=CONFLICT)
    except ValidationError as error:
        form.refuse(error)
        return _show(request, department, revision, form, rows, status=UNPROCESSABLE)
    messages.success(request, f"已保存职权 {saved.power.number}“{saved.name}”的草稿。")
    return redirect("powers:power", saved.power_id)


def _save(request, department, revision, form, rows):
    values = {name: value for name, value in form.cleaned_data.items() if name not in ("lock", "token")}
    if revision is None:
        token = form.cleaned_data.get("token") or ""
        return drafting.draft(department, values, rows.written, token=token, actor=request.user)
    lock = form.cleaned_data.get("lock")
    return drafting.save(revision, values, rows.written, lock=lock, actor=request.user)


def _as_typed(form):
    """The same form with what was typed and without errors: only a row of the steps was moved."""
    form._errors = ErrorDict()
    return form


def _flow_of(rows):
    return flow_of(rows.written if rows.is_valid else [])


def _show(request, department, revision, form, rows, *, flow=None, stored=None, status=200):
    if flow is None:
        flow = _flow_of(rows) if request.method == "POST" else flow_of(list(revision.steps.all()) if revision else [])
    context = {
        "department": department,
        "revision": revision,
        "form": form,
        "rows": rows,
        "flow": flow,
        "faces": {"name": "sans-serif", "fact": "sans-serif"},
        "stored": stored,
        "posts": Post.objects.active_on().filter(department=department),
        "is_moved": "step" in request.POST,
    }
    return render(request, "powers/edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def chart(request, power_id):
    """Give the draft a chart that was drawn elsewhere, or take it out."""
    power = find_power(request, power_id)
    if not can(request.user, PowerAction.DRAFT, power.department):
        raise PermissionDenied("职权由本部门的负责人和填报员起草。")
    revision = power.revisions.filter(state__in=OPEN).select_related("chart", "power").first()
    if revision is None or not revision.is_draft:
        messages.info(request, NO_DRAFT)
        return redirect("powers:power", power.pk)
    drops = "drop" in request.POST
    form = forms.ChartForm(*((request.POST, request.FILES) if request.method == "POST" and not drops else ()))
    if drops or (request.method == "POST" and form.is_valid()):
        try:
            drafting.set_chart(revision, None if drops else form.chart, actor=request.user)
        except FrozenPowerError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "已取消上传的流程图，按环节画图。" if drops else "已保存流程图。")
        return redirect("powers:power", power.pk)
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"power": power, "revision": revision, "form": form}
    return render(request, "powers/chart.html", context, status=status)
