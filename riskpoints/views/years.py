"""年度: the list of years, a year opened, its dates changed, a missing table added, a year closed; 附件1."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.models import Department, LeadershipGroup
from departments.permissions import OrganisationAction
from departments.permissions import can as can_organise
from riskcontrol import audit
from riskcontrol.templatetags.ui import cn_date
from riskcontrol.web.http import download
from riskpoints import documents
from riskpoints.desk import set_up
from riskpoints.forms.years import ChangeDatesForm, HistoricalYearForm, OpenYearForm, RemoveForm
from riskpoints.models import ControlTable, Cycle
from riskpoints.permissions import RegisterAction, can
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterVerb
from riskpoints.views.access import requires
from riskpoints.years import calendar, changing, closing, lines, membership, opening

UNPROCESSABLE = 422


@require_safe
@requires(RegisterAction.OPEN_YEAR, RegisterAction.BUILD_ARCHIVE)
def index(request):
    """All years, newest first."""
    context = {
        "lines": lines.year_lines(),
        "may_open": can(request.user, RegisterAction.OPEN_YEAR),
        "may_close": can(request.user, RegisterAction.CLOSE_YEAR),
        "may_build": can(request.user, RegisterAction.BUILD_ARCHIVE),
    }
    return render(request, "riskpoints/years/years.html", context)


def form_page(request, form, **context):
    """The page of a form of this module; 422 where something typed was refused."""
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "riskpoints/years/year_form.html", {"form": form, **context}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(RegisterAction.OPEN_YEAR)
def open_year(request):
    """Open a year: each department in use and the school get a table to begin."""
    year = calendar.suggested_year()
    form = OpenYearForm(request.POST or None, initial={"year": year, **calendar.suggested_dates(year)})
    if request.method == "POST" and form.is_valid():
        try:
            cycle = opening.open_year(form.cleaned_data["year"], form.dates, actor=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            begin = cn_date(cycle.fill_from)
            messages.success(request, f"{cycle}已开启，共 {cycle.tables.count()} 张防控表，{begin}起填报。")
            return redirect("riskpoints:years")
    return form_page(request, form, unprepared=set_up.before_first_year(request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(RegisterAction.OPEN_YEAR)
def open_historical_year(request):
    """Open a year that is over, to be recorded from its papers."""
    form = HistoricalYearForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            year = form.cleaned_data["year"]
            cycle = opening.open_year(year, form.dates, is_historical=True, actor=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{cycle}已开启，请按纸质表逐张补录。")
            return redirect("riskpoints:year_record", cycle.pk)
    return form_page(request, form, is_historical=True)


@require_POST
@requires(RegisterAction.OPEN_YEAR)
def withdraw(request, cycle_id):
    """Take back a year that was opened by mistake and in which nobody has begun."""
    cycle = get_object_or_404(Cycle, pk=cycle_id)
    try:
        changing.withdraw(cycle, actor=request.user)
    except WorkflowError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{cycle}已撤销，可以重新开启。")
    return redirect("riskpoints:years")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(RegisterAction.OPEN_YEAR)
def dates(request, cycle_id):
    """Change the dates of an open year."""
    cycle = get_object_or_404(Cycle, pk=cycle_id)
    form = ChangeDatesForm(request.POST or None, cycle=cycle)
    if request.method == "POST" and form.is_valid():
        try:
            changing.change_dates(cycle, form.dates, seen=form.cleaned_data["seen"], actor=request.user)
        except ValidationError as error:
            form.refuse(error)
        except WorkflowError as error:
            messages.error(request, str(error))
            return redirect("riskpoints:years")
        else:
            messages.success(request, f"{cycle}的日程已保存。")
            return redirect("riskpoints:years")
    return form_page(request, form, year=cycle)


@require_POST
@requires(RegisterAction.OPEN_YEAR)
def add_table(request, cycle_id, department_id):
    """The table of a department that has none in this year."""
    cycle = get_object_or_404(Cycle, pk=cycle_id)
    department = get_object_or_404(Department, pk=department_id)
    try:
        membership.add_missing_table(cycle, department, actor=request.user)
    except (ValidationError, WorkflowError) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
    else:
        messages.success(request, f"已为{department}补建{cycle}防控表，部门可以开始填报。")
    return redirect("riskpoints:years")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(RegisterAction.OPEN_YEAR)
def remove_table(request, table_id):
    """Take the table of a closed department out of its year, or bring it back."""
    table = get_object_or_404(ControlTable.objects.select_related("cycle", "department"), pk=table_id)
    form = RemoveForm(request.POST or None)
    if request.method == "POST" and (table.is_removed or form.is_valid()):
        try:
            if table.is_removed:
                membership.restore_table(table, actor=request.user)
            else:
                membership.remove_table(table, form.cleaned_data["reason"], actor=request.user)
        except ValidationError as error:
            form.refuse(error)
        except WorkflowError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{table}已{'恢复' if table.is_removed else '移出'}。")
            return redirect(f"{reverse('riskpoints:progress')}?year={table.cycle.year}")
    status = UNPROCESSABLE if form.is_bound and not table.is_removed else 200
    context = {"table": table, "form": None if table.is_removed else form}
    return render(request, "riskpoints/years/table_remove.html", context, status=status)


@require_safe
def group_pdf(request, group_id):
    """附件1 of one term of the leadership group."""
    if not can_organise(request.user, OrganisationAction.VIEW):
        raise PermissionDenied("附件1 由系统管理员、领导小组办公室、纪委审核员和单位主要负责人打印。")
    group = get_object_or_404(LeadershipGroup, pk=group_id)
    name = f"附件1 {group.name}成员名单.pdf"
    audit.record(RegisterVerb.GROUP_DOWNLOAD, actor=request.user, target=group, detail={"文件": name})
    return download(documents.group_document(group), name, "application/pdf", inline=True)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(RegisterAction.CLOSE_YEAR)
def close(request, cycle_id):
    """Say what closing a year means and what is still open, then close it."""
    cycle = get_object_or_404(Cycle, pk=cycle_id)
    if cycle.is_closed:
        messages.info(request, f"{cycle}已经关闭。")
        return redirect("riskpoints:years")
    if request.method == "POST":
        try:
            closing.close_year(cycle, actor=request.user)
        except WorkflowError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{cycle}已关闭，内容不再改动。下一步：请系统管理员在本页生成年度档案。")
            return redirect("riskpoints:years")
    return render(
        request,
        "riskpoints/years/year_close.html",
        {"closing": closing.before_closing(cycle, request.user), "year": cycle},
    )
