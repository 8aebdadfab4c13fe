"""Accounts: the list, roles, one-time passwords, and who may not do what to himself."""

import re

import pytest
from django.urls import reverse

from departments.accounts.sessions import SessionStore
from departments.enums import Role
from departments.models import LoginSession, RoleGrant, User
from tests.factories import PASSWORD, make_department, make_user


def account_address(user: User, name: str = "account", *more: int) -> str:
    return reverse(f"departments:{name}", args=[user.pk, *more])


def shown_password(response) -> str:
    return re.search(r'class="one-time"[^>]*>([^<]+)<', response.content.decode())[1]


def test_a_new_account_gets_a_password_that_is_shown_once(as_admin, admin, client, trail):
    answer = as_admin.post(reverse("departments:account_new"), {"staff_number": "6001", "real_name": "会计甲"})
    made, password = User.objects.get(staff_number="6001"), shown_password(answer)
    assert len(password) == 12
    assert made.check_password(password)
    assert made.must_change_password
    assert "no-store" in answer["Cache-Control"]
    assert trail(admin)[0][:2] == ("新增账号", "会计甲")
    assert password not in str(trail(admin))
    kept = [SessionStore().decode(row.session_data) for row in LoginSession.objects.all()]
    assert kept != []
    assert password not in str(kept)
    assert password not in as_admin.get(account_address(made)).content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"staff_number": "", "real_name": ""}, ["请填写工号。", "请填写姓名。"]),
        ({"staff_number": "60 01", "real_name": "会计甲"}, ["工号只能用字母、数字、点、短横线和下划线。"]),
        ({"staff_number": "1001", "real_name": "会计甲"}, ["已有这个工号的账号，请核对工号。"]),
        ({"staff_number": "6" * 33, "real_name": "会计甲"}, ["请缩短到 32 字以内，现在有 33 字。"]),
    ],
)
def test_a_wrong_account_is_refused_beside_its_fields(as_admin, head, refusals, sent, said):
    before = User.objects.count()
    answer = as_admin.post(reverse("departments:account_new"), sent)
    assert (answer.status_code, refusals(answer)) == (422, said)
    assert User.objects.count() == before


def test_number_and_name_can_be_corrected(as_admin, admin, head, trail):
    as_admin.post(account_address(head), {"staff_number": "1901", "real_name": "总务处新负责人"})
    head.refresh_from_db()
    assert (head.staff_number, head.real_name, head.check_password(PASSWORD)) == ("1901", "总务处新负责人", True)
    detail = {"real_name": ["总务处负责人", "总务处新负责人"], "staff_number": ["1001", "1901"]}
    assert trail(admin) == [("修改账号", "总务处新负责人", detail)]


def test_a_number_that_exists_is_refused_and_the_page_still_shows_the_stored_name(as_admin, head, clerk, refusals):
    answer = as_admin.post(account_address(head), {"staff_number": "1002", "real_name": "改名"})
    assert refusals(answer) == ["已有这个工号的账号，请核对工号。"]
    assert "<h1>总务处负责人</h1>" in answer.content.decode()


def test_a_role_is_given_and_taken(as_admin, admin, outsider, department, trail):
    as_admin.post(account_address(outsider, "grant"), {"role": "clerk", "department": department.pk})
    given = outsider.grants.get()
    assert (given.role, given.department) == (Role.CLERK, department)
    as_admin.post(account_address(outsider, "revoke", given.pk))
    assert not outsider.grants.exists()
    label = "无角色人员：填报员（总务处）"
    assert [(action, name) for action, name, _ in trail(admin)] == [("新增角色", label), ("删除角色", label)]


@pytest.mark.parametrize(
    ("role", "with_department", "said"),
    [
        ("", False, ["请选择角色。"]),
        ("clerk", False, ["请选择部门：填报员须属于一个部门。"]),
        ("auditor", True, ["请选“（全校）”：审计员是全校的角色，不分部门。"]),
        ("head", True, ["这个部门已有负责人，请先取消原负责人的角色。"]),
        ("principal", False, ["单位主要负责人只能有一人，请先取消原来的设置。"]),
        ("king", False, ["这个选项已不能使用，请重新选择。"]),
    ],
)
def test_a_role_that_cannot_be_is_refused(
    as_admin, outsider, head, principal, department, refusals, role, with_department, said
):
    sent = {"role": role, "department": department.pk if with_department else ""}
    answer = as_admin.post(account_address(outsider, "grant"), sent)
    assert (answer.status_code, refusals(answer)) == (422, said)
    assert not outsider.grants.exists()


def test_the_same_role_twice_is_refused(as_admin, auditor, refusals):
    answer = as_admin.post(account_address(auditor, "grant"), {"role": "auditor", "department": ""})
    assert refusals(answer) == ["这个人已经有这个角色。"]


