"""Which self-checks a year asks for: by the level, by the rule of the day, by what is in force."""

import datetime

import pytest
from django.db import models

from departments.enums import DepartmentKind, Level
from riskpoints.models import RiskPoint
from riskpoints.oversight.enums import Period
from riskpoints.oversight.monitoring.due import _InForce, _is_asked, due_checks
from riskpoints.rules import services as rules
from riskpoints.rules.enums import CheckEvery, Key
from tests.factories import make_department, set_rule
from tests.riskpoints.oversight.conftest import YEAR

FIRST, THIRD = Level.FIRST, Level.THIRD


def asked(coming, **more):
    return {(due.level, due.period) for due in due_checks(coming, **more)}


def relevel(version, level):
    """As if all points of a signed version had another level."""
    models.QuerySet(RiskPoint).filter(version=version).update(confirmed_level=level)


def test_by_default_first_level_is_checked_each_quarter_and_third_once_a_year(signed, coming, on):
    assert asked(coming) == {(FIRST, Period.Q1), (THIRD, Period.YEAR)}
    on(7, 1)
    assert asked(coming) == {(FIRST, Period.Q1), (FIRST, Period.Q2), (FIRST, Period.Q3), (THIRD, Period.YEAR)}


def test_second_level_is_checked_each_half_year(signed, coming, on, without_triggers):
    relevel(signed, Level.SECOND)
    on(8, 1)
    assert asked(coming) == {(Level.SECOND, Period.H1), (Level.SECOND, Period.H2)}


def test_a_rule_that_asks_for_nothing_makes_nothing_due(signed, coming, on):
    set_rule(Key.CHECK_FIRST, CheckEvery.NEVER)
    on(12, 1)
    assert asked(coming) == {(THIRD, Period.YEAR)}


def test_a_rule_changed_in_mid_year_judges_periods_that_end_later(signed, coming, on, reviewer):
    on(8, 1)
    since = datetime.date(YEAR, 8, 15)
    rules.change(Key.CHECK_FIRST, CheckEvery.HALF, since=since, reason="会议决定", actor=reviewer)
    on(12, 1)
    assert asked(coming) - {(THIRD, Period.YEAR)} == {(FIRST, Period.Q1), (FIRST, Period.Q2), (FIRST, Period.H2)}


@pytest.mark.parametrize(("day", "is_asked"), [(1, True), (2, False)])
def test_what_is_new_is_checked_where_thirty_days_remain(day, is_asked):
    last = datetime.date(YEAR, 3, 31)
    signed = [_InForce(datetime.date(YEAR, 3, day), frozenset({FIRST, THIRD}))]
    assert _is_asked(signed, FIRST, last, last) is is_asked
    assert not _is_asked(signed, Level.SECOND, last, last)


def test_a_level_that_was_there_before_is_not_new():
    """It went away with the second table and came back with the third; a fourth changed nothing of it."""
    days = [(datetime.date(YEAR, month, 20), levels) for month, levels in ((1, {1}), (2, {3}), (5, {1}), (8, {1, 3}))]
    known = [_InForce(since, frozenset(levels)) for since, levels in days]
    ends = [datetime.date(YEAR, 3, 31), datetime.date(YEAR, 6, 30), datetime.date(YEAR, 9, 30)]
    assert [_is_asked(known, FIRST, last, datetime.date(YEAR, 12, 31)) for last in ends] == [False, True, True]
    assert [_is_asked(known, THIRD, last, datetime.date(YEAR, 12, 31)) for last in ends] == [True, False, True]


def test_a_period_that_runs_is_judged_by_today():
    known = [_InForce(datetime.date(YEAR, 1, 5), frozenset({1})), _InForce(datetime.date(YEAR, 5, 1), frozenset({3}))]
    last = datetime.date(YEAR, 6, 30)
    assert _is_asked(known, FIRST, last, datetime.date(YEAR, 4, 30))
    assert not _is_asked(known, FIRST, last, datetime.date(YEAR, 5, 1))


def test_a_department_that_is_closed_owes_nothing(signed, coming, on, department):
    assert asked(coming)
    type(department).objects.filter(pk=department.pk).update(active_to=datetime.date(YEAR, 2, 20))
    on(2, 21)
    assert asked(coming) == set()


def test_the_leaders_own_posts_are_checked_by_the_committee_alone(signed, coming, department, without_triggers):
    assert asked(coming)
    type(department).objects.filter(pk=department.pk).update(kind=DepartmentKind.LEADERS)
    assert asked(coming) == set()


def test_a_year_to_come_asks_for_nothing_yet(confirmed_version, coming):
    assert asked(coming) == set()


def test_a_table_not_yet_signed_asks_for_nothing(reviewed_version, coming, on):
    on(2, 10)
    assert asked(coming) == set()


def test_it_asks_as_often_for_one_department_as_for_many(signed, coming, django_assert_num_queries):
    with django_assert_num_queries(4):
        due_checks(coming)
    for number in range(10):
        make_department(f"部门{number}")
    with django_assert_num_queries(4):
        due_checks(coming)
