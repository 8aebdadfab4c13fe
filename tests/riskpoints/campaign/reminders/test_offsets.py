"""When a reminder is due, over all days around the day of a matter."""

import datetime

import pytest

from riskpoints.campaign.reminders.offsets import Offsets, in_words

DUE = datetime.date(2026, 12, 31)
EARLY = datetime.date(2026, 1, 1)
USUAL = Offsets((30, 7, 1), 7)


def on(left: int) -> datetime.date:
    return DUE - datetime.timedelta(days=left)


@pytest.mark.parametrize(
    ("left", "mark"),
    [
        (31, None),
        (30, 30),
        (29, 30),
        (8, 30),
        (7, 7),
        (2, 7),
        (1, 1),
        (0, 1),
        (-1, None),
        (-6, None),
        (-7, -7),
        (-13, -7),
        (-14, -14),
        (-400, -399),
    ],
)
def test_the_last_mark_that_was_reached(left, mark):
    assert USUAL.mark(DUE, EARLY, on(left)) == mark


def test_the_day_itself_is_a_mark_where_the_rule_says_so():
    assert [Offsets((0,), 0).mark(DUE, EARLY, on(left)) for left in (1, 0, -1, -70)] == [None, 0, None, None]


def test_a_mark_before_a_matter_waited_is_passed_over():
    since = on(5)
    assert [USUAL.mark(DUE, since, on(left)) for left in (5, 2, 1, -7)] == [None, None, 1, -7]


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (7, "12月31日到期，还有 7 天"),
        (0, "12月31日到期，就是今天"),
        (-3, "已于2026年12月31日到期，逾期 3 天"),
    ],
)
def test_how_much_time_is_left_in_words(left, words):
    assert in_words(DUE, on(left)) == words
