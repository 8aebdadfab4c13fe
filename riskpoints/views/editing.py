"""Filling in a draft: each view saves one part of the form and shows the sheet again, what was typed included."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from departments.models import Post
from riskcontrol.http import next_url
from riskpoints import services
from riskpoints.content import load
from riskpoints.forms import ExemptionForm, HeadForm, MeasureForm, PointForm
from riskpoints.models import Measure, RiskPoint
from riskpoints.models.table import FrozenError
from riskpoints.views.access import version_for
from riskpoints.views.sheet import Opened, points_of, post_choices, ruling_of, show_sheet

UNPROCESSABLE = 422
CONFLICT = 409


def back(request, version):
    """To the sheet, or to what the person opened next."""
    return redirect(next_url(request, reverse("riskpoints:version", args=[version.pk])))


def save(request, version, opened, write):
    """Validate, write through a service, and answer: the sheet when saved, the open form with its errors when not."""
    form = opened.form
    if form.is_valid():
        try:
            write(form.cleaned_data)
        except ValidationError as error:
            form.take_errors(error)
        except services.ConflictError as error:
            return show_conflict(request, version, opened, error)
        except FrozenError as error:
            return show_frozen(request, version, opened, error)
        else:
            return back(request, version)
    return show_sheet(request, version_for(request.user, version.pk), opened=opened, status=UNPROCESSABLE)


def show_conflict(request, version, opened, error):
    """Both texts side by side; saving again then overwrites knowingly."""
    opened.is_conflict, opened.conflict = True, error.stored
    data = opened.form.data.copy()
    if error.stored is not None:
        is_head = opened.kind == "head"
        data["lock"] = services.head_state(error.stored) if is_head else error.stored.lock
    opened.form.data = data
    return show_sheet(request, version_for(request.user, version.pk), opened=opened, status=CONFLICT)


def show_frozen(request, version, opened, error):
    """The table was submitted meanwhile: what was typed stays on the page, to be copied."""
    context = {"version": version, "form": opened.form, "reason": str(error)}
    return render(request, "riskpoints/frozen.html", context, status=CONFLICT)


@require_POST
def head(request, version_id):
    """业务工作职责, 负责人姓名, 填表日期."""
    version = version_for(request.user, version_id)
    opened = Opened("head", "", HeadForm(request.POST, version=version))
    return save(
        request,
        version,
        opened,
        lambda data: services.save_head(version, data, lock=data.pop("lock"), actor=request.user),
    )


@require_POST
def point(request, version_id, point_id=None):
    """A new risk point with its first measure, or a change to one."""
    version = version_for(request.user, version_id)
    stored = None if point_id is None else version.points.filter(pk=point_id).first()
    category = stored.category if stored else request.POST.get("category", "")
    if category not in version.table.categories.values:
        raise Http404("No such category.")
    form = PointForm(request.POST, version=version, posts=post_choices(version), point=stored)
    opened = Opened("point", str(stored.pk), form, stored) if stored else Opened("new", category, form)
    return save(request, version, opened, lambda data: write_point(version, category, stored, data, request.user))


def write_point(version, category, stored, data, user):
    """Save the point, then the measure that came with it, as one."""
    values = dict(data) | {"category": category}
    lock = values.pop("lock", None)
    text, stage = values.pop("measure_text", ""), values.pop("measure_stage", "")
    if not values.get("proposed_level"):
        values["proposed_level"] = ruling_of(values).computed
    with services.together():
        point = services.save_point(version, values, point=stored, lock=lock, actor=user)
        if text:
            measure = {"category": category, "text": text, "stage": stage}
            services.save_measure(version, measure, points=[point], actor=user)


@require_POST
def measure(request, version_id, measure_id=None):
    """A new measure, or a change to one."""
    version = version_for(request.user, version_id)
    stored = None if measure_id is None else version.measures.filter(pk=measure_id).first()
    category = stored.category if stored else request.POST.get("category", "")
    if category not in version.table.categories.values:
        raise Http404("No such category.")
    form = MeasureForm(request.POST, points=points_of(version, category), measure=stored)
    opened = Opened("measure", str(stored.pk), form, stored) if stored else Opened("newmeasure", category, form)

    def write(data):
        values = dict(data) | {"category": category}
        points, lock = values.pop("points", []), values.pop("lock", None)
        services.save_measure(version, values, points=points, measure=stored, lock=lock, actor=request.user)

    return save(request, version, opened, write)


def change(request, version, write):
    """Do one small change that has no form of its own; a refusal is said at the top of the sheet."""
    try:
        write()
    except (ValidationError, FrozenError) as error:
        messages.error(request, "；".join(error.messages) if isinstance(error, ValidationError) else str(error))
    return back(request, version)


def row_of(version, kind, row_id):
    """The point or measure, or None where somebody removed it meanwhile."""
    model = {"point": RiskPoint, "measure": Measure}[kind]
    return model.objects.filter(version=version, pk=row_id).select_related("version").first()


@require_POST
def remove(request, version_id, row_id, kind):
    """Remove a point or a measure."""
    version = version_for(request.user, version_id)
    row = row_of(version, kind, row_id)
    if row is not None:
        messages.success(request, f"已删除“{str(row.text)[:30]}”。删除前的内容留在审计记录里。")
        return change(request, version, lambda: services.remove_row(row, actor=request.user))
    return back(request, version)


@require_POST
def move(request, version_id, row_id, kind):
    """Let a point or a measure change places with its neighbour on the page."""
    version = version_for(request.user, version_id)
    step = -1 if request.POST.get("direction") == "up" else 1
    row, other = neighbours(load(version), kind, row_id, step)
    if row is None or other is None:
        return back(request, version)
    return change(request, version, lambda: services.swap_rows(row, other, actor=request.user))


def neighbours(content, kind, row_id, step):
    """The row and the one before or after it among those shown together; None where there is none."""
    groups = [row.points for row in content.rows] if kind == "point" else []
    if kind == "measure":
        groups = [group for row in content.rows for group in row.measure_groups.values()]
    for group in groups:
        for place, row in enumerate(group):
            if row.pk == row_id:
                target = place + step
                return row, group[target] if 0 <= target < len(group) else None
    return None, None


@require_POST
def nil(request, version_id, category):
    """Answer a category with an explicit 无, or take that back."""
    version = version_for(request.user, version_id)
    if category not in version.table.categories.values:
        raise Http404("No such category.")
    write = services.withdraw_nil if request.POST.get("withdraw") else services.declare_nil
    return change(request, version, lambda: write(version, category, actor=request.user))


@require_POST
def exemption(request, version_id, post_id):
    """State why a post has no risk point, or take that back."""
    version = version_for(request.user, version_id)
    post = get_object_or_404(Post, pk=post_id, department_id=version.table.department_id)
    if request.POST.get("withdraw"):
        return change(request, version, lambda: services.withdraw_exemption(version, post, actor=request.user))
    opened = Opened("post", str(post.pk), ExemptionForm(request.POST), post)
    return save(
        request,
        version,
        opened,
        lambda data: services.exempt_post(version, post, data["reason"], actor=request.user),
    )


@require_POST
def ruling(request, version_id):
    """What the level rule says of the choices made so far: the part of the form that explains itself."""
    version = version_for(request.user, version_id)
    form = PointForm(request.POST, version=version, posts=post_choices(version), point=None)
    form.is_valid()
    values = form.cleaned_data
    said = ruling_of(values)
    chosen = values.get("proposed_level")
    if chosen is None or str(chosen) == request.POST.get("computed_before") or said.is_forbidden(chosen):
        chosen = said.computed
    context = {"form": form, "ruling": said, "chosen": chosen, "version": version}
    return render(request, "riskpoints/_ruling.html", context)
