"""Rate limits: strangers on public pages and attempts to log in are bounded by address, people at work are not."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as configured
from django.db import DatabaseError, connection
from django.urls import reverse

from riskcontrol.models import RateCount
from riskcontrol.web import limits
from tests.factories import PASSWORD

START = "2026-11-20T08:00:00+08:00"


@pytest.fixture(autouse=True)
def still(time_machine):
    time_machine.move_to(START, tick=False)
    return time_machine


@pytest.fixture
def public(school):
    return reverse("riskpoints:publication")


def statuses(client, address, times, **extra):
    return [client.get(address, **extra).status_code for _ in range(times)]


def test_a_stranger_is_bounded_on_public_pages(client, public, settings, still):
    settings.PUBLIC_RATE = 3
    assert statuses(client, public, 5) == [200, 200, 200, 429, 429]
    assert statuses(client, public, 1, REMOTE_ADDR="10.0.0.2") == [200]
    still.shift(60)
    assert statuses(client, public, 1) == [200]
    assert RateCount.objects.filter(key__contains="127.0.0.1").count() == 1


def test_the_page_says_how_long_to_wait(client, public, settings, still):
    settings.PUBLIC_RATE = 1
    still.shift(20)
    client.get(public)
    answer = client.get(public)
    assert answer["Retry-After"] == "40"
    assert "请 40 秒后再试" in answer.content.decode()
    assert "data-reason" in answer.content.decode()


def test_who_is_logged_in_is_not_bounded(client, public, head, settings):
    settings.PUBLIC_RATE = 1
    client.force_login(head)
    assert statuses(client, public, 3) == [200, 200, 200]


def test_attempts_to_log_in_have_a_bound_of_their_own(client, head, school, settings):
    settings.PUBLIC_RATE, settings.LOGIN_RATE = 100, 2
    sent = [{"username": f"made-up-{number}", "password": "x"} for number in range(3)]
    assert [client.post(reverse("login"), data).status_code for data in sent] == [200, 200, 429]
    assert client.get(reverse("login")).status_code == 200
    assert client.post(reverse("login"), {"username": head.staff_number, "password": PASSWORD}).status_code == 429
    assert client.post(reverse("login_code"), {"code": "1"}).status_code == 429


def test_zero_means_no_bound_and_no_count(client, public, settings):
    settings.PUBLIC_RATE = 0
    assert statuses(client, public, 3) == [200, 200, 200]
    assert not RateCount.objects.exists()


def test_monitors_are_not_bounded(client, settings, db):
    settings.PUBLIC_RATE = 1
    assert statuses(client, "/healthz", 3) == [200, 200, 200]
    assert not RateCount.objects.exists()


def test_a_visitor_with_many_addresses_of_one_network_is_one_visitor(client, public, settings):
    settings.PUBLIC_RATE = 2
    addresses = ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::1", "2001:db8:1:3::1"]
    assert [client.get(public, REMOTE_ADDR=address).status_code for address in addresses] == [200, 200, 429, 200]


def test_a_database_that_can_not_write_bounds_nobody(public, monkeypatch):
    def refuse(*args, **kwargs):
        raise DatabaseError("attempt to write a readonly database")

    monkeypatch.setattr(limits.RateCount.objects, "filter", refuse)
    assert limits.is_within("PUBLIC_RATE", "10.0.0.1", 1)


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_time_are_all_counted():
    def ask(_):
        try:
            return limits.is_within("PUBLIC_RATE", "10.0.0.1", 5)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(12)))
    assert sorted(answers) == [False] * 7 + [True] * 5


@pytest.mark.django_db(transaction=True)
def test_two_server_processes_count_together():
    script = (
        "import django; django.setup(); from unittest import mock; from riskcontrol.web import limits\n"
        "with mock.patch('time.time', return_value=60.0):\n"
        "    print([limits.is_within('PUBLIC_RATE', '10.0.0.1', 3) for _ in range(2)])"
    )
    command = [sys.executable, "-c", script]
    runs = [
        subprocess.run(command, cwd=configured.BASE_DIR, capture_output=True, text=True, check=True) for _ in range(2)
    ]
    assert [run.stdout for run in runs] == ["[True, True]\n", "[True, False]\n"]
