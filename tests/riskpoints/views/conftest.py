"""What the tests of the screens share: a browser session for a person, malformed addresses, many tables at once."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from departments.enums import Role
from departments.models import User
from riskpoints.enums import Category, Scope
from riskpoints.models import ControlTable, RiskPoint
from tests.factories import make_department, make_post, make_user, record_historical

# What people, scanners and broken links put into an address.
BAD_VALUES = [
    "",
    "abc",
    "-1",
    "0",
    "9" * 40,
    "1.5",
    "None",
    "\x00",
    "draft\x00",
    "'; --",
    "%",
    "[]",
    "２０２６",
    "🙂",
    "a" * 3000,
]


@pytest.fixture
def enter():
    """Return a function that gives a logged-in client for a person."""

    def log_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def queries_of():
    """Return a function that counts the queries of one GET, warmed up by another."""

    def count(client: Client, address: str) -> int:
        assert client.get(address).status_code == 200
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    return count


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
