"""The year's work of the sample school: what a school of its size has written down by now."""

import datetime
import uuid

from django.utils import timezone

from departments.models import User
from riskpoints.campaign.education import services as education
from riskpoints.campaign.education.services import Absent
from riskpoints.campaign.enums import EducationKind, Phase, TaskAct
from riskpoints.campaign.models import PlanTask
from riskpoints.campaign.plan import services as plan
from riskpoints.campaign.plan.queries import is_overdue
from riskpoints.wings import SampleSchool


def fill(school: SampleSchool) -> None:
    """The plan with its tasks, and the events of education."""
    _plan(school)
    _education(school)


# Phase, milestone, days from today; each with tasks: title, lead department, days, how it went.
PLAN = (
    (
        Phase.FINDING,
        "完成风险排查和登记",
        -60,
        (
            ("组织各岗位对照职责查找风险点", "discipline", -90, "done"),
            ("汇总各部门风险点，登记造册", "office", -65, "done"),
            ("核对岗位职能和等级下限", "personnel", -70, "done"),
        ),
    ),
    (
        Phase.MEASURES,
        "健全防控措施和配套制度",
        -10,
        (
            ("修订采购和验收管理办法", "logistics", -12, "supervised"),
            ("完善学籍异动审批流程", "academic", -15, "reported"),
            ("清理收费项目并公开依据", "finance", -11, "extended"),
        ),
    ),
    (
        Phase.JUDGING,
        "检查考核防控效果",
        20,
        (
            ("准备年度考核材料", "discipline", 15, "open"),
            ("整理年度防控档案", "office", 18, "open"),
        ),
    ),
)


def _plan(school: SampleSchool) -> None:
    """Eight tasks under three milestones: done, reported, put off, and one that was overdue and is supervised."""
    office, today = school.people["office_a"], timezone.localdate()
    last = datetime.date(today.year, 12, 31)

    def day(offset: int) -> datetime.date:
        return min(max(today + datetime.timedelta(days=offset), datetime.date(today.year, 1, 1)), last)

    for phase, title, due, tasks in PLAN:
        values = {"phase": phase, "title": title, "due": day(due)}
        milestone = plan.save_milestone(school.cycle, values, actor=office)
        for words, key, offset, how in tasks:
            department = school.departments[key]
            head = f"{department.name}负责人"
            said = {"title": words, "lead_department": department, "responsible": head, "due": day(offset)}
            task = plan.save_task(milestone, said, token=str(uuid.uuid4()), actor=office)
            _work_on(task, how, school.people[f"head_{key}"], office, last)


def _work_on(task: PlanTask, how: str, head: User, office: User, last: datetime.date) -> None:
    if how in ("done", "reported"):
        plan.act(task, TaskAct.REPORT, text="已经完成，材料存本部门。", actor=head)
    if how == "done":
        plan.act(task, TaskAct.ACCEPT, text="情况属实。", actor=office)
    if how == "extended" and task.due < last:
        plan.act(task, TaskAct.ASK, text="两个项目还要等上级批复。", new_due=last, actor=head)
    if how == "supervised" and is_overdue(task):
        notice = plan.issue(task, "请说明没有按时完成的原因和完成时间。", last, actor=office)
        plan.receive(notice, actor=head)


def _education(school: SampleSchool) -> None:
    """Three events: one of the whole school, one of a department, and the makeup of who was absent."""
    today = timezone.localdate()
    first = datetime.date(today.year, 1, 1)

    def day(before: int) -> datetime.date:
        return max(today - datetime.timedelta(days=before), first)

    office, everybody = school.people["office_a"], list(school.departments.values())
    finance = school.departments.get("finance") or everybody[0]
    whole = education.record(
        None,
        {
            "theme": "重点岗位廉政风险警示教育",
            "kind": EducationKind.WARNING,
            "held_on": day(40),
            "begins_at": datetime.time(14, 30),
            "ends_at": datetime.time(16, 0),
            "place": "行政楼会议室",
            "host": "纪委书记",
            "speaker": "纪委办公室负责人",
            "recorder": "领导小组办公室人员",
            "departments": everybody,
            "levels": [1],
            "expected": 46,
            "present": 45,
            "absent": [Absent("会计", "外出培训")],
            "content": (
                "学习实施意见，讲解一级岗位风险的表现形式和防范要求，观看警示教育片；会后各部门对照本部门防控表讨论。"
            ),
        },
        token=str(uuid.uuid4()),
        actor=office,
    )
    education.record(
        finance,
        {
            "theme": "收费和报销岗位廉政教育",
            "kind": EducationKind.POST,
            "held_on": day(25),
            "place": f"{finance.name}办公室",
            "host": f"{finance.name}负责人",
            "recorder": f"{finance.name}填报员",
            "departments": [finance],
            "expected": 6,
            "present": 6,
            "content": "逐条学习本部门防控表的前期预防措施，重申票据管理、大额支付复核和备用金清理的要求。",
        },
        token=str(uuid.uuid4()),
        actor=office,
    )
    education.record(
        finance,
        {
            "theme": "重点岗位廉政风险警示教育补课",
            "kind": EducationKind.TALK,
            "held_on": day(20),
            "place": f"{finance.name}办公室",
            "host": f"{finance.name}负责人",
            "recorder": f"{finance.name}填报员",
            "departments": [finance],
            "expected": 1,
            "present": 1,
            "content": "给外出培训的人员补学警示教育材料，谈学习体会。",
            "makeup_of": whole,
        },
        token=str(uuid.uuid4()),
        actor=office,
    )
