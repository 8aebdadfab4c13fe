"""An empty database gets all tables as the models have them now, at once: some hundred migrations one after the other
take twenty times as long to come to the same end. What migrations do to rows has nothing to do there.

tests/riskcontrol/test_whole_schema.py holds both ends side by side.
"""

from collections.abc import Iterable, Sequence

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model


def is_empty(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether there is no table at all in this database, Django's list of migrations included."""
    return not connections[using].introspection.table_names()


def create(using: str = DEFAULT_DB_ALIAS) -> None:
    """All tables, and each migration noted as done, in one transaction; `migrate` goes on with what follows them."""
    executor = MigrationExecutor(connections[using])
    migrated = [model for model in apps.get_models() if model._meta.app_label in executor.loader.migrated_apps]
    lay(executor, migrated, executor.loader.graph.leaf_nodes())


def lay(executor: MigrationExecutor, models: Iterable[type[Model]], nodes: Sequence[tuple[str, str]]) -> None:
    """The tables of these models in an empty database, and the migrations up to these, (app, name), noted as done."""
    with executor.connection.schema_editor(atomic=True) as editor:
        editor.create_model(executor.recorder.Migration)
        for model in models:
            if model._meta.can_migrate(executor.connection):
                editor.create_model(model)
        for migration, _ in executor.migration_plan(nodes):
            executor.recorder.record_applied(migration.app_label, migration.name)
