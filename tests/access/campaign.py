"""The year's work in the walked world: what there is to open, and what its forms send."""

import datetime
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from riskpoints.campaign.basis import services as basis
from riskpoints.campaign.deliveries import services as deliveries
from riskpoints.campaign.education import services as education
from riskpoints.campaign.enums import Purpose, TaskAct
from riskpoints.campaign.issued import services as issued
from riskpoints.campaign.models import PlanTask
from riskpoints.campaign.plan import acting, planning
from tests import scans


def add(world: Any, department: Any) -> None:
    """An event of 总务处 with a file."""
    event = {
        "theme": "警示教育",
        "kind": "warning",
        "held_on": timezone.localdate(),
        "place": "会议室",
        "host": "主持人",
        "recorder": "记录人",
        "departments": [department],
        "expected": 3,
        "present": 3,
        "content": "学习。",
    }
    made = education.record(department, event, token=str(uuid.uuid4()), actor=world.people.head)
    world.others["event_id"] = made
    world.others["material_id"] = education.add_file(made, scans.PDF, "签到表.pdf", actor=world.people.head)
    _add_plan(world, department)
    cited, file = {"title": "实施意见", "issuer": "党总支"}, ("意见.pdf", scans.PDF)
    world.others["basis_id"] = basis.add(
        world.cycles["draft"], cited, token=str(uuid.uuid4()), file=file, actor=world.people.office
    )
    said = {"prefix": "校字", "title": "实施意见", "main_to": "各处室", "copies": 30, "issued_on": timezone.localdate()}
    token, file = str(uuid.uuid4()), ("意见.pdf", scans.PDF)
    world.others["issued_id"] = issued.register(
        world.cycles["draft"], said, token=token, file=file, actor=world.people.office
    )
    world.others["delivery_id"] = deliveries.send(
        world.cycles["draft"], _sending() | {"sent_on": timezone.localdate()}, version=None, actor=world.people.office
    )


def _sending() -> dict[str, Any]:
    """A paper that was sent to the superior."""
    return {"title": "实施意见", "purpose": Purpose.COPY, "to_unit": "教育工委", "copies": 1, "way": "hand"}


def _add_plan(world: Any, department: Any) -> None:
    """A task of 总务处 that was reported with a file and returned, is overdue, and about which there is a 督办单."""
    today, people = timezone.localdate(), world.people
    cycle = world.cycles["draft"]
    last = today.replace(month=12, day=31)
    milestone = planning.save_milestone(
        cycle, {"phase": "measures", "title": "健全措施", "due": last}, actor=people.office
    )
    said = {"title": "修订办法", "lead_department": department, "due": last}
    task = planning.save_task(milestone, said, token=str(uuid.uuid4()), actor=people.office)
    entry = acting.act(task, TaskAct.REPORT, text="已修订", file=("办法.pdf", scans.PDF), actor=people.head)
    acting.act(task, TaskAct.RETURN, text="没有附件", actor=people.office)
    yesterday = today - datetime.timedelta(days=1)
    PlanTask.objects.filter(pk=task.pk).update(due=yesterday, first_due=yesterday)
    notice = acting.issue(task, "请说明", last, actor=people.office)
    world.others |= {"milestone_id": milestone, "task_id": task, "entry_id": entry, "notice_id/plan": notice}
    world.others |= {"year": cycle.year, "name": "tasks", "line_key": f"plan.task:{task.pk}"}


def bodies(world: Any, person: str) -> dict[str, dict[str, Any]]:
    """What each form sends."""
    grant = world.people.other_head.grants.first()
    department = str(grant.department_id if person == "other_head" else world.others["department_id"].pk)
    event = {
        "token": str(uuid.uuid4()),
        "lock": "0",
        "host_department": department,
        "theme": "党课",
        "kind": "lecture",
        "held_on": f"{timezone.localdate()}",
        "place": "会议室",
        "host": "书记",
        "recorder": "干事",
        "departments": [department],
        "expected": "3",
        "present": "3",
        "content": "学习准则。",
    }
    kept = PlanTask.objects.get(pk=world.others["task_id"].pk)
    task = {
        "milestone": str(world.others["milestone_id"].pk),
        "title": "另一项任务",
        "lead_department": str(world.others["department_id"].pk),
        "due": _last_day(),
    }
    return {
        "campaign:education_new": event,
        "campaign:education_edit": event,
        "campaign:education_measures": {"seen": ""},
        "campaign:basis_new": {"title": "另一份意见", "issuer": "教育局", "token": str(uuid.uuid4())},
        "campaign:basis_edit": {
            "title": "改名的意见",
            "issuer": "教育局",
            "token": str(uuid.uuid4()),
            "lock": str(world.others["basis_id"].pk),
        },
        "campaign:upkeep": {"note": "对照岗位职责，仍然适用"},
        "campaign:issued_new": _issued() | {"prefix": "校字", "token": str(uuid.uuid4())},
        "campaign:issued_edit": _issued() | {"title": "改名的意见", "lock": "0"},
        "campaign:issued_one": {"void_reason": "重号"},
        "campaign:milestone_new": {"phase": "finding", "title": "另一个节点", "due": f"{timezone.localdate()}"},
        "campaign:milestone_edit": {"phase": "finding", "title": "改名的节点", "due": _last_day(), "lock": "0"},
        "campaign:task_new": task | {"token": str(uuid.uuid4())},
        "campaign:task_edit": task | {"lock": f"{kept.lock}", "due": f"{kept.due}"},
        "campaign:supervise": {"demand": "请说明", "reply_due": _last_day()},
        "campaign:delivery_new": _sending() | {"sent_on": f"{timezone.localdate()}", "copies": "1"},
        "campaign:delivery": {"received_on": f"{timezone.localdate()}", "received_by": "签收人"},
        "campaign:notice_answer": {"reply": "就办"},
        "campaign:remind": {"text": "请本周办理"},
        "campaign:task_act": {"text": "已办", "seen": ""},
        "campaign:education_material": {"file": SimpleUploadedFile("讲稿.pdf", scans.pdf(mark="another one"))},
    }


def _issued() -> dict[str, Any]:
    """A document that the office issues today."""
    return {"title": "通知", "main_to": "各处室", "copies": "30", "issued_on": f"{timezone.localdate()}"}


def _last_day() -> str:
    return f"{timezone.localdate().replace(month=12, day=31)}"
