"""Every write to the organisation, audited old and new, all or nothing."""

import datetime
import string

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.urls import reverse

from departments import notices, services
from departments.enums import GroupPosition, Role
from departments.models import (
    Appointment,
    Department,
    GroupMember,
    LeadershipGroup,
    Post,
    RoleGrant,
    School,
    User,
)
from departments.verbs import OrganisationVerb
from riskcontrol.models import AuditEntry
from tests.factories import make_post, make_user

DAY = datetime.date(2026, 11, 20)


def entries(after=0):
    """Return (action, detail) of the audit entries after a number."""
    return [(row.caption, row.detail) for row in AuditEntry.objects.filter(number__gt=after)]


def last_number():
    return AuditEntry.objects.count()


# ---- rows --------------------------------------------------------------------------------------------------------


def test_a_new_row_is_audited_with_all_it_says(admin):
    department = services.save_record(Department(name="实训处", duties="实训", order=5), actor=admin)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_name, entry.object_label) == (
        OrganisationVerb.DEPARTMENT_CREATE,
        "系统管理员",
        "实训处",
    )
    assert (entry.object_type, entry.object_id) == ("departments.department", str(department.pk))
    assert entry.detail == {
        "name": [None, "实训处"],
        "kind": [None, "chu"],
        "order": [None, 5],
        "duties": [None, "实训"],
        "is_discipline_office": [None, False],
    }


def test_a_changed_row_is_audited_with_what_changed(admin, department):
    department.name, department.active_to = "后勤处", DAY
    services.save_record(department, actor=admin)
    assert entries() == [("修改部门", {"name": ["总务处", "后勤处"], "active_to": [None, "2026-11-20"]})]


def test_nothing_changed_adds_no_entry(admin, department, purchasing_post):
    number = last_number()
    services.save_record(department, actor=admin)
    services.save_record(purchasing_post, actor=admin, related={"functions": purchasing_post.functions.all()})
    assert entries(number) == []


def test_related_rows_are_audited_by_name(admin, purchasing_post, functions):
    number = last_number()
    chosen = [functions["财务"], functions["公共服务"]]
    services.save_record(purchasing_post, actor=admin, related={"functions": chosen})
    assert entries(number) == [("修改岗位", {"functions": [["采购"], ["公共服务", "财务"]]})]
    assert set(purchasing_post.functions.all()) == set(chosen)


def test_an_invalid_row_is_not_saved(admin, department):
    with pytest.raises(ValidationError, match="已有同名的在用部门"):
        services.save_record(Department(name="总务处"), actor=admin)
    department.name = ""
    with pytest.raises(ValidationError):
        services.save_record(department, actor=admin)
    assert (Department.objects.get().name, last_number()) == ("总务处", 0)


def test_a_removed_row_is_audited_with_what_it_said(admin, department):
    post = make_post(department, "干事", order=7)
    key = post.pk
    services.remove_record(post, actor=admin)
    assert not Post.objects.exists()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id, entry.detail["name"], entry.detail["order"]) == (
        OrganisationVerb.POST_REMOVE,
        str(key),
        ["干事", None],
        [7, None],
    )


def test_a_row_in_use_is_not_removed(admin, department, purchasing_post):
    number = last_number()
    with pytest.raises(ProtectedError):
        services.remove_record(department, actor=admin)
    assert (Department.objects.count(), last_number()) == (1, number)


# ---- departments and posts ---------------------------------------------------------------------------------------


def test_closing_a_department_closes_its_posts(admin, department, other_post):
    posts = {
        "open": make_post(department, "一"),
        "later": make_post(department, "二", active_to=DAY + datetime.timedelta(days=100)),
        "earlier": make_post(department, "三", active_to=DAY - datetime.timedelta(days=100)),
    }
    number = last_number()
    services.close_department(department, on=DAY, actor=admin)
    assert Department.objects.get(pk=department.pk).active_to == DAY
    found = {name: Post.objects.get(pk=post.pk).active_to for name, post in posts.items()}
    assert found == {"open": DAY, "later": DAY, "earlier": DAY - datetime.timedelta(days=100)}
    assert Post.objects.get(pk=other_post.pk).active_to is None
    assert [action for action, _ in entries(number)] == ["修改岗位", "修改岗位", "修改部门"]


def test_a_department_is_not_closed_before_it_began(admin):
    department = Department.objects.create(name="新处", active_from=DAY)
    post = make_post(department)
    with pytest.raises(ValidationError, match="停用日期不能早于启用日期"):
        services.close_department(department, on=DAY - datetime.timedelta(days=1), actor=admin)
    assert Post.objects.get(pk=post.pk).active_to is None


