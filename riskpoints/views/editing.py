"""Filling in a draft: each view saves one part of the form and shows the sheet again, what was typed included."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from departments.accounts.typed import keeps_typed
from departments.models import Post
from riskcontrol import audit
from riskcontrol.web.contrasts import typed
from riskcontrol.web.http import next_url
from riskcontrol.web.query import PLAIN_NUMBER
from riskpoints.forms.presets import first_measures
from riskpoints.forms.rows import HeadForm, PointForm
from riskpoints.forms.statements import ExemptionForm
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.models.table import FrozenError
from riskpoints.permissions import writes
from riskpoints.tables import editing
from riskpoints.tables.refusal import WorkflowError
from riskpoints.verbs import RegisterVerb
from riskpoints.views.access import draft_for, only_posts, version_for
from riskpoints.views.opening import Opened, choices_of, measure_form, points_of, post_choices, ruling_of
from riskpoints.views.sheet import show_sheet

UNPROCESSABLE = 422
CONFLICT = 409


def back(request, version, anchor):
    """To the place that was saved, or to what the person opened next."""
    sheet = reverse("riskpoints:version", args=[version.pk])
    return redirect(next_url(request, f"{sheet}?saved={anchor}#{anchor}"))


def save(request, version, opened, write):
    """Validate, write through a service, and answer: the sheet when saved, the open form with its errors when not.

    `write` takes the cleaned data and gives the anchor of what it saved.
    """
    try:
        editing.require_draft(version)
        if opened.form.is_valid():
            return back(request, version, write(opened.form.cleaned_data))
    except ValidationError as error:
        opened.form.refuse(error)
    except editing.ConflictError as error:
        return show_conflict(request, version, opened, error.stored)
    except FrozenError as error:
        return show_frozen(request, version, typed(opened.form), error)
    return show_sheet(request, version_for(request.user, version.pk), opened=opened, status=UNPROCESSABLE)


def show_conflict(request, version, opened, stored):
    """Both texts side by side; saving again then overwrites knowingly."""
    opened.is_own = is_own_change(request, opened.kind, stored)
    if stored is not None and opened.kind in ("new", "newmeasure"):
        opened = opened_before(request, version, opened.kind, stored)
    opened.contrast_with(version, stored)
    return show_sheet(request, version_for(request.user, version.pk), opened=opened, status=CONFLICT)


MODELS = {"head": TableVersion, "point": RiskPoint, "new": RiskPoint, "measure": Measure, "newmeasure": Measure}


def is_own_change(request, kind, stored):
    """Whether the same person saved or removed it meanwhile, in another window."""
    model, named = MODELS[kind], request.resolver_match.kwargs
    key = stored.pk if stored is not None else named.get("point_id", named.get("measure_id"))
    verbs = [RegisterVerb.CHANGE_HEAD] if kind == "head" else []
    return audit.last_hand(model, [key], verbs=verbs) == request.user.staff_number


def opened_before(request, version, kind, stored):
    """The form of a row that was added by the same form before, with what is typed now."""
    key = str(stored.pk)
    if kind == "new":
        choices = choices_of(version, stored, may=writes(request.user, version.table))
        form = PointForm(request.POST, version=version, **choices, point=stored)
        return Opened("point", key, form, stored)
    may = writes(request.user, version.table)
    typed_form = measure_form(version, stored.category, request.POST, measure=stored, may=may)
    return Opened("measure", key, typed_form, stored)


def show_frozen(request, version, texts, reason, *, is_gone=False):
    """The table went on meanwhile: what was typed stays on the page, to be copied."""
    context = {"version": version, "texts": texts, "reason": str(reason), "is_gone": is_gone}
    response = render(request, "riskpoints/tables/frozen.html", context, status=CONFLICT)
    response["HX-Push-Url"] = "false"
    return response


def category_of(request, version, stored):
    """The row of the form that a point or measure is in; Http404 where the address is made up."""
    category = stored.category if stored else request.POST.get("category", "")
    if category not in version.table.categories.values:
        raise Http404("No such category.")
    return category


@keeps_typed
@only_posts
def head(request, version_id):
    """业务工作职责, 负责人姓名, 填表日期."""
    version = draft_for(request.user, version_id)

    def write(data):
        editing.save_head(version, data, lock=data.pop("lock"), actor=request.user)
        return "head"

    return save(request, version, Opened("head", "", HeadForm(request.POST, version=version)), write)


@keeps_typed
@only_posts
def point(request, version_id, point_id=None):
    """A new risk point with its first measure, or a change to one."""
    version = draft_for(request.user, version_id)
    stored = None if point_id is None else version.points.filter(pk=point_id).first()
    if stored is not None:
        editing.require_own(version, editing.posts_of(stored), actor=request.user)
    category = category_of(request, version, stored)
    choices = choices_of(version, stored, may=writes(request.user, version.table))
    form = PointForm(request.POST, version=version, **choices, category=category, point=stored)
    if stored is not None:
        opened = Opened("point", str(stored.pk), form, stored)
    else:
        opened = Opened("new", category, form, is_conflict=point_id is not None)

    def write(data):
        if opened.is_conflict:
            raise editing.ConflictError(None)
        return write_point(version, category, stored, data, request.user)

    return save(request, version, opened, write)


def write_point(version, category, stored, data, user):
    """Save the point, then the measures that came with it, as one."""
    values = dict(data) | {"category": category}
    lock, token = values.pop("lock", None), values.pop("token", "")
    measures = first_measures(values)
    if not values.get("proposed_level"):
        values["proposed_level"] = ruling_of(values).computed
    with editing.as_one(version, actor=user) as held:
        point = editing.save_point(held, values, point=stored, lock=lock, token=token, actor=user)
        for place, measure in enumerate(measures, start=1):
            own = f"{token}-{place}" if token and place > 1 else token
            write_first_measure(held, measure | {"category": category}, point, own, user)
    return f"point-{point.pk}"


def write_first_measure(version, values, point, token, user):
    """Save the measure that came with a new point; one that was sent before with other words stays beside it."""
    try:
        editing.save_measure(version, values, points=[point], token=token, actor=user)
    except editing.ConflictError:
        editing.save_measure(version, values, points=[point], actor=user)


@keeps_typed
@only_posts
def measure(request, version_id, measure_id=None):
    """A new measure, or a change to one."""
    version = draft_for(request.user, version_id)
    stored = None if measure_id is None else version.measures.filter(pk=measure_id).first()
    if stored is not None:
        editing.require_own(version, editing.posts_of(stored), actor=request.user)
    category = category_of(request, version, stored)
    may = writes(request.user, version.table)
    form = measure_form(version, category, request.POST, measure=stored, may=may)
    if stored is not None:
        opened = Opened("measure", str(stored.pk), form, stored)
    else:
        beside = point_beside(request, version, category)
        opened = Opened("newmeasure", category, form, beside, is_conflict=measure_id is not None)

    def write(data):
        if opened.is_conflict:
            raise editing.ConflictError(None)
        values = dict(data) | {"category": category}
        own = {"measure": stored, "lock": values.pop("lock", None), "token": values.pop("token", "")}
        own |= {"points": values.pop("points", []), "regulations": values.pop("regulations", None)}
        saved = editing.save_measure(version, values, **own, actor=request.user)
        return f"measure-{saved.pk}"

    return save(request, version, opened, write)


def point_beside(request, version, category):
    """The point beside which the form of a new measure stood, so that it stands there again with its errors."""
    key = request.POST.get("beside", "")
    return points_of(version, category).filter(pk=int(key)).first() if PLAIN_NUMBER.fullmatch(key) else None


def change(request, version, anchor, write):
    """Do one small change that has no form of its own; a refusal is said at the top of the sheet.

    `write` may give the anchor of what it wrote, where that was not known before.
    """
    try:
        anchor = write() or anchor
    except (ValidationError, FrozenError, WorkflowError) as error:
        messages.error(request, "；".join(error.messages) if isinstance(error, ValidationError) else str(error))
        return redirect("riskpoints:version", version.pk)
    return back(request, version, anchor)


@only_posts
def remove(request, version_id, row_id, kind):
    """Remove a point or a measure; one that somebody removed before is simply gone."""
    version = draft_for(request.user, version_id)
    rows = RiskPoint.objects if kind == "point" else Measure.objects
    row = rows.filter(version=version, pk=row_id).select_related("version").first()
    if row is None:
        return redirect("riskpoints:version", version.pk)

    def write():
        if editing.remove_row(row, actor=request.user):
            messages.success(request, f"已删除“{row.text[:30]}”。删除前的内容留在审计记录里。")
        else:
            messages.info(request, f"“{row.text[:30]}”刚刚已经删除。")

    return change(request, version, f"row-{row.category}", write)


@only_posts
def nil(request, version_id, category):
    """Answer a category with an explicit 无, or take that back."""
    version = draft_for(request.user, version_id)
    if category not in version.table.categories.values:
        raise Http404("No such category.")
    write = editing.withdraw_nil if request.POST.get("withdraw") else editing.declare_nil
    return change(request, version, f"row-{category}", lambda: write(version, category, actor=request.user))


@keeps_typed
@only_posts
def exemption(request, version_id, post_id):
    """State why a post has no risk point, or take that back."""
    version = draft_for(request.user, version_id)
    post = get_object_or_404(Post, pk=post_id, department_id=version.table.department_id)
    anchor = f"post-{post.pk}"
    if request.POST.get("withdraw"):
        return change(request, version, anchor, lambda: editing.withdraw_exemption(version, post, actor=request.user))

    def write(data):
        editing.exempt_post(version, post, data["reason"], actor=request.user)
        return anchor

    return save(request, version, Opened("post", str(post.pk), ExemptionForm(request.POST), post), write)


@only_posts
def ruling(request, version_id):
    """What the level rule says of the choices made so far: the part of the form that explains itself."""
    version = draft_for(request.user, version_id)
    form = PointForm(request.POST, version=version, posts=post_choices(version), point=None)
    form.is_valid()
    values = form.cleaned_data
    said = ruling_of(values)
    chosen = values.get("proposed_level")
    if chosen is None or str(chosen) == request.POST.get("computed_before") or said.is_forbidden(chosen):
        chosen = said.computed
    context = {"form": form, "ruling": said, "chosen": chosen, "version": version}
    return render(request, "riskpoints/tables/_ruling_said.html", context)
