"""Scratch databases: where a backup is tried out, and the child processes that read what was put there."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import DatabaseError, connections

from riskcontrol.backup import copies
from riskcontrol.backup.errors import BackupError
from riskcontrol.backup.examination import Examination

# Two application servers may share one scratch database: whoever holds this lock of it works there.
_LOCK = 20_111_115


@dataclass(frozen=True)
class Scratch:
    """An empty database, gone when its context ends."""

    url: str
    config: dict[str, Any]


@contextmanager
def scratch(work: Path) -> Iterator[Scratch]:
    """A database of the same kind as the configured one. BackupError where PostgreSQL gives none."""
    if connections["default"].vendor == copies.SQLITE:
        path = work / "scratch.sqlite3"
        yield Scratch(f"sqlite:///{quote(str(path))}", {"NAME": str(path), "OPTIONS": {}})
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    elif settings.SCRATCH_DATABASE:
        with _given() as given:
            yield given
    else:
        with _created() as created:
            yield created


@contextmanager
def _given() -> Iterator[Scratch]:
    """The database that the installation keeps for this; only its owner's tables are in it, and they are dropped."""
    config = {key: value for key, value in settings.SCRATCH_DATABASE.items() if key != "ENGINE"}
    with copies.opened(config, "scratch-lock") as using:
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                raise BackupError("另一台服务器正在用核验数据库，请稍后再试。")
            cursor.execute(copies.CLEAR)
        full = connections[using].settings_dict.copy()
        try:
            yield Scratch(settings.SCRATCH_DATABASE_URL, full)
        finally:
            with connections[using].cursor() as cursor:
                cursor.execute(copies.CLEAR)


@contextmanager
def _created() -> Iterator[Scratch]:
    """A database made for this one call, where the account may make databases."""
    name = f"scratch_{secrets.token_hex(6)}"
    config = connections["default"].settings_dict
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    with copies.opened({}, "scratch-maker") as using, connections[using].cursor() as cursor:
        try:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        except DatabaseError as error:
            raise BackupError(
                "备份要在一个核验数据库里试恢复一次，但这个数据库账号不能建库。"
                "请建一个名称以 _scratch 结尾的空库，写进 SCRATCH_DATABASE_URL，或给账号 CREATEDB 权限。"
            ) from error
        try:
            yield Scratch(url, {**config, "NAME": name})
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def manage(url: str | None, *arguments: str) -> str:
    """Run a command of manage.py in a process of its own, on another database or (None) on this one.

    Returns what it printed; BackupError with its last words.
    """
    database = {} if url is None else {"DATABASE_URL": url}
    done = subprocess.run(  # noqa: S603 - our own command on a database of our own
        [sys.executable, str(Path(settings.BASE_DIR, "manage.py")), *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, **database},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or ["没有说明"]
        raise BackupError(f"核验时“{arguments[0]}”没有成功：{words[-1]}")
    return done.stdout


def examine(url: str) -> Examination:
    """Read another database as a whole."""
    return Examination.from_json(manage(url, "examine_database"))
