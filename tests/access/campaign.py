"""The year's work in the walked world: what there is to open, and what its forms send."""

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from riskpoints.campaign.education import services as education
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
    return {
        "campaign:education_new": event,
        "campaign:education_edit": event,
        "campaign:education_material": {"file": SimpleUploadedFile("讲稿.pdf", scans.pdf(mark="another one"))},
    }
