"""The year's work of the sample school: what a school of its size has written down by now."""

import datetime
import uuid

from django.utils import timezone

from riskpoints.campaign.education import services as education
from riskpoints.campaign.education.services import Absent
from riskpoints.campaign.enums import EducationKind
from riskpoints.wings import SampleSchool


def fill(school: SampleSchool) -> None:
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
