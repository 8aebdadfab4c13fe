"""The 校领导班子 of tests: 校长 (the principal), 副校长 (the 分管领导), their table, and the meeting about it (R53)."""

import datetime
from typing import Any

from django.utils import timezone

from departments.enums import DepartmentKind, GroupPosition
from departments.models import Appointment, Department, GroupMember, Post, User
from riskpoints.enums import Category, Harm, Likelihood
from riskpoints.models import TableVersion
from riskpoints.tables import editing
from riskpoints.tables.workflow import Meeting, PostMinutes
from tests import scans

SINCE = datetime.date(2020, 9, 1)
CHIEF, VICE = "校长", "副校长"
ATTENDEES = ("校长", "分管副校长", "副组长", "成员甲")


def make_leaders(principal: User, leader: User) -> Department:
    """Return the 校领导班子; the principal is the 组长 and holds 校长, the other leader holds 副校长."""
    department = Department.objects.create(
        name="校领导班子", kind=DepartmentKind.LEADERS, order=5, duties="集体领导学校工作。"
    )
    for order, (name, user) in enumerate(((CHIEF, principal), (VICE, leader)), start=1):
        post = Post.objects.create(department=department, name=name, order=order)
        Appointment.objects.create(post=post, holder_name=user.real_name, user=user, since=SINCE)
    GroupMember.objects.filter(position=GroupPosition.CHIEF).update(person_name=principal.real_name, user=principal)
    return department


def fill_leaders(draft: TableVersion) -> TableVersion:
    """Let each leader write two points of the own post, each with its measure; together all four categories."""
    for number, category in enumerate(Category):
        post = Post.objects.get(department=draft.table.department_id, name=(CHIEF, VICE)[number % 2])
        actor = User.objects.get(appointments__post=post)
        values = {
            "category": category,
            "post": post,
            "text": f"{category.label}：{post.name}的风险点{number + 1}",
            "likelihood": Likelihood.LOW,
            "harm": Harm.CONSIDERABLE,
            "proposed_level": 2,
            "manifestation": "会前没有材料",
            "finding_methods": ["self"],
        }
        point = editing.save_point(draft, values, actor=actor)
        measure = {"category": category, "text": f"{post.name}的监控措施{number + 1}", "stage": "monitoring"}
        editing.save_measure(draft, measure, points=[point], actor=actor)
    return draft


def post_of(version: TableVersion, name: str) -> Post:
    return Post.objects.get(department=version.table.department_id, name=name)


def meeting_of(version: TableVersion, **changes: Any) -> Meeting:
    """Return a meeting today at which each holder withdrew: the 副组长 presided over the 组长's post, he over the
    other; `changes` by field of the meeting, or of a post as `校长={"withdrew": ()}`."""
    said = {
        CHIEF: {"withdrew": ("校长",), "presided_by": "副组长"},
        VICE: {"withdrew": ("分管副校长",), "presided_by": "校长"},
    }
    posts = tuple(
        PostMinutes(post_of(version, name).pk, **(said[name] | changes.pop(name, {}))) for name in (CHIEF, VICE)
    )
    values = {
        "name": "领导小组会议",
        "held_on": timezone.localdate(),
        "minutes_number": "〔2026〕6号",
        "attendees": ATTENDEES,
        "posts": posts,
        "scan": scans.PDF,
        "scan_suffix": "pdf",
    }
    return Meeting(**values | changes)
