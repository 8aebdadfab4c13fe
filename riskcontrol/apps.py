"""The wiring app: audit trail, documents and tools that know no risk."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RiskControlConfig(AppConfig):
    name = "riskcontrol"
    verbose_name = "系统"

    def ready(self) -> None:
        from riskcontrol import checks, signins, triggers  # noqa: F401 - importing registers them
        from riskcontrol.models import AuditEntry, StoredFile

        audit_table = AuditEntry._meta.db_table
        triggers.register(triggers.FreezeRule("audit_entry", audit_table, "UPDATE", "1 = 1", "审计记录只增不改。"))
        file_table = StoredFile._meta.db_table
        triggers.register(triggers.FreezeRule("stored_file", file_table, "UPDATE", "1 = 1", "存档文件只增不改。"))
        post_migrate.connect(_install_triggers, dispatch_uid="install_triggers")


def _install_triggers(using: str, **kwargs: Any) -> None:
    """After every migrate: a rebuilt table has lost its triggers."""
    from riskcontrol import triggers

    triggers.install(using)
