"""The calendar of one's own: its secret address, what stands in it, how it is replaced and revoked."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from departments.models import CalendarAddress
from departments.verbs import OrganisationVerb
from riskcontrol.models import AuditEntry
from riskpoints.desk import dues
from riskpoints.dues import NOT_SAID, DueLine
from tests.pages import text_of

PAGE, FEED = "/account/calendar/", "/calendar.ics"


@pytest.fixture
def made(client, people):
    """Return a function that makes an address for a person and gives its secret."""

    def make(user) -> str:
        client.force_login(user)
        page = client.post(PAGE).content.decode()
        return re.search(r"/calendar\.ics\?key=([\w-]{43})", page)[1]

    return make


def read(secret: str):
    return Client().get(FEED, {"key": secret})


def test_what_is_due_stands_in_the_calendar_without_a_login(table, people, cycle, made):
    answer = read(made(people.head))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    said = answer.content.decode().replace("\r\n ", "")
    assert f"SUMMARY:开始填报：总务处{cycle.year}年度防控表" in said
    assert f"DTSTART;VALUE=DATE:{cycle.fill_until:%Y%m%d}" in said
    assert "SUMMARY" not in read(made(people.other_head)).content.decode()


def test_the_same_matter_keeps_its_uid(table, people, made):
    secret = made(people.head)
    first, second = (re.search(r"UID:(\S+)", read(secret).content.decode())[1] for _ in "ab")
    assert first == second


def test_a_matter_about_a_person_is_not_named(people, made, monkeypatch):
    line = DueLine(
        key="petition:9",
        group="意见建议",
        verb="登记",
        title="张某收受礼品",
        since=timezone.localdate(),
        address="/petitions/9/",
        people=(people.reviewer,),
        due=timezone.localdate(),
        is_about_person=True,
    )
    secret = made(people.reviewer)
    monkeypatch.setattr(dues, "all_lines", lambda people=None, on=None: [line])
    said = read(secret).content.decode()
    assert f"SUMMARY:{NOT_SAID}" in said
    assert [word for word in ("张某", "petition", "登记：") if word in said] == []


def test_only_the_secret_opens_it(people, made):
    made(people.head)
    stored = CalendarAddress.objects.get().digest
    client = Client()
    client.force_login(people.head)  # not even one's own login
    for key in ("", "x", stored, "é\x00", "a" * 5000):
        assert read(key).status_code == client.get(FEED, {"key": key}).status_code == 404
    assert client.get(FEED).status_code == 404


def test_it_is_shown_once_and_its_reading_is_seen(people, made, client):
    secret = made(people.head)
    page = client.get(PAGE)
    assert secret not in page.content.decode()
    assert "还没有读取过" in text_of(page)
    read(secret)
    assert "最近一次读取" in text_of(client.get(PAGE))


def test_another_takes_its_place_and_it_is_revoked(people, made, client):
    first = made(people.head)
    second = made(people.head)
    assert [read(secret).status_code for secret in (first, second)] == [404, 200]
    client.post(PAGE, {"revoke": "1"})
    assert (read(second).status_code, CalendarAddress.objects.count()) == (404, 0)
    verbs = [OrganisationVerb.CALENDAR_MAKE, OrganisationVerb.CALENDAR_MAKE, OrganisationVerb.CALENDAR_REVOKE]
    found = AuditEntry.objects.of(OrganisationVerb.CALENDAR_MAKE, OrganisationVerb.CALENDAR_REVOKE)
    assert [entry.verb for entry in found] == verbs
    assert not [entry for entry in found if first in str(entry.detail) or second in str(entry.detail)]


def test_a_closed_account_has_no_calendar(people, made):
    secret = made(people.head)
    type(people.head).objects.filter(pk=people.head.pk).update(is_active=False)
    assert read(secret).status_code == 404


def test_strangers_try_only_so_often(people, made, settings):
    settings.PUBLIC_RATE = 2
    assert [read("x").status_code for _ in range(3)] == [404, 404, 429]


def test_an_address_for_mails_is_ones_own_affair(people, client):
    client.force_login(people.staff)
    assert "没有填写邮箱" in text_of(client.get(reverse("own_account")))
    assert client.post(reverse("own_mail"), {"email": "somebody"}).status_code == 422
    client.post(reverse("own_mail"), {"email": "staff@school.example"})
    people.staff.refresh_from_db()
    assert people.staff.email == "staff@school.example"
    assert "同时发到 staff@school.example" in text_of(client.get(reverse("own_account")))
    client.post(reverse("own_mail"), {"email": ""})
    people.staff.refresh_from_db()
    assert people.staff.email == ""
