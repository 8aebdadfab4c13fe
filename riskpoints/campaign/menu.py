"""Where the year's work is found, and what of it waits for whom."""

import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.models import User
from departments.permissions import department_ids, has_role
from riskcontrol.days import begin_of
from riskcontrol.templatetags.ui import cn_date
from riskpoints.campaign.enums import TaskState
from riskpoints.campaign.models import PlanTask, Supervision
from riskpoints.campaign.permissions import CampaignAction, can
from riskpoints.campaign.upkeep import queries as upkeep
from riskpoints.wings import MenuEntry, OtherTask

# A task stands in its head's inbox so many days before it is due.
ASKED_BEFORE = 30


def entries(user: User) -> list[MenuEntry]:
    """年度计划 and 廉政教育, for everybody of the school; the office's own board."""
    if not can(user, CampaignAction.READ):
        return []
    board = [MenuEntry("办公室看板", reverse("campaign:board"), is_beside=True)]
    return [
        *(board if can(user, CampaignAction.REMIND) else []),
        MenuEntry("年度计划", reverse("campaign:plan"), is_beside=True),
        MenuEntry("廉政教育", reverse("campaign:education"), is_beside=True),
        MenuEntry("报送留存", reverse("campaign:deliveries"), is_beside=True),
    ]


def tasks(user: User) -> list[OtherTask]:
    """What of the plan waits: for heads their tasks and 督办单, for the office reports and extensions."""
    found = _of_heads(user) + _of_upkeep(user)
    if has_role(user, Role.OFFICE):
        found += _of_the_office(user)
    return found


def _of_heads(user: User) -> list[OtherTask]:
    headed = department_ids(user, Role.HEAD)
    if not headed:
        return []
    today = timezone.localdate()
    open_years = {"cycle__closed_at": None, "lead_department__in": headed}
    waiting = PlanTask.objects.filter(**open_years, state__in=[TaskState.OPEN, TaskState.RETURNED])
    soon = today + datetime.timedelta(days=ASKED_BEFORE)
    found = [
        OtherTask(
            "报告任务", _title(task, today), begin_of(task.due), reverse("campaign:task", args=[task.pk]), task.title
        )
        for task in waiting.filter(Q(due__lte=soon) | Q(state=TaskState.RETURNED))
    ]
    notices = Supervision.objects.filter(
        task__lead_department__in=headed, task__cycle__closed_at=None, replied_at=None
    ).select_related("task")
    return found + [
        OtherTask(
            "办复督办单" if notice.received_at else "签收督办单",
            f"{notice}，{cn_date(notice.reply_due)}前办复",
            notice.issued_at,
            reverse("campaign:notice_answer", args=[notice.pk]),
            notice.demand,
        )
        for notice in notices
    ]


def _of_upkeep(user: User) -> list[OtherTask]:
    """Tables in force that are to be looked through, for who submits them."""
    if not has_role(user, Role.HEAD, Role.OFFICE):
        return []
    return [
        OtherTask(
            "定期复核",
            f"{one.version.owner_name}{one.version.table.cycle.year}年度防控表，{cn_date(one.due)}前",
            begin_of(one.last),
            reverse("campaign:upkeep", args=[one.version.pk]),
            "有变化就修订，没有变化就登记复核无变化。",
        )
        for one in upkeep.asked()
        if can(user, CampaignAction.LOOK_THROUGH, one.version)
    ]


def _of_the_office(user: User) -> list[OtherTask]:
    waiting = PlanTask.objects.filter(cycle__closed_at=None).filter(
        Q(state=TaskState.REPORTED) | Q(asked_due__isnull=False)
    )
    return [
        OtherTask(
            "办理任务报告" if task.state == TaskState.REPORTED else "审批延期",
            f"{task.lead_department_name}：任务 {task.number}",
            begin_of(task.due),
            reverse("campaign:task", args=[task.pk]),
            task.title,
        )
        for task in waiting
        if can(user, CampaignAction.JUDGE_TASK, task)
    ]


def _title(task: PlanTask, today: datetime.date) -> str:
    when = f"{cn_date(task.due)}到期" if task.due >= today else f"已逾期（{cn_date(task.due)}）"
    return f"年度计划任务 {task.number}，{when}"
