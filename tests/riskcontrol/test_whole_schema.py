"""Both ways to today's tables end in the same ones: at once in an empty database, and one migration after the other."""

import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

from riskcontrol import triggers, whole_schema

# A table that nobody uses: Django's own migration makes its numbers longer than its model says.
OF_DJANGO = ("column", "auth_group_permissions.id")
SQLITE = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND type != 'trigger'"
POSTGRES = """
    SELECT 'column', table_name || '.' || column_name, concat_ws(' ', udt_name, character_maximum_length, is_nullable,
           column_default, is_identity) FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
           FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""


def schema(alias):
    """Return what the tables, columns, constraints and indexes of a database are, whatever their order."""
    with connections[alias].cursor() as cursor:
        cursor.execute(SQLITE if connection.vendor == "sqlite" else POSTGRES)
        found = {
            (kind, name): sorted(re.findall(r"[^\s,()]+", definition or ""))
            for kind, name, definition in cursor.fetchall()
        }
    found.pop(OF_DJANGO, None)
    return found


def notes(alias):
    return sorted(MigrationRecorder(connections[alias]).applied_migrations())


def rows(alias):
    """Return how many rows each table was given to begin with."""
    return {model._meta.label: model._base_manager.using(alias).count() for model in apps.get_models()}


@pytest.mark.long
def test_both_ways_end_in_the_same_tables(empty_database):
    at_once, by_steps = empty_database("at_once"), empty_database("by_steps")
    call_command("migrate", database=at_once, verbosity=0)
    call_command("migrate", "contenttypes", database=by_steps, verbosity=0)
    assert not whole_schema.is_empty(by_steps)
    assert {app for app, _ in notes(by_steps)} == {"contenttypes"}
    call_command("migrate", database=by_steps, verbosity=0)
    assert len(schema(at_once)) > 400
    assert schema(at_once) == schema(by_steps)
    assert notes(at_once) == notes(by_steps)
    assert rows(at_once) == rows(by_steps)
    assert triggers.missing(at_once) == triggers.missing(by_steps) == []


def test_what_only_asks_makes_no_tables(empty_database):
    alias = empty_database("asked")
    call_command("migrate", plan=True, database=alias, verbosity=0)
    assert whole_schema.is_empty(alias)


def test_a_failure_leaves_the_database_empty_database(empty_database, monkeypatch):
    alias = empty_database("broken")
    monkeypatch.setattr(MigrationRecorder, "record_applied", lambda *names: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        call_command("migrate", database=alias, verbosity=0)
    assert whole_schema.is_empty(alias)
