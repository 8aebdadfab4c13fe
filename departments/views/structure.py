"""Departments and their posts: the list, one department, and the forms that change them."""

from functools import partial

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from departments import queries, services
from departments.accounts.typed import keeps_typed
from departments.forms.structure import AppointmentFormSet, CloseForm, DepartmentForm, PostForm, held_by
from departments.models import Department, Post, PostFunction, RoleGrant, User
from departments.permissions import OrganisationAction
from departments.views.access import found, posted, requires, saved, show


def _active_people():
    return User.objects.filter(is_active=True).order_by("pinyin", "staff_number")


@requires(OrganisationAction.VIEW, OrganisationAction.EXTEND_FUNCTIONS)
def index(request):
    """All departments in printed order, those in use first, with head, leader in charge and number of posts."""
    rows = queries.department_rows(timezone.localdate())
    return show(request, "index", "departments", rows=rows)


@requires(OrganisationAction.VIEW)
def department(request, department_id):
    """One department: its roles, its posts with functions and present holders."""
    grants = Prefetch("grants", RoleGrant.objects.select_related("user"))
    row = get_object_or_404(
        Department.objects.select_related("parent", "successor").prefetch_related(grants), pk=department_id
    )
    today = timezone.localdate()
    context = {"department": row, "in_use": row.is_active_on(today), "posts": queries.post_rows(row, today)}
    context["leader"] = queries.leader_names([row])[row.pk]
    return show(request, "department", "departments", **context)


@keeps_typed
@requires(OrganisationAction.KEEP, holds=True)
def department_form(request, department_id=None):
    """Create or change a department."""
    row = found(request, Department.objects.all(), department_id) if department_id else Department()
    form = DepartmentForm(
        posted(request),
        instance=row,
        people=_active_people(),
        parents=Department.objects.active_on().exclude(pk=row.pk),
        leader_of_all=queries.leader_names([0])[0],
    )
    if request.method == "POST" and saved(
        form, lambda: services.save_department(row, holders=form.holders(), actor=request.user)
    ):
        messages.success(request, f"已保存部门“{row}”。")
        return redirect("departments:department", row.pk)
    back = reverse("departments:department", args=[row.pk]) if department_id else reverse("departments:index")
    title = "修改部门" if department_id else "新增部门"
    return show(request, "form", "departments", form=form, title=title, back=back)


@requires(OrganisationAction.KEEP)
def close(request, department_id):
    """End a department's active period, and that of its posts."""
    row = get_object_or_404(Department.objects.filter(active_to__isnull=True), pk=department_id)
    form = CloseForm(posted(request), department=row, initial={"on": timezone.localdate()})
    if request.method == "POST" and saved(
        form, lambda: services.close_department(row, **form.cleaned_data, actor=request.user)
    ):
        messages.success(request, f"部门“{row}”已停用，历年的防控表仍可查阅。")
        return redirect("departments:department", row.pk)
    posts = row.posts.filter(active_to__isnull=True)
    return show(request, "close", "departments", form=form, department=row, posts=posts)


@keeps_typed
@requires(OrganisationAction.KEEP, holds=True)
def post_form(request, department_id=None, post_id=None):
    """Create or change a post, with its functions and holders."""
    if post_id:
        post = found(request, Post.objects.select_related("department"), post_id)
    else:
        post = Post(department=get_object_or_404(Department.objects.active_on(), pk=department_id))
    held = post.functions.values("pk") if post.pk else []
    functions = PostFunction.objects.filter(Q(is_retired=False) | Q(pk__in=held))
    appointments = AppointmentFormSet(
        posted(request), instance=post, prefix="appointments", form_kwargs={"people": _active_people()}
    )
    form = PostForm(posted(request), instance=post, functions=functions, beside=held_by(post, appointments))
    save = partial(_save_post, form, appointments, actor=request.user)
    if request.method == "POST" and saved(form, save, appointments):
        messages.success(request, f"已保存岗位“{post}”。")
        return redirect("departments:department", post.department_id)
    return show(request, "post_form", "departments", form=form, appointments=appointments, post=post)


def _save_post(form, appointments, *, actor):
    changed = appointments.save(commit=False)
    services.save_post(form.instance, functions=form.cleaned_data["functions"], appointments=changed, actor=actor)
