"""Who keeps the accounts takes no right alone: no own roles, no silent reset of somebody's password."""

import datetime
import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from departments import queries, services
from departments.accounts import second_factor
from departments.enums import GroupPosition, Role
from departments.models import GroupMember, RoleGrant, User
from riskcontrol.models import AuditEntry
from tests.factories import make_user
from tests.pages import text_of

REFUSED = "不能给自己增加角色，请由另一位系统管理员办理"


def roles_of(user):
    return set(RoleGrant.objects.filter(user=user).values_list("role", flat=True))


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_nobody_gives_a_role_to_the_own_account(admin, department, role):
    before = AuditEntry.objects.count()
    own = department if role in (Role.STAFF, Role.HEAD, Role.CLERK) else None
    with pytest.raises(ValidationError, match=REFUSED):
        services.grant_role(admin, role, department=own, actor=admin)
    assert (roles_of(admin), AuditEntry.objects.count()) == ({Role.ADMIN}, before)
    second = make_user("8888", "另一位管理员", Role.ADMIN)
    services.grant_role(admin, role, department=own, actor=second)
    assert roles_of(admin) == {Role.ADMIN, role}


def test_the_screen_offers_it_to_nobody_and_says_why(as_admin, admin, department):
    client = as_admin
    page = text_of(client.get(reverse("departments:account", args=[admin.pk])))
    assert "自己的角色由另一位系统管理员增加" in page
    assert "增加角色" not in page.replace("自己的角色由另一位系统管理员增加", "")
    values = {"role": Role.HEAD, "department": department.pk}
    answer = client.post(reverse("departments:grant", args=[admin.pk]), values)
    assert (answer.status_code, REFUSED in text_of(answer)) == (422, True)
    assert roles_of(admin) == {Role.ADMIN}


@pytest.mark.parametrize("role", ["head", "leader"])
def test_nor_by_way_of_a_department(as_admin, admin, department, role):
    values = {"name": department.name, "kind": department.kind, "order": department.order, role: admin.pk}
    answer = as_admin.post(reverse("departments:department_edit", args=[department.pk]), values)
    assert (answer.status_code, REFUSED in text_of(answer)) == (422, True)
    assert roles_of(admin) == {Role.ADMIN}


def test_nor_by_way_of_the_leadership_group(admin, group):
    before = list(group.members.values_list("person_name", flat=True))
    own = GroupMember(position=GroupPosition.DEPUTY, person_name=admin.real_name, user=admin)
    with pytest.raises(ValidationError) as refused:
        services.set_group_members(group, [*group.members.all(), own], actor=admin)
    assert list(refused.value.message_dict) == ["deputy"]
    assert list(group.members.values_list("person_name", flat=True)) == before
    plain = GroupMember(position=GroupPosition.MEMBER, person_name=admin.real_name, user=admin)
    services.set_group_members(group, [plain], actor=admin)
    assert group.members.get().user == admin


def test_an_own_role_can_be_given_up_but_not_that_of_the_administrator(admin):
    services.grant_role(admin, Role.AUDITOR, actor=None)
    services.revoke_role(admin.grants.get(role=Role.AUDITOR), actor=admin)
    with pytest.raises(ValidationError, match="不能取消自己的系统管理员角色"):
        services.revoke_role(admin.grants.get(), actor=admin)
    assert roles_of(admin) == {Role.ADMIN}


@pytest.mark.parametrize(
    "act",
    [
        lambda admin: services.reset_password(admin, actor=admin),
        lambda admin: services.set_active(admin, is_active=False, actor=admin),
        lambda admin: services.remove_second_factor(admin, actor=admin),
    ],
)
def test_the_own_account_is_left_to_another(admin, act):
    before = AuditEntry.objects.count()
    with pytest.raises(ValidationError):
        act(admin)
    admin.refresh_from_db()
    assert (admin.is_active, admin.must_change_password, AuditEntry.objects.count()) == (True, False, before)


# ---- a reset is told ---------------------------------------------------------------------------------------------


def log_in(client, user, password):
    return client.post(reverse("login"), {"username": user.staff_number, "password": password}, follow=True)


def test_the_owner_is_told_who_reset_the_password_and_when(client, school, admin, head):
    password = services.reset_password(head, actor=admin)
    day = timezone.localtime()
    answer = log_in(client, head, password)
    told = f"系统管理员{admin.real_name}于 {day.year}年{day.month}月{day.day}日"
    assert answer.redirect_chain[-1][0] == reverse("password_change")
    assert told in text_of(answer)
    assert "如果不是您要求的，请立即告知审计员" in text_of(answer)


def test_whoever_takes_the_account_over_cannot_take_the_notice_away(client, school, admin, head, time_machine):
    """The administrator logs in with the one-time password and sets another: the owner is told all the same."""
    services.reset_password(head, actor=admin)
    services.change_own_password(User.objects.get(pk=head.pk), "Ein-Passwort-77")
    for _ in range(2):
        assert "重置了您的口令" in text_of(log_in(client, head, "Ein-Passwort-77"))
        client.post(reverse("logout"))
    log_in(client, head, "Ein-Passwort-77")
    assert "重置了您的口令" in text_of(client.get(reverse("own_account")))
    time_machine.move_to(timezone.now() + datetime.timedelta(days=queries.RESET_DAYS + 1))
    client.logout()
    assert "重置了您的口令" not in text_of(log_in(client, head, "Ein-Passwort-77"))


def test_nor_by_exchanging_the_staff_numbers(school, admin, head):
    services.reset_password(head, actor=admin)
    number = admin.staff_number
    for user, new in ((admin, "7777"), (head, number)):
        user.staff_number = new
        services.save_record(user, actor=None)
    assert queries.was_reset_lately(User.objects.get(pk=head.pk))


def test_nobody_else_is_told(client, school, admin, head, clerk):
    services.reset_password(head, actor=admin)
    clerk.set_password("Ein-Passwort-77")
    clerk.save()
    assert "重置了您的口令" not in text_of(log_in(client, clerk, "Ein-Passwort-77"))


def test_a_reset_at_the_console_says_so(head):
    services.reset_password(head, actor=None)
    (entry,) = queries.resets_of(head)
    assert re.match(r"有人在服务器控制台于 \d{4}年\d+月\d+日 \d\d:\d\d 重置了您的口令。", queries.reset_notice(entry))


def test_an_authenticator_taken_away_by_somebody_else_is_told(client, school, admin, head):
    head.set_password("Ein-Passwort-77")
    head.save()
    second_factor.remove(head, actor=head)
    assert queries.resets_of(head) == []
    services.remove_second_factor(head, actor=admin)
    assert "系统管理员系统管理员于" in text_of(log_in(client, head, "Ein-Passwort-77"))
    assert "取消了您的动态验证码。如果不是您要求的" in text_of(client.get(reverse("own_account")))
