"""Fixtures: the school, its departments and posts, one person for each role, the year's tables in each status.

部门 is 总务处 with two posts, one with the function 采购; the head, clerk, staff and leader are those of 总务处.
"""

import datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from departments.enums import DepartmentKind, GroupPosition, Role
from departments.models import (
    Appointment,
    Department,
    GroupMember,
    LeadershipGroup,
    Post,
    PostFunction,
    School,
    User,
)
from riskcontrol import triggers
from riskpoints.enums import Scope, Status
from riskpoints.models import ControlTable, Cycle, TableVersion
from riskpoints.rules.enums import Key, Readers
from tests import once
from tests.factories import bring_to, make_cycle, make_department, make_post, make_user, publish_for, set_rule
from tests.leaders import make_leaders

# ---- the school and its departments ------------------------------------------------------------------------------


@once.fixture
def school(db) -> School:
    """Return the school; it publishes for no days, so a table can be confirmed on the day of its review."""
    publish_for(0)
    set_rule(Key.IN_FORCE, {"readers": Readers.ALL, "except": []})
    return School.objects.create(
        pk=1,
        full_name="山东省某某职业中专",
        short_name="某某职专",
        party_body="中共山东省某某职业中专委员会",
        superior="某某市教育局",
        business_function="教育教学",
        form_title="山东省某某职业中专廉政风险点防控表",
        fonds_code="0001",
    )


@once.fixture
def functions(db) -> dict[str, PostFunction]:
    """Return the six functions of the document by name; migrate has made them."""
    return {function.name: function for function in PostFunction.objects.exclude(document_key=None)}


@once.fixture
def department(db) -> Department:
    return make_department("总务处", order=10)


@once.fixture
def purchasing_post(department, functions) -> Post:
    """Return a post of 总务处 whose function sets the floor 一级; somebody holds it."""
    post = make_post(department, "采购员", (functions["采购"],), order=10)
    Appointment.objects.create(post=post, holder_name="采购员任职人", since=datetime.date(2020, 9, 1))
    return post


@once.fixture
def plain_post(department) -> Post:
    """Return a post of 总务处 without functions: no floor."""
    return make_post(department, "绿化管理员", order=20)


@once.fixture
def other_department(db) -> Department:
    return make_department("教务处", order=20)


@once.fixture
def other_post(other_department, functions) -> Post:
    """Return a post of 教务处 whose function sets the floor 二级."""
    return make_post(other_department, "学籍管理员", (functions["公共服务"],), order=10)


@once.fixture
def discipline_office(db) -> Department:
    return make_department("纪委办公室", kind=DepartmentKind.SHI, order=30, is_discipline_office=True)


@once.fixture
def discipline_post(discipline_office) -> Post:
    return make_post(discipline_office, "纪检干事", order=10)


@once.fixture
def group(db, deputy) -> LeadershipGroup:
    """Return the leadership group in office, with its 副组长."""
    group = LeadershipGroup.objects.create(
        name="本届领导小组",
        since=datetime.date(2020, 1, 1),
        office_sentence="领导小组办公室设在纪委，成员甲同志兼任办公室主任。",
    )
    positions = [(GroupPosition.CHIEF, "组长", None), (GroupPosition.DEPUTY, deputy.real_name, deputy)]
    for order, (position, name, user) in enumerate([*positions, (GroupPosition.MEMBER, "成员甲", None)], start=1):
        GroupMember.objects.create(group=group, position=position, person_name=name, user=user, order=order)
    return group


@once.fixture
def leaders_department(db, group, principal, leader) -> Department:
    """Return the 校领导班子 with the posts 校长 and 副校长."""
    return make_leaders(principal, leader)


# ---- people by role ----------------------------------------------------------------------------------------------


@once.fixture
def head(department) -> User:
    return make_user("1001", "总务处负责人", Role.HEAD, department=department)


@once.fixture
def clerk(department) -> User:
    return make_user("1002", "总务处填报员", Role.CLERK, department=department)


@once.fixture
def staff(department) -> User:
    return make_user("1003", "总务处职工", Role.STAFF, department=department)


@once.fixture
def leader(department) -> User:
    """Return the 分管领导 of 总务处."""
    return make_user("1004", "分管副校长", Role.LEADER, department=department)


@once.fixture
def other_head(other_department) -> User:
    return make_user("1005", "教务处负责人", Role.HEAD, department=other_department)


@once.fixture
def discipline_head(discipline_office) -> User:
    """Return the head of the discipline office, who is a reviewer of all other tables, as usual."""
    user = make_user("1006", "纪委办公室负责人", Role.REVIEWER)
    user.grants.create(role=Role.HEAD, department=discipline_office)
    return user


