"""Where a table stands without versions, and until when each step is due; no database is opened."""

import datetime

import pytest
from django.utils import timezone

from departments.models import Department
from riskpoints.content.today import Standing
from riskpoints.enums import Scope, Status
from riskpoints.figures.standing import STANDINGS, due_of, standing_of, state_of
from riskpoints.models import ControlTable, Cycle, TableVersion

TODAY = datetime.date(2026, 11, 28)
FILL, REVIEW, PUBLISH = (datetime.date(2026, 12, day) for day in (10, 20, 30))


def table(**values) -> ControlTable:
    year = Cycle(year=2026, fill_from=TODAY, fill_until=FILL, review_until=REVIEW, publish_until=PUBLISH)
    return ControlTable(cycle=year, scope=Scope.DEPARTMENT, department=Department(name="总务处", **values))


def test_nobody_waits_for_a_closed_department_or_a_table_that_was_taken_out():
    assert standing_of(table(), None, None, TODAY) == "waiting"
    closed = table(active_to=TODAY - datetime.timedelta(days=1))
    assert standing_of(closed, None, None, TODAY) == "closed"
    closed.removed_at = timezone.now()
    assert standing_of(closed, None, None, TODAY) == "removed"
    # What it had signed stays what it is.
    assert (
        standing_of(table(active_to=TODAY), None, Standing.IN_FORCE, TODAY + datetime.timedelta(days=9)) == "in_force"
    )


def test_a_reviewed_version_is_published_to_the_end_of_its_last_day():
    version = TableVersion(status=Status.REVIEWED, publish_from=TODAY, publish_until=TODAY)
    assert standing_of(table(), version, None, TODAY) == "published"
    assert standing_of(table(), version, None, TODAY + datetime.timedelta(days=1)) == "signing"


@pytest.mark.parametrize(
    ("standing", "due"),
    [
        ("waiting", FILL), ("draft", FILL), ("returned", FILL), ("submitted", REVIEW), ("published", TODAY),
        ("signing", PUBLISH), ("revising", None), ("in_force", None), ("closed", None), ("removed", None),
    ],
)  # fmt: skip
def test_each_step_has_the_date_of_the_plan(standing, due):
    assert standing in STANDINGS
    version = TableVersion(status=Status.REVIEWED, publish_until=TODAY)
    assert due_of(table().cycle, standing, version) == due


def test_lateness_is_counted_in_days_while_the_year_is_open():
    late = state_of(table(), None, None, None, FILL + datetime.timedelta(days=3))
    assert (late.words, late.days_left, late.is_overdue, late.days_late) == ("未开始", -3, True, 3)
    on_time = state_of(table(), None, None, None, FILL)
    assert (on_time.days_left, on_time.is_overdue) == (0, False)
    closed = table()
    closed.cycle.closed_at = timezone.now()
    assert state_of(closed, None, None, None, FILL + datetime.timedelta(days=3)).is_overdue is False


def test_papers_that_wait_are_named_before_the_standing():
    noted = TableVersion(status=Status.REVIEWED, signed_on=TODAY)
    assert state_of(table(), noted, None, None, TODAY).words == "待补扫描件"
    typed = TableVersion(status=Status.REVIEWED, is_historical=True)
    assert state_of(table(), typed, None, None, TODAY).words == "待核对"
