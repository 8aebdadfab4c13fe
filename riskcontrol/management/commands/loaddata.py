"""loaddata: rows from a file, past every service and the trail; never into a register."""

from typing import Any

from django.core.management.commands.loaddata import Command as DjangoCommand

from riskcontrol.guard import refuse_on_register


class Command(DjangoCommand):
    def handle(self, *args: Any, **options: Any) -> Any:
        refuse_on_register("loaddata", options["database"])
        return super().handle(*args, **options)
