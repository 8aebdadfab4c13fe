"""Whole copies of a database: taken while people work, put back, and the state they are of as one thing to read."""

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connections, transaction
from django.db.utils import load_backend

from riskcontrol.backup.canonical import session_models
from riskcontrol.backup.errors import BackupError

SQLITE, POSTGRESQL = "sqlite", "postgresql"
COPY_NAMES = {SQLITE: "database.sqlite3", POSTGRESQL: "database.pgdump"}
# How long a restore waits for those who are writing.
PATIENCE = 60.0

CLEAR = """
DO $$
DECLARE item record;
BEGIN
  FOR item IN
    SELECT format('DROP %s IF EXISTS %I CASCADE', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
      WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, relname) AS statement
    FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype IN ('i', 'e'))
    UNION ALL
    SELECT 'DROP ROUTINE IF EXISTS ' || oid::regprocedure || ' CASCADE'
    FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
  LOOP
    EXECUTE item.statement;
  END LOOP;
END $$;
"""


@dataclass(frozen=True)
class Copy:
    """A copy in a file, and the name under which Django reads the very state that was copied."""

    path: Path
    vendor: str
    version: str
    using: str


@contextmanager
def opened(config: dict[str, Any], alias: str) -> Iterator[str]:
    """Let this thread reach one more database for a while; returns its name."""
    settings = {**connections["default"].settings_dict, **config}
    connections[alias] = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, alias)
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]


@contextmanager
def standing_still() -> Iterator[str]:
    """One moment of the configured database to read, while others go on writing."""
    connection = connections["default"]
    options = dict(connection.settings_dict["OPTIONS"])
    if connection.vendor == SQLITE:
        options["transaction_mode"] = "DEFERRED"  # a reader takes no lock from those who write
    else:
        from django.db.backends.postgresql.psycopg_any import IsolationLevel

        options["isolation_level"] = IsolationLevel.REPEATABLE_READ
    with opened({"OPTIONS": options}, "still") as using, transaction.atomic(using=using):
        yield using


@contextmanager
def copied(folder: Path) -> Iterator[Copy]:
    """Copy the database into a folder; what was committed before this call is in it, and nothing by halves."""
    vendor, config = connections["default"].vendor, connections["default"].settings_dict
    target = folder / COPY_NAMES[vendor]
    if vendor == SQLITE:
        copy_sqlite(Path(config["NAME"]), target)
        with opened({"NAME": str(target), "OPTIONS": {}}, "copy") as using:
            yield Copy(target, vendor, sqlite3.sqlite_version, using)
    else:
        with standing_still() as using:
            with connections[using].cursor() as cursor:
                cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version')")
                snapshot, version = cursor.fetchone()
            dump_postgresql(config, target, snapshot)
            yield Copy(target, vendor, version, using)


def copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's own backup of a live file (a file copy would miss what is still in the log), without sessions."""
    if not source.is_file():
        raise BackupError(f"找不到数据库文件“{source}”。请核对 DATABASE_URL 和 VAR_DIR。")
    try:
        with closing(sqlite3.connect(source, timeout=PATIENCE)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            fault = page_fault(copy)
            if fault:
                raise BackupError(f"数据库文件已损坏：{fault}。请用最近一次好的备份恢复。")
            for table in _session_tables():
                if copy.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [table]).fetchone():
                    copy.execute(f'DELETE FROM "{table}"')  # noqa: S608 - our own name  # nosec B608
            copy.commit()
            copy.execute("VACUUM")  # or the deleted sessions would still be readable in the file
    except sqlite3.DatabaseError as error:
        raise BackupError(f"数据库文件不能复制（{error}）。文件损坏的，请用最近一次好的备份恢复。") from error


def _session_tables() -> list[str]:
    return [model._meta.db_table for model in session_models()]


def page_fault(database: sqlite3.Connection) -> str:
    """The first thing that SQLite itself finds wrong in a file; empty when it is whole."""
    (answer,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    return "" if answer == "ok" else str(answer)


def put_sqlite(source: Path, target: Path) -> None:
    """Put a copy in the place of a database, page by page in one transaction: open connections see it at once."""
    target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    until = time.monotonic() + PATIENCE

    def wait(status: int, remaining: int, total: int) -> None:
        if remaining and time.monotonic() > until:
            raise BackupError("数据库一直有人在写，恢复没有开始。请先停止服务再试。")

    try:
        with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(target, timeout=PATIENCE)) as live:
            copy.backup(live, progress=wait)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"数据库文件“{target}”不能写入（{error}）。文件损坏的，请加 --damaged。") from error


def postgresql(program: str, config: dict[str, Any], *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on a database."""
    from django.db.backends.postgresql.client import DatabaseClient

    command, environment = DatabaseClient.settings_to_cmd_args_env(config, ["--no-password", *arguments])
    _run([program, *command[1:]], environment or {})


def _run(command: list[str], environment: dict[str, str]) -> None:
    """BackupError with the program's own first words where it fails."""
    patience = f"-c lock_timeout={int(PATIENCE)}s -c client_min_messages=warning"
    try:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs with the configured database
            command,
            env={**os.environ, **environment, "PGOPTIONS": patience},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError as error:
        raise BackupError(f"没有找到 {command[0]}。请安装 postgresql-client（版本不低于数据库服务器）。") from error
    if done.returncode != 0:
        words = " / ".join(done.stderr.strip().splitlines()[:3]) or f"返回码 {done.returncode}"
        raise BackupError(f"{command[0]} 没有成功：{words}")


def dump_postgresql(config: dict[str, Any], target: Path, snapshot: str) -> None:
    """pg_dump of exactly the state that another connection looks at, without sessions."""
    left_out = [f"--exclude-table-data={table}" for table in _session_tables()]
    whose = ("--no-owner", "--no-privileges")
    postgresql("pg_dump", config, "--format=custom", f"--snapshot={snapshot}", *whose, *left_out, f"--file={target}")


def put_postgresql(source: Path, config: dict[str, Any], work: Path) -> None:
    """Put a copy in the place of all that is in a database, in one transaction."""
    clear, script = work / "clear.sql", work / "restore.sql"
    clear.write_text(CLEAR)
    try:
        _run(["pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source)], {})
        steps = ("--single-transaction", f"--file={clear}", f"--file={script}")
        postgresql("psql", config, "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1", *steps)
    finally:
        clear.unlink(missing_ok=True)
        script.unlink(missing_ok=True)


PUT: dict[str, Callable[[Path, dict[str, Any], Path], None]] = {
    SQLITE: lambda source, config, work: put_sqlite(source, Path(config["NAME"])),
    POSTGRESQL: put_postgresql,
}
