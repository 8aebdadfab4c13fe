"""The year's work of the sample school: what a school of its size has written down by now."""

import datetime
import uuid
from typing import Any

from django.db.models import F
from django.utils import timezone

from departments.models import Department, School, User
from riskpoints.campaign.basis import services as citing
from riskpoints.campaign.deliveries import services as deliveries
from riskpoints.campaign.deliveries.queries import pending as waiting
from riskpoints.campaign.dues import PLAN as PLAN_LINES
from riskpoints.campaign.education import services as education
from riskpoints.campaign.education import taught
from riskpoints.campaign.education.queries import fulfillable
from riskpoints.campaign.education.services import Absent
from riskpoints.campaign.enums import EducationKind, Phase, Purpose, TaskAct, Way
from riskpoints.campaign.issued import services as issued
from riskpoints.campaign.models import EducationRecord, IssuedDocument, PlanTask
from riskpoints.campaign.plan import acting, planning
from riskpoints.campaign.plan.queries import is_overdue
from riskpoints.campaign.reminders import sending
from riskpoints.campaign.upkeep.services import look_through
from riskpoints.desk.dues import board_lines
from riskpoints.models import TableVersion
from riskpoints.wings import SampleSchool


def fill(school: SampleSchool) -> None:
    """What the year rests on, the plan with its tasks, the events of education, and what was sent."""
    _basis(school)
    _plan(school)
    _education(school)
    _upkeep(school)
    _deliveries(school)
    _reminders(school)


def _reminders(school: SampleSchool) -> None:
    """The office reminded about the tasks of the plan that have waited longest."""
    office = school.people["office_a"]
    lines = [line for line in board_lines() if line.group == PLAN_LINES and not line.waits_for(office)]
    for line, words in zip(lines, ("请于本周报告进展。", "", "到期前请把材料送办公室。"), strict=False):
        sending.remind(line, words, actor=office)


def _upkeep(school: SampleSchool) -> None:
    """One table in force was looked through, and nothing was to be changed."""
    in_force = TableVersion.objects.filter(table__in_force=F("pk"), table__cycle=school.cycle)
    for key in ("finance", "logistics", "academic"):
        version = in_force.filter(table__department=school.departments[key]).first()
        if version is not None:
            look_through(version, "对照岗位职责和新出台的制度逐项核对，仍然适用。", actor=school.people[f"head_{key}"])
            return


def _deliveries(school: SampleSchool) -> None:
    """What was issued, one of it sent to the superior; the first two copies that wait were sent, one of them with a
    receipt; the others are still pending."""
    office, today = school.people["office_a"], timezone.localdate()
    papers = [_issue(school, title, copies, today) for title, copies in ISSUED]
    values = {"issued": papers[0], "purpose": Purpose.COPY, "to_unit": papers[0].copy_to, "copies": 1, "way": Way.HAND}
    deliveries.send(school.cycle, values | {"title": "", "sent_on": today}, version=None, actor=office)
    issued.void(papers[-1], "与上一份重复", actor=office)
    sent = []
    for item in waiting(school.cycle)[:2]:
        said = {"title": item.title, "purpose": item.purpose, "to_unit": item.to_unit}
        values = said | {"copies": 1, "way": Way.HAND, "sent_on": today}
        sent.append(deliveries.send(school.cycle, values, version=item.version, actor=office))
    if sent:
        deliveries.receipt(sent[0], {"received_on": today, "received_by": "档案管理员"}, actor=office)


def _issue(school: SampleSchool, title: str, copies: int, day: datetime.date) -> IssuedDocument:
    of_school = School.current()
    values = {"prefix": of_school.document_prefix, "title": title, "main_to": "各处室科", "copies": copies}
    more = {"copy_to": of_school.copied_to, "issued_on": day}
    return issued.register(school.cycle, values | more, token=str(uuid.uuid4()), actor=school.people["office_a"])


# Title and printed copies; the last one is void.
ISSUED = (
    ("关于做好本年度廉政风险排查和防控工作的通知", 30),
    ("关于公示廉政风险点和防控措施的通知", 20),
    ("关于公示廉政风险点的通知", 20),
)

