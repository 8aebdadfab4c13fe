"""The first moment of a day is that of the school's clocks."""

import datetime

from riskcontrol.days import begin_of


def test_a_day_begins_at_midnight_in_china():
    assert begin_of(datetime.date(2027, 1, 1)) == datetime.datetime(2026, 12, 31, 16, tzinfo=datetime.UTC)
