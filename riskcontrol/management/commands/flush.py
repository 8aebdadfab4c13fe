"""flush: empties a database; never a register."""

from typing import Any

from django.core.management.commands.flush import Command as DjangoCommand

from riskcontrol.guard import refuse_on_register


class Command(DjangoCommand):
    def handle(self, *args: Any, **options: Any) -> Any:
        refuse_on_register("flush", options["database"])
        return super().handle(*args, **options)
