"""意见建议: the lists, and a proposal with its answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from riskcontrol.web.query import QueryReader
from riskpoints.models.table import FrozenError
from riskpoints.participation import forms, queries, services
from riskpoints.participation.permissions import ParticipationAction, can, visible_proposals
from riskpoints.participation.services import ParticipationError

PAGE_SIZE = 20
UNPROCESSABLE = 422
LISTS = {"received": queries.received, "sent": queries.sent, "every": queries.every, "opinions": queries.opinions}


@require_safe
def index(request):
    """The first of the person's lists."""
    found = queries.tabs(request.user)
    if not found:
        raise PermissionDenied("您的角色不参加互提建议。对公示的内容有意见，请在“公示”里提出。")
    return redirect(found[0].address)


@require_safe
def listing(request, key):
    """One of the lists."""
    return show_list(request, key)


def show_list(request, key, *, bulk=None):
    """The page of a list; `bulk` is what was refused."""
    tabs = queries.tabs(request.user)
    if key not in {tab.key for tab in tabs}:
        raise PermissionDenied("这个列表不在您可以查看的范围内。")
    page = Paginator(LISTS[key](request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "tabs": tabs,
        "tab": key,
        "page": page,
        "may_propose": can(request.user, ParticipationAction.PROPOSE),
        "reads_opinions": can(request.user, ParticipationAction.READ_OPINIONS),
        "reads_figures": can(request.user, ParticipationAction.VIEW_FIGURES),
        "may_answer": can(request.user, ParticipationAction.ANSWER),
        "bulk": bulk or forms.BulkForm(),
        "chosen": set(bulk.data.getlist("chosen")) if bulk else set(),
    }
    return render(request, "participation/list.html", context, status=UNPROCESSABLE if bulk else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request):
    """Propose a risk point to a department."""
    if not can(request.user, ParticipationAction.PROPOSE):
        raise PermissionDenied("您的角色不能提建议。对公示的内容有意见，请在“公示”里提出。")
    form = forms.ProposalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            proposal = services.propose(form.cleaned_data["department"], form.cleaned_data, actor=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"已送{proposal.department}。采纳与否，在“我提出的”里看答复。")
            return redirect("participation:sent")
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "participation/propose.html", {"form": form}, status=status)


@require_safe
def proposal(request, proposal_id):
    """One proposal, with what this person can do about it."""
    return show_proposal(request, get_object_or_404(visible_proposals(request.user), pk=proposal_id))


def show_proposal(request, found, *, form=None):
    """The page of a proposal."""
    context = {
        "proposal": found,
        "may_decide": found.is_open and can(request.user, ParticipationAction.DECIDE, found),
        "may_withdraw": found.is_open and can(request.user, ParticipationAction.WITHDRAW, found),
        "drafts": services.drafts_for(found) if found.is_open else [],
        "form": form or forms.DeclineForm(),
    }
    return render(request, "participation/proposal.html", context, status=UNPROCESSABLE if form else 200)


@require_POST
def accept(request, proposal_id):
    """Take a proposal over into the draft, and go there to judge it."""
    found = get_object_or_404(visible_proposals(request.user), pk=proposal_id)
    try:
        asked = request.POST.get("draft")  # what is no number is none of the drafts
        draft = QueryReader(request.POST).number("draft", "写入哪一份", range(10**9)) or 0 if asked else None
        point = services.accept(found, draft=draft, actor=request.user)
    except (ParticipationError, FrozenError) as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "已采纳并写入防控表，请补填发生机率、危害程度和等级。")
        return redirect(f"{reverse('riskpoints:version', args=[point.version_id])}?open=point-{point.pk}")
    return redirect("participation:proposal", found.pk)


@require_POST
def decline(request, proposal_id):
    """Answer that a proposal is not taken over."""
    found = get_object_or_404(visible_proposals(request.user), pk=proposal_id)
    if not can(request.user, ParticipationAction.DECIDE, found):
        raise PermissionDenied("建议由部门负责人答复。")
    form = forms.DeclineForm(request.POST)
    if not form.is_valid():
        return show_proposal(request, found, form=form)
    return done(request, found, lambda: services.decline(found, form.cleaned_data["reason"], actor=request.user))


@require_POST
def withdraw(request, proposal_id):
    """Take back a proposal of one's own."""
    found = get_object_or_404(visible_proposals(request.user), pk=proposal_id)
    return done(request, found, lambda: services.withdraw(found, actor=request.user))


def done(request, found, act):
    """Do an act on a proposal and show what came of it."""
    try:
        messages.success(request, f"这条建议{act().get_state_display()}。")
    except ParticipationError as error:
        messages.error(request, str(error))
    return redirect("participation:proposal", found.pk)
