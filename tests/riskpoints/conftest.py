"""Fixtures of the register's tests: 28 November 2026 with 2027 opened early, many tables at once, what is found."""

import datetime

import pytest

from departments.enums import Role
from departments.models import User
from riskcontrol.web.query import QueryReader
from riskpoints.enums import Category, Scope, Status
from riskpoints.models import ControlTable, RiskPoint, TableVersion
from riskpoints.register import filters, search
from riskpoints.tables import starting
from riskpoints.years import opening
from tests import once
from tests.factories import bring_to, make_cycle, make_department, make_point, make_post, make_user, record_historical

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
    return opening.open_year(
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


@pytest.fixture
def record_table(school, cycle, office):
    """Return a function that puts a table with so many points in force for a new department (or one that is given)."""

    def record(name: str, points: int = 1, *, department=None, in_cycle=None) -> ControlTable:
        department = department or make_department(name)
        post = department.posts.first() or make_post(department, f"{name}干事")
        table = ControlTable.objects.create(cycle=in_cycle or cycle, scope=Scope.DEPARTMENT, department=department)

        def fill(version):
            RiskPoint.objects.bulk_create(
                RiskPoint(
                    version=version,
                    category=list(Category)[number % 4],
                    order=number + 1,
                    post=post,
                    post_name=post.name,
                    text=f"{name}的风险点{number + 1}",
                    likelihood=number % 3 + 1,
                    harm=3,
                    proposed_level=number % 3 + 1,
                    confirmed_level=number % 3 + 1,
                )
                for number in range(points)
            )

        day = datetime.date(table.cycle.year, 1, 2)
        reviewer = User.objects.filter(grants__role=Role.REVIEWER).first() or make_user("7777", "核对人", Role.REVIEWER)
        record_historical(table, signer_name="校长", signed_on=day, fill=fill, actor=office, reviewer=reviewer)
        table.refresh_from_db()
        return table

    return record


@pytest.fixture
def found():
    """Return a function: the texts of the points that a person finds with a query."""

    def find(user, **query) -> list[str]:
        chosen = filters.read(QueryReader({k: str(v) for k, v in query.items()}), filters.options(user))
        return [point.text for point in search.points(user, chosen)]

    return find


@once.fixture
def secret_draft(table, people, head):
    """Return a draft of 总务处 with a point that only 总务处's own people may know of."""
    version = bring_to(Status.DRAFT, table, people)
    make_point(version, actor=head, text="不该让外人看到的风险点", responsible="外人不该知道的责任人")
    return version