def test_a_post_is_saved_with_its_functions_and_holders(admin, department, functions):
    number = last_number()
    post = Post(department=department, name="会计")
    holders = [Appointment(holder_name="会计甲", since=DAY)]
    services.save_post(post, functions=[functions["财务"]], appointments=holders, actor=admin)
    assert [f.name for f in post.functions.all()] == ["财务"]
    assert [a.holder_name for a in post.appointments.all()] == ["会计甲"]
    assert [action for action, _ in entries(number)] == ["新增岗位", "新增任职"]


def test_a_post_with_a_wrong_holder_is_not_saved_at_all(admin, department, functions):
    number = last_number()
    holders = [Appointment(holder_name="甲", since=DAY, until=DAY - datetime.timedelta(days=1))]
    with pytest.raises(ValidationError, match="离任日期不能早于任职日期"):
        services.save_post(
            Post(department=department, name="会计"), functions=[functions["财务"]], appointments=holders, actor=admin
        )
    assert (Post.objects.count(), Appointment.objects.count(), last_number()) == (0, 0, number)


def test_a_leave_is_a_date_not_a_removal(admin, purchasing_post):
    appointment = purchasing_post.appointments.get()
    appointment.until = DAY
    services.set_appointments(purchasing_post, [appointment, Appointment(holder_name="接任人", since=DAY)], actor=admin)
    assert list(purchasing_post.appointments.order_by("since").values_list("holder_name", "until")) == [
        ("采购员任职人", DAY),
        ("接任人", None),
    ]


def test_a_department_is_saved_with_its_head_and_leader(admin, department, head, leader, outsider):
    number = last_number()
    department.duties = "新的职责"
    services.save_department(department, holders={Role.HEAD: outsider, Role.LEADER: None}, actor=admin)
    stored = Department.objects.get(pk=department.pk)
    assert (stored.duties, stored.head, stored.leader_in_charge) == ("新的职责", outsider, None)
    assert [action for action, _ in entries(number)] == ["修改部门", "删除角色", "新增角色", "删除角色"]


def test_the_same_holder_again_changes_nothing(admin, department, head):
    number = last_number()
    services.set_holder(department, Role.HEAD, head, actor=admin)
    assert (department.head, entries(number)) == (head, [])


def test_a_new_holder_leaves_other_roles_alone(admin, department, head, clerk, other_head):
    services.set_holder(department, Role.HEAD, other_head, actor=admin)
    assert {(g.user, g.role, g.department.name) for g in RoleGrant.objects.exclude(role=Role.ADMIN)} == {
        (other_head, Role.HEAD, "总务处"),
        (other_head, Role.HEAD, "教务处"),
        (clerk, Role.CLERK, "总务处"),
    }


# ---- accounts ----------------------------------------------------------------------------------------------------


