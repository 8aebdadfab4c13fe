"""岗位职能: the list with its floors and which posts have them, kept by the discipline committee."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from departments import queries, services
from departments.accounts.typed import keeps_typed
from departments.forms.functions import PostFunctionsForm
from departments.forms.structure import FunctionForm
from departments.models import Department, PostFunction
from departments.permissions import OrganisationAction, can
from departments.views.access import found, posted, requires, saved, show


@requires(OrganisationAction.VIEW, OrganisationAction.EXTEND_FUNCTIONS)
def functions(request):
    """Every function with its floor, its source and how many posts have it."""
    rows = queries.function_rows()
    may_extend = can(request.user, OrganisationAction.EXTEND_FUNCTIONS)
    return show(request, "functions", "functions", rows=rows, may_extend=may_extend)


@keeps_typed
@requires(OrganisationAction.EXTEND_FUNCTIONS, holds=True)
def function_form(request, function_id=None):
    """Add or change a function; those that the document names stand as they are (R25, R27)."""
    row = found(request, PostFunction.objects.all(), function_id) if function_id else PostFunction()
    if row.is_of_document:
        raise PermissionDenied("这项职能和它的等级下限由实施意见规定，不能修改或停用。")
    form = FunctionForm(posted(request), instance=row)
    if request.method == "POST" and saved(form, lambda: services.save_record(row, actor=request.user)):
        messages.success(request, f"已保存岗位职能“{row}”。")
        return redirect("departments:functions")
    title = "修改岗位职能" if function_id else "新增岗位职能"
    return show(request, "form", "functions", form=form, title=title, back=reverse("departments:functions"))


@requires(OrganisationAction.VIEW, OrganisationAction.EXTEND_FUNCTIONS)
def posts(request):
    """Every post of the school by department, with its functions and its floor."""
    rows = queries.posts_by_department(timezone.localdate())
    total = sum(len(found) for _, found in rows)
    bare = sum(row.floor is None for _, found in rows for row in found)
    may_extend = can(request.user, OrganisationAction.EXTEND_FUNCTIONS)
    return show(request, "post_functions", "functions", rows=rows, total=total, bare=bare, may_extend=may_extend)


@keeps_typed
@requires(OrganisationAction.EXTEND_FUNCTIONS, holds=True)
def department_posts(request, department_id):
    """Tick the functions of a department's posts; the posts are held from reading to saving."""
    department = get_object_or_404(Department, pk=department_id)
    found_posts = queries.posts_to_tick(department, timezone.localdate())
    rows = list(found_posts.select_for_update(of=("self",)) if request.method == "POST" else found_posts)
    if not rows:
        raise Http404
    form = PostFunctionsForm(
        posted(request), department=department, posts=rows, functions=list(PostFunction.objects.all())
    )
    if request.method == "POST" and saved(form, lambda: _save_ticked(form, actor=request.user)):
        messages.success(request, f"已保存{department}各岗位的职能。")
        return redirect(f"{reverse('departments:post_functions')}#department-{department.pk}")
    lead = "请如实勾选；一项都没有的不必勾选，按机率和危害程度定级。"
    back = f"{reverse('departments:post_functions')}#department-{department.pk}"
    return show(request, "form", "functions", form=form, title=f"{department}各岗位的职能", lead=lead, back=back)


def _save_ticked(form, *, actor):
    with transaction.atomic():
        for post, ticked in form.ticked():
            services.set_functions(post, ticked, actor=actor)
