"""The public forms: an opinion on a published table, and what became of it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from riskcontrol.text import plain_code
from riskcontrol.web.forms import typed_texts
from riskcontrol.web.query import QueryReader
from riskpoints.enums import Action
from riskpoints.models import Decision, PublishedVersion, TableVersion
from riskpoints.participation import forms, limits, opinions
from riskpoints.participation.models import Feedback
from riskpoints.participation.services import ParticipationError
from riskpoints.register import publication
from riskpoints.rules import queries as rules
from riskpoints.rules.enums import Key
from riskpoints.views.publication import open_to_all, published

UNPROCESSABLE, GONE = 422, 410


def closed(request, version_id):
    """The table was published and is no more: its page is closed, and what was being typed is shown, to be copied."""
    version = TableVersion.objects.filter(pk=version_id).first() if request.method == "POST" else None
    if version is None:
        raise Http404("Not published.")
    was_in_force = Decision.objects.filter(version=version, action__in=(Action.CONFIRM, Action.RECORD))
    if not PublishedVersion.objects.filter(version=version).exists() and not was_in_force.exists():
        raise Http404("Not published.")
    return to_copy(request)


def to_copy(request):
    """What was typed, and where to turn to."""
    texts = typed_texts(request.POST)
    return render(request, "participation/closed.html", {"reason": opinions.CLOSED, "texts": texts}, status=GONE)


@require_http_methods(["GET", "HEAD", "POST"])
def send_opinion(request, version):
    """The public form: an opinion on a published table."""
    sheet = publication.published_sheet(version)
    form = forms.OpinionForm(request.POST or None, points=sheet.points, initial={"point": request.GET.get("point", "")})
    if request.method == "POST" and form.is_valid():
        try:
            code = sent(request, version, form)
        except opinions.ClosedError:
            return to_copy(request)
        if code:
            return redirect(f"{reverse('participation:receipt')}?code={code}")
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"form": form, "sheet": sheet, "channels": rules.on()[Key.CHANNELS]}
    return render(request, "participation/send.html", context, status=status)


send = published(send_opinion, otherwise=closed)


def sent(request, version, form):
    """The receipt code of the opinion, or nothing where the form says why it was not kept."""
    values, number = form.cleaned_data, limits.count(request)
    if number > limits.MOST_A_DAY:
        form.add_error(None, "今天从这里提的意见太多，请明天再提，或直接向领导小组办公室反映。您填写的内容还在页面上。")
        return ""
    try:
        feedback = opinions.send_feedback(
            version,
            text=values["text"],
            name=values["name"],
            point=UUID(values["point"]) if values["point"] else None,
            is_flood=number > limits.A_DAY,
        )
    except opinions.ClosedError:
        raise
    except (ParticipationError, ValidationError) as error:
        form.add_error(None, getattr(error, "messages", [str(error)]))
        return ""
    messages.success(request, "意见已送领导小组办公室。请记下查询码，凭它看答复。")
    return feedback.code


@open_to_all
@require_safe
def receipt(request):
    """What became of an opinion, for whoever has its code."""
    query = QueryReader(request.GET)
    code = plain_code(query.text("code", "查询码", 24)).upper()[:16]
    rows = Feedback.objects.select_related("version__table__cycle", "objection")
    found = rows.filter(code=code).first() if code else None
    context = {"code": code, "feedback": found, "channels": rules.on()[Key.CHANNELS]}
    return render(request, "participation/receipt.html", context)