# The document's own words name the first two (R02).
BASIS = (
    {
        "title": "关于转发＜中共山东省纪委关于加强廉政风险防控管理的意见（试行）＞的通知",
        "issuer": "中共烟台市纪委",
        "cited_as": "市纪委《关于转发＜中共山东省纪委关于加强廉政风险防控管理的意见（试行）＞的通知》",
    },
    {
        "title": "关于开展廉政风险防控管理工作的实施意见",
        "number": "烟一职专党字[2011]12号",
        "issuer": "中共山东省烟台第一职业中专委员会",
    },
)


def _basis(school: SampleSchool) -> None:
    """The documents that the year cites."""
    for values in BASIS:
        citing.add(school.cycle, values, token=str(uuid.uuid4()), actor=school.people["office_a"])


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
        milestone = planning.save_milestone(school.cycle, values, actor=office)
        for words, key, offset, how in tasks:
            department = school.departments[key]
            head = f"{department.name}负责人"
            said = {"title": words, "lead_department": department, "responsible": head, "due": day(offset)}
            task = planning.save_task(milestone, said, token=str(uuid.uuid4()), actor=office)
            _work_on(task, how, school.people[f"head_{key}"], office, last)


def _work_on(task: PlanTask, how: str, head: User, office: User, last: datetime.date) -> None:
    if how in ("done", "reported"):
        acting.act(task, TaskAct.REPORT, text="已经完成，材料存本部门。", actor=head)
    if how == "done":
        acting.act(task, TaskAct.ACCEPT, text="情况属实。", actor=office)
    if how == "extended" and task.due < last:
        acting.act(task, TaskAct.ASK, text="两个项目还要等上级批复。", new_due=last, actor=head)
    if how == "supervised" and is_overdue(task):
        notice = acting.issue(task, "请说明没有按时完成的原因和完成时间。", last, actor=office)
        acting.receive(notice, actor=head)


WHOLE: dict[str, Any] = {
    "theme": "重点岗位廉政风险警示教育",
    "kind": EducationKind.WARNING,
    "begins_at": datetime.time(14, 30),
    "ends_at": datetime.time(16, 0),
    "place": "行政楼会议室",
    "host": "纪委书记",
    "speaker": "纪委办公室负责人",
    "recorder": "领导小组办公室人员",
    "levels": [1],
    "expected": 46,
    "present": 45,
    "absent": [Absent("会计", "外出培训")],
    "content": "学习实施意见，讲解一级岗位风险的表现形式和防范要求，观看警示教育片；会后各部门对照防控表讨论。",
}
OWN: dict[str, Any] = {
    "theme": "收费和报销岗位廉政教育",
    "kind": EducationKind.POST,
    "expected": 6,
    "present": 6,
    "content": "逐条学习本部门防控表的前期预防措施，重申票据管理、大额支付复核和备用金清理的要求。",
}
MAKEUP: dict[str, Any] = {
    "theme": "重点岗位廉政风险警示教育补课",
    "kind": EducationKind.TALK,
    "expected": 1,
    "present": 1,
    "content": "给外出培训的人员补学警示教育材料，谈学习体会。",
}


def _education(school: SampleSchool) -> None:
    """Three events: one of the whole school, one of a department, and the makeup of who was absent."""
    today, finance = timezone.localdate(), school.departments["finance"]

    def held(department: Department | None, said: dict[str, Any], before: int, **more: Any) -> EducationRecord:
        day = max(today - datetime.timedelta(days=before), datetime.date(today.year, 1, 1))
        values = said | {"held_on": day} | more
        return education.record(department, values, token=str(uuid.uuid4()), actor=school.people["office_a"])

    there = {"place": f"{finance.name}办公室", "host": f"{finance.name}负责人", "recorder": f"{finance.name}填报员"}
    whole = held(None, WHOLE, 40, departments=list(school.departments.values()))
    held(finance, OWN, 25, departments=[finance], **there)
    _taught(school)
    held(finance, MAKEUP, 20, departments=[finance], makeup_of=whole, **there)


def _taught(school: SampleSchool) -> None:
    """Measures that speak of education are marked; nobody has held it for all of them yet."""
    found = [measure for measure in fulfillable() if "教育" in measure.text]
    taught.mark([measure.identity for measure in found], [], actor=school.people["office_a"])
