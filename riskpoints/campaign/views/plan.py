"""年度计划: the year's dates and tasks, one task with its acts, 督办单, papers."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from departments.accounts.typed import keeps_typed
from departments.models import School
from riskpoints.campaign.enums import TaskAct
from riskpoints.campaign.models import Milestone, PlanTask, Supervision
from riskpoints.campaign.permissions import CampaignAction, can, require
from riskpoints.campaign.plan import acting, forms, papers, planning, queries, record
from riskpoints.campaign.plan.acting import TRANSITIONS
from riskpoints.campaign.plan.locking import PlanError
from riskpoints.campaign.verbs import CampaignVerb
from riskpoints.campaign.views.years import give_list
from riskpoints.models import Cycle
from riskpoints.views.of_year import chosen_year, years
from riskpoints.views.papers import give, give_file

UNPROCESSABLE = 422
LABELS = {
    TaskAct.REPORT: "完成情况",
    TaskAct.ASK: "延期理由",
    TaskAct.RETURN: "退回理由",
    TaskAct.REFUSE: "不同意的理由",
}
LISTS = {
    "tasks": (papers.BREAKDOWN, lambda cycle: papers.breakdown(cycle.year, record.task_lines(cycle), School.current())),
    "supervisions": (
        papers.OVERVIEW,
        lambda cycle: papers.overview(cycle.year, record.supervision_lines(cycle), School.current()),
    ),
}


@require_safe
def index(request):
    """The dates of a year with their tasks, the tables' own dates among them."""
    require(request.user, CampaignAction.READ)
    cycle = chosen_year(request)
    context = {
        "shown": cycle,
        "years": years(),
        "stages": queries.stages(cycle) if cycle else [],
        "counts": queries.counts(queries.tasks_of(cycle)) if cycle else None,
        "today": timezone.localdate(),
        "notices": queries.supervisions_of(cycle) if cycle else [],
        "basis": queries.basis_of(cycle) if cycle else [],
        "may_keep": cycle and not cycle.is_closed and can(request.user, CampaignAction.KEEP_PLAN),
    }
    return render(request, "campaign/plan.html", context)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def milestone(request, year, milestone_id=None):
    """Add a milestone to a year, or change one."""
    require(request.user, CampaignAction.KEEP_PLAN)
    cycle = get_object_or_404(Cycle, year=year)
    found = get_object_or_404(Milestone, pk=milestone_id, cycle=cycle) if milestone_id else None
    form = forms.MilestoneForm(request.POST or None, milestone=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = lambda: planning.save_milestone(  # noqa: E731 - said once, done below
            cycle, data, milestone=found, lock=data["lock"] or 0, actor=request.user
        )
        if _did(request, form, done):
            return redirect(_back(cycle))
        if found is not None:
            form.face(forms.MilestoneForm(milestone=Milestone.objects.get(pk=found.pk)))
    context = {"form": form, "shown": cycle, "title": "更改计划节点" if found else "添加计划节点"}
    return render(request, "campaign/plan_form.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def task_form(request, year, task_id=None):
    """Add a task to a year, or change one."""
    require(request.user, CampaignAction.KEEP_PLAN)
    cycle = get_object_or_404(Cycle, year=year)
    found = get_object_or_404(queries.tasks_of(cycle), pk=task_id) if task_id else None
    form = forms.TaskForm(request.POST or None, cycle=cycle, task=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = lambda: planning.save_task(  # noqa: E731 - said once, done below
            data["milestone"], data, task=found, lock=data["lock"] or 0, token=data["token"], actor=request.user
        )
        if _did(request, form, done):
            return redirect(_back(cycle))
        if found is not None:
            form.face(forms.TaskForm(cycle=cycle, task=queries.tasks_of(cycle).get(pk=found.pk)))
    context = {"form": form, "shown": cycle, "title": "更改任务" if found else "添加任务"}
    return render(request, "campaign/plan_form.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_safe
def task(request, task_id):
    """One task."""
    return _show(request, _found(request, task_id))


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def act(request, task_id, kind):
    """Do one of the acts."""
    found = _found(request, task_id)
    if kind not in TaskAct.values:
        raise Http404("No such act.")
    kind = TaskAct(kind)
    require(request.user, TRANSITIONS[kind].right, found)
    if request.method != "POST":
        return redirect("campaign:task", found.pk)
    form = _act_form(kind, found, request)
    if not form.is_valid():
        return _show(request, found, bound=(kind, form))
    data = form.cleaned_data
    sent = data.get("file")
    values = {"text": data["text"], "new_due": data.get("new_due"), "seen": data["seen"]}
    values["file"] = (sent.name, sent.read()) if sent else None
    try:
        acting.act(found, kind, **values, actor=request.user)
    except PlanError as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        form.refuse(error)
    else:
        messages.success(request, f"已办理：{kind.label}。")
        return redirect("campaign:task", found.pk)
    found.refresh_from_db()
    return _show(request, found, bound=(kind, form))


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def supervise(request, task_id):
    """签发督办单 about an overdue task."""
    found = _found(request, task_id)
    require(request.user, CampaignAction.JUDGE_TASK, found)
    form = forms.IssueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            acting.issue(found, data["demand"], data["reply_due"], actor=request.user)
        except PlanError as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "督办单已签发，牵头部门负责人的待办里有了。")
            return redirect("campaign:task", found.pk)
    context = {"form": form, "shown": found.cycle, "title": "签发督办单", "task": found}
    return render(request, "campaign/plan_form.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, notice_id):
    """签收 and 办复 of a 督办单."""
    notice = _notice(request, notice_id)
    require(request.user, CampaignAction.REPORT_TASK, notice.task)
    form = forms.ReplyForm(request.POST if "reply" in request.POST else None)
    if request.method == "POST":
        try:
            if form.is_bound and form.is_valid():
                acting.reply(notice, form.cleaned_data["reply"], actor=request.user)
                messages.success(request, "已办复。")
                return redirect("campaign:task", notice.task_id)
            if not form.is_bound:
                acting.receive(notice, actor=request.user)
                messages.success(request, "已签收，请在办复时限以前办复。")
                return redirect("campaign:notice_answer", notice.pk)
        except PlanError as error:
            messages.error(request, str(error))
            return redirect("campaign:task", notice.task_id)
        except ValidationError as error:
            form.refuse(error)
    context = {"form": form, "notice": notice, "task": notice.task}
    return render(request, "campaign/notice.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_safe
def notice_paper(request, notice_id):
    """督办单 as PDF."""
    notice = _notice(request, notice_id)
    name = f"{papers.NOTICE}_{notice.number}.pdf"
    paper = papers.notice(record.supervision_line(notice), School.current())
    back, verb = reverse("campaign:task", args=[notice.task_id]), CampaignVerb.PLAN_PRINT
    return give(request, lambda: papers.notice_pdf(paper), name, verb=verb, back=back, target=notice, inline=True)


@require_safe
def listing(request, name, kind):
    """任务分解表 or 督办情况一览表 of a year, as PDF or .xlsx."""
    if name not in LISTS:
        raise Http404("No such paper.")
    title, made = LISTS[name]
    return give_list(request, kind, title, made, verb=CampaignVerb.PLAN_PRINT, back=_back)


@require_safe
def attachment(request, task_id, entry_id):
    """The file of a report, as it was sent."""
    found = _found(request, task_id)
    entry = get_object_or_404(found.entries.exclude(file=None).select_related("file"), pk=entry_id)
    return give_file(request, entry.file, entry.file_name, verb=CampaignVerb.TASK_DOWNLOAD, target=found)


def _did(request, form, done):
    """Whether it was saved; what was refused stands in the form."""
    try:
        done()
    except PlanError as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        form.refuse(error)
    else:
        messages.success(request, "已保存。")
        return True
    return False


def _back(cycle):
    return f"{reverse('campaign:plan')}?year={cycle.year}"


def _found(request, task_id):
    require(request.user, CampaignAction.READ)
    found = PlanTask.objects.select_related("milestone", "cycle").prefetch_related("co_departments")
    return get_object_or_404(found, pk=task_id)


def _notice(request, notice_id):
    require(request.user, CampaignAction.READ)
    return get_object_or_404(Supervision.objects.select_related("task__cycle"), pk=notice_id)


def _act_form(kind, found, request=None):
    """The form of an act, bound to what was sent."""
    data = (request.POST, request.FILES) if request else (None, None)
    return forms.ActForm(
        *data,
        label=LABELS.get(kind, "说明（可不写）"),
        required=TRANSITIONS[kind].says_why,
        has_day=kind is TaskAct.ASK,
        has_file=kind is TaskAct.REPORT,
        initial={"seen": found.state},
        auto_id=f"id_{kind.value}_%s",
    )


def _offered(user, found):
    """The acts that this person can do now, in the order of the enum."""
    asked = any(entry.act == TaskAct.ASK for entry in found.entries.all())
    for kind in TaskAct:
        transition = TRANSITIONS[kind]
        waits = found.asked_due is not None if kind in (TaskAct.GRANT, TaskAct.REFUSE) else True
        fits = found.state in transition.sources and waits and not (kind is TaskAct.ASK and asked)
        if fits and can(user, transition.right, found):
            yield kind


def _show(request, found, *, bound=None):
    is_open = not found.cycle.is_closed
    acts = {kind: _act_form(kind, found) for kind in (_offered(request.user, found) if is_open else ())}
    if bound is not None:
        acts[bound[0]] = bound[1]
    judges = is_open and can(request.user, CampaignAction.JUDGE_TASK, found)
    notices = list(found.supervisions.all())
    context = {
        "task": found,
        "is_overdue": queries.is_overdue(found),
        "acts": list(acts.items()),
        "notices": notices,
        "may_keep": is_open and can(request.user, CampaignAction.KEEP_PLAN),
        "may_answer": is_open and can(request.user, CampaignAction.REPORT_TASK, found),
        "may_supervise": judges
        and queries.is_overdue(found)
        and all(notice.replied_at is not None for notice in notices),
        "back": _back(found.cycle),
    }
    return render(request, "campaign/plan_task.html", context, status=UNPROCESSABLE if bound else 200)
