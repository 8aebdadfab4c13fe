"""What waits in the year's work for the boards and reminders: the tasks of menu.py, for everybody at once, what has
its day later on, and copies that nobody has sent."""

import datetime

from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.models import Department, User
from riskpoints.campaign.deliveries import queries as deliveries
from riskpoints.campaign.education import queries as education
from riskpoints.campaign.enums import TaskAct, TaskState
from riskpoints.campaign.models import PlanTask, Supervision
from riskpoints.campaign.permissions import CampaignAction, can
from riskpoints.campaign.upkeep import queries as upkeep
from riskpoints.content.today import current_cycle
from riskpoints.dues import DueLine, Staff, day_of

PLAN, DELIVERIES, UPKEEP, EDUCATION = "年度计划", "报送留存", "定期复核", "廉政教育"
POSTS_NAMED = 5


def lines(staff: Staff) -> list[DueLine]:
    """Tasks, with reports and extensions to be judged; 督办单; copies to be sent; tables to be looked through; posts
    that wait for education."""
    return [*_tasks(staff), *_supervisions(staff), *_deliveries(staff), *_upkeep(staff), *_education(staff)]


def _tasks(staff: Staff) -> list[DueLine]:
    found = []
    rows = PlanTask.objects.filter(cycle__closed_at=None).exclude(state=TaskState.DONE)
    for task in rows.select_related("cycle", "lead_department").prefetch_related("entries").order_by("due", "pk"):
        heads = staff.who(lambda person, task=task: can(person, CampaignAction.REPORT_TASK, task))  # type: ignore[misc]
        judges = staff.who(lambda person, task=task: can(person, CampaignAction.JUDGE_TASK, task))  # type: ignore[misc]
        if task.state == TaskState.REPORTED:
            found.append(_of_task(task, "report", "办理任务报告", judges, since=TaskAct.REPORT))
        else:
            found.append(_of_task(task, "task", "报告任务", heads, since=TaskAct.RETURN))
        if task.asked_due is not None:
            found.append(_of_task(task, "extension", "审批延期", judges, since=TaskAct.ASK))
    return found


def _of_task(task: PlanTask, kind: str, verb: str, people: tuple[User, ...], *, since: TaskAct) -> DueLine:
    """It waits since this was last done to the task; since the year was opened where that never was."""
    begun = max((entry.at for entry in task.entries.all() if entry.act == since), default=task.cycle.opened_at)
    address = reverse("campaign:task", args=[task.pk])
    return DueLine(
        key=f"plan.{kind}:{task.pk}",
        group=PLAN,
        verb=verb,
        title=f"任务 {task.number}“{task.title}”",
        since=day_of(begun),
        due=task.due,
        address=address,
        people=people,
        department=task.lead_department,
        read_at=address,
    )


def _supervisions(staff: Staff) -> list[DueLine]:
    waiting = Supervision.objects.filter(task__cycle__closed_at=None, replied_at=None)
    return [
        DueLine(
            key=f"plan.supervision:{row.pk}",
            group=PLAN,
            verb="办复督办单" if row.received_at else "签收督办单",
            title=f"{row}（任务 {row.task.number}“{row.task.title}”）",
            since=day_of(row.issued_at),
            due=row.reply_due,
            address=reverse("campaign:notice_answer", args=[row.pk]),
            people=staff.of(row.task.lead_department_id, Role.HEAD),
            department=row.task.lead_department,
            read_at=reverse("campaign:task", args=[row.task_id]),
        )
        for row in waiting.select_related("task__lead_department").order_by("pk")
    ]


def _deliveries(staff: Staff) -> list[DueLine]:
    """Of each year that is open, or whose copies were not all sent when it was closed."""
    people = staff.who(lambda person: can(person, CampaignAction.KEEP_DELIVERIES))
    found = []
    for item in deliveries.pending_everywhere():
        year = item.version.table.cycle.year
        asked = f"?year={year}&version={item.version.pk}&purpose={item.purpose.value}"
        found.append(
            DueLine(
                key=f"delivery.{item.purpose.value}:{item.version.pk}",
                group=DELIVERIES,
                verb="报送",
                title=f"{item.title}，{item.purpose.label}",
                since=day_of(item.version.confirmed_at, day_of(item.version.created_at)),
                address=f"{reverse('campaign:delivery_new')}{asked}",
                people=people,
                department=item.version.table.department,
                read_at=f"{reverse('campaign:deliveries')}?year={year}",
            )
        )
    return found


def _education(staff: Staff) -> list[DueLine]:
    """一级 posts that no education of this year has reached, one line a department (R14); due when the year ends."""
    cycle = current_cycle()
    if cycle is None or cycle.is_closed or cycle.year != timezone.localdate().year:
        return []
    missing: dict[Department, list[str]] = {}
    for covered in education.coverage(cycle).missing:
        missing.setdefault(covered.post.department, []).append(covered.post.name)
    return [
        DueLine(
            key=f"education.posts:{cycle.year}:{department.pk}",
            group=EDUCATION,
            verb="开展廉政教育",
            title=f"{department}有 {len(names)} 个一级岗位本年度还没有受过教育：{'、'.join(names[:POSTS_NAMED])}"
            f"{'等' if len(names) > POSTS_NAMED else ''}",
            since=day_of(cycle.opened_at),
            due=datetime.date(cycle.year, 12, 31),
            address=reverse("campaign:education_new"),
            # The leaders' own department has no head.
            people=staff.of(department, Role.HEAD) or staff.holding(Role.OFFICE),
            department=department,
            read_at=f"{reverse('campaign:education')}?year={cycle.year}",
        )
        for department, names in missing.items()
    ]


def _upkeep(staff: Staff) -> list[DueLine]:
    found = []
    for one in upkeep.asked():
        version = one.version
        may = staff.who(lambda person, version=version: can(person, CampaignAction.LOOK_THROUGH, version))  # type: ignore[misc]
        found.append(
            DueLine(
                key=f"upkeep:{version.pk}:{one.last}",
                group=UPKEEP,
                verb="定期复核",
                title=f"{version.owner_name}{version.table.cycle.year}年度防控表",
                since=one.last,
                due=one.due,
                address=reverse("campaign:upkeep", args=[version.pk]),
                people=may,
                department=version.table.department,
                read_at=reverse("riskpoints:version", args=[version.pk]),
            )
        )
    return found
