"""附件4 of the 校领导班子 says that a meeting decided, and nobody signs it (R53)."""

import pytest

from riskpoints.documents import build, wording
from riskpoints.documents.forms import department_form_pdf, level_text
from riskpoints.enums import Status
from tests.factories import bring_to

DECIDED = "会议决定："


def lines(form):
    return [line.text for line in level_text(form.level)[0]]


def test_before_the_meeting_there_is_room_to_write_it_and_no_signature(leaders_table, people):
    form = build.department_form(bring_to(Status.REVIEWED, leaders_table, people))
    assert form.signature == "盖章："
    assert lines(form)[-1].startswith(DECIDED)
    assert "会议纪要编号" in lines(form)[-1]


def test_after_it_stands_which_meeting_decided(leaders_table, people, read):
    version = bring_to(Status.CONFIRMED, leaders_table, people)
    form = build.department_form(version)
    day = version.signed_on
    said = f"{day.year}年{day.month}月{day.day}日领导小组会议逐岗位决定，会议纪要 〔2026〕6号"
    assert lines(form)[-1] == DECIDED + said
    printed = read(department_form_pdf(form))
    assert len(printed.pages) == 1
    text = printed.text.replace(" ", "")
    assert (DECIDED + said).replace(" ", "") in text
    assert "盖章：" in text
    assert "二级（中）岗位：校长、副校长" in text


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED])
def test_a_draft_says_nothing_of_a_meeting(leaders_table, people, status):
    assert not [
        line for line in lines(build.department_form(bring_to(status, leaders_table, people))) if DECIDED in line
    ]


def test_other_tables_are_signed_as_ever(confirmed_version):
    form = build.department_form(confirmed_version)
    assert form.signature == wording.LEVEL_SIGNATURE == "签字："
    assert DECIDED not in "".join(lines(form))
