"""The console: the first administrator of a new installation, and the way back in."""

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from departments.accounts import second_factor
from departments.enums import Role
from departments.models import User
from departments.permissions import has_role
from departments.verbs import OrganisationVerb
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from tests.factories import PASSWORD


def said(*command: str) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def password_in(text: str) -> str:
    return re.search(r"：(\w{12})\n", text)[1]


def log_in(client, number, password):
    return client.post(reverse("login"), {"username": number, "password": password})


def test_a_new_installation_begins_with_a_one_time_password(client, db):
    """Nobody is there before, no password is the same twice, and the first login changes it."""
    assert not User.objects.exists()
    text = said("first_admin", "--number", "8001", "--name", "信息中心管理员")
    assert "工号 8001" in text
    user = User.objects.get()
    assert has_role(user, Role.ADMIN)
    assert log_in(client, "8001", password_in(text)).status_code == 302
    assert client.get(reverse("departments:accounts")).url == reverse("password_change")
    trail = [(entry.action, entry.actor_number) for entry in AuditEntry.objects.exclude(action=SystemVerb.LOGIN)]
    assert trail == [(OrganisationVerb.USER_CREATE, ""), (OrganisationVerb.ROLE_CREATE, "")]
    assert not AuditEntry.objects.filter(detail__icontains=password_in(text)).exists()


def test_without_names_it_is_called_admin(db):
    said("first_admin")
    assert User.objects.get().staff_number == "admin"


def test_there_is_no_second_first_administrator(admin):
    assert "已有系统管理员，未作改动" in said("first_admin", "--number", "8001")
    assert User.objects.count() == 1


def test_a_school_whose_administrators_are_all_disabled_gets_one(admin):
    User.objects.update(is_active=False)
    said("first_admin", "--number", "8001")
    assert User.objects.count() == 2


@pytest.mark.parametrize(("number", "words"), [("有 空格", "工号只能用字母"), ("1003", "已有这个工号的账号")])
def test_a_staff_number_that_can_not_be_used_makes_nothing(staff, number, words):
    with pytest.raises(CommandError, match=words):
        call_command("first_admin", "--number", number)
    assert User.objects.count() == 1


def test_an_account_is_rescued_from_the_console(client, admin, school, settings):
    settings.AXES_ENABLED = True
    second_factor.enrol(admin, second_factor.new_key(), step=0)
    for _ in range(5):
        log_in(client, "1013", "wrong")
    assert log_in(client, "1013", PASSWORD).status_code == 429
    password = password_in(said("rescue_account", "1013"))
    assert log_in(client, "1013", password).status_code == 302
    assert client.get("/").url == reverse("password_change")
    assert not TOTPDevice.objects.exists()
    actions = set(
        AuditEntry.objects.filter(object_label=admin.real_name, actor_number="").values_list("action", flat=True)
    )
    assert {OrganisationVerb.CODE_REMOVE, OrganisationVerb.RESET_PASSWORD} <= actions


@pytest.mark.parametrize("number", ["9999", "1016"])
def test_only_an_account_in_use_is_rescued(disabled, number):
    with pytest.raises(CommandError, match="没有这个工号的在用账号"):
        call_command("rescue_account", number)
