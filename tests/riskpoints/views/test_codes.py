"""The code at the foot of a print leads to its version, for those who may open it."""

import pytest
from django.urls import reverse

from riskpoints.content.content import content_code, load, sealed
from riskpoints.enums import Action, Status
from riskpoints.tables.workflow import perform
from tests.factories import bring_to


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
    assert "没有找到这个校验码" in page
    assert version.owner_name not in page


@pytest.mark.parametrize("typed", ["1234", "GGGG-GGGG-GGGG", "x" * 5000, "\x00" * 12, "＿" * 12])
def test_what_is_no_code_is_said_to_be_none(client, people, typed):
    assert "校验码是 12 位数字" in look_up(client, people.head, typed)


def test_an_unknown_code_says_what_that_may_mean(client, people):
    assert "没有找到这个校验码" in look_up(client, people.head, "0000-0000-0000")