def test_a_one_time_password_is_random_and_legible():
    made = {services.one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert {len(password) for password in made} == {12}
    used = set("".join(made))
    assert used <= set(string.ascii_letters + string.digits) - set("0O1lI")
    assert len(used) == 57


def test_a_new_account_has_a_one_time_password(admin):
    user, password = services.create_account("5001", "新人", actor=admin)
    stored = User.objects.get(pk=user.pk)
    assert (stored.check_password(password), stored.must_change_password, stored.is_active) == (True, True, True)
    assert not stored.grants.exists()


def test_two_accounts_do_not_share_a_number(admin, head):
    with pytest.raises(ValidationError, match="已有这个工号的账号"):
        services.create_account("1001", "重号", actor=admin)
    assert User.objects.count() == 2


def test_no_password_and_no_hash_is_in_the_trail(admin, head):
    user, password = services.create_account("5001", "新人", actor=admin)
    again = services.reset_password(user, actor=admin)
    services.change_own_password(User.objects.get(pk=user.pk), "my-Own-password-9")
    services.set_active(User.objects.get(pk=user.pk), is_active=False, actor=admin)
    hashes = [User.objects.get(pk=user.pk).password]
    trail = "".join(f"{row.caption}{row.object_label}{row.detail}" for row in AuditEntry.objects.all())
    assert [
        secret
        for secret in (password, again, "my-Own-password-9", *hashes, "password", "md5$")
        if secret in trail.replace("must_change_password", "").replace("password_changed_at", "")
    ] == []


def test_a_reset_password_must_be_changed(admin, head):
    password = services.reset_password(head, actor=admin)
    stored = User.objects.get(pk=head.pk)
    assert (stored.check_password(password), stored.must_change_password) == (True, True)
    entry = AuditEntry.objects.last()
    assert (entry.action, entry.actor_name, entry.object_label, entry.detail) == (
        OrganisationVerb.RESET_PASSWORD,
        "系统管理员",
        "总务处负责人",
        {},
    )


def test_ones_own_password_ends_the_need_to_change_it(admin, head):
    services.reset_password(head, actor=admin)
    user = services.change_own_password(User.objects.get(pk=head.pk), "my-Own-password-9")
    stored = User.objects.get(pk=head.pk)
    assert (stored.check_password("my-Own-password-9"), stored.must_change_password) == (True, False)
    assert (AuditEntry.objects.last().action, AuditEntry.objects.last().actor_name) == (
        OrganisationVerb.CHANGE_PASSWORD,
        user.real_name,
    )


@pytest.mark.parametrize("is_active", [True, False])
def test_an_account_is_enabled_and_disabled(admin, is_active):
    user = make_user("5001", "某人", is_active=not is_active)
    services.set_active(user, is_active=is_active, actor=admin)
    assert User.objects.get(pk=user.pk).is_active is is_active
    assert entries() == [("修改账号", {"is_active": [not is_active, is_active]})]


def test_a_role_is_granted_and_revoked(admin, outsider, department):
    grant = services.grant_role(outsider, Role.CLERK, department=department, actor=admin)
    assert list(outsider.grants.values_list("role", "department")) == [(Role.CLERK, department.pk)]
    services.revoke_role(grant, actor=admin)
    assert not outsider.grants.exists()
    (granted, given), (revoked, taken) = entries()
    assert (granted, revoked) == ("新增角色", "删除角色")
    assert given == {"user": [None, outsider.pk], "role": [None, "clerk"], "department": [None, department.pk]}
    assert taken == {"user": [outsider.pk, None], "role": ["clerk", None], "department": [department.pk, None]}


@pytest.mark.parametrize(
    ("role", "at_department", "message"),
    [
        (Role.PRINCIPAL, False, "单位主要负责人只能有一人"),
        (Role.HEAD, True, "这个部门已有负责人"),
        (Role.OFFICE, True, "纪委审核员等全校角色不选部门"),
        (Role.CLERK, False, "职工、部门负责人、填报员须选部门"),
    ],
)
def test_a_role_that_does_not_fit_is_refused(
    admin, principal, head, outsider, department, role, at_department, message
):
    with pytest.raises(ValidationError, match=message):
        services.grant_role(outsider, role, department=department if at_department else None, actor=admin)
    assert (outsider.grants.count(), last_number()) == (0, 0)


# ---- the leadership group ----------------------------------------------------------------------------------------


def members(*names):
    """Return unsaved lines: the first is 组长, the second 副组长, the others 成员."""
    positions = [GroupPosition.CHIEF, GroupPosition.DEPUTY]
    return [
        GroupMember(position=positions[i] if i < 2 else GroupPosition.MEMBER, person_name=name)
        for i, name in enumerate(names)
    ]


def test_the_list_is_replaced_in_its_order(admin, group, deputy):
    number = last_number()
    services.set_group_members(group, members("甲", "乙", "丙"), actor=admin)
    assert [str(member) for member in group.members.all()] == ["组长 甲", "副组长 乙", "成员 丙"]
    before = ["组长 组长", "副组长 副组长（1009）", "成员 成员甲"]
    assert entries(number) == [("修改领导小组名单", {"members": [before, ["组长 甲", "副组长 乙", "成员 丙"]]})]
    services.set_group_members(group, members("甲", "乙", "丙"), actor=admin)
    assert len(entries(number)) == 1


def test_the_office_director_is_kept_by_name(admin, group):
    services.set_office_director(group, group.members.get(person_name="成员甲"), actor=admin)
    services.set_group_members(group, members("甲", "乙", "成员甲"), actor=admin)
    group.refresh_from_db()
    assert (group.office_director.person_name, group.office_director.group) == ("成员甲", group)
    services.set_group_members(group, members("甲", "乙"), actor=admin)
    group.refresh_from_db()
    assert group.office_director is None


def test_a_list_with_somebody_twice_is_refused_whole(admin, group):
    before = [str(member) for member in group.members.all()]
    with pytest.raises(ValidationError, match="这个人已在名单里"):
        services.set_group_members(group, members("甲", "乙", "甲"), actor=admin)
    assert [str(member) for member in LeadershipGroup.objects.get().members.all()] == before


def test_a_group_is_saved_with_its_list_and_director(admin):
    group = LeadershipGroup(name="本届", since=DAY, office_sentence="句")
    services.save_group(group, members=members("甲", "乙", "丙"), director="丙", actor=admin)
    stored = LeadershipGroup.objects.get()
    assert (stored.members.count(), stored.office_director.person_name) == (3, "丙")
    assert [action for action, _ in entries()] == ["新增领导小组", "修改领导小组名单", "修改领导小组"]
    services.save_group(stored, members=members("甲", "乙", "丙"), director="", actor=admin)
    assert LeadershipGroup.objects.get().office_director is None


# ---- set-up ------------------------------------------------------------------------------------------------------


def test_the_school_is_made_once(db):
    values = {"full_name": "某校", "short_name": "校", "form_title": "表"}
    school = services.ensure_school(**values)
    assert services.ensure_school(**values | {"full_name": "别的校"}) == school
    assert School.current().full_name == "某校"
    assert [action for action, _ in entries()] == ["新增学校"]


# ---- functions of posts ------------------------------------------------------------------------------------------


def told(reviewer):
    return [(notice.text, notice.link, notice.object_id) for notice in notices.unread(reviewer)]


def test_the_committee_is_told_when_a_function_is_taken_off_a_post(admin, reviewer, department, functions):
    post = make_post(department, "会计", (functions["财务"], functions["公共服务"]))
    link = reverse("departments:post_functions_edit", args=[department.pk])
    services.save_post(post, functions=[functions["公共服务"]], actor=admin)
    services.save_post(post, functions=[functions["公共服务"]], actor=admin)
    services.save_post(post, functions=[], actor=admin)
    ending = "。如不属实，请重新勾选。"
    assert told(reviewer) == [
        (
            f"{admin}取消了总务处“会计”的岗位职能“财务”，等级下限由一级（高）改为二级（中）{ending}",
            link,
            str(post.pk),
        ),
        (f"{admin}取消了总务处“会计”的岗位职能“公共服务”，等级下限由二级（中）改为不设{ending}", link, str(post.pk)),
    ]


def test_exchanging_functions_of_one_floor_is_told_and_says_so(admin, reviewer, department, functions):
    post = make_post(department, "会计", (functions["财务"],))
    services.save_post(post, functions=[functions["采购"]], actor=admin)
    assert "职能“财务”，等级下限仍为一级（高）。" in told(reviewer)[0][0]


def test_giving_functions_and_new_posts_are_no_news(admin, reviewer, department, functions):
    post = services.save_post(Post(department=department, name="会计"), functions=[], actor=admin)
    services.save_post(post, functions=[functions["财务"]], actor=admin)
    assert told(reviewer) == []


def test_the_committee_is_told_when_a_post_with_functions_is_closed(admin, reviewer, department, functions):
    post = make_post(department, "会计", (functions["财务"], functions["公共服务"]))
    make_post(department, "门卫")
    post.active_to = datetime.date(2026, 11, 30)
    services.save_post(post, functions=post.functions.all(), actor=admin)
    services.save_post(post, functions=post.functions.all(), actor=admin)
    said = "这些工作由别的岗位承担的，请核对那个岗位的职能。"
    closed = f"{admin}停用了总务处的岗位“会计”（职能：财务、公共服务），停用日期2026年11月30日。{said}"
    assert [text for text, _, _ in told(reviewer)] == [closed]


def test_a_post_made_anew_without_its_function_is_told(admin, reviewer, department, functions):
    post = make_post(department, "会计", (functions["财务"],))
    post.active_to = datetime.date(2026, 11, 20)
    services.save_post(post, functions=[functions["财务"]], actor=admin)
    anew = services.save_post(Post(department=department, name="会 计"), functions=[], actor=admin)
    services.save_post(Post(department=department, name="门卫"), functions=[], actor=admin)
    said = told(reviewer)
    assert [text for text, _, _ in said][1:] == [
        f"{admin}重新设立了总务处的岗位“会 计”，没有勾选停用的同名岗位所有的职能“财务”，"
        "等级下限由一级（高）改为不设。如不属实，请勾选。"
    ]
    assert said[1][1:] == (reverse("departments:post_functions_edit", args=[department.pk]), str(anew.pk))


def test_a_post_made_anew_with_its_function_is_no_news(admin, reviewer, department, functions):
    post = make_post(department, "会计", (functions["财务"],))
    Post.objects.filter(pk=post.pk).update(active_to=datetime.date(2026, 11, 20))
    services.save_post(Post(department=department, name="会计"), functions=[functions["财务"]], actor=admin)
    assert told(reviewer) == []


def test_the_posts_of_a_closed_department_are_told_at_once(admin, reviewer, department, functions):
    for name in ("会计", "出纳"):
        make_post(department, name, (functions["财务"],))
    services.close_department(department, on=datetime.date(2026, 11, 30), actor=admin)
    assert ["“出纳”（职能：财务）、“会计”（职能：财务）" in text for text, _, _ in told(reviewer)] == [True]
