"""Rows written as an archive holds them: with their own moments, and keys that go on behind them."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models

from riskcontrol.pinyin import write_keys
from riskpoints.evidence.year_facts import from_plain

Facts = dict[str, Any]


def columns(row: models.Model, names: Iterable[str]) -> Facts:
    """These fields of a row, as a year's record holds them."""
    return {name: getattr(row, name) for name in names}


def departments_of(rows: list[Facts]) -> frozenset[int]:
    """The departments that rows are about, by their `department`."""
    return frozenset(row["department"] for row in rows)


def insert(model: type[models.Model], values: Facts, **others: Any) -> Any:
    """A row from its plain values."""
    return write(model(**(from_plain(model, values) | others)))


def write(instance: Any) -> Any:
    """Write a row as it is, its times included; save() would set them to now, and refuses what only import may do."""
    write_keys(instance)
    instance.save_base(raw=True, force_insert=True)
    return instance


def renumber() -> None:
    """New rows of every kind get numbers after those that were given (PostgreSQL counts by itself)."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)
