"""The parts of a year: where they begin and end."""

import datetime

import pytest

from riskpoints.oversight.enums import Period
from riskpoints.oversight.monitoring import periods
from riskpoints.rules.enums import CheckEvery


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.Q1, "2028-01-01", "2028-03-31"),
        (Period.Q2, "2028-04-01", "2028-06-30"),
        (Period.Q3, "2028-07-01", "2028-09-30"),
        (Period.Q4, "2028-10-01", "2028-12-31"),
        (Period.H1, "2028-01-01", "2028-06-30"),
        (Period.H2, "2028-07-01", "2028-12-31"),
        (Period.YEAR, "2028-01-01", "2028-12-31"),
    ],
)
def test_each_period_has_its_days(period, first, last):
    assert (f"{periods.first_day(2028, period)}", f"{periods.last_day(2028, period)}") == (first, last)


def test_the_periods_of_each_frequency_are_a_whole_year():
    assert set(periods.EVERY) == set(Period)
    assert set(periods.PERIODS) == set(CheckEvery)
    for every, parts in periods.PERIODS.items():
        days = [(periods.first_day(2026, one), periods.last_day(2026, one)) for one in parts]
        assert sum((last - first).days + 1 for first, last in days) == (0 if every == CheckEvery.NEVER else 365)


@pytest.mark.parametrize(
    ("day", "begun"),
    [
        ("2025-12-31", []),
        ("2026-01-01", [Period.Q1, Period.H1, Period.YEAR]),
        ("2026-03-31", [Period.Q1, Period.H1, Period.YEAR]),
        ("2026-04-01", [Period.Q1, Period.Q2, Period.H1, Period.YEAR]),
        ("2027-01-01", list(Period)),
    ],
)
def test_a_period_begins_on_its_first_day(day, begun):
    assert periods.begun(2026, datetime.date.fromisoformat(day)) == begun
