"""The list of years: the counts of each, what is missing in it, its archive."""

import datetime

import pytest
from django.utils import timezone

from riskpoints.models import AnnualArchive
from riskpoints.years import lines
from tests.factories import make_cycle, make_department


def test_each_year_has_its_counts_the_newest_first(confirmed_version, other_table, cycle):
    make_cycle(cycle.year - 1)
    found = [(line.cycle.year, line.tables, line.in_force, line.is_empty) for line in lines.year_lines()]
    assert found == [(cycle.year, 2, 1, False), (cycle.year - 1, 0, 0, True)]


def test_departments_without_a_table_are_missed_where_one_can_be_added(
    november, table, other_department, discipline_office, cycle
):
    """In open years from this one on: not in the past, nor in what is recorded from paper or closed."""
    for year, values in (
        (2025, {}),
        (2027, {}),
        (2028, {"is_historical": True}),
        (2029, {"closed_at": timezone.now()}),
    ):
        make_cycle(year, **values)
    make_department("旧处", active_to=datetime.date(2026, 11, 27))
    missing = {line.cycle.year: line.missing for line in lines.year_lines()}
    assert missing == {
        2029: [],
        2028: [],
        2027: [table.department, other_department, discipline_office],
        2026: [other_department, discipline_office],
        2025: [],
    }


@pytest.mark.parametrize(("days", "state", "counts"), [(1, "done", True), (-1, "done", False), (1, "running", False)])
def test_the_archive_of_a_closed_year_is_one_made_since(cycle, admin, days, state, counts):
    moment = timezone.now()
    cycle.closed_at = moment
    cycle.save()
    asked = moment + datetime.timedelta(days=days)
    AnnualArchive.objects.create(cycle=cycle, state=state, finished_at=asked, requested_by=admin)
    AnnualArchive.objects.update(requested_at=asked)
    assert [line.archived_at for line in lines.year_lines()] == [asked if counts else None]
