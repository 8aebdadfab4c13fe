"""Once a day: the command, and the first login of a day on which no timer came."""

import datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.urls import reverse

from riskpoints.campaign.models import Reminder, ReminderRun
from riskpoints.campaign.reminders import daily
from tests.factories import PASSWORD

DAY = datetime.timedelta(days=1)


@pytest.fixture
def started(monkeypatch, settings):
    """Return the list of runs that were begun in processes of their own."""
    settings.REMIND_AT_LOGIN = True
    found = []
    monkeypatch.setattr(daily, "_start", lambda: found.append("remind"))
    return found


@pytest.fixture
def log_in(client, django_capture_on_commit_callbacks):
    def go(user):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(reverse("login"), {"username": user.staff_number, "password": PASSWORD})

    return go


def test_the_command_says_what_it_did(task, people, capsys):
    call_command("remind")
    assert capsys.readouterr().out == "已提醒 1 人，1 件事。\n"
    call_command("remind")
    assert capsys.readouterr().out == "今天没有要提醒的，或已经提醒过。\n"
    assert Reminder.objects.count() == ReminderRun.objects.count() == 1


def test_the_first_login_of_a_day_begins_the_run(started, log_in, people, today, time_machine):
    assert log_in(people.head).status_code == 302
    assert started == ["remind"]
    log_in(people.clerk)
    assert started == ["remind"]
    time_machine.shift(DAY)
    log_in(people.clerk)
    assert started == ["remind", "remind"]


def test_where_the_timer_came_a_login_begins_nothing(started, log_in, people, today):
    call_command("remind")
    log_in(people.head)
    assert started == []


def test_a_run_that_broke_off_is_begun_anew(started, log_in, people, today, time_machine):
    log_in(people.head)
    time_machine.shift(daily.PATIENCE + datetime.timedelta(minutes=1))
    log_in(people.clerk)
    assert started == ["remind", "remind"]


def test_a_fault_keeps_nobody_out(started, log_in, people, today, monkeypatch):
    def broken():
        raise DatabaseError

    monkeypatch.setattr(daily, "claim", broken)
    assert log_in(people.head).status_code == 302
    assert started == []


def test_it_can_be_switched_off(started, log_in, people, today, settings):
    settings.REMIND_AT_LOGIN = False
    log_in(people.head)
    assert (started, ReminderRun.objects.count()) == ([], 0)
