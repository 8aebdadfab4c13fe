"""权限变动: whoever checks an administrator finds each change of accounts, roles and 副组长, and nothing else."""

import re

import pytest
from django.urls import reverse

from departments import services
from departments.enums import GroupPosition, Role
from departments.models import GroupMember
from departments.verbs import OrganisationVerb
from riskcontrol import audit
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb

RIGHTS = reverse("departments:rights")


@pytest.fixture
def rows(client, reviewer, school):
    """Return a function that gives the rows of the page, as a reviewer reads it, as lists of texts."""

    def read(query=""):
        client.force_login(reviewer)
        body = client.get(RIGHTS + query).content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
        cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in body.split("<tr>")[1:]]
        return [[re.sub(r"<[^>]+>", " ", cell).strip() for cell in row] for row in cells]

    return read


def words(row: list[str]) -> tuple[str, str, str]:
    """What was done, to whom, and the details."""
    return row[2], row[3], row[4]


def test_each_change_is_told_with_who_made_it(rows, admin, department):
    user, _ = services.create_account("2001", "新来的人", actor=admin)
    grant = services.grant_role(user, Role.HEAD, department=department, actor=admin)
    services.reset_password(user, actor=admin)
    user.refresh_from_db()
    user.real_name, user.staff_number = "改过的名", "2002"
    services.save_record(user, actor=admin)
    services.set_active(user, is_active=False, actor=admin)
    services.set_active(user, is_active=True, actor=admin)
    services.revoke_role(grant, actor=admin)
    found = rows()
    assert [words(row) for row in reversed(found)] == [
        ("新建账号", "新来的人", "工号 2001"),
        ("增加角色", "新来的人：部门负责人（总务处）", "—"),
        ("重置密码", "新来的人", "—"),
        ("修改账号", "改过的名", "姓名由“新来的人”改为“改过的名”；工号由“2001”改为“2002”"),
        ("停用账号", "改过的名", "—"),
        ("启用账号", "改过的名", "—"),
        ("取消角色", "改过的名：部门负责人（总务处）", "—"),
    ]
    assert {row[1].split()[0] for row in found} == {admin.real_name}


def test_a_change_by_command_says_so(rows):
    services.create_account("2001", "新来的人", actor=None)
    assert rows()[0][1] == "命令行"


def test_who_becomes_or_is_no_longer_on_the_list_is_named(rows, admin, group, other_head):
    members = list(group.members.all())
    added = GroupMember(position=GroupPosition.DEPUTY, person_name=other_head.real_name, user=other_head)
    services.set_group_members(group, [*members[:2], added], actor=admin)
    assert words(rows()[0]) == (
        "修改领导小组名单",
        "本届领导小组",
        "列入 副组长 教务处负责人（1005）；去掉 成员 成员甲",
    )
    many = [GroupMember(position=GroupPosition.MEMBER, person_name=f"成员{number}") for number in range(8)]
    services.set_group_members(group, [*group.members.all(), *many], actor=admin)
    assert words(rows()[0])[2] == "列入 8 人"
    services.set_group_members(group, list(reversed(group.members.all())), actor=admin)
    assert words(rows()[0])[2] == "顺序有变动"


def test_what_a_person_does_to_the_own_account_is_no_matter_of_others(rows, staff):
    services.change_own_password(staff, "another-Password-of-tests-2")
    audit.record(SystemVerb.LOGIN, actor=staff, target=staff)
    audit.record(OrganisationVerb.ROLE_CREATE, actor=staff, target=staff, succeeded=False)
    assert rows() == []


def test_a_word_in_a_name_stays_text(rows, admin):
    services.create_account("2001", "<b>某人</b>", actor=admin)
    assert rows()[0][3] == "&lt;b&gt;某人&lt;/b&gt;"


def test_the_page_costs_the_same_with_1_and_with_30_changes(client, reviewer, school, admin, count_queries):
    services.create_account("2001", "新来的人", actor=admin)
    client.force_login(reviewer)
    client.get(RIGHTS)
    one = count_queries(client, RIGHTS)
    for number in range(40):
        services.create_account(f"3{number:03}", f"人员{number}", actor=admin)
    assert count_queries(client, RIGHTS) == one
    assert "?page=2" in client.get(RIGHTS).content.decode()
    assert AuditEntry.objects.filter(action=OrganisationVerb.USER_CREATE).count() == 41
