"""An empty database gets all tables as the models have them now, at once: some hundred migrations one after the other
take twenty times as long to come to the same end. What migrations do to rows has nothing to do there.

tests/riskcontrol/test_whole_schema.py holds both ends side by side.
"""

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.migrations.executor import MigrationExecutor


def is_empty(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether there is no table at all in this database, Django's list of migrations included."""
    return not connections[using].introspection.table_names()


def create(using: str = DEFAULT_DB_ALIAS) -> None:
    """All tables, and each migration noted as done, in one transaction; `migrate` goes on with what follows them."""
    executor = MigrationExecutor(connections[using])
    done = executor.migration_plan(executor.loader.graph.leaf_nodes())
    with executor.connection.schema_editor(atomic=True) as editor:
        editor.create_model(executor.recorder.Migration)
        for model in _models(executor):
            editor.create_model(model)
        for migration, _ in done:
            executor.recorder.record_applied(migration.app_label, migration.name)


def _models(executor: MigrationExecutor) -> list[type[models.Model]]:
    """What has a table of its own and comes about by migrations."""
    found = apps.get_models()
    return [
        model
        for model in found
        if model._meta.app_label in executor.loader.migrated_apps and model._meta.can_migrate(executor.connection)
    ]
