"""岗位职能: the list with its floors, kept by the discipline committee."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse

from departments import queries, services
from departments.forms.structure import FunctionForm
from departments.models import PostFunction
from departments.permissions import OrganisationAction, can
from departments.typed import keeps_typed
from departments.views.access import found, holding, posted, requires, saved, show


@requires(OrganisationAction.VIEW, OrganisationAction.EXTEND_FUNCTIONS)
def functions(request):
    """Every function with its floor, its source and how many posts have it."""
    rows = queries.function_rows()
    may_extend = can(request.user, OrganisationAction.EXTEND_FUNCTIONS)
    return show(request, "functions", "functions", rows=rows, may_extend=may_extend)


@keeps_typed
@requires(OrganisationAction.EXTEND_FUNCTIONS)
@holding
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
