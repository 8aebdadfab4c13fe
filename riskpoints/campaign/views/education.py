"""廉政教育: the events of a year, one event, its form and papers."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from departments.models import School
from riskpoints.campaign.education import forms, papers, queries, record, services, taught
from riskpoints.campaign.models import EducationRecord
from riskpoints.campaign.permissions import CampaignAction, can, hosts_for, require
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.campaign.views.years import give_list
from riskpoints.views.of_year import chosen_year, years
from riskpoints.views.papers import give, give_file

PAGE_SIZE = 30
UNPROCESSABLE = 422


@require_safe
def index(request):
    """The events of a year, and the 一级 posts that none of them reached."""
    require(request.user, CampaignAction.READ)
    cycle = chosen_year(request)
    found = queries.records(cycle) if cycle else EducationRecord.objects.none()
    context = {
        "shown": cycle,
        "years": years(),
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "figures": record.figures(request.user, cycle) if cycle else [],
        "coverage": queries.coverage(cycle) if cycle else None,
        "taught": taught.asked(cycle) if cycle and not cycle.is_closed else [],
        "may_mark": can(request.user, CampaignAction.RECORD_EDUCATION),
        "may_record": can(request.user, CampaignAction.RECORD_EDUCATION) and cycle and not cycle.is_closed,
    }
    return render(request, "campaign/education.html", context)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """Record an event."""
    require(request.user, CampaignAction.RECORD_EDUCATION)
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.record(form.host, form.cleaned_data, token=form.cleaned_data["token"], actor=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "已登记。可以接着添加签到表等材料。")
            return redirect("campaign:education_event", row.pk)
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "campaign/education_form.html", {"form": form}, status=status)


@require_safe
def event(request, event_id):
    """One event."""
    return _show(request, _found(request, event_id))


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, event_id):
    """Write an event anew; what it said before stays in the trail."""
    found = _found(request, event_id)
    require(request.user, CampaignAction.CHANGE_EDUCATION, found)
    form = _form(request, found)
    if request.method == "POST" and form.is_valid():
        try:
            services.change(found, form.cleaned_data, lock=form.cleaned_data["lock"] or 0, actor=request.user)
        except ValidationError as error:
            form.refuse(error)
            form.face(_form(request, _found(request, event_id), is_blank=True))
        else:
            messages.success(request, "已保存。原来的内容留在审计记录里。")
            return redirect("campaign:education_event", found.pk)
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "campaign/education_form.html", {"form": form, "record": found}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def material(request, event_id):
    """Add a file."""
    found = _found(request, event_id)
    if request.method != "POST":
        return redirect("campaign:education_event", found.pk)
    require(request.user, CampaignAction.CHANGE_EDUCATION, found)
    form = forms.MaterialForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            services.add_file(found, sent.read(), sent.name, actor=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "材料已添加。")
            return redirect("campaign:education_event", found.pk)
    return _show(request, found, form=form)


@require_safe
def download_material(request, event_id, material_id):
    """One file, as it was sent."""
    found = _found(request, event_id)
    row = get_object_or_404(found.files.select_related("file"), pk=material_id)
    return give_file(request, row.file, row.name, verb=CampaignVerb.EDUCATION_DOWNLOAD, target=found)


@require_safe
def sheet(request, event_id):
    """廉政教育记录表 as PDF."""
    found = _found(request, event_id)
    paper = papers.sheet(record.event(found), School.current())
    name = f"{papers.SHEET_TITLE}_{found.held_on}.pdf"
    back = reverse("campaign:education_event", args=[found.pk])
    verb = CampaignVerb.EDUCATION_PRINT
    return give(request, lambda: papers.sheet_pdf(paper), name, verb=verb, back=back, target=found, inline=True)


@require_safe
def ledger(request, kind):
    """The 台账 of a year as PDF or .xlsx."""
    made = lambda cycle: papers.ledger(cycle.year, record.events(cycle), School.current())  # noqa: E731 - said once
    return give_list(request, kind, papers.LEDGER_TITLE, made, verb=CampaignVerb.EDUCATION_PRINT, back=_back)


def _back(cycle):
    return f"{reverse('campaign:education')}?year={cycle.year}"


def _found(request, event_id):
    require(request.user, CampaignAction.READ)
    return get_object_or_404(queries.records(), pk=event_id)


def _form(request, found=None, *, is_blank=False):
    hosts = hosts_for(request.user)
    may_school = can(request.user, CampaignAction.RECORD_SCHOOL_EDUCATION)
    if found is None and not may_school and not hosts.exists():
        raise PermissionDenied("您负责的部门已停用，不能再登记。")
    data = request.POST if request.method == "POST" and not is_blank else None
    return forms.EducationForm(data, hosts=hosts, may_school=may_school, record=found)


def _show(request, found, *, form=None):
    may_change = can(request.user, CampaignAction.CHANGE_EDUCATION, found)
    context = {
        "record": found,
        "event": record.event(found),
        "materials": found.files.select_related("file", "added_by"),
        "makeups": found.makeups.all(),
        "may_change": may_change,
        "form": (form or forms.MaterialForm()) if may_change else None,
        "back": _back(found.cycle),
    }
    return render(request, "campaign/education_event.html", context, status=UNPROCESSABLE if form else 200)
