"""What is done to a task: reported, accepted, returned, put off; 督办. act() alone writes the state of a task."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from departments.models import Actor
from riskcontrol import attachments, audit, files
from riskcontrol.text import is_blank, stripped
from riskpoints.campaign.enums import TaskAct, TaskState
from riskpoints.campaign.models import PlanTask, Supervision, TaskEntry
from riskpoints.campaign.permissions import CampaignAction, require_still
from riskpoints.campaign.plan.locking import PlanError, locked_task, open_year
from riskpoints.campaign.verbs import CampaignVerb


@dataclass(frozen=True)
class Transition:
    """An act: from which states, to which (None: it stays), by whom, and whether it has to say why."""

    sources: frozenset[TaskState]
    target: TaskState | None
    right: CampaignAction
    says_why: bool = True


_UNDONE = frozenset({TaskState.OPEN, TaskState.RETURNED})
TRANSITIONS = {
    TaskAct.REPORT: Transition(_UNDONE, TaskState.REPORTED, CampaignAction.REPORT_TASK),
    TaskAct.ACCEPT: Transition(frozenset({TaskState.REPORTED}), TaskState.DONE, CampaignAction.JUDGE_TASK, False),
    TaskAct.RETURN: Transition(frozenset({TaskState.REPORTED}), TaskState.RETURNED, CampaignAction.JUDGE_TASK),
    TaskAct.ASK: Transition(_UNDONE, None, CampaignAction.REPORT_TASK),
    TaskAct.GRANT: Transition(_UNDONE, None, CampaignAction.JUDGE_TASK, False),
    TaskAct.REFUSE: Transition(_UNDONE, None, CampaignAction.JUDGE_TASK),
}


def act(
    task: PlanTask,
    kind: TaskAct,
    *,
    text: str = "",
    new_due: datetime.date | None = None,
    file: tuple[str, bytes] | None = None,
    seen: str = "",
    actor: Actor,
) -> TaskEntry:
    """Do one of the acts: locked, allowed, in a state that allows it. `seen` is the state that the person saw.

    PlanError where it is not possible now; ValidationError by field.
    """
    transition, kept = TRANSITIONS[kind], _kept(file)
    with transaction.atomic():
        open_year(task.cycle)
        row = locked_task(task)
        require_still(actor, transition.right, row)
        if row.state not in transition.sources or (seen and seen != row.state):
            raise PlanError(f"这项任务现在是“{row.get_state_display()}”，不能再{kind.label}。请刷新后再看。")
        if transition.says_why and is_blank(text):
            raise ValidationError({"text": "请写明情况或理由。"})
        due = _extension(row, kind, new_due)
        entry = TaskEntry(
            task=row, act=kind, text=stripped(text), new_due=due, by=actor, by_name=actor.real_name, **kept
        )
        entry.full_clean()
        entry.save()
        _apply(row, kind, transition, due)
        detail = {"办理": kind.value, "说明": entry.text, "附件": entry.file_name, "due": due}
        audit.record(CampaignVerb.TASK_ACT, actor=actor, target=row, detail=detail)
    return entry


def _kept(file: tuple[str, bytes] | None) -> dict[str, Any]:
    if file is None:
        return {}
    name, content = file
    suffix = attachments.read(content)
    return {
        "file": files.keep(content, attachments.MEDIA_TYPES[suffix]),
        "file_name": attachments.plain_name(name, suffix),
    }


def _extension(row: PlanTask, kind: TaskAct, new_due: datetime.date | None) -> datetime.date | None:
    """The day that is asked for or granted; None with other acts."""
    if kind is TaskAct.ASK:
        if TaskEntry.objects.filter(task=row, act=TaskAct.ASK).exists():
            raise PlanError("一项任务只能申请一次延期。")
        if new_due is None or new_due <= row.due:
            raise ValidationError({"new_due": f"请填写晚于现在时限 {row.due:%Y-%m-%d} 的日期。"})
        if new_due.year != row.cycle.year:
            raise ValidationError({"new_due": f"延期不能出 {row.cycle.year} 年。"})
        return new_due
    if kind in (TaskAct.GRANT, TaskAct.REFUSE):
        if row.asked_due is None:
            raise PlanError("没有等待审批的延期申请。")
        return row.asked_due
    return None


def _apply(row: PlanTask, kind: TaskAct, transition: Transition, due: datetime.date | None) -> None:
    if transition.target is not None:
        row.state = transition.target
    if kind is TaskAct.ASK:
        row.asked_due = due
    elif kind in (TaskAct.GRANT, TaskAct.REFUSE):
        row.asked_due = None
        row.due = due if kind is TaskAct.GRANT and due else row.due
    row.lock += 1
    row.full_clean(exclude=["token"])
    row.save()


def issue(task: PlanTask, demand: str, reply_due: datetime.date, *, actor: Actor) -> Supervision:
    """签发督办单 about an overdue task, under the next number of the year. PlanError, ValidationError by field."""
    today = timezone.localdate()
    with transaction.atomic():
        open_year(task.cycle)
        row = locked_task(task)
        require_still(actor, CampaignAction.JUDGE_TASK, row)
        if row.state not in _UNDONE or row.due >= today:
            raise PlanError("只有过了时限还没有报告的任务才签发督办单。")
        if row.supervisions.filter(replied_at=None).exists():
            raise PlanError("这项任务已有一张督办单还没有办复。")
        if reply_due < today:
            raise ValidationError({"reply_due": "办复时限不能早于今天。"})
        last = Supervision.objects.filter(year=today.year).aggregate(last=Max("sequence"))["last"] or 0
        notice = Supervision(
            task=row,
            year=today.year,
            sequence=last + 1,
            demand=stripped(demand),
            reply_due=reply_due,
            task_due=row.due,
            issued_by=actor,
            issued_by_name=actor.real_name,
        )
        notice.full_clean()
        try:
            with transaction.atomic():
                notice.save()
        except IntegrityError as error:
            raise PlanError("别人刚刚签发了一张督办单，请刷新后再看。") from error
        audit.record(CampaignVerb.SUPERVISION_ISSUE, actor=actor, target=notice, detail={"要求": notice.demand})
    return notice


def receive(notice: Supervision, *, actor: Actor) -> Supervision:
    """签收, by the head of the leading department."""
    with transaction.atomic():
        locked = _locked_notice(notice, actor)
        if locked.received_at is not None:
            raise PlanError("这张督办单已经签收。")
        locked.received_by, locked.received_by_name = actor, actor.real_name
        locked.received_at = timezone.now()
        locked.save()
        audit.record(CampaignVerb.SUPERVISION_RECEIVE, actor=actor, target=locked)
    return locked


def reply(notice: Supervision, text: str, *, actor: Actor) -> Supervision:
    """办复: what kept the task, and until when it will be done. Whoever answers has received it."""
    if is_blank(text):
        raise ValidationError({"reply": "请写明没有按时完成的原因和完成时间。"})
    with transaction.atomic():
        locked = _locked_notice(notice, actor)
        if locked.replied_at is not None:
            raise PlanError("这张督办单已经办复。")
        if locked.received_at is None:
            locked.received_by, locked.received_by_name = actor, actor.real_name
            locked.received_at = timezone.now()
        locked.reply = stripped(text)
        locked.replied_by, locked.replied_by_name = actor, actor.real_name
        locked.replied_at = timezone.now()
        locked.full_clean()
        locked.save()
        audit.record(CampaignVerb.SUPERVISION_REPLY, actor=actor, target=locked, detail={"办复": locked.reply})
    return locked


def _locked_notice(notice: Supervision, actor: Actor) -> Supervision:
    row = Supervision.objects.select_for_update(of=("self",)).select_related("task__cycle").get(pk=notice.pk)
    open_year(row.task.cycle)
    require_still(actor, CampaignAction.REPORT_TASK, row.task)
    return row
