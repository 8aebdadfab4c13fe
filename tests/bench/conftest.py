"""Fixtures of the benches: an installation with a database of its own, beside the one of the test run."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from django.db import connection
from psycopg2 import sql

from tests.bench.server import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return an installation whose database is empty, of the kind that the test run is about."""
    folder = tmp_path / "data"
    folder.mkdir()
    if connection.vendor == "sqlite":
        yield Site(folder, f"sqlite:///{folder / 'register.sqlite3'}")
        return
    name, config = f"bench_{secrets.token_hex(6)}", connection.settings_dict
    access = {"host": config["HOST"], "port": config["PORT"], "user": config["USER"], "password": config["PASSWORD"]}
    server = psycopg2.connect(dbname="postgres", **access)
    server.autocommit = True
    try:
        with server.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        login = f"{quote(access['user'])}:{quote(access['password'])}"
        yield Site(folder, f"postgres://{login}@{access['host']}:{access['port']}/{name}")
        with server.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    finally:
        server.close()
