"""Fixtures of the register's tests: the turn of a year, 28 November 2026 with 2027 opened early."""

import datetime

import pytest

from riskpoints.enums import Status
from riskpoints.models import ControlTable, TableVersion
from riskpoints.tables import starting
from tests.factories import bring_to, make_cycle

NOVEMBER = datetime.date(2026, 11, 28)


@pytest.fixture
def november(time_machine):
    """Go to 28 November 2026 and return the function that goes to another day."""

    def go(day: datetime.date) -> None:
        time_machine.move_to(datetime.datetime.combine(day, datetime.time(4), datetime.UTC), tick=False)

    go(NOVEMBER)
    return go


@pytest.fixture
def year_2026(november, db):
    return make_cycle(2026)


@pytest.fixture
def signed(year_2026, department, purchasing_post, plain_post, people):
    """Return the table of 总务处 for 2026, in force."""
    table = ControlTable.objects.create(cycle=year_2026, scope="department", department=department)
    return bring_to(Status.CONFIRMED, table, people)


@pytest.fixture
def open_2027(signed, people):
    """Open 2027 in November, as a school does; filling begins in December."""
    days = [(2026, 12, 10), (2027, 1, 20), (2027, 2, 10), (2027, 3, 1)]
    names = ("fill_from", "fill_until", "review_until", "publish_until")
    return starting.open_year(
        2027, dict(zip(names, (datetime.date(*day) for day in days), strict=True)), actor=people.office
    )


@pytest.fixture
def sign_2027(open_2027, department, people):
    """Return a function that signs 总务处's table of 2027 without filling it in: what matters is its year."""

    def sign() -> TableVersion:
        table = open_2027.tables.get(department=department)
        version = starting.start_table(table, actor=people.head)
        TableVersion.objects.filter(pk=version.pk).update(
            status=Status.CONFIRMED,
            submitted_by=people.head,
            reviewed_by=people.reviewer,
            reviewed_at=version.created_at,
            confirmed_at=version.created_at,
            confirmed_by=people.office,
            signer_name="校长",
            signed_on=NOVEMBER,
        )
        ControlTable.objects.filter(pk=table.pk).update(in_force=version)
        return TableVersion.objects.select_related("table__cycle").get(pk=version.pk)

    return sign
