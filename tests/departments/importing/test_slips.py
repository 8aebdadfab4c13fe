"""One-time passwords: slips in memory, new ones for those who never logged in, and the day on which they run out."""

import datetime
import subprocess

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from departments import services
from departments.enums import Role
from departments.importing.slips import Issued, slips_pdf
from departments.models import User
from departments.verbs import OrganisationVerb
from riskcontrol.models import AuditEntry
from tests.departments.importing.test_screens import slips_of
from tests.factories import make_user

ADDRESS = "https://register.school.example/login/"


@pytest.fixture
def admin(db, client):
    user = make_user("900", "管理员甲", Role.ADMIN)
    client.force_login(user)
    return user


def pages(content):
    found = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return found.stdout.decode().split("\f")[:-1]


def slip(place, name="于梅"):
    return Issued(f"{place:03}", name, "总务处", f"Password{place:03}")


def test_a_slip_says_who_where_and_until_when(school):
    today = timezone.localdate()
    until = today + datetime.timedelta(days=13)
    text = pages(slips_pdf([slip(1)], address=ADDRESS))[0].replace(" ", "").replace("\n", "")
    for words in (
        school.full_name,
        "姓名：于梅",
        "工号：001",
        "部门：总务处",
        "Password001",
        ADDRESS,
        f"{until.year}年{until.month}月{until.day}日",
    ):
        assert words in text


def test_eight_slips_fill_a_page(school):
    found = pages(slips_pdf([slip(place) for place in range(1, 18)], address=ADDRESS))
    assert [text.count("登录密码条") for text in found] == [8, 8, 1]


def test_a_character_that_no_face_has_stops_no_slip(db):
    assert "〓" in pages(slips_pdf([slip(1, name="于\U0003fffd")], address=ADDRESS))[0]


# ---- new ones ------------------------------------------------------------------------------------------------------


def test_slips_that_were_lost_are_made_anew_for_those_who_never_logged_in(client, admin, reviewer):
    user, old = services.create_account("001", "于梅", actor=admin)
    used, _ = services.create_account("002", "李强", actor=admin)
    User.objects.filter(pk=used.pk).update(last_login=timezone.now())
    kept = {row.pk: row.password for row in User.objects.exclude(pk=user.pk)}
    assert "重新生成密码条（1 人）" in client.get(reverse("departments:accounts")).content.decode()
    answer = client.post(reverse("departments:new_slips"))
    user.refresh_from_db()
    assert (user.check_password(old), user.must_change_password) == (False, True)
    text = pages(slips_of(answer))[0]
    password = next(word for word in text.split() if user.check_password(word))
    assert password not in str(list(AuditEntry.objects.values()))
    assert {row.pk: row.password for row in User.objects.exclude(pk=user.pk)} == kept
    assert [entry.object_id for entry in AuditEntry.objects.filter(action=OrganisationVerb.RESET_PASSWORD)] == [
        str(user.pk)
    ]


def test_who_logged_in_meanwhile_keeps_the_password(admin):
    user, password = services.create_account("001", "于梅", actor=admin)
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    assert services.reissue_passwords({user: "hash"}, actor=admin) == []
    user.refresh_from_db()
    assert user.check_password(password)


def test_who_lost_the_role_meanwhile_gives_no_passwords(admin):
    user, password = services.create_account("001", "于梅", actor=admin)
    admin.grants.all().delete()
    with pytest.raises(PermissionDenied):
        services.reissue_passwords({user: "hash"}, actor=admin)
    user.refresh_from_db()
    assert user.check_password(password)


def test_without_anybody_waiting_nothing_is_made(client, admin):
    assert client.post(reverse("departments:new_slips")).status_code == 302
    assert not AuditEntry.objects.filter(action=OrganisationVerb.RESET_PASSWORD).exists()


# ---- how long they last --------------------------------------------------------------------------------------------


def log_in(client, number, password):
    return client.post(reverse("login"), {"username": number, "password": password})


@pytest.mark.parametrize(("days", "is_let_in"), [(13, True), (14, False)])
def test_a_one_time_password_lasts_for_fourteen_days(client, db, days, is_let_in):
    user, password = services.create_account("001", "于梅", actor=None)
    User.objects.filter(pk=user.pk).update(date_joined=timezone.now() - datetime.timedelta(days=days))
    answer = log_in(client, "001", password)
    assert (answer.status_code == 302) is is_let_in
    assert ("您的一次性密码已过期（14 天内有效）" in answer.content.decode()) is not is_let_in


def test_a_reset_begins_the_days_anew(client, admin):
    user, _ = services.create_account("001", "于梅", actor=admin)
    User.objects.filter(pk=user.pk).update(date_joined=timezone.now() - datetime.timedelta(days=100))
    password = services.reset_password(user, actor=admin)
    client.logout()
    assert log_in(client, "001", password).status_code == 302


def test_an_own_password_does_not_run_out_like_that(client, db, settings):
    settings.ONE_TIME_PASSWORD_DAYS = 1
    user = make_user("001", "于梅")
    User.objects.filter(pk=user.pk).update(date_joined=timezone.now() - datetime.timedelta(days=30))
    assert log_in(client, "001", "a-Password-of-tests-1").status_code == 302


def test_a_wrong_password_is_not_told_of_the_days(client, db):
    user, _ = services.create_account("001", "于梅", actor=None)
    User.objects.filter(pk=user.pk).update(date_joined=timezone.now() - datetime.timedelta(days=100))
    assert "已过期" not in log_in(client, "001", "wrong").content.decode()
