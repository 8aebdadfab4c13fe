"""The dates that a new year begins with."""

from riskpoints.models import Cycle
from riskpoints.years import calendar
from tests.factories import make_cycle


def test_suggested_dates_agree_whatever_the_day(db, office, school, time_machine):
    for day in ("2026-01-01", "2026-11-28", "2026-12-31"):
        time_machine.move_to(f"{day}T04:00:00Z", tick=False)
        year = calendar.suggested_year()
        Cycle(year=year, **calendar.suggested_dates(year)).full_clean()


def test_the_next_year_is_suggested_or_this_one(november, school):
    assert calendar.suggested_year() == 2026
    for newest, suggested in ((2011, 2026), (2026, 2027), (2028, 2029)):
        make_cycle(newest)
        assert calendar.suggested_year() == suggested


def test_suggested_dates_have_the_usual_spans_from_today_or_from_march(november):
    names = ("fill_from", "fill_until", "review_until", "publish_until")
    for year, days in (
        (2026, ["2026-11-28", "2026-12-28", "2027-01-11", "2027-01-25"]),
        (2025, ["2026-11-28", "2026-12-28", "2027-01-11", "2027-01-25"]),
        (2027, ["2027-03-01", "2027-03-31", "2027-04-14", "2027-04-28"]),
    ):
        found = calendar.suggested_dates(year)
        assert (tuple(found), [day.isoformat() for day in found.values()]) == (names, days)
