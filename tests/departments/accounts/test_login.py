"""Coming in, going out, and a person's own password."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.models import User
from departments.services import create_account, reset_password
from departments.verbs import OrganisationVerb
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from tests.factories import PASSWORD

CHOSEN = "wode-xin-mima-2026"


def log_in(client, number, password):
    return client.post(reverse("login"), {"username": number, "password": password})


def test_the_login_page_says_what_may_not_be_in_here(client, school):
    page = client.get(reverse("login")).content.decode()
    assert "严禁处理国家秘密" in page
    assert "忘记密码" in page
    assert re.search(r'for="id_username"[^>]*>\s*工号', page)
    assert school.full_name in page


def test_a_wrong_password_says_what_to_check(client, head, refusals):
    answer = log_in(client, "1001", "not-the-password")
    assert "工号或密码不对" in answer.content.decode()
    assert not AuditEntry.objects.filter(action=SystemVerb.LOGIN).exists()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("number", "password"), [("", ""), ("1001", ""), ("", "x")])
def test_an_empty_field_is_named(client, head, refusals, number, password):
    said = refusals(log_in(client, number, password))
    expected = [text for value, text in ((number, "请填写工号。"), (password, "请填写密码。")) if not value]
    assert said == expected


def test_a_disabled_person_does_not_come_in(client, disabled):
    log_in(client, disabled.staff_number, PASSWORD)
    assert "_auth_user_id" not in client.session


def test_five_failures_lock_and_the_page_says_for_how_long(client, head, settings):
    settings.AXES_ENABLED = True
    answers = [log_in(client, "1001", "not-the-password") for _ in range(5)]
    assert answers[-1].status_code == 429
    words = re.sub(r"<[^>]+>", "", answers[-1].content.decode())
    assert "连续输错 5 次" in words
    assert "请 15 分钟后再试" in words
    assert "系统管理员" in words
    assert log_in(client, "1001", PASSWORD).status_code == 429


def test_a_lock_of_a_clock_that_was_ahead_ends_when_it_is_put_right(client, head, settings, time_machine):
    settings.AXES_ENABLED = True
    now = timezone.now()
    time_machine.move_to(now + datetime.timedelta(days=300), tick=False)
    assert [log_in(client, "1001", "not-the-password") for _ in range(5)][-1].status_code == 429
    time_machine.move_to(now, tick=False)
    assert log_in(client, "1001", PASSWORD).status_code == 302


def test_a_reset_password_opens_a_locked_login(client, head, admin, settings):
    settings.AXES_ENABLED = True
    answers = [log_in(client, "1001", "not-the-password") for _ in range(5)]
    assert answers[-1].status_code == 429
    password = reset_password(head, actor=admin)
    assert log_in(client, "1001", password).status_code == 302


def test_a_one_time_password_opens_only_the_page_where_it_is_changed(client, admin, school):
    _, password = create_account("6001", "会计甲", actor=admin)
    assert log_in(client, "6001", password).status_code == 302
    for address in ("/", reverse("riskpoints:inbox"), reverse("departments:index")):
        assert client.get(address).url == reverse("password_change")
    assert client.post(reverse("departments:account_new"), {"staff_number": "6002"}).url == reverse("password_change")
    page = client.get(reverse("password_change")).content.decode()
    assert "请先设定自己的密码" in page
    sent = {"old_password": password, "new_password1": CHOSEN, "new_password2": CHOSEN}
    assert client.post(reverse("password_change"), sent).url == reverse("password_change_done")
    assert client.get(reverse("password_change_done")).status_code == 200
    made = User.objects.get(staff_number="6001")
    assert made.check_password(CHOSEN)
    assert not made.must_change_password
    entry = AuditEntry.objects.get(action=OrganisationVerb.CHANGE_PASSWORD)
    assert (entry.actor_number, entry.object_label, entry.detail) == ("6001", "会计甲", {})


def test_a_person_with_a_one_time_password_can_still_leave(client, admin, school):
    _, password = create_account("6001", "会计甲", actor=admin)
    log_in(client, "6001", password)
    assert "已安全退出" in client.post(reverse("logout")).content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong-old-password", CHOSEN, CHOSEN),
        (PASSWORD, "short1a", "short1a"),
        (PASSWORD, CHOSEN, CHOSEN + "x"),
        (PASSWORD, "12345678901", "12345678901"),
        ("", "", ""),
    ],
)
def test_a_bad_new_password_changes_nothing(client, head, school, refusals, old, new, again):
    client.force_login(head)
    answer = client.post(
        reverse("password_change"), {"old_password": old, "new_password1": new, "new_password2": again}
    )
    assert answer.status_code == 200
    assert refusals(answer) != []
    head.refresh_from_db()
    assert head.check_password(PASSWORD)


def test_other_sessions_end_with_the_old_password(client, client_class, head, school):
    elsewhere = client_class()
    elsewhere.force_login(head)
    client.force_login(head)
    sent = {"old_password": PASSWORD, "new_password1": CHOSEN, "new_password2": CHOSEN}
    client.post(reverse("password_change"), sent)
    assert client.get(reverse("password_change_done")).status_code == 200
    assert elsewhere.get(reverse("password_change_done")).status_code == 302


def test_a_person_with_a_one_time_password_finds_no_link_that_leads_back_there(client, admin, school):
    _, password = create_account("6001", "会计甲", actor=admin)
    log_in(client, "6001", password)
    page = client.get(reverse("password_change")).content.decode()
    assert "退出" in page
    assert re.findall(r'href="(/[^"#]*)"', page.partition("<body")[2]) == [reverse("inbox")]  # the name of the school
