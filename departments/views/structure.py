"""Departments and their posts: the list, one department, and the forms that change them."""

from functools import partial

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from departments import queries, services
from departments.forms.structure import AppointmentFormSet, CloseForm, DepartmentForm, PostForm
from departments.models import Department, Post, PostFunction, RoleGrant, User
from departments.permissions import OrganisationAction
from departments.typed import keeps_typed
from departments.views.access import posted, requires, saved, show


def _active_people():
    return User.objects.filter(is_active=True).order_by("real_name", "staff_number")


@requires(OrganisationAction.VIEW, OrganisationAction.EXTEND_FUNCTIONS)
def index(request):
    """All departments in printed order, those in use first, with head, leader in charge and number of posts."""
    rows = queries.department_rows(timezone.localdate())
    return show(request, "index", "departments", rows=rows)


@requires(OrganisationAction.VIEW)
def department(request, department_id):
    """One department: its roles, its posts with functions and present holders."""
    grants = Prefetch("grants", RoleGrant.objects.select_related("user"))
    found = get_object_or_404(Department.objects.select_related("parent").prefetch_related(grants), pk=department_id)
    today = timezone.localdate()
    context = {"department": found, "in_use": found.is_active_on(today), "posts": queries.post_rows(found, today)}
    return show(request, "department", "departments", **context)


@keeps_typed
@requires(OrganisationAction.KEEP)
def department_form(request, department_id=None):
    """Create or change a department."""
    found = get_object_or_404(Department, pk=department_id) if department_id else Department()
    form = DepartmentForm(
        posted(request),
        instance=found,
        people=_active_people(),
        parents=Department.objects.active_on().exclude(pk=found.pk),
    )
    if request.method == "POST" and saved(
        form, lambda: services.save_department(found, holders=form.holders(), actor=request.user)
    ):
        messages.success(request, f"已保存部门“{found}”。")
        return redirect("departments:department", found.pk)
    back = reverse("departments:department", args=[found.pk]) if department_id else reverse("departments:index")
    title = "修改部门" if department_id else "新增部门"
    return show(request, "form", "departments", form=form, title=title, back=back)


@requires(OrganisationAction.KEEP)
def close(request, department_id):
    """End a department's active period, and that of its posts."""
    found = get_object_or_404(Department.objects.filter(active_to__isnull=True), pk=department_id)
    form = CloseForm(posted(request), department=found, initial={"on": timezone.localdate()})
    if request.method == "POST" and saved(
        form, lambda: services.close_department(found, on=form.cleaned_data["on"], actor=request.user)
    ):
        messages.success(request, f"部门“{found}”已停用，历年的防控表仍可查阅。")
        return redirect("departments:department", found.pk)
    posts = found.posts.filter(active_to__isnull=True)
    return show(request, "close", "departments", form=form, department=found, posts=posts)


@keeps_typed
@requires(OrganisationAction.KEEP)
def post_form(request, department_id=None, post_id=None):
    """Create or change a post, with its functions and holders."""
    if post_id:
        post = get_object_or_404(Post.objects.select_related("department"), pk=post_id)
    else:
        post = Post(department=get_object_or_404(Department.objects.active_on(), pk=department_id))
    held = post.functions.values("pk") if post.pk else []
    functions = PostFunction.objects.filter(Q(is_retired=False) | Q(pk__in=held))
    form = PostForm(posted(request), instance=post, functions=functions)
    appointments = AppointmentFormSet(
        posted(request), instance=post, prefix="appointments", form_kwargs={"people": _active_people()}
    )
    save = partial(_save_post, form, appointments, actor=request.user)
    if request.method == "POST" and saved(form, save, appointments):
        messages.success(request, f"已保存岗位“{post}”。")
        return redirect("departments:department", post.department_id)
    return show(request, "post_form", "departments", form=form, appointments=appointments, post=post)


def _save_post(form, appointments, *, actor):
    changed = appointments.save(commit=False)
    services.save_post(form.instance, functions=form.cleaned_data["functions"], appointments=changed, actor=actor)
