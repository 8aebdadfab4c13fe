"""发文登记: what was issued of a year, one document, its form, file and register."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from departments.models import School
from riskpoints.campaign import attached
from riskpoints.campaign.issued import forms, papers, record, services
from riskpoints.campaign.models import Delivery, IssuedDocument
from riskpoints.campaign.permissions import CampaignAction, can, require
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.campaign.views.years import give_list
from riskpoints.views.of_year import chosen_year, years
from riskpoints.views.papers import give_file

PAGE_SIZE = 50
UNPROCESSABLE = 422


@require_safe
def index(request):
    """What was issued of a year."""
    require(request.user, CampaignAction.READ)
    cycle = chosen_year(request)
    found = record.issued(cycle) if cycle else IssuedDocument.objects.none()
    context = {
        "shown": cycle,
        "years": years(),
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "may_keep": cycle and not cycle.is_closed and can(request.user, CampaignAction.KEEP_ISSUED),
    }
    return render(request, "campaign/issued.html", context)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """Register a document under the next free number, or one that it has already."""
    require(request.user, CampaignAction.KEEP_ISSUED)
    cycle = chosen_year(request)
    if cycle is None:
        raise Http404("No year was opened.")
    school, today = School.current(), timezone.localdate()
    prefix = school.document_prefix
    start = {"prefix": prefix, "copy_to": school.copied_to, "issued_on": today}
    start["next_free"] = services.next_free(prefix, today.year)
    form = forms.IssuedForm(*_sent(request), start=start)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        file, token = attached.sent(data["file"]), data["token"]
        row = _did(form, lambda: services.register(cycle, data, token=token, file=file, actor=request.user))
        if row:
            messages.success(request, f"已登记，文号是{row.number}。")
            return redirect("campaign:issued_one", row.pk)
    context = {"form": form, "shown": cycle, "back": _back(cycle)}
    return render(request, "campaign/issued_form.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, issued_id):
    """Change what is said of a document; its number stays."""
    require(request.user, CampaignAction.KEEP_ISSUED)
    found = _found(request, issued_id)
    form = forms.IssuedForm(*_sent(request), row=found)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        file, lock = attached.sent(data["file"]), data["lock"] or 0
        if _did(form, lambda: services.change(found, data, lock=lock, file=file, actor=request.user)):
            messages.success(request, "已保存。原来的内容留在审计记录里。")
            return redirect("campaign:issued_one", found.pk)
        form.face(forms.IssuedForm(row=_found(request, issued_id)))
    back = reverse("campaign:issued_one", args=[found.pk])
    context = {"form": form, "shown": found.cycle, "row": found, "back": back}
    return render(request, "campaign/issued_form.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def one(request, issued_id):
    """One document with where it was sent; the office says that it is void."""
    found = _found(request, issued_id)
    may_keep = can(request.user, CampaignAction.KEEP_ISSUED)
    form = forms.VoidForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        require(request.user, CampaignAction.KEEP_ISSUED)
        reason = form.cleaned_data["void_reason"] if form.is_valid() else ""
        if reason and _did(form, lambda: services.void(found, reason, actor=request.user)):
            messages.success(request, "已作废，文号不再使用。")
            return redirect("campaign:issued_one", found.pk)
    context = {
        "row": found,
        "sent": Delivery.objects.filter(issued=found),
        "may_keep": may_keep and not found.cycle.is_closed and not found.void_reason,
        "may_send": may_keep and not found.void_reason,
        "voiding": form,
        "back": _back(found.cycle),
    }
    return render(request, "campaign/issued_one.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_safe
def file(request, issued_id):
    """The document itself, as it was sent."""
    found = _found(request, issued_id)
    if found.file is None:
        raise Http404("No file.")
    return give_file(request, found.file, found.file_name, verb=CampaignVerb.ISSUED_DOWNLOAD, target=found)


@require_safe
def register(request, kind):
    """发文登记表 of a year as PDF or .xlsx."""
    made = lambda cycle: papers.register(cycle.year, record.lines(cycle), School.current())  # noqa: E731 - said once
    return give_list(request, kind, papers.REGISTER, made, verb=CampaignVerb.ISSUED_PRINT, back=_back)


def _did(form, act):
    """What the act made; None where it was refused, which the form then says."""
    try:
        return act()
    except services.IssuedError as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        form.refuse(error)
    return None


def _sent(request):
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _found(request, issued_id):
    require(request.user, CampaignAction.READ)
    return get_object_or_404(IssuedDocument.objects.select_related("cycle", "file"), pk=issued_id)


def _back(cycle):
    return f"{reverse('campaign:issued')}?year={cycle.year}"
