"""Counted by the day: how many files one person may send, and what strangers did."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from riskcontrol.models import DayCount
from riskcontrol.verbs import SystemVerb
from riskcontrol.web import visits

IMPORT = "departments:import"


def send(client, files=1, **more):
    sent = [SimpleUploadedFile(f"{place}.xlsx", b"no workbook") for place in range(files)]
    return client.post(reverse(IMPORT), {"file": sent} | more)


@pytest.fixture(autouse=True)
def still(time_machine):
    time_machine.move_to("2026-11-20T09:00:00+08:00")
    return time_machine


def test_one_person_sends_so_many_files_a_day(client, admin, head, school, monkeypatch, still):
    monkeypatch.setattr(visits, "MOST_UPLOADS", 3)
    client.force_login(admin)
    assert [send(client).status_code for _ in range(2)] == [422, 422]
    answer = send(client, files=2, text="写在旁边的字")
    assert answer.status_code == 429
    assert "一个人一天最多上传 3 个文件" in answer.content.decode()
    assert "写在旁边的字" in answer.content.decode()
    assert send(client).status_code == 422, "one more is within the bound"
    assert send(client).status_code == 429
    assert client.get(reverse(IMPORT)).status_code == 200
    other = Client()
    other.force_login(head)
    assert send(other).status_code == 403, "refused for another reason"
    still.shift(datetime.timedelta(days=1))
    client.force_login(admin)
    assert send(client).status_code == 422
    assert set(DayCount.objects.values_list("day", flat=True)) == {datetime.date(2026, 11, 21)}


def test_a_database_that_can_not_write_bounds_nobody(admin, monkeypatch):
    def refuse(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr(visits.DayCount.objects, "get_or_create", refuse)
    assert visits.may_upload(admin, 1)
    visits.count(SystemVerb.LOGIN)
    assert visits.lately(SystemVerb.LOGIN, days=1) == 0


def test_days_are_added_up(db, still):
    for _ in range(3):
        visits.count(SystemVerb.LOGIN)
        still.shift(datetime.timedelta(days=1))
    assert visits.lately(SystemVerb.LOGIN, days=1) == 0
    assert visits.lately(SystemVerb.LOGIN, days=3) == 2
