"""The canonical dump: every row as a JSON line, the same bytes from SQLite and PostgreSQL; and the way back in."""

import base64
import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.apps import apps
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from riskcontrol import triggers
from riskcontrol.backup.errors import BackupError

FORMAT = "canonical-dump 1"
ROWS_AT_ONCE = 500
FILES_AT_ONCE = 20


@dataclass
class Dumped:
    """What a dump holds: its SHA-256 (hex), and how many rows of each table."""

    sha256: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(self.counts.values())


def dumped_models() -> list[type[models.Model]]:
    """Every table of every app in the order of their labels, the tables between two models included."""
    known = apps.get_models(include_auto_created=True)
    kept = [model for model in known if model._meta.managed and not model._meta.proxy and model not in session_models()]
    return sorted(kept, key=lambda model: model._meta.label_lower)


def session_models() -> list[type[models.Model]]:
    """The tables of who is logged in. A session is an open door: it is neither kept nor given back."""
    return [model for model in apps.get_models() if issubclass(model, AbstractBaseSession)]


def applied_migrations(using: str = "default") -> list[str]:
    """The migrations that made this database what it is: app.name, sorted."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connections[using]).applied_migrations())


def dump(write: Callable[[bytes], Any], *, using: str = "default") -> Dumped:
    """Write all rows in the order of tables and primary keys. The caller sees to it that nothing moves meanwhile."""
    digest, result = hashlib.sha256(), Dumped()

    def put(line: dict[str, Any]) -> None:
        # As audit.canonical_json, but no character is normalised: a copy has to keep what was written.
        text = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        data = text.encode("utf-8", "surrogatepass") + b"\n"
        digest.update(data)
        write(data)

    put({"format": FORMAT, "migrations": applied_migrations(using)})
    for model in dumped_models():
        label = model._meta.label_lower
        result.counts[label] = 0
        for row in _rows(model, using):
            put({"table": label, "row": row})
            result.counts[label] += 1
    result.sha256 = digest.hexdigest()
    return result


def _rows(model: type[models.Model], using: str) -> Iterator[dict[str, Any]]:
    fields = model._meta.concrete_fields
    rows = model._base_manager.using(using).order_by("pk").values_list(*(field.attname for field in fields))
    has_files = any(isinstance(field, models.BinaryField) for field in fields)
    found: Iterable[tuple[Any, ...]] = rows.iterator(chunk_size=FILES_AT_ONCE if has_files else ROWS_AT_ONCE)
    if not isinstance(model._meta.pk, models.AutoField | models.IntegerField):
        # Databases sort text each in their own way.
        key = [field.primary_key for field in fields].index(True)
        found = sorted(found, key=lambda row: str(row[key]))
    for row in found:
        yield {_column(f): encode(f, value) for f, value in zip(fields, row, strict=True)}


def _column(field: models.Field) -> str:
    return str(field.column)


def encode(field: models.Field, value: Any) -> Any:
    """A field's value as JSON. TypeError for a kind of value that has no one way to be written."""
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, bool | int | str):
        return value
    if isinstance(field, models.UUIDField | models.DecimalField | models.GenericIPAddressField):
        return str(value)
    raise TypeError(f"{field} holds a {type(value).__name__}, which the canonical dump can't write.")


def decode(field: models.Field, value: Any) -> Any:
    """The value as the field takes it: encode() the other way round."""
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value, validate=True)
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return target.to_python(value)


def load(lines: Iterable[bytes], expected: Dumped, *, sequences: dict[str, int], using: str = "default") -> None:
    """Put these rows in the place of all that is there, or change nothing: one transaction, compared at its end.

    The freeze triggers are away while it works and must be back before it ends. BackupError where the dump belongs to
    another state of the tables or where what was loaded, dumped again, isn't `expected`.
    """
    connection = connections[using]
    source = iter(lines)
    _require_same_tables(json.loads(next(source, b"{}")), using)
    with transaction.atomic(using=using):
        triggers.install(using)
        _drop_triggers(using)
        with connection.cursor() as cursor:
            for model in [*dumped_models(), *session_models()]:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608 - our names  # nosec B608
        for label, group in groupby((json.loads(line) for line in source), key=lambda line: line["table"]):
            _insert(apps.get_model(label), (line["row"] for line in group), using)
        connection.check_constraints()
        set_sequences(sequences, using=using)
        triggers.install(using)
        if triggers.missing(using):
            raise BackupError("数据库保护没有装上，恢复已撤销。请联系开发人员。")
        found = dump(lambda data: None, using=using)
        if found.sha256 != expected.sha256:
            raise BackupError("装入后的内容与备份不一致，恢复已撤销，原来的内容没有变。")


