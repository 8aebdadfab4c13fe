"""办公室看板: what waits in the whole school; 催办 on any line."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from riskpoints.campaign.permissions import CampaignAction, require
from riskpoints.campaign.reminders import queries, sending
from riskpoints.campaign.reminders.forms import RemindForm
from riskpoints.rules import queries as rules
from riskpoints.rules.enums import Key

UNPROCESSABLE = 422
GONE = "这件事刚刚已经办完，或不在看板上，不用再催。"


@require_safe
def index(request):
    """All that waits, overdue first; `?late` only that, `?all` also what is due later than in a month."""
    require(request.user, CampaignAction.REMIND)
    everything, only_overdue = "all" in request.GET, "late" in request.GET
    context = {
        "board": queries.board(request.user, everything=everything, only_overdue=only_overdue),
        "everything": everything,
        "only_overdue": only_overdue,
        "soon": queries.SOON,
        "offsets": rules.offsets_in_words(rules.on()[Key.REMIND_OFFSETS]),
    }
    return render(request, "campaign/board.html", context)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def remind(request, line_key):
    """催办 about one line: whom it reaches, what was told before, and a text."""
    require(request.user, CampaignAction.REMIND)
    line = queries.line_of(line_key)
    if line is None:
        written = request.POST.get("text", "").strip()
        messages.info(request, f"{GONE}您写的催办内容没有发出：“{written}”" if written else GONE)
        return redirect("campaign:board")
    form = RemindForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            rows = sending.remind(line, form.cleaned_data["text"], actor=request.user)
        except sending.ReminderError as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"已催办 {'、'.join(row.to_name for row in rows)}，对方的待办里有了。")
            return redirect("campaign:board")
    context = {
        "form": form,
        "line": line,
        "people": [person for person in line.people if person.pk != request.user.pk],
        "is_overdue": line.is_overdue(timezone.localdate()),
        "told": queries.reminders_of(line),
    }
    return render(request, "campaign/remind.html", context, status=UNPROCESSABLE if form.is_bound else 200)
