"""意见建议: the lists, and a proposal with its answer."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.models import Department
from riskcontrol.web.query import QueryReader
from riskpoints.models.table import FrozenError
from riskpoints.participation import forms, queries, services
from riskpoints.participation.enums import ProposalKind
from riskpoints.participation.permissions import ParticipationAction, can, visible_proposals
from riskpoints.participation.services import ParticipationError
from riskpoints.participation.views.lists import PAGE_SIZE, UNPROCESSABLE, tabs_of

LISTS = {"received": queries.received, "sent": queries.sent, "every": queries.every, "opinions": queries.opinions}


@require_safe
def index(request):
    """The first of the person's lists."""
    found, _ = tabs_of(request.user)
    if not found:
        raise PermissionDenied("您的角色不参加互提建议。对公示的内容有意见，请在“公示”里提出。")
    return redirect(found[0].address)


@require_safe
def listing(request, key):
    """One of the lists."""
    return show_list(request, key)


def show_list(request, key, *, bulk=None):
    """The page of a list; `bulk` is what was refused."""
    tabs, _ = tabs_of(request.user)
    if key not in {tab.key for tab in tabs}:
        raise PermissionDenied("这个列表不在您可以查看的范围内。")
    page: Any = Paginator(LISTS[key](request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "tabs": tabs,
        "tab": key,
        "page": page,
        "late": queries.late(page.object_list) if key != "opinions" else set(),
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
    """Propose a risk point to a department, a measure for one of its points, or say which level one should have."""
    if not can(request.user, ParticipationAction.PROPOSE):
        raise PermissionDenied("您的角色不能提建议。对公示的内容有意见，请在“公示”里提出。")
    kind = QueryReader(request.GET).choice("kind", "建议什么", ProposalKind.values, default=ProposalKind.POINT)
    departments = Department.objects.active_on()
    department = None
    if kind != ProposalKind.POINT:
        key = QueryReader(request.GET).number("department", "部门", range(10**9))
        department = departments.filter(pk=key).first() if key else None
    form = _proposal_form(request, kind, department)
    if request.method == "POST" and form is not None and form.is_valid():
        to = department or form.cleaned_data["department"]
        try:
            proposal = services.propose(to, form.cleaned_data | {"kind": kind}, actor=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"已送{proposal.department}。采纳与否，在“我提出的”里看答复。")
            return redirect("participation:sent")
    context = {
        "form": form,
        "kind": kind,
        "kinds": ProposalKind.choices,
        "department": department,
        "departments": departments,
    }
    status = UNPROCESSABLE if form is not None and form.is_bound else 200
    return render(request, "participation/propose.html", context, status=status)


def _proposal_form(request, kind, department):
    """The form of this kind; none before the department is chosen of whose point it is, or where it has none."""
    data = request.POST if request.method == "POST" else None
    if kind == ProposalKind.POINT:
        return forms.ProposalForm(data)
    points = list(queries.points_of(department)) if department is not None else []
    if not points:
        return None
    return forms.ForPointForm(data, kind=kind, points=points, initial={"target_point": request.GET.get("point", "")})


@require_safe
def proposal(request, proposal_id):
    """One proposal, with what this person can do about it."""
    return show_proposal(request, get_object_or_404(visible_proposals(request.user), pk=proposal_id))


def show_proposal(request, found, *, form=None, accepting=None, preparing=None):
    """The page of a proposal; `form`, `accepting` and `preparing` are what was refused."""
    may_decide = found.is_open and can(request.user, ParticipationAction.DECIDE, found)
    may_prepare = found.is_open and not may_decide and can(request.user, ParticipationAction.PREPARE, found)
    context = {
        "proposal": found,
        "may_decide": may_decide,
        "may_prepare": may_prepare,
        "shows_prepared": found.prepared_state and (may_decide or may_prepare),
        "may_withdraw": found.is_open and can(request.user, ParticipationAction.WITHDRAW, found),
        "is_late": found.pk in queries.late([found]),
        "drafts": services.drafts_for(found) if found.is_open else [],
        "accepting": accepting or forms.AcceptForm(proposal=found),
        "form": form or forms.DeclineForm(proposal=found),
        "preparing": (preparing or forms.PrepareForm(proposal=found)) if may_prepare else None,
    }
    return render(
        request, "participation/proposal.html", context, status=UNPROCESSABLE if form or accepting or preparing else 200
    )


@require_POST
def accept(request, proposal_id):
    """Take a proposal over into the draft, and go there to judge it; an opinion on a level is answered."""
    found = get_object_or_404(visible_proposals(request.user), pk=proposal_id)
    if found.is_level:
        return answer(request, found, services.agree)
    form = forms.AcceptForm(request.POST, proposal=found)
    if not form.is_valid():
        if not can(request.user, ParticipationAction.DECIDE, found):
            raise PermissionDenied("建议由部门负责人答复。")
        return show_proposal(request, found, accepting=form)
    try:
        asked = request.POST.get("draft")  # what is no number is none of the drafts
        draft = QueryReader(request.POST).number("draft", "写入哪一份", range(10**9)) or 0 if asked else None
        row = services.accept(found, draft=draft, answer=form.cleaned_data["answer"], actor=request.user)
    except (ParticipationError, FrozenError) as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        then = "请补填阶段、责任人和时限" if found.is_measure else "请补填发生机率、危害程度和等级"
        messages.success(request, f"已采纳并写入防控表，{then}。")
        if len(services.working_together(found)) < len(found.co_department_keys):
            messages.warning(request, f"建议的配合部门（{found.co_departments}）中已停用的没有写入，请核对。")
        anchor = f"{'measure' if found.is_measure else 'point'}-{row.pk}"
        return redirect(f"{reverse('riskpoints:version', args=[row.version_id])}?open={anchor}")
    return redirect("participation:proposal", found.pk)


@require_POST
def decline(request, proposal_id):
    """Answer that a proposal is not taken over."""
    found = get_object_or_404(visible_proposals(request.user), pk=proposal_id)
    return answer(request, found, services.decline)


def answer(request, found, act):
    """Answer a proposal in words."""
    if not can(request.user, ParticipationAction.DECIDE, found):
        raise PermissionDenied("建议由部门负责人答复；给校领导班子的，由那个岗位的任职人答复。")
    form = forms.DeclineForm(request.POST, proposal=found)
    if not form.is_valid():
        return show_proposal(request, found, form=form)
    return done(request, found, lambda: act(found, form.cleaned_data["reason"], actor=request.user))


@require_POST
def prepare(request, proposal_id):
    """Write an answer that the head sends."""
    found = get_object_or_404(visible_proposals(request.user), pk=proposal_id)
    if not can(request.user, ParticipationAction.PREPARE, found):
        raise PermissionDenied("答复由本部门填报员准备，由部门负责人送出。")
    form = forms.PrepareForm(request.POST, proposal=found)
    if form.is_valid():
        data = form.cleaned_data
        try:
            said = {"state": data["prepared_state"], "answer": data["prepared_answer"], "seen": data["seen"]}
            services.prepare(found, **said, actor=request.user)
        except ParticipationError as error:
            found.refresh_from_db()
            form.add_error(None, str(error))
            form.renew("seen", services.prepared_mark(found))
        else:
            messages.success(request, "已准备好答复，由部门负责人送出。")
            return redirect("participation:proposal", found.pk)
    return show_proposal(request, found, preparing=form)


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
