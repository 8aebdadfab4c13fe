"""Migrations of this project work on the database that is migrated, which at a restore isn't the one in use."""

import inspect
from importlib import import_module

import pytest
from django.apps import apps
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader

OWN = (
    *("riskcontrol", "departments", "riskpoints", "participation", "rules", "powers", "regulations", "library"),
    "library_pages",
)


def functions():
    """Return (name, function) of each step that migrates rows."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    found = []
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app in OWN and apps.get_app_config(app):
            steps = [step.code for step in migration.operations if isinstance(step, RunPython)]
            found += [(f"{app}.{name}", step) for step in steps if step is not RunPython.noop]
    return found


def test_there_are_such_steps():
    assert len(functions()) >= 5


@pytest.mark.parametrize(("name", "step"), functions())
def test_a_step_asks_the_database_that_is_migrated(name, step):
    source = inspect.getsource(import_module(step.__module__))
    assert ".objects" not in source.replace(".objects.using(", ""), f"{name}: use schema_editor.connection.alias"
