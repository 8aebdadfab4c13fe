"""The last result of each measure, beside the points in force and in the register's filter."""

import pytest
from django.urls import reverse

from riskpoints import wings
from riskpoints.oversight.enums import CheckAct, Period, Result, Seen
from riskpoints.oversight.monitoring import acting, latest, starting
from tests.pages import text_of
from tests.riskpoints.oversight.conftest import YEAR, fill_in, measures, write


def hand_in(sheet, head, **first):
    fill_in(sheet, actor=head)
    write(sheet, measures(sheet)[0], actor=head, seen=Seen.PAPERS, no_evidence="口头", **first)
    return acting.perform(CheckAct.SUBMIT, sheet, actor=head)


@pytest.fixture
def faulty(sheet, head):
    return hand_in(sheet, head, result=Result.NOT_DONE, note="没有做")


def marks(user, version):
    return {mark.point: mark.words for mark in latest.marks(user, [version]).get(version.pk, [])}


def test_a_fault_stands_beside_its_point_until_a_later_check_finds_it_carried_out(faulty, which, signed, head, on):
    point = measures(faulty)[0].line.identity
    assert marks(head, signed) == {point: f"检查：未落实 1 项（{YEAR}年第一季度）"}
    on(4, 5)
    later = starting.start(which(period=Period.Q2), actor=head)
    assert point in marks(head, signed)  # a check that nobody has handed in says nothing yet
    hand_in(later, head, result=Result.DONE)
    assert marks(head, signed) == {}


def test_a_later_word_counts_though_another_fault_is_looked_for(faulty, which, signed, head, on):
    """Who looks for 未落实 is not told of one that a later check found 部分落实."""
    point = measures(faulty)[0].line.identity
    on(4, 5)
    hand_in(starting.start(which(period=Period.Q2), actor=head), head, result=Result.PARTLY, note="做了一半")
    assert marks(head, signed) == {point: f"检查：部分落实 1 项（{YEAR}年第二季度）"}
    assert latest.latest(None, [Result.NOT_DONE]) == []
    assert [one.point for one in latest.latest(None, [Result.PARTLY])] == [point]


def test_who_does_not_see_the_check_sees_no_mark(faulty, signed, people):
    assert [bool(marks(user, signed)) for user in (people.staff, people.reviewer, people.leader)] == [True] * 3
    assert [bool(marks(user, signed)) for user in (people.other_head, people.outsider)] == [False] * 2


def test_the_register_finds_points_whose_measures_are_not_carried_out(client, faulty, signed, head, other_head):
    (name,) = [name for name in wings.filters(head) if name.startswith("oversight_")]
    point = measures(faulty)[0].line
    client.force_login(head)
    address = f"{reverse('riskpoints:register')}?{name}="
    body = text_of(client.get(f"{address}not_done"))
    assert point.text in body
    assert "检查：未落实 1 项" in body
    others = [line.text for line in faulty.lines.exclude(pk=point.pk)]
    assert not [text for text in others if text in body]
    assert point.text not in text_of(client.get(f"{address}partly"))
    client.force_login(other_head)
    assert point.text not in text_of(client.get(f"{address}not_done"))


def test_marks_ask_as_often_for_one_as_for_many(faulty, signed, head, reviewer, django_assert_num_queries):
    _ = reviewer.known_grants, latest.marks(reviewer, [signed])
    with django_assert_num_queries(3):
        latest.marks(reviewer, [signed])
    with django_assert_num_queries(0):
        latest.marks(reviewer, [])
