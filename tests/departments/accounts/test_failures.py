"""Failed logins: what slows guesses from many addresses, whom it does not hold up, and who is told (issue 17)."""

import datetime
import re

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from departments.models import User
from departments.services import create_account, reissue_passwords, reset_password
from departments.views import session
from riskcontrol import turns
from riskcontrol.models import AuditEntry, FailedLogin, LoginTurn
from riskcontrol.verbs import SystemVerb
from riskcontrol.web import failures
from riskcontrol.web.trouble import CrowdedError
from tests.factories import PASSWORD

WRONG = "a wrong one"
START = "2026-11-20T08:00:00+08:00"


@pytest.fixture(autouse=True)
def still(time_machine, settings):
    settings.AXES_ENABLED = True
    time_machine.move_to(START, tick=False)
    return time_machine


def log_in(number, password=WRONG, address="198.51.100.1"):
    client = Client(REMOTE_ADDR=address)
    return client.post(reverse("login"), {"username": number, "password": password}), client


def guess(count, number="1001", first=1):
    """Guess once from each of so many addresses; returns how many of them were looked at."""
    answers = [log_in(number, address=f"203.0.113.{place}")[0] for place in range(first, first + count)]
    assert {answer.status_code for answer in answers} <= {200, 429}
    return sum(answer.status_code == 200 for answer in answers)


def words_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_guesses_from_many_addresses_wait_longer_and_longer(head, school, still):
    assert guess(25) == failures.FREE
    answer, _ = log_in("1001", address="203.0.113.200")
    assert (answer.status_code, answer["Retry-After"]) == (429, "1")
    assert "请等 1 秒再试" in words_of(answer)
    looked_at = failures.FREE
    for second in range(600):  # ten minutes, a guess each second, each from another address
        still.shift(datetime.timedelta(seconds=1))
        looked_at += log_in("1001", address=f"203.0.113.{second % 250}")[0].status_code == 200
    assert looked_at <= failures.FREE + 6 + 9
    assert failures.wait_after(500) == failures.LONGEST_WAIT


def test_an_unknown_number_waits_like_a_known_one(head, school):
    assert guess(25, number="nobody-has-it") == guess(25) == failures.FREE


def test_the_owner_is_not_held_up_where_he_logged_in_before(head, school):
    assert log_in("1001", PASSWORD, address="198.51.100.7")[0].status_code == 302
    assert log_in("1001", PASSWORD, address="2001:db8:1:2::7")[0].status_code == 302
    assert guess(25) == failures.FREE
    assert log_in("1001", PASSWORD, address="198.51.100.8")[0].status_code == 429, "a new place waits a while"
    assert log_in("1001", PASSWORD, address="198.51.100.7")[0].status_code == 302
    guess(25, first=100)
    assert log_in("1001", PASSWORD, address="2001:db8:1:2::99")[0].status_code == 302, "the same /64"


def test_an_owner_at_a_new_place_waits_a_minute_at_most_and_then_nobody_waits(head, school, still):
    for place in range(40):
        log_in("1001", address=f"203.0.113.{place}")
        still.shift(datetime.timedelta(seconds=failures.LONGEST_WAIT))
    assert log_in("1001", PASSWORD)[0].status_code == 302
    assert not LoginTurn.objects.exists()


def test_what_happened_yesterday_is_forgotten_and_a_clock_set_back_locks_nobody_out(head, school, still):
    guess(25)
    still.shift(-datetime.timedelta(days=30))
    assert log_in("1001", PASSWORD)[0].status_code == 302
    still.shift(datetime.timedelta(days=30))
    guess(25)
    still.shift(datetime.timedelta(days=1, seconds=1))
    assert guess(failures.FREE, first=100) == failures.FREE


def test_a_new_one_time_password_ends_the_wait(head, admin, school):
    guess(25)
    assert log_in("1001", reset_password(head, actor=admin), address="203.0.113.250")[0].status_code == 302


