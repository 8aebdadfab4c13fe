"""Walks that would be the same on both databases are gone once: half of the cells on SQLite, the rest on PostgreSQL.

`./run test` runs every test on both databases and says so (BOTH_DATABASES). A test that asks each person for each page
then takes every other cell of its table, as the white squares of a chessboard, and leaves the black ones to the other
database: each page and each person is still met on both. Whoever runs one database alone asks for everything.

What opens no database is the same on both, and runs beside SQLite. Browser tests look at pages that the tests of views
ask for on both: every other one runs on each, but for those marked `both`. So do tests marked `shared`: long ones in
which the database has no part of its own, as migrations of data (one of a filled database runs on both).
"""

import os
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connection

DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}
# What opens a database of its own, in processes of its own.
WITH_SERVERS = ("tests/bench/", "tests/riskcontrol/backup/", "tests/riskcontrol/deploy/")
BROWSER = "tests/e2e/"


def on(vendor: str) -> bool:
    """Whether this is asked here, of that database rather than the other."""
    return "BOTH_DATABASES" not in os.environ or connection.vendor == vendor


def here(*place: int) -> bool:
    """Whether the cell in this place (row, column, …) is asked on this database."""
    return on("postgresql" if sum(place) % 2 else "sqlite")


def cells(rows: Iterable[Any], columns: Iterable[Any]) -> list[tuple[Any, Any]]:
    """The cells of a table that are asked here, row by row."""
    columns = list(columns)
    return [
        (row, column) for number, row in enumerate(rows) for place, column in enumerate(columns) if here(number, place)
    ]


def share(count: int) -> int:
    """How many of so many cells are asked here."""
    return len(some(range(count)))


def some(things: Iterable[Any]) -> list[Any]:
    """Those of a list that are asked here."""
    return [thing for place, thing in enumerate(things) if here(place)]


def left_out(items: list[pytest.Item]) -> list[pytest.Item]:
    """The tests of a run that the run on the other database takes."""
    pages = [item for item in items if is_shared(item)]
    taken = some(sorted(pages, key=lambda item: item.nodeid))
    others = [item for item in pages if item not in taken]
    return [item for item in items if item in others or (opens_none(item) and not on("sqlite"))]


def is_shared(item: pytest.Item) -> bool:
    """Whether a test runs on one of the two databases, by turns with others of its kind."""
    if item.get_closest_marker("shared") is not None:
        return True
    return item.nodeid.startswith(BROWSER) and item.get_closest_marker("both") is None


def opens_none(item: pytest.Item) -> bool:
    """Whether a test is the same on both databases, because it opens none."""
    asks = bool(DATABASE & set(getattr(item, "fixturenames", ()))) or item.get_closest_marker("django_db") is not None
    return not asks and not item.nodeid.startswith((*WITH_SERVERS, BROWSER))
