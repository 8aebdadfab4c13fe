"""Passwords after 等保 level 2: what is refused and in which words, what was used before, when one runs out."""

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from departments.accounts import typed
from departments.models import PasswordRecord, User
from departments.services import change_own_password, create_account, reset_password
from riskpoints.sample.data import PASSWORD as PUBLISHED
from tests import once
from tests.factories import PASSWORD

GOOD = "Xiang-Chu-2026"


def refusal(password, user=None):
    """What the rules say of a password; an empty text where they take it."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@once.fixture
def person(school) -> User:
    return User.objects.create_user("T0042", "赵远", PASSWORD)


def change(client, old, new):
    return client.post(reverse("password_change"), {"old_password": old, "new_password1": new, "new_password2": new})


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Ab3-xyzw9", "密码太短：请至少用 10 个字符，现在是 9 个。"),
        ("Ab3-" + "x" * 125, "密码太长：请不要超过 128 个字符。"),
        ("onlysmallletters", "密码太简单：请再加上大写字母、数字、符号中的 2 类。"),
        ("20261120202611", "密码太简单：请再加上大写字母、小写字母、符号中的 2 类。"),
        ("two-classes-here", "密码太简单：请再加上大写字母、数字中的 1 类。"),
        ("Anna-T0042-ok", "密码里含有工号，容易被人猜到：请去掉这一段。"),
        ("Anna-t0042-ok", "密码里含有工号，容易被人猜到：请去掉这一段。"),
        ("Anna-Ｔ００４２-ok", "密码里含有工号，容易被人猜到：请去掉这一段。"),
        ("Abc-赵远-12345", "密码里含有姓名，容易被人猜到：请去掉这一段。"),
        ("Abc-某某职专-123", "密码里含有校名，容易被人猜到：请去掉这一段。"),
        ("Password123", "这个密码太常见，最先会被人试到：请换一个。"),
        (GOOD, ""),
        ("Xiang-Chu-of-sea", ""),
        ("大海航行靠Ab1234", ""),
    ],
)
def test_what_a_password_has_to_be(person, password, words):
    assert refusal(password, person) == words


def test_a_short_staff_number_does_not_forbid_a_digit(db):
    assert refusal("Xiang-Chu-7", User(staff_number="7", real_name="某人")) == ""
    assert refusal("Xiang-Chu-707", User(staff_number="707", real_name="某人")) != ""


def test_further_words_can_be_forbidden(person, settings):
    assert refusal("Zhizhuan-2026", person) == ""
    settings.PASSWORD_WORDS = ["zhizhuan"]
    assert "校名" in refusal("ZhiZhuan-2026", person)


def test_the_length_is_a_setting(person, settings):
    settings.PASSWORD_LENGTH = 16
    assert "至少用 16 个字符" in refusal(GOOD, person)


def test_the_last_five_passwords_are_not_taken_again(person):
    chosen = [f"Xiang-Chu-{number}" for number in range(6)]
    for password in chosen:
        assert refusal(password, person) == ""
        change_own_password(person, password)
    refused = [password for password in [PASSWORD, *chosen] if "最近 5 次" in refusal(password, person)]
    assert refused == chosen[1:]
    assert PasswordRecord.objects.filter(user=person).count() == 5


def test_a_reset_does_not_open_the_way_back_to_the_old_password(person, admin):
    change_own_password(person, GOOD)
    one_time = reset_password(person, actor=admin)
    person.refresh_from_db()
    assert "最近 5 次" in refusal(GOOD, person)
    assert person.check_password(one_time)
    assert "最近 5 次" in refusal(one_time, person)


def test_only_hashes_are_kept(person):
    change_own_password(person, GOOD)
    change_own_password(person, GOOD + "-neu")
    kept = list(PasswordRecord.objects.values_list("password", flat=True))
    assert len(kept) == 2
    assert not any(GOOD in hashed or PASSWORD in hashed for hashed in kept)


def test_the_history_is_asked_on_the_page(client, person, refusals):
    client.force_login(person)
    assert change(client, PASSWORD, GOOD).status_code == 302
    assert refusals(change(client, GOOD, PASSWORD)) == ["这个密码最近用过：请换一个最近 5 次没有用过的。"]


def test_the_page_says_the_rules_before_anything_is_typed(client, person):
    client.force_login(person)
    page = client.get(reverse("password_change")).content.decode()
    assert "至少 10 个字符，大写字母、小写字母、数字、符号四类中至少有三类" in page


def test_two_different_new_passwords_are_told_apart(client, person, refusals):
    client.force_login(person)
    sent = {"old_password": PASSWORD, "new_password1": GOOD, "new_password2": GOOD + "x"}
    assert refusals(client.post(reverse("password_change"), sent)) == ["两次输入的新密码不一样，请重新输入。"]


def test_a_wrong_present_password_counts_for_the_lockout(client, person, refusals, settings):
    settings.AXES_ENABLED = True
    client.force_login(person)
    assert "现在的密码不对" in refusals(change(client, "wrong", GOOD))[0]
    for _ in range(4):
        change(client, "wrong", GOOD)
    assert change(client, PASSWORD, GOOD).status_code == 429
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


# ---- age -----------------------------------------------------------------------------------------------------------


def aged(user, days):
    User.objects.filter(pk=user.pk).update(password_changed_at=timezone.now() - timedelta(days=days))


@pytest.mark.parametrize(("days", "opens"), [(89, True), (90, False), (400, False)])
def test_a_password_runs_out_after_ninety_days(client, person, settings, days, opens):
    settings.PASSWORD_DAYS = 90
    aged(person, days)
    client.force_login(person)
    answer = client.get(reverse("own_account"))
    assert (answer.status_code == 200) is opens
    if not opens:
        assert answer.url == reverse("password_change")
        assert "您的密码已到期" in client.get(answer.url).content.decode()
        assert change(client, PASSWORD, GOOD).status_code == 302
        assert client.get(reverse("own_account")).status_code == 200


def test_an_account_without_a_change_is_as_old_as_itself(client, person, settings):
    settings.PASSWORD_DAYS = 90
    client.force_login(person)
    assert client.get(reverse("own_account")).status_code == 200
    User.objects.update(date_joined=timezone.now() - timedelta(days=91))
    assert client.get(reverse("own_account")).url == reverse("password_change")


def test_nothing_is_saved_any_more_when_the_password_ran_out_and_what_was_typed_is_kept(client, person, settings):
    settings.PASSWORD_DAYS = 90
    aged(person, 91)
    client.force_login(person)
    mail = reverse("own_mail")
    assert client.post(reverse("sessions_end")).url == reverse("password_change")
    assert client.post(mail, {"email": "somebody@school.example"}).url == reverse("password_change")
    person.refresh_from_db()
    assert person.email == ""
    assert [kept.path for kept in typed.kept_by(person)] == [mail]
    assert "还没有保存的内容已为您保留" in client.get(reverse("password_change")).content.decode()
    assert client.post("/nowhere/").url == reverse("password_change")
    assert client.post(reverse("logout")).status_code == 200


def test_zero_days_mean_never(client, person, settings):
    settings.PASSWORD_DAYS = 0
    aged(person, 4000)
    client.force_login(person)
    assert client.get(reverse("own_account")).status_code == 200


@pytest.mark.parametrize(("days", "said"), [(82, ""), (83, "再过 7 天到期"), (89, "再过 1 天到期")])
def test_a_password_about_to_run_out_is_said_at_login(client, person, settings, days, said):
    settings.PASSWORD_DAYS = 90
    aged(person, days)
    page = client.post(reverse("login"), {"username": "T0042", "password": PASSWORD}, follow=True).content.decode()
    assert (said in page) if said else ("天到期" not in page)


def test_a_one_time_password_is_not_old_before_it_is_changed(client, admin, school, settings):
    settings.PASSWORD_DAYS = 90
    user, one_time = create_account("6001", "会计甲", actor=admin)
    client.force_login(user)
    assert change(client, one_time, GOOD).status_code == 302
    user.refresh_from_db()
    assert user.password_changed_at is not None
    assert client.get(reverse("own_account")).status_code == 200


def test_the_published_password_of_the_sample_school_could_not_be_chosen(person):
    assert "密码太简单" in refusal(PUBLISHED, person)