def test_a_password_that_could_not_be_checked_is_no_failed_login(head, school, monkeypatch):
    def crowded(*args, **kwargs):
        raise CrowdedError

    monkeypatch.setattr(User, "check_password", crowded)
    client = Client(raise_request_exception=False)
    for _ in range(8):
        answer = client.post(reverse("login"), {"username": "1001", "password": PASSWORD})
        assert answer.status_code == 503
    assert "没有因此被算作输错" in words_of(answer)
    assert PASSWORD not in answer.content.decode()
    monkeypatch.undo()
    assert not FailedLogin.objects.exists()
    assert not AuditEntry.objects.filter(action=SystemVerb.LOGIN_FAILED).exists()
    assert log_in("1001", PASSWORD, address="127.0.0.1")[0].status_code == 302


def test_the_owner_is_told_once_and_finds_it_in_the_own_account(head, school):
    guess(4)
    answer, client = log_in("1001", PASSWORD)
    page = words_of(client.get(answer.url, follow=True))
    assert "上次登录以后，有 4 次用您的工号登录失败（来自 4 个地址，最近一次 2026年11月20日 08:00）" in page
    answer, client = log_in("1001", PASSWORD)
    assert "登录失败" not in words_of(client.get(answer.url, follow=True))
    assert "近 30 天有 4 次用您的工号登录失败，来自 4 个地址" in words_of(client.get(reverse("own_account")))
    guess(1)
    answer, client = log_in("1001", PASSWORD)
    assert "有 1 次用您的工号登录失败" in words_of(client.get(answer.url, follow=True))


def test_the_auditor_sees_all_of_them_counted(client, head, auditor, school, still):
    guess(4)
    for _ in range(3):
        log_in("what somebody typed, perhaps a password")
    client.force_login(auditor)
    page = words_of(client.get("/audit/"))
    assert "工号 1001 4 次，4 个地址，最近 11-20 08:00" in page
    assert "不存在的工号 3 次，1 个地址" in page
    assert "perhaps a password" not in page
    still.shift(datetime.timedelta(days=31))
    client.force_login(auditor)
    assert "没有登录失败" in client.get("/audit/").content.decode()


def test_the_trail_has_the_first_ones_and_then_ever_fewer(head, school, settings):
    """Whoever tries for a week leaves a few entries in what nobody prunes, and each says how many there were."""
    settings.AXES_ENABLED = False
    failures_before = AuditEntry.objects.filter(action=SystemVerb.LOGIN_FAILED)
    for _ in range(40):
        log_in("no such number")
    said = [entry.detail["当天第"] for entry in failures_before.order_by("number")]
    # five are looked at, the others wait
    assert said == [1, 2, 3, 4, 5]
    LoginTurn.objects.all().delete()
    FailedLogin.objects.update(count=30)
    log_in("no such number")
    log_in("no such number")
    assert failures_before.last().detail == {"工号": "不存在的工号", "当天第": 32}
    assert failures_before.count() == 6


def test_a_lock_is_written_down_once(head, school):
    for _ in range(12):
        log_in("1001")
    assert AuditEntry.objects.filter(action=SystemVerb.LOCKED_OUT).count() == 1


def test_what_is_counted_has_a_bound_and_goes(head, school, still):
    for place in range(failures.MOST_ADDRESSES + 9):
        failures.count("1001", f"203.0.113.{place}")
    assert FailedLogin.objects.count() == failures.MOST_ADDRESSES + 1
    assert FailedLogin.objects.get(address="").count == 9
    still.shift(datetime.timedelta(days=failures.KEPT_DAYS + 1))
    log_in("1001", PASSWORD)
    assert not FailedLogin.objects.exists()


def test_new_slips_end_the_wait_of_those_who_never_came(admin, school):
    user, _ = create_account("6001", "会计甲", actor=admin)
    guess(25, number="6001")
    reissue_passwords({user: make_password("a-new-one")}, actor=admin)
    assert log_in("6001", "a-new-one", address="203.0.113.250")[0].status_code == 302


def test_a_flood_of_logins_is_answered_at_once_and_costs_nothing(head, school, monkeypatch):
    """Logins under way and a short line; who comes then gets 503 before anything is read or written (issue 17)."""
    places = [("login", session.AT_ONCE), ("login-line", session.IN_LINE)]
    held = [turns._first_free(name, count) for name, count in places for _ in range(count)]
    assert None not in held
    answer, _ = log_in("1001", PASSWORD)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert PASSWORD not in answer.content.decode()
    assert not LoginTurn.objects.exists()
    for place in held:
        turns._give_back(place)
    assert log_in("1001", PASSWORD)[0].status_code == 302
