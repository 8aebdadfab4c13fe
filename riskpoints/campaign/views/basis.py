"""依据文件: adding, correcting and ending what a year cites, and its files."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from riskpoints.campaign import attached
from riskpoints.campaign.basis import forms, services
from riskpoints.campaign.models import BasisDocument
from riskpoints.campaign.permissions import CampaignAction, require
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.models import Cycle
from riskpoints.views.papers import give_file

UNPROCESSABLE = 422


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def basis(request, year, basis_id=None):
    """Cite a document in a year, or correct how it is cited."""
    require(request.user, CampaignAction.KEEP_PLAN)
    cycle = get_object_or_404(Cycle, year=year)
    found = _found(cycle, basis_id) if basis_id else None
    if request.method != "POST" and found is not None and found.ended_on is not None:
        return _led_on(request, cycle, found)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = forms.BasisForm(*sent, row=found)
    if form.is_bound and form.is_valid():
        try:
            _save(cycle, found, form.cleaned_data, request.user)
        except services.BasisError as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.refuse(error)
            _face(form, cycle, found)
        else:
            messages.success(request, "已保存。今天起贴出的公示稿引用这份文件。")
            return redirect(_back(cycle))
    context = {"form": form, "shown": cycle, "row": found, "back": _back(cycle)}
    return render(request, "campaign/basis_form.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request, year, basis_id):
    """Cite a document no more."""
    require(request.user, CampaignAction.KEEP_PLAN)
    cycle = get_object_or_404(Cycle, year=year)
    if request.method != "POST":
        return redirect("campaign:basis_edit", year, basis_id)
    try:
        services.end(_found(cycle, basis_id), actor=request.user)
    except services.BasisError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已停止引用。以前贴出的公示稿不变。")
    return redirect(_back(cycle))


@require_safe
def file(request, year, basis_id):
    """The document itself, as it was sent."""
    require(request.user, CampaignAction.READ)
    row = get_object_or_404(BasisDocument.objects.select_related("file"), pk=basis_id, cycle__year=year)
    if row.file is None:
        raise Http404("No file.")
    return give_file(request, row.file, row.file_name, verb=CampaignVerb.BASIS_DOWNLOAD, target=row)


def _save(cycle, found, data, actor):
    """Write what the form says."""
    file = attached.sent(data["file"])
    if found is None:
        services.add(cycle, data, token=data["token"], file=file, actor=actor)
    else:
        services.correct(found, data, seen=data["lock"] or 0, token=data["token"], file=file, actor=actor)


def _face(form, cycle, found):
    """Show beside what was typed what the year cites now, or that it cites the document no more."""
    if found is not None:
        try:
            form.face(forms.BasisForm(row=services.current(cycle, found)))
        except services.BasisError as error:
            form.add_error(None, str(error))


def _led_on(request, cycle, ended):
    """From a row that was corrected to what the year cites now."""
    try:
        return redirect("campaign:basis_edit", cycle.year, services.current(cycle, ended).pk)
    except services.BasisError as error:
        messages.error(request, str(error))
        return redirect(_back(cycle))


def _found(cycle, basis_id):
    """The row, also one that was corrected since."""
    return get_object_or_404(BasisDocument.objects.select_related("cycle", "file"), pk=basis_id, cycle=cycle)


def _back(cycle):
    return f"{reverse('campaign:plan')}?year={cycle.year}"