@once.fixture
def reviewer(db) -> User:
    return make_user("1007", "纪委审核员", Role.REVIEWER)


@once.fixture
def second_reviewer(db) -> User:
    return make_user("1008", "纪委第二审核员", Role.REVIEWER)


@once.fixture
def deputy(db) -> User:
    """Return the 副组长, who has no other role; `group` makes him one."""
    return make_user("1009", "副组长")


@once.fixture
def principal(db) -> User:
    return make_user("1010", "校长", Role.PRINCIPAL)


@once.fixture
def office(db) -> User:
    return make_user("1011", "领导小组办公室干事", Role.OFFICE)


@once.fixture
def second_office(db) -> User:
    return make_user("1012", "领导小组办公室第二干事", Role.OFFICE)


@once.fixture
def admin(db) -> User:
    return make_user("1013", "系统管理员", Role.ADMIN)


@once.fixture
def auditor(db) -> User:
    return make_user("1014", "审计员", Role.AUDITOR)


@once.fixture
def outsider(db) -> User:
    """Return an account without any role."""
    return make_user("1015", "无角色人员")


@once.fixture
def disabled(department) -> User:
    """Return a disabled account that still has strong roles: they must be worth nothing."""
    user = make_user("1016", "停用人员", Role.REVIEWER, Role.OFFICE, Role.ADMIN, Role.AUDITOR, is_active=False)
    user.grants.create(role=Role.CLERK, department=department)
    return user


@once.fixture
def people(
    school,
    group,
    head,
    clerk,
    staff,
    leader,
    other_head,
    discipline_head,
    reviewer,
    second_reviewer,
    deputy,
    principal,
    office,
    second_office,
    admin,
    auditor,
    outsider,
    disabled,
) -> SimpleNamespace:
    """Return everybody by role: `people.head`, `people.reviewer`, …; `vars(people)` gives them all."""
    return SimpleNamespace(
        head=head,
        clerk=clerk,
        staff=staff,
        leader=leader,
        other_head=other_head,
        discipline_head=discipline_head,
        reviewer=reviewer,
        second_reviewer=second_reviewer,
        deputy=deputy,
        principal=principal,
        office=office,
        second_office=second_office,
        admin=admin,
        auditor=auditor,
        outsider=outsider,
        disabled=disabled,
    )


# ---- the year and its tables -------------------------------------------------------------------------------------


@once.fixture
def cycle(db) -> Cycle:
    """Return the 年度 of today."""
    return make_cycle(timezone.localdate().year)


@once.fixture
def table(cycle, department, purchasing_post, plain_post) -> ControlTable:
    """Return the table of 总务处, which has no version yet."""
    return ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=department)


@once.fixture
def other_table(cycle, other_department, other_post) -> ControlTable:
    """Return the table of 教务处, which has no version yet."""
    return ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=other_department)


@once.fixture
def discipline_table(cycle, discipline_office, discipline_post) -> ControlTable:
    """Return the table of the discipline office, which has no version yet."""
    return ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=discipline_office)


@once.fixture
def leaders_table(cycle, leaders_department) -> ControlTable:
    """Return the table of the 校领导班子, which has no version yet."""
    return ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=leaders_department)


@once.fixture
def school_table(cycle, school) -> ControlTable:
    """Return the school's table (附件2), which has no version yet."""
    return ControlTable.objects.create(cycle=cycle, scope=Scope.SCHOOL)


@once.fixture
def draft_version(table, people) -> TableVersion:
    """Return a complete draft of 总务处, written by its head."""
    return bring_to(Status.DRAFT, table, people)


@once.fixture
def submitted_version(table, people) -> TableVersion:
    """Return the table of 总务处, submitted by its head; no level is confirmed yet."""
    return bring_to(Status.SUBMITTED, table, people)


@once.fixture
def reviewed_version(table, people) -> TableVersion:
    """Return the table of 总务处, approved by `reviewer` as proposed."""
    return bring_to(Status.REVIEWED, table, people)


@once.fixture
def confirmed_version(table, people) -> TableVersion:
    """Return the table of 总务处 in force: signed by the principal on paper, recorded by `office`."""
    return bring_to(Status.CONFIRMED, table, people)


@pytest.fixture
def without_triggers(db) -> None:
    """Take the freeze triggers away until the test ends, so that a constraint is seen to hold by itself."""
    with connection.cursor() as cursor:
        for rule in triggers.rules():
            on = "" if connection.vendor == "sqlite" else f' ON "{rule.table}"'
            cursor.execute(f'DROP TRIGGER "{rule.trigger}"{on}')
