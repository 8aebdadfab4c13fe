"""处置: one handling with its acts, drafting it, escalating it, its files."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from riskpoints.dues import staff
from riskpoints.oversight.enums import HandlingAct
from riskpoints.oversight.handling import acting, drafting, hands, papers, shown
from riskpoints.oversight.handling.forms import ActForm, DraftForm
from riskpoints.oversight.handling.permissions import seen_findings, seen_handlings
from riskpoints.oversight.handling.seeing import note_view
from riskpoints.oversight.handling.states import TRANSITIONS, HandlingError, higher, require_possible
from riskpoints.oversight.models import ReplyFile
from riskpoints.oversight.verbs import OversightVerb
from riskpoints.oversight.views.doing import did
from riskpoints.views.papers import give_file

UNPROCESSABLE = 422


@require_safe
def handling(request, handling_id):
    """One handling: why, what is asked, what was answered, what was seen, and what comes next."""
    found = _found(request, handling_id)
    note_view(request.user, found)
    context = {
        "handling": found,
        "page": shown.handling_page(found, request.user),
        "findings": found.findings.select_related("cycle").order_by("pk"),
        "may_open_findings": set(seen_findings(request.user).filter(handlings=found).values_list("pk", flat=True)),
        "replies": found.replies.select_related("verification").prefetch_related("files"),
        "entries": found.entries.select_related("by"),
        "papers": papers.offered(found),
        "back": f"{reverse('oversight:findings')}?year={found.cycle.year}",
    }
    return render(request, "oversight/handling/handling.html", context)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request, finding_id):
    """Draft a handling about a finding, and others about the same department or person."""
    finding = get_object_or_404(seen_findings(request.user), pk=finding_id)
    turn = hands.committee(finding, staff())
    if not turn.includes(request.user):
        raise PermissionDenied(f"处置由{turn.words}拟办。" if turn.people else turn.words)
    offered = shown.same_subject(finding, request.user)
    form = DraftForm(request.POST if request.method == "POST" else None, about=finding, offered=offered)
    if form.is_bound and form.is_valid():
        rows, token = list(form.cleaned_data["findings"]), f"{form.cleaned_data['token']}"
        if made := did(form, lambda: drafting.draft(rows, form.draft, token=token, actor=request.user)):
            messages.success(request, f"已拟办，编号 {made.number}，等批准。")
            return redirect("oversight:handling", made.pk)
    context = {
        "form": form,
        "title": "拟办处置",
        "about": finding,
        "back": reverse("oversight:finding", args=[finding.pk]),
    }
    return render(request, "oversight/handling/form.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def act(request, handling_id, kind):
    """One act on a handling."""
    found = _found(request, handling_id)
    if kind not in TRANSITIONS:
        raise Http404("No such act.")
    kind = HandlingAct(kind)
    turn = hands.WHO[kind](found, staff())
    if not turn.includes(request.user):
        raise PermissionDenied(f"{kind.label}由{turn.words}办理。" if turn.people else turn.words)
    if request.method != "POST":
        try:
            require_possible(kind, found)
        except HandlingError as error:
            messages.error(request, str(error))
            return redirect("oversight:handling", found.pk)
    if kind == HandlingAct.ESCALATE:
        return _escalate(request, found)
    is_last = kind == HandlingAct.REJECT and shown.is_last_round(found)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ActForm(*sent, act=kind, handling=found, is_last_round=is_last)
    if form.is_bound and form.is_valid() and _acted(form, kind, found, request):
        messages.success(request, f"已办理：{shown.words_of(kind, found)}。")
        return redirect("oversight:handling", found.pk)
    context = {
        "form": form,
        "title": shown.words_of(kind, found),
        "about": found,
        "is_last": is_last,
        "back": reverse("oversight:handling", args=[found.pk]),
    }
    return render(request, "oversight/handling/form.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _acted(form, kind, found, request):
    text = form.cleaned_data.get("text") or ""
    done = lambda: acting.perform(  # noqa: E731 - said once, done below
        kind, found, actor=request.user, text=text, values=form.values, sent=form.sent
    )
    return did(form, done)


def _escalate(request, found):
    about = found.findings.order_by("pk").first()
    form = DraftForm(
        request.POST if request.method == "POST" else None,
        about=about,
        offered=found.findings.all(),
        kinds=higher(found),
        escalates=True,
    )
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        done = lambda: drafting.escalate(  # noqa: E731 - said once, done below
            found, form.draft, reason=data["text"], token=f"{data['token']}", actor=request.user
        )
        if made := did(form, done):
            messages.success(request, f"已升级，新的处置编号 {made.number}，等批准。")
            return redirect("oversight:handling", made.pk)
    context = {"form": form, "title": "升级", "about": found, "back": reverse("oversight:handling", args=[found.pk])}
    return render(request, "oversight/handling/form.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_safe
def reply_file(request, handling_id, file_id):
    """One file of a reply, as it was sent."""
    found = _found(request, handling_id)
    row = get_object_or_404(ReplyFile.objects.select_related("file"), pk=file_id, reply__handling=found)
    verb = OversightVerb.HANDLING_DOWNLOAD
    return give_file(request, row.file, row.name, verb=verb, target=found, shown=("pdf", "jpg", "png"))


def _found(request, handling_id):
    return get_object_or_404(seen_handlings(request.user), pk=handling_id)
