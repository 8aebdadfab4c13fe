"""The code at the foot of a print leads to its version, for those who may open it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from riskpoints.content.content import content_code, load, sealed
from riskpoints.documents import build
from riskpoints.enums import Action, Status
from riskpoints.rules.enums import Key, Readers
from riskpoints.tables.workflow import perform
from tests.factories import bring_to, set_rule

UNKNOWN = "没有查到这个校验码，请核对"


def look_up(client, user, code):
    client.force_login(user)
    return client.get(reverse("riskpoints:code"), {"code": code}).content.decode()


def code_of(version):
    return content_code(sealed(load(version))[1])


@pytest.mark.parametrize("form", [str, str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_the_code_of_the_version_in_force_says_so(client, table, people, form):
    version = bring_to(Status.CONFIRMED, table, people)
    page = look_up(client, people.head, form(code_of(version)))
    assert "现行有效" in page
    assert reverse("riskpoints:version", args=[version.pk]) in page


def test_a_content_that_was_returned_is_no_valid_table(client, table, people):
    version = bring_to(Status.REVIEWED, table, people)
    code = code_of(version)
    perform(Action.RETURN, version, actor=people.reviewer, comment="改")
    version.points.update(text="改过的风险点")
    version.refresh_from_db()
    perform(Action.SUBMIT, version, actor=people.head)
    assert "已改动" in look_up(client, people.head, code)


def test_nobody_finds_a_version_that_is_not_theirs(client, table, people):
    version = bring_to(Status.REVIEWED, table, people)
    page = look_up(client, people.other_head, code_of(version))
    assert UNKNOWN in page
    assert version.owner_name not in page


@pytest.mark.parametrize(
    "typed", ["1234", "GGGG-GGGG-GGGG-GGGG-GGGG", "x" * 5000, "\x00" * 20, "＿" * 20, "1234-5678-9ABC-DEF0"]
)
def test_what_is_no_code_is_said_to_be_none(client, people, typed):
    assert "校验码是 20 位" in look_up(client, people.head, typed)


def test_an_unknown_code_says_what_that_may_mean(client, people):
    page = look_up(client, people.head, "0000-0000-0000-0000-0000")
    assert UNKNOWN in page
    assert "不是本系统打印的" in page


def stranger(code):
    page = Client().get(reverse("riskpoints:code"), {"code": code}).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split()), page


def test_a_code_has_eighty_bits_and_those_printed_before_are_answered(client, table, people):
    version = bring_to(Status.CONFIRMED, table, people)
    code = code_of(version)
    assert len(code.replace("-", "")) * 4 == 80
    for printed in (code, code[:14]):
        assert "现行有效" in look_up(client, people.head, printed)
        assert "现行有效" in stranger(printed)[0]


def test_a_stranger_learns_that_a_table_is_in_force_and_where_it_is_published(table, people, settings):
    version = bring_to(Status.CONFIRMED, table, people)
    words, page = stranger(code_of(version))
    assert "现行有效" in words
    assert reverse("riskpoints:publication_table", args=[version.pk]) in page
    assert reverse("riskpoints:version", args=[version.pk]) not in page
    set_rule(Key.IN_FORCE, {"readers": Readers.LOGGED_IN, "except": []})
    words, page = stranger(code_of(version))
    assert "现行有效" in words
    assert version.owner_name not in words
    assert "publication/" not in page.partition("<main")[2].partition("</main>")[0]
    settings.PUBLIC_PUBLICATION = False
    assert Client().get(reverse("riskpoints:code")).status_code == 302


def test_a_stranger_learns_that_a_table_was_replaced_and_nothing_else(table, people):
    old = bring_to(Status.CONFIRMED, table, people)
    old_code = code_of(old)
    draft = bring_to(Status.DRAFT, table, people)
    assert UNKNOWN in stranger(code_of(draft))[0]
    assert "现行有效" in stranger(old_code)[0]
    perform(Action.DISCARD, draft, actor=people.head, comment="不再修订")
    new = bring_to(Status.CONFIRMED, table, people)
    assert "已被新版代替" in stranger(old_code)[0]
    assert old.owner_name not in stranger(old_code)[0]
    assert "现行有效" in stranger(code_of(new))[0]


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.REVIEWED])
def test_the_code_of_what_is_not_in_force_answers_like_an_unknown_one(table, people, status):
    version = bring_to(status, table, people)
    code = code_of(version)
    known, unknown = stranger(code)[1], stranger("0000-0000-0000-0000-0000")[1]
    assert UNKNOWN in known
    assert known.replace(code, "") == unknown.replace("0000-0000-0000-0000-0000", "")


def test_a_table_of_a_year_to_come_is_none_to_go_by_yet(table, people, time_machine):
    version = bring_to(Status.CONFIRMED, table, people)
    time_machine.move_to(f"{table.cycle.year - 1}-12-31T12:00:00+08:00")
    assert UNKNOWN in stranger(code_of(version))[0]
    time_machine.move_to(f"{table.cycle.year}-01-01T12:00:00+08:00")
    assert "现行有效" in stranger(code_of(version))[0]


def test_the_printed_picture_leads_to_the_page(table, people, settings):
    settings.SITE_ADDRESS = "https://register.school.example"
    version = bring_to(Status.CONFIRMED, table, people)
    form = build.department_form(version)
    assert form.code_address == f"HTTPS://REGISTER.SCHOOL.EXAMPLE/C/{form.content_code}"
    path = form.code_address.partition("EXAMPLE")[2]
    answer = Client().get(path, follow=True)
    assert "现行有效" in answer.content.decode()
    assert "现行有效" in stranger(form.code_address)[0]
    settings.SITE_ADDRESS = ""
    assert build.department_form(version).code_address == ""
