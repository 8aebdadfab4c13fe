"""sqlflush: the statements that empty a database; never those of a register."""

from typing import Any

from django.core.management.commands.sqlflush import Command as DjangoCommand

from riskcontrol.guard import refuse_on_register


class Command(DjangoCommand):
    def handle(self, *args: Any, **options: Any) -> Any:
        refuse_on_register("sqlflush", options["database"])
        return super().handle(*args, **options)
