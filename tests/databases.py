"""Databases beside the one under test, of its kind: empty, or with the tables of an earlier program."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from riskcontrol import whole_schema
from riskcontrol.backup import copies


@pytest.fixture
def empty_database(tmp_path, transactional_db) -> Iterator[Callable[[str], str]]:
    """Return a function that makes a database without tables and gives the alias that it is asked for."""
    with ExitStack() as stack:
        yield lambda alias: stack.enter_context(made(tmp_path / alias))


@contextmanager
def made(path: Path) -> Iterator[str]:
    """An empty database, in this file or of this name, whose alias is the name."""
    name = str(path) if connection.vendor == "sqlite" else f"beside_{path.name}_{os.getpid()}"
    _outside(f'CREATE DATABASE "{name}"')
    try:
        with copies.opened({"NAME": name}, path.name) as alias:
            yield alias
    finally:
        _outside(f'DROP DATABASE "{name}"')


def _outside(statement: str) -> None:
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)


def bring_back(alias: str, *nodes: tuple[str, str]) -> Apps:
    """Give an empty database the tables as they were after these migrations, (app, name), and return their models."""
    executor = MigrationExecutor(connections[alias])
    former = executor.loader.project_state(list(nodes)).apps
    whole_schema.lay(executor, former.get_models(), nodes)
    return former


def go_on_numbering(alias: str, former: Apps) -> None:
    """On PostgreSQL: let each of these tables number its next row after those that were put in with theirs."""
    for statement in connections[alias].ops.sequence_reset_sql(
        no_style(), former.get_models(include_auto_created=True)
    ):
        with connections[alias].cursor() as cursor:
            cursor.execute(statement)


def take(alias: str, app: str, name: str) -> Apps:
    """Take one migration, and what it stands on, and return the models after it."""
    executor = MigrationExecutor(connections[alias])
    return executor.migrate([(app, name)]).apps
