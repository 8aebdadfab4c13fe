"""The organisation's rows: what the database refuses, with a message that says what to do, and the small reads."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from departments.enums import DEPARTMENT_ROLES, SCHOOL_ROLES, DepartmentKind, GroupPosition, Level, Role
from departments.models import (
    Appointment,
    Department,
    GroupMember,
    LeadershipGroup,
    Post,
    PostFunction,
    RoleGrant,
    School,
    User,
)
from departments.models.structure import KIND_STAYS
from tests.factories import make_department, make_post, make_user

DAY = datetime.date(2026, 11, 20)
BEFORE, AFTER = DAY - datetime.timedelta(days=1), DAY + datetime.timedelta(days=1)


def refused(instance, message):
    """Assert that a form says `message`, and that the database refuses the row even without a form."""
    with pytest.raises(ValidationError) as caught:
        instance.full_clean()
    assert [text for texts in caught.value.message_dict.values() for text in texts] == [message]
    with pytest.raises(IntegrityError), transaction.atomic():
        instance.save()


# ---- periods -----------------------------------------------------------------------------------------------------

PERIODS = [
    (None, None, True),
    (None, BEFORE, False),
    (None, DAY, True),
    (None, AFTER, True),
    (BEFORE, None, True),
    (DAY, None, True),
    (AFTER, None, False),
    (DAY, DAY, True),
    (BEFORE, BEFORE, False),
    (BEFORE, AFTER, True),
]


@pytest.mark.parametrize(("first", "last", "active"), PERIODS)
def test_a_period_includes_both_its_days(db, first, last, active):
    department = Department.objects.create(name="处", active_from=first, active_to=last)
    post = make_post(department, active_from=first, active_to=last)
    for row in (department, post):
        assert row.is_active_on(DAY) == active
        assert type(row).objects.active_on(DAY).exists() == active


def test_active_today_is_by_the_schools_clock(db, time_machine):
    Department.objects.create(name="新处", active_from=DAY)
    time_machine.move_to("2026-11-19T15:59:00Z", tick=False)
    assert not Department.objects.active_on().exists()
    time_machine.move_to("2026-11-19T16:00:00Z", tick=False)  # midnight in Shanghai
    assert Department.objects.active_on().exists()


def test_a_department_ends_after_it_begins(db):
    refused(Department(name="处", active_from=DAY, active_to=BEFORE), "停用日期不能早于启用日期。")


@pytest.mark.parametrize(("since", "until"), [(DAY, BEFORE)])
def test_terms_end_after_they_begin(db, department, since, until):
    post = make_post(department)
    refused(Appointment(post=post, holder_name="甲", since=since, until=until), "离任日期不能早于任职日期。")
    refused(LeadershipGroup(name="组", since=since, until=until, office_sentence="句"), "届满日期不能早于成立日期。")


# ---- one of a kind -----------------------------------------------------------------------------------------------


def test_active_departments_have_names_of_their_own(db):
    make_department("总务处")
    refused(Department(name="总务处"), "已有同名的在用部门，请换一个名称，或先停用原来的部门。")
    Department.objects.update(active_to=DAY)
    make_department("总务处")


def test_there_is_one_discipline_office(discipline_office):
    refused(Department(name="监察室", is_discipline_office=True), "全校只能有一个纪委办公室，请先取消原来的设置。")
    Department.objects.filter(pk=discipline_office.pk).update(active_to=DAY)
    make_department("监察室", is_discipline_office=True)


def test_there_is_one_department_of_the_leaders(leaders_department):
    kind = DepartmentKind.LEADERS
    refused(Department(name="学校领导", kind=kind), "全校只能有一个在用的校领导班子，请先停用原来的。")
    office = Department(name="班子", kind=kind, is_discipline_office=True, active_to=DAY)
    refused(office, "校领导班子不能同时是纪委办公室。")
    Department.objects.filter(pk=leaders_department.pk).update(active_to=DAY)
    make_department("学校领导", kind=kind)


def test_how_a_departments_table_is_decided_about_stays(leaders_department, department):
    for row, kind in ((leaders_department, DepartmentKind.OTHER), (department, DepartmentKind.LEADERS)):
        row.kind = kind
        with pytest.raises(ValidationError) as caught:
            row.full_clean()
        assert caught.value.message_dict["kind"] == [KIND_STAYS]
        with pytest.raises(IntegrityError), transaction.atomic():
            Department.objects.filter(pk=row.pk).update(kind=kind)
    Department.objects.filter(pk=department.pk).update(kind=DepartmentKind.KE)  # other kinds are only words


def test_active_posts_of_a_department_have_names_of_their_own(department, other_department):
    make_post(department, "干事")
    make_post(other_department, "干事")
    with pytest.raises(ValidationError) as caught:
        Post(department=department, name="干事").full_clean()
    assert caught.value.messages == ["本部门已有同名的在用岗位，请换一个名称。"]
    with pytest.raises(IntegrityError), transaction.atomic():
        make_post(department, "干事")
    Post.objects.update(active_to=DAY)
    make_post(department, "干事")


def test_there_is_one_school(school):
    assert School.current() == school
    with pytest.raises(IntegrityError), transaction.atomic():
        School.objects.create(pk=2, full_name="另一校", short_name="另", form_title="表")
    School.objects.all().delete()
    with pytest.raises(School.DoesNotExist):
        School.current()


def test_staff_numbers_are_unique_and_plain(head):
    with pytest.raises(ValidationError) as caught:
        User(staff_number="1001", real_name="重号", password="x").full_clean()
    assert caught.value.message_dict == {"staff_number": ["已有这个工号的账号，请核对工号。"]}
    for number in ("10 01", "工号1", "1001/2", ""):
        with pytest.raises(ValidationError) as caught:
            User(staff_number=number, real_name="某人", password="x").full_clean()
        assert list(caught.value.message_dict) == ["staff_number"]
    User(staff_number="A-1.0_b", real_name="某人", password="x").full_clean()


def test_a_person_stands_once_in_a_group(group):
    refused(GroupMember(group=group, position=GroupPosition.MEMBER, person_name="成员甲"), "这个人已在名单里。")


# ---- roles -------------------------------------------------------------------------------------------------------


def test_each_role_has_its_scope(db, department):
    for number, role in enumerate(Role):
        for place in (None, department):
            grant = RoleGrant(user=make_user(f"3{number}{place and 1}", "某人"), role=role, department=place)
            fits = role == Role.LEADER or (role in DEPARTMENT_ROLES if place else role in SCHOOL_ROLES)
            if fits:
                grant.full_clean()
                grant.save()
                grant.delete()  # so that nothing but the scope refuses the next one
            else:
                refused(grant, "职工、部门负责人、填报员须选部门；纪委审核员等全校角色不选部门。")
    assert DEPARTMENT_ROLES | SCHOOL_ROLES | {Role.LEADER} == set(Role)


@pytest.mark.parametrize(
    ("role", "message"),
    [
        (Role.HEAD, "这个部门已有负责人，请先取消原负责人的角色。"),
        (Role.LEADER, "这个部门已有分管领导，请先取消原来的分管。"),
    ],
)
def test_a_department_has_one_head_and_one_leader(department, other_department, role, message):
    make_user("1", "甲", role, department=department)
    refused(RoleGrant(user=make_user("2", "乙"), role=role, department=department), message)
    RoleGrant(user=User.objects.get(staff_number="1"), role=role, department=other_department).full_clean()


def test_there_is_one_principal(principal, head):
    refused(RoleGrant(user=head, role=Role.PRINCIPAL), "单位主要负责人只能有一人，请先取消原来的设置。")


@pytest.mark.parametrize(("role", "at_department"), [(Role.CLERK, True), (Role.STAFF, True), (Role.OFFICE, False)])
def test_a_role_is_granted_once(department, role, at_department):
    place = department if at_department else None
    user = make_user("1", "甲", role, department=place)
    refused(RoleGrant(user=user, role=role, department=place), "这个人已经有这个角色。")
    make_user("2", "乙", role, department=place)  # but to several people


def test_head_and_leader_are_read_from_the_grants(department, head, leader, clerk, other_head):
    assert (department.head, department.leader_in_charge) == (head, leader)
    head.grants.all().delete()
    assert (Department.objects.get(pk=department.pk).head, department.leader_in_charge) == (None, leader)


# ---- functions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("floor", [0, 4])
def test_a_floor_is_one_of_the_three_levels(db, floor):
    with pytest.raises(ValidationError):
        PostFunction(name="职能", floor=floor, basis="依据").full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        PostFunction.objects.create(name="职能", floor=floor, basis="依据")


def test_a_function_says_where_it_comes_from(db):
    with pytest.raises(ValidationError) as caught:
        PostFunction(name="职能", floor=Level.FIRST).full_clean()
    assert list(caught.value.message_dict) == ["basis"]


# ---- the group in office -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [(BEFORE, None, True), (DAY, None, True), (AFTER, None, False), (BEFORE, BEFORE, False), (BEFORE, DAY, True)],
)
def test_the_group_in_office(db, since, until, found):
    group = LeadershipGroup.objects.create(name="组", since=since, until=until, office_sentence="句")
    assert LeadershipGroup.on(DAY) == (group if found else None)


def test_of_two_groups_the_newer_one_is_in_office(db):
    LeadershipGroup.objects.create(name="旧", since=BEFORE, office_sentence="句")
    newer = LeadershipGroup.objects.create(name="新", since=DAY, office_sentence="句")
    assert LeadershipGroup.on(DAY) == newer
    assert LeadershipGroup.on(BEFORE).name == "旧"


# ---- what stays, what goes ---------------------------------------------------------------------------------------


def test_what_something_refers_to_is_not_deleted(department, head, purchasing_post, functions, group, deputy):
    for row in (department, head, deputy, purchasing_post):
        with pytest.raises(ProtectedError):
            row.delete()


def test_a_group_takes_its_lines_along(group):
    group.delete()
    assert not GroupMember.objects.exists()


def test_a_superuser_is_an_admin_and_nothing_else(db):
    user = User.objects.create_superuser("1", "管理员", "a-Password-of-tests-1")
    assert [grant.role for grant in user.grants.all()] == [Role.ADMIN]
    assert user.check_password("a-Password-of-tests-1")


def test_an_account_without_a_password_lets_nobody_in(db):
    user = User.objects.create_user("1", "某人")
    assert not user.has_usable_password()


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (User(staff_number="1", real_name="甲"), "甲"),
        (Department(name="总务处"), "总务处"),
        (Post(name="采购员"), "采购员"),
        (School(full_name="某校"), "某校"),
        (PostFunction(name="采购"), "采购"),
        (LeadershipGroup(name="本届"), "本届"),
        (GroupMember(position=GroupPosition.DEPUTY, person_name="乙"), "副组长 乙"),
        (Appointment(post=Post(name="采购员"), holder_name="甲"), "采购员：甲"),
        (RoleGrant(user=User(real_name="甲"), role=Role.OFFICE), "甲：领导小组办公室"),
        (
            RoleGrant(user=User(real_name="甲"), role=Role.HEAD, department=Department(name="总务处")),
            "甲：部门负责人（总务处）",
        ),
    ],
)
def test_rows_name_themselves(row, text):
    assert str(row) == text


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["财务\u200b处", "财 务 处", "财务处\u3000", "财\u00ad务处"])
def test_two_departments_that_look_the_same_are_refused(name):
    make_department("财务处")
    with pytest.raises(ValidationError) as refused:
        Department(name=name).full_clean()
    assert "name" in refused.value.message_dict


@pytest.mark.django_db
def test_a_closed_department_may_be_called_alike():
    make_department("ＯＡ中心", active_to=datetime.date(2020, 1, 1))
    Department(name="OA中心").full_clean()


@pytest.mark.django_db
def test_two_posts_that_look_the_same_are_refused():
    department = make_department("财务处")
    make_post(department, "会计（一）")
    with pytest.raises(ValidationError):
        Post(department=department, name="会计(一)").full_clean()
    Post(department=make_department("总务处"), name="会计(一)").full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["王\u202e某", "王\n某", "\u200b"])
def test_a_name_is_one_line_that_can_be_read(name):
    with pytest.raises(ValidationError) as refused:
        User(staff_number="9", real_name=name).full_clean(exclude=["password"])
    assert "real_name" in refused.value.message_dict


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "field"),
    [
        (LeadershipGroup(), "name"),
        (LeadershipGroup(), "title"),
        (School(), "party_body"),
        (School(), "superior"),
        (School(), "copied_to"),
        (School(), "form_title"),
        (School(), "department_form_title"),
    ],
)
def test_whatever_is_a_name_is_one(row, field):
    setattr(row, field, "名\u202e称")
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert "书写方向标记" in str(refused.value.message_dict[field])


@pytest.mark.django_db
def test_departments_without_an_order_of_their_own_follow_their_pinyin():
    for name in ("总务处", "财务处", "教务处"):
        make_department(name)
    assert [department.name for department in Department.objects.all()] == ["财务处", "教务处", "总务处"]
    make_department("信息中心", order=1)
    assert Department.objects.first().name == "信息中心"
