"""负责人变动: writing down that a department had another head before, so that each is judged on the own days."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from departments.accounts.typed import keeps_typed
from departments.models import Department
from riskpoints.models import Cycle
from riskpoints.oversight.assessment import heads, shown
from riskpoints.oversight.assessment.heads_form import HeadsForm
from riskpoints.oversight.assessment.permissions import AssessmentAction, can, require
from riskpoints.oversight.models import Assessment
from riskpoints.oversight.views.assessment import index_of
from riskpoints.oversight.views.doing import did

UNPROCESSABLE = 422


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def change(request, year):
    """Write down who was head of a department before, and since when the present one is."""
    require(request.user, AssessmentAction.DECIDE)
    cycle = get_object_or_404(Cycle, year=year)
    others = [one.pk for one in shown.judged(cycle, None) if _may(request.user, one)]
    departments = Department.objects.filter(pk__in=others).order_by("order", "pinyin", "pk")
    form = HeadsForm(request.POST if request.method == "POST" else None, departments=departments)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        if did(form, lambda: heads.change(cycle, **data, actor=request.user)):
            messages.success(request, "已登记，前任和现任分别考核。")
            return redirect(index_of(cycle))
    context = {"form": form, "cycle": cycle, "back": index_of(cycle)}
    return render(request, "oversight/assessment/heads.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _may(user, department):
    """Nobody writes this down of the own department."""
    return can(user, AssessmentAction.DECIDE, Assessment(department=department))