def test_a_role_of_somebody_else_is_not_found_under_this_account(as_admin, head, outsider):
    assert as_admin.post(account_address(outsider, "revoke", head.grants.get().pk)).status_code == 404
    assert head.grants.exists()


def test_a_disabled_account_is_out_at_once(as_admin, admin, client_class, head, trail):
    other = client_class()
    other.force_login(head)
    assert other.get(reverse("password_change")).status_code == 200
    as_admin.post(account_address(head, "set_active"), {"is_active": "0"})
    assert other.get(reverse("password_change")).status_code == 302
    as_admin.post(account_address(head, "set_active"), {"is_active": "1"})
    assert [detail for _, _, detail in trail(admin)] == [{"is_active": [True, False]}, {"is_active": [False, True]}]


def test_a_reset_password_replaces_the_old_one_and_ends_the_session(as_admin, admin, client_class, head, trail):
    other = client_class()
    other.force_login(head)
    answer = as_admin.post(account_address(head, "reset_password"))
    head.refresh_from_db()
    assert head.check_password(shown_password(answer))
    assert not head.check_password(PASSWORD)
    assert other.get(reverse("password_change")).status_code == 302
    assert [action for action, _, _ in trail(admin)] == ["重置密码"]


@pytest.mark.parametrize("name", ["set_active", "reset_password"])
def test_nobody_does_it_to_himself(as_admin, admin, name):
    answer = as_admin.post(account_address(admin, name), {"is_active": "0"}, follow=True)
    admin.refresh_from_db()
    assert admin.is_active
    assert admin.check_password(PASSWORD)
    assert answer.status_code == 200
    assert 'class="messages"' in answer.content.decode()


def test_the_admin_cannot_take_his_own_key_away(as_admin, admin):
    as_admin.post(account_address(admin, "revoke", admin.grants.get().pk))
    assert admin.grants.get().role == Role.ADMIN


def names(response) -> list[str]:
    return re.findall(r'<th scope="row" class="nowrap"><a[^>]*>([^<]+)</a>', response.content.decode())


def test_the_list_is_searched_and_narrowed(as_admin, people):
    address = reverse("departments:accounts")
    assert names(as_admin.get(address, {"q": "纪委审核"})) == ["纪委审核员"]
    assert names(as_admin.get(address, {"q": "1005"})) == ["教务处负责人"]
    assert names(as_admin.get(address, {"role": "auditor"})) == ["审计员", "停用人员"]
    assert names(as_admin.get(address, {"role": "auditor", "state": "active"})) == ["审计员"]
    assert names(as_admin.get(address, {"state": "disabled"})) == ["停用人员"]
    assert "没有符合条件的账号" in as_admin.get(address, {"q": "查无此人"}).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=x",
        "page=99999999999999999999",
        "role=%00",
        "q=%00",
        "state=x&role=y",
        "q=" + "长" * 500,
        "q=%ff%fe",
    ],
)
def test_a_malformed_query_shows_the_list(as_admin, query):
    answer = as_admin.get(f"{reverse('departments:accounts')}?{query}")
    assert answer.status_code == 200


def test_the_list_has_pages_that_keep_the_search(as_admin, db):
    for number in range(65):
        make_user(f"7{number:03}", f"教师{number:03}")
    first = as_admin.get(reverse("departments:accounts"), {"q": "教师"})
    assert len(names(first)) == 30
    page = first.content.decode()
    assert "共 65 条，本页第 1–30 条" in page
    assert 'href="?q=%E6%95%99%E5%B8%88&amp;page=3"' in page
    assert len(names(as_admin.get(reverse("departments:accounts"), {"q": "教师", "page": "3"}))) == 5


def test_the_list_takes_the_same_queries_for_1_and_30_accounts(as_admin, count_queries):
    address = reverse("departments:accounts") + "?q=教师"
    counts = []
    for total in (1, 30):
        for number in range(User.objects.filter(real_name__contains="教师").count(), total):
            user = make_user(f"7{number:03}", f"教师{number:03}")
            RoleGrant.objects.create(user=user, role=Role.STAFF, department=make_department(f"第{number}处"))
        counts.append(count_queries(as_admin, address))
    assert counts[0] == counts[1]


def test_an_account_takes_the_same_queries_for_1_and_8_roles(as_admin, outsider, count_queries):
    counts = []
    for total in (1, 8):
        for number in range(outsider.grants.count(), total):
            RoleGrant.objects.create(user=outsider, role=Role.STAFF, department=make_department(f"第{number}处"))
        counts.append(count_queries(as_admin, account_address(outsider)))
    assert counts[0] == counts[1]