def _require_same_tables(header: dict[str, Any], using: str) -> None:
    if header.get("format") != FORMAT:
        raise BackupError("这不是本程序的数据导出文件。")
    if header["migrations"] != applied_migrations(using):
        raise BackupError(
            "备份里的数据表与本程序的不是同一版，不能换数据库恢复。"
            "请先用做备份的那一版程序恢复到同一种数据库，升级后再做一次备份。"
        )


def _drop_triggers(using: str) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        for rule in triggers.rules():
            on = "" if connection.vendor == "sqlite" else f' ON "{rule.table}"'
            cursor.execute(f'DROP TRIGGER "{rule.trigger}"{on}')


def _insert(model: type[models.Model], rows: Iterator[dict[str, Any]], using: str) -> None:
    """Insert past save() and the QuerySets: both refuse what is frozen, and set dates of their own."""
    connection = connections[using]
    quote, fields = connection.ops.quote_name, model._meta.concrete_fields
    head = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(quote(_column(f)) for f in fields)}) VALUES "  # noqa: S608 - our own names  # nosec B608
    most = connection.features.max_query_params or 30_000
    at_once = min(ROWS_AT_ONCE, max(1, most // len(fields)))
    if any(isinstance(field, models.BinaryField) for field in fields):
        at_once = 1
    one = f"({', '.join(['%s'] * len(fields))})"
    batch: list[list[Any]] = []

    def send() -> None:
        if batch:
            with connection.cursor() as cursor:
                cursor.execute(head + ", ".join([one] * len(batch)), [value for row in batch for value in row])
            batch.clear()

    for row in rows:
        if row.keys() != {f.column for f in fields}:
            raise BackupError(f"备份里“{model._meta.verbose_name}”的内容与本程序的数据表不符。")
        batch.append([f.get_db_prep_save(decode(f, row[_column(f)]), connection) for f in fields])
        if len(batch) == at_once:
            send()
    send()


def _numbered() -> Iterator[tuple[str, str, str]]:
    """Label, table and column of each table that numbers its own rows."""
    for model in dumped_models():
        if isinstance(model._meta.pk, models.AutoField):
            yield model._meta.label_lower, model._meta.db_table, _column(model._meta.pk)


def read_sequences(*, using: str = "default") -> dict[str, int]:
    """The last number that a row of each table has or had: one once given is never given again, so a copy keeps it."""
    connection, numbers = connections[using], {}
    with connection.cursor() as cursor:
        for label, table, column in _numbered():
            if connection.vendor == "sqlite":
                cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
            else:
                cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', column])
                (sequence,) = cursor.fetchone()
                cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")  # noqa: S608 - our own names  # nosec B608
            (given,) = cursor.fetchone()
            numbers[label] = max(given, _last(cursor, table, column))
    return numbers


def _last(cursor: Any, table: str, column: str) -> int:
    cursor.execute(f'SELECT COALESCE(MAX("{column}"), 0) FROM "{table}"')  # noqa: S608 - our own names  # nosec B608
    (last,) = cursor.fetchone()
    return int(last)


def set_sequences(numbers: dict[str, int], *, using: str = "default") -> None:
    """Let each table go on numbering after the number given, or after its last row where that is higher."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for label, table, column in _numbered():
            last = max(numbers.get(label, 0), _last(cursor, table, column))
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
            else:
                sequence: list[Any] = [f'"{table}"', column, max(last, 1), last > 0]
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)", sequence)
