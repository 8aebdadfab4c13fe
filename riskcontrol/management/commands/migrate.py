"""migrate: forwards as ever, and all tables at once in an empty database; backwards it drops tables and columns with
all that they hold, so never in a register."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoCommand
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import AmbiguityError

from riskcontrol import whole_schema
from riskcontrol.guard import refuse_on_register


class Command(DjangoCommand):
    def handle(self, *args: Any, **options: Any) -> Any:
        if _goes_back(options["database"], options["app_label"], options["migration_name"]):
            refuse_on_register("migrate（退回）", options["database"])
        if _brings_everything(options) and whole_schema.is_empty(options["database"]):
            whole_schema.create(options["database"])
        return super().handle(*args, **options)


def _brings_everything(options: dict[str, Any]) -> bool:
    """Whether this is the plain command, that asks for no single app and doesn't only tell what it would do."""
    special = ("app_label", "plan", "check_unapplied", "fake", "fake_initial", "prune")
    return not any(options[name] for name in special)


def _goes_back(using: str, app: str | None, name: str | None) -> bool:
    """Whether the named migration lies behind the database; what isn't known is Django's to explain."""
    if not app or not name:
        return False
    executor = MigrationExecutor(connections[using])
    try:
        target = (app, None if name == "zero" else executor.loader.get_migration_by_prefix(app, name).name)
        return any(is_backwards for _, is_backwards in executor.migration_plan([target]))
    except (AmbiguityError, KeyError):
        return False
