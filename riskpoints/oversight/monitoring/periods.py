"""The parts of a year that checks are about: pure, by the days of the calendar."""

import datetime

from riskpoints.oversight.enums import Period
from riskpoints.rules.enums import CheckEvery

# The first month of each period, and how many months it has.
MONTHS = {
    Period.Q1: (1, 3),
    Period.Q2: (4, 3),
    Period.Q3: (7, 3),
    Period.Q4: (10, 3),
    Period.H1: (1, 6),
    Period.H2: (7, 6),
    Period.YEAR: (1, 12),
}
PERIODS: dict[str, tuple[Period, ...]] = {
    CheckEvery.QUARTER: (Period.Q1, Period.Q2, Period.Q3, Period.Q4),
    CheckEvery.HALF: (Period.H1, Period.H2),
    CheckEvery.YEAR: (Period.YEAR,),
    CheckEvery.NEVER: (),
}
EVERY = {period: every for every, periods in PERIODS.items() for period in periods}


def first_day(year: int, period: str) -> datetime.date:
    """The day with which the period begins."""
    return datetime.date(year, MONTHS[Period(period)][0], 1)


def last_day(year: int, period: str) -> datetime.date:
    """The day with which it ends; a check that is handed in later is 逾期."""
    month, count = MONTHS[Period(period)]
    month += count
    after = datetime.date(year + 1, 1, 1) if month > 12 else datetime.date(year, month, 1)
    return after - datetime.timedelta(days=1)


def begun(year: int, on: datetime.date) -> list[Period]:
    """The periods of a year that have begun on a day."""
    return [period for period in Period if first_day(year, period) <= on]
