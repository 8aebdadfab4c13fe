"""意见建议: the lists, a proposal and its answer, an opinion and its answer, and the public forms."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from riskcontrol.query import QueryReader
from riskcontrol.text import plain_code
from riskpoints import publication
from riskpoints.models.table import FrozenError
from riskpoints.participation import forms, limits, queries, services
from riskpoints.participation.enums import Outcome
from riskpoints.participation.models import Feedback
from riskpoints.participation.permissions import ParticipationAction, can, visible_proposals
from riskpoints.participation.services import ParticipationError
from riskpoints.views.publication import open_to_all, published

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
    tabs = queries.tabs(request.user)
    if key not in {tab.key for tab in tabs}:
        raise PermissionDenied("这个列表不在您可以查看的范围内。")
    page = Paginator(LISTS[key](request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    may_propose = can(request.user, ParticipationAction.PROPOSE)
    context = {"tabs": tabs, "tab": key, "page": page, "may_propose": may_propose}
    return render(request, "participation/list.html", context)


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
        "draft": services.open_draft(found.department) if found.is_open else None,
        "form": form or forms.DeclineForm(),
    }
    return render(request, "participation/proposal.html", context, status=UNPROCESSABLE if form else 200)


@require_POST
def accept(request, proposal_id):
    """Take a proposal over into the draft, and go there to judge it."""
    found = get_object_or_404(visible_proposals(request.user), pk=proposal_id)
    try:
        point = services.accept(found, actor=request.user)
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


@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request, feedback_id):
    """One opinion: read it, and for the office answer it."""
    if not can(request.user, ParticipationAction.VIEW_ALL):
        raise PermissionDenied("群众意见由领导小组办公室和纪委审核员查看。")
    found = get_object_or_404(queries.opinions(request.user), pk=feedback_id)
    may_answer = can(request.user, ParticipationAction.ANSWER, found)
    if request.method == "POST" and not may_answer:
        raise PermissionDenied("群众意见由领导小组办公室答复。")
    table = found.version.table
    form = forms.AnswerForm(request.POST or None, is_school=table.is_school)
    passes_on = request.POST.get("outcome") == Outcome.PASSED_ON
    worded = forms.PassOnForm(
        request.POST if passes_on else None, department=table.department, initial={"text": found.text}
    )
    is_valid = request.method == "POST" and form.is_valid() and (not passes_on or worded.is_valid())
    if is_valid and answered(request, found, form, worded if passes_on else None):
        return redirect("participation:opinions")
    context = {"feedback": found, "form": form, "worded": worded, "passes_on": passes_on, "may_answer": may_answer}
    return render(request, "participation/opinion.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def answered(request, found, form, worded):
    """Whether there is nothing more to do here; otherwise the forms say what was refused."""
    values = worded.cleaned_data if worded else None
    try:
        services.answer_feedback(
            found,
            outcome=form.cleaned_data["outcome"],
            answer=form.cleaned_data["answer"],
            proposal=values,
            actor=request.user,
        )
    except ParticipationError as error:
        messages.error(request, str(error))
    except ValidationError as error:
        (worded or form).refuse(error)
        return False
    else:
        messages.success(request, "已答复，提意见的人凭查询码能看到。")
    return True


@published
@require_http_methods(["GET", "HEAD", "POST"])
def send(request, version):
    """The public form: an opinion on a published table."""
    sheet = publication.published_sheet(version)
    form = forms.OpinionForm(request.POST or None, points=sheet.points, initial={"point": request.GET.get("point", "")})
    if request.method == "POST" and form.is_valid():
        if limits.is_exhausted(request):
            form.add_error(None, "您这一小时提的意见已经很多，请过一会儿再提。您填写的内容还在页面上。")
        elif receipt_code := sent(request, version, form):
            return redirect(f"{reverse('participation:receipt')}?code={receipt_code}")
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "participation/send.html", {"form": form, "sheet": sheet}, status=status)


def sent(request, version, form):
    """The receipt code of the opinion, or nothing where the form says why it was not kept."""
    values = form.cleaned_data
    try:
        feedback = services.send_feedback(
            version, text=values["text"], name=values["name"], point=UUID(values["point"]) if values["point"] else None
        )
    except (ParticipationError, ValidationError) as error:
        form.add_error(None, getattr(error, "messages", [str(error)]))
        return ""
    limits.note_sent(request)
    messages.success(request, "意见已送领导小组办公室。请记下查询码，凭它看答复。")
    return feedback.code


@open_to_all
@require_safe
def receipt(request):
    """What became of an opinion, for whoever has its code."""
    query = QueryReader(request.GET)
    code = plain_code(query.text("code", "查询码", 24)).upper()[:16]
    found = Feedback.objects.select_related("version__table__cycle").filter(code=code).first() if code else None
    return render(request, "participation/receipt.html", {"code": code, "feedback": found})
