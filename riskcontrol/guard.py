"""What keeps a command from emptying or overwriting a register: Django's own ones ask only whether one is sure.

A database with an entry in its trail is a register. Only the tests may empty one: `MAY_BE_EMPTIED` in
tests/settings.py, which no environment variable sets.
"""

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections

from riskcontrol.models import AuditEntry


def is_register(using: str) -> bool:
    """Whether a database holds a register: tables with at least one entry of the trail."""
    connection = connections[using]
    if AuditEntry._meta.db_table not in connection.introspection.table_names():
        return False
    return AuditEntry.objects.using(using).exists()


def refuse_on_register(command: str, using: str) -> None:
    """CommandError where the command would take something from a register."""
    if not getattr(settings, "MAY_BE_EMPTIED", False) and is_register(using):
        raise CommandError(
            f"这个数据库里有登记册，“{command}”会清空或改写它，没有执行。"
            "要换成备份里的内容，用 restore 备份.zip --replace（先自动备份现有内容）；要重新开始，另建一个数据库。"
        )
