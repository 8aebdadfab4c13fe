"""报送留存: what still has to be sent, what was sent, one sending with its receipt, papers."""

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
from riskpoints.campaign.deliveries import forms, papers, queries, record, services
from riskpoints.campaign.enums import DeliveryState
from riskpoints.campaign.models import Delivery
from riskpoints.campaign.permissions import CampaignAction, can, require
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.campaign.views.years import give_list
from riskpoints.views.of_year import chosen_year, years
from riskpoints.views.papers import give

PAGE_SIZE = 50
UNPROCESSABLE = 422


@require_safe
def index(request):
    """What of a year still has to be sent, and what was."""
    require(request.user, CampaignAction.READ)
    cycle = chosen_year(request)
    found = queries.deliveries(cycle) if cycle else Delivery.objects.none()
    context = {
        "shown": cycle,
        "years": years(),
        "pending": queries.pending(cycle) if cycle else [],
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "may_keep": cycle and can(request.user, CampaignAction.KEEP_DELIVERIES),
    }
    return render(request, "campaign/deliveries.html", context)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """Record a sending: of one of the copies that wait (`?version=…&purpose=…`), or of another paper."""
    require(request.user, CampaignAction.KEEP_DELIVERIES)
    cycle = chosen_year(request)
    if cycle is None:
        raise Http404("No year was opened.")
    item = _asked(request, cycle)
    issued = queries.sendable(cycle)
    chosen = _asked_issued(request, issued)
    form = forms.SendForm(request.POST or None, item=item, today=timezone.localdate(), issued=issued, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            version = item.version if item else None
            row = services.send(cycle, form.cleaned_data, version=version, actor=request.user)
        except services.DeliveryError as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "已登记。可以打印回执，请接收单位签收。")
            return redirect("campaign:delivery", row.pk)
    context = {"form": form, "shown": cycle, "back": _back(cycle)}
    return render(request, "campaign/delivery_form.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request, delivery_id):
    """One sending; the office records its receipt, or that it came back."""
    row = _found(request, delivery_id)
    waits = row.state == DeliveryState.SENT and can(request.user, CampaignAction.KEEP_DELIVERIES)
    is_back = "returned_reason" in request.POST
    posted = request.POST if request.method == "POST" else None
    if posted is not None:
        require(request.user, CampaignAction.KEEP_DELIVERIES)
    receipt = forms.ReceiptForm(None if is_back else posted, initial={"received_on": timezone.localdate()})
    back = forms.GiveBackForm(posted if is_back else None)
    form = back if is_back else receipt
    if posted is not None and form.is_valid():
        try:
            if is_back:
                services.give_back(row, form.cleaned_data["returned_reason"], actor=request.user)
            else:
                services.receipt(row, form.cleaned_data, actor=request.user)
        except services.DeliveryError as error:
            messages.error(request, str(error))
            return redirect("campaign:delivery", row.pk)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "已登记退回，这一份可以重新报送。" if is_back else "回执已登记。")
            return redirect("campaign:delivery", row.pk)
    context = {"row": row, "waits": waits, "receipt": receipt, "giving_back": back, "back": _back(row.cycle)}
    return render(request, "campaign/delivery.html", context, status=UNPROCESSABLE if posted is not None else 200)


@require_safe
def slip(request, delivery_id):
    """报送回执 as PDF."""
    row = _found(request, delivery_id)
    name = f"{papers.SLIP}_{row.pk}.pdf"
    paper = papers.slip(record.line(row), School.current())
    back = reverse("campaign:delivery", args=[row.pk])
    verb = CampaignVerb.DELIVERY_PRINT
    return give(request, lambda: papers.slip_pdf(paper), name, verb=verb, back=back, target=row, inline=True)


@require_safe
def register(request, kind):
    """报送登记表 of a year as PDF or .xlsx."""
    made = lambda cycle: papers.register(cycle.year, record.lines(cycle), School.current())  # noqa: E731 - said once
    return give_list(request, kind, papers.REGISTER, made, verb=CampaignVerb.DELIVERY_PRINT, back=_back)


def _asked(request, cycle):
    """The copy that the address names, None where it names none; 404 where it doesn't wait any more."""
    version, purpose = request.GET.get("version"), request.GET.get("purpose")
    if not version:
        return None
    for item in queries.pending(cycle):
        if (str(item.version.pk), item.purpose.value) == (version, purpose):
            return item
    raise Http404("This copy was sent, or there is none.")


def _asked_issued(request, issued):
    """What was issued and is to be sent (`?issued=…`), None where the address names none."""
    asked = request.GET.get("issued", "")
    return get_object_or_404(issued, pk=asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None


def _found(request, delivery_id):
    require(request.user, CampaignAction.READ)
    return get_object_or_404(Delivery.objects.select_related("cycle", "issued"), pk=delivery_id)


def _back(cycle):
    return f"{reverse('campaign:deliveries')}?year={cycle.year}"
