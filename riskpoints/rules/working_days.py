"""Counting working days: pure, from the days that differ from Monday to Friday."""

import datetime
from collections.abc import Mapping

SATURDAY = 5
DAY = datetime.timedelta(days=1)


def is_working(day: datetime.date, deviations: Mapping[datetime.date, bool]) -> bool:
    """Whether the school works on a day; `deviations` says so for days that differ from Monday to Friday."""
    return deviations.get(day, day.weekday() < SATURDAY)


def working_days_after(
    day: datetime.date, count: int, deviations: Mapping[datetime.date, bool] | None = None
) -> datetime.date:
    """The last of so many working days, the first of which is the next one after `day`; with none the day itself."""
    if count < 0:
        raise ValueError("Working days are counted forwards.")
    known = deviations or {}
    while count:
        day += DAY
        count -= is_working(day, known)
    return day
