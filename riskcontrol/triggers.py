"""Freeze rules as database triggers, so that a shell, a bulk update or raw SQL fails like the screens do.

Rules are declared by the apps in their AppConfig.ready() and installed after every migrate: on SQLite a later
AlterField rebuilds a table and drops its triggers without a word, and stops where triggers of other tables name it.
There they are lifted before a migrate that changes something; one that fails leaves them lifted, and a check, readyz
and verify_register say so until the next one. Deletion is not guarded here, since a trigger on
DELETE breaks flush; foreign keys with PROTECT, the QuerySets and the hashes of the decisions guard it.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

from django.db import connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

PREFIX = "freeze_"


@dataclass(frozen=True)
class FreezeRule:
    """Refuse an UPDATE or INSERT of a table's row where `condition` holds.

    `condition` is SQL over OLD and NEW that SQLite and PostgreSQL both read; the refusal is an IntegrityError.
    """

    name: str
    table: str
    event: Literal["UPDATE", "INSERT"]
    condition: str
    message: str

    @property
    def trigger(self) -> str:
        """The trigger's name: it carries the rule's hash, so that a changed rule is seen to be missing."""
        text = "\n".join([self.table, self.event, self.condition, self.message])
        return f"{PREFIX}{self.name}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"

    def statements(self, vendor: str) -> list[str]:
        """The SQL that creates the trigger on this kind of database."""
        message = self.message.replace("'", "''")
        if vendor == "sqlite":
            return [
                f'CREATE TRIGGER "{self.trigger}" BEFORE {self.event} ON "{self.table}" FOR EACH ROW '
                f"BEGIN SELECT RAISE(ABORT, '{message}') WHERE {self.condition}; END"
            ]
        return [
            f'CREATE OR REPLACE FUNCTION "{self.trigger}"() RETURNS trigger LANGUAGE plpgsql AS $freeze$ '
            f"BEGIN IF {self.condition} THEN RAISE EXCEPTION '{message.replace('%', '%%')}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $freeze$",
            f'CREATE TRIGGER "{self.trigger}" BEFORE {self.event} ON "{self.table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{self.trigger}"()',
        ]


_rules: dict[str, FreezeRule] = {}


def register(rule: FreezeRule) -> None:
    """Declare a rule; a second rule of the same name is an error."""
    if _rules.setdefault(rule.name, rule) != rule:
        raise ValueError(f"Two freeze rules are called {rule.name}.")


def rules() -> list[FreezeRule]:
    """All declared rules."""
    return list(_rules.values())


def missing(using: str = "default") -> list[FreezeRule]:
    """The declared rules whose table is there and whose trigger is not, as declared."""
    tables = set(connections[using].introspection.table_names())
    present = _present(using)
    return [rule for rule in rules() if rule.table in tables and rule.trigger not in present]


def install(using: str = "default") -> None:
    """Create the missing triggers and drop outdated ones; a rule waits for the migrate that makes its table."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    wanted = {rule.trigger: rule for rule in rules() if rule.table in tables}
    present = _present(using)
    with connection.cursor() as cursor:
        for name, table in present.items():
            if name not in wanted:
                on = "" if connection.vendor == "sqlite" else f' ON "{table}"'
                cursor.execute(f'DROP TRIGGER "{name}"{on}')
        for name, rule in wanted.items():
            if name not in present:
                for statement in rule.statements(connection.vendor):
                    cursor.execute(statement)


def lift(using: str = "default") -> None:
    """On SQLite: take the triggers away while tables are rebuilt. PostgreSQL changes a table with its triggers on."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for name in _present(using):
                cursor.execute(f'DROP TRIGGER "{name}"')


class Writable:
    """For a migration: a table without its freeze triggers; they are there again after it, at once or by post_migrate.

    `with Writable(schema_editor, table):` around what fills in rows that nobody may change otherwise.
    """

    def __init__(self, schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
        self.connection, self.table = schema_editor.connection, table

    def _set(self, verb: str) -> None:
        if self.connection.vendor == "postgresql":
            with self.connection.cursor() as cursor:
                cursor.execute(f'ALTER TABLE "{self.table}" {verb} TRIGGER USER')

    def __enter__(self) -> None:
        if self.connection.vendor == "sqlite":
            with self.connection.cursor() as cursor:
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [self.table])
                for (name,) in cursor.fetchall():
                    cursor.execute(f'DROP TRIGGER "{name}"')
        self._set("DISABLE")

    def __exit__(self, *error: object) -> None:
        self._set("ENABLE")


def _present(using: str) -> dict[str, str]:
    """The freeze triggers in the database, with their tables."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'freeze_*'")
        else:
            cursor.execute(
                "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE NOT t.tgisinternal AND t.tgname LIKE 'freeze\\_%' AND pg_table_is_visible(c.oid)"
            )
        return dict(cursor.fetchall())
