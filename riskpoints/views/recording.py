"""补录历史表: the list of what is missing in a past year, and the form to type a paper in."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from departments.models import School
from riskpoints.enums import Action, Category, SchoolCategory
from riskpoints.forms.years import RecordForm
from riskpoints.models import Cycle
from riskpoints.permissions import can
from riskpoints.tables import historical
from riskpoints.tables.workflow import WorkflowError

UNPROCESSABLE = 422
SCHOOL = 0


def past_year(request, cycle_id):
    """The year, if this person may record in it; 404 for a year that is not past or closed."""
    if not can(request.user, Action.RECORD):
        raise PermissionDenied("历史表由领导小组办公室补录。")
    cycle = get_object_or_404(Cycle, pk=cycle_id)
    if not historical.is_open_for_recording(cycle):
        raise Http404("Nothing is recorded in this year.")
    return cycle


@require_safe
def index(request, cycle_id):
    """Whose tables are missing in a past year."""
    cycle = past_year(request, cycle_id)
    owners = [
        (department.pk if department else SCHOOL, department.name if department else "学校（附件2）")
        for department in historical.recordable(cycle)
    ]
    return render(request, "riskpoints/tables/record_list.html", {"year": cycle, "owners": owners})


@require_http_methods(["GET", "HEAD", "POST"])
def record(request, cycle_id, department_id):
    """Type one paper in and put it in force as of its signature."""
    cycle = past_year(request, cycle_id)
    owners = {department.pk if department else SCHOOL: department for department in historical.recordable(cycle)}
    if department_id not in owners:
        raise Http404("This table was recorded, or there is none.")
    department = owners[department_id]
    categories = Category.choices if department else SchoolCategory.choices
    initial = {} if department else {"duties": School.current().business_function}
    if (former := historical.last_refused(cycle, department)) is not None:
        initial |= historical.typed_in(former)
    files = request.FILES if request.method == "POST" else None
    form = RecordForm(request.POST or None, files, categories=categories, is_school=department is None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            version = historical.record_sheet(cycle, department, form.sheet(), actor=request.user)
        except WorkflowError as error:
            messages.error(request, str(error))
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{version.table}已补录，等待纪委对照扫描件核对。核对无误后是当年的现行版。")
            return redirect("riskpoints:version", version.pk)
    context = {"year": cycle, "owner": department.name if department else "学校", "form": form}
    return render(request, "riskpoints/tables/record.html", context, status=UNPROCESSABLE if form.is_bound else 200)
