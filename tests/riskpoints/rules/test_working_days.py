"""Working days are counted from the day after: weekends, holidays, 调休, the turn of the year."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskpoints.rules.working_days import is_working, working_days_after

D = datetime.date
# National Day 2026 as a school would enter it: a week off, and two weekends worked for it.
AUTUMN = {D(2026, 10, day): False for day in range(1, 8)} | {D(2026, 9, 27): True, D(2026, 10, 10): True}


@pytest.mark.parametrize(
    ("day", "count", "deviations", "expected"),
    [
        (D(2026, 11, 16), 0, {}, D(2026, 11, 16)),
        (D(2026, 11, 16), 1, {}, D(2026, 11, 17)),  # a Monday
        (D(2026, 11, 20), 1, {}, D(2026, 11, 23)),  # a Friday
        (D(2026, 11, 21), 1, {}, D(2026, 11, 23)),  # posted on a Saturday
        (D(2026, 11, 20), 5, {}, D(2026, 11, 27)),
        (D(2026, 9, 25), 1, AUTUMN, D(2026, 9, 27)),  # a Sunday that is worked
        (D(2026, 9, 30), 1, AUTUMN, D(2026, 10, 8)),
        (D(2026, 9, 30), 3, AUTUMN, D(2026, 10, 10)),  # a Saturday that is worked
        (D(2026, 9, 30), 4, AUTUMN, D(2026, 10, 12)),
        (D(2026, 12, 31), 1, {D(2027, 1, 1): False}, D(2027, 1, 4)),
        (D(2026, 12, 30), 3, {}, D(2027, 1, 4)),  # a year without entries: Monday to Friday
        (D(2028, 2, 28), 1, {}, D(2028, 2, 29)),
    ],
)
def test_the_last_day_of_a_period(day, count, deviations, expected):
    assert working_days_after(day, count, deviations) == expected


def test_nothing_is_counted_backwards():
    with pytest.raises(ValueError, match="forwards"):
        working_days_after(D(2026, 11, 16), -1)


@given(
    st.dates(D(2020, 1, 1), D(2030, 1, 1)),
    st.integers(1, 30),
    st.dictionaries(st.dates(D(2020, 1, 1), D(2030, 6, 1)), st.booleans(), max_size=30),
)
def test_so_many_working_days_lie_between(day, count, deviations):
    last = working_days_after(day, count, deviations)
    between = [day + datetime.timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert sum(is_working(each, deviations) for each in between) == count
    assert is_working(last, deviations)
