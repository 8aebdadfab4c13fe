"""Walks that would be the same on both databases are gone once: half of the cells on SQLite, the rest on PostgreSQL.

`./run test` runs every test on both databases and says so (BOTH_DATABASES). A test that asks each person for each page
then takes every other cell of its table, as the white squares of a chessboard, and leaves the black ones to the other
database: each page and each person is still met on both. Whoever runs one database alone asks for everything.
"""

import os
from collections.abc import Iterable
from typing import Any

from django.db import connection


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
