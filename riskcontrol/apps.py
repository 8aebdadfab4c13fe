"""The wiring app: audit trail, documents and tools that know no risk."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class RiskControlConfig(AppConfig):
    name = "riskcontrol"
    verbose_name = "系统"

    def ready(self) -> None:
        from riskcontrol import checks, seals, triggers, verbs, watched  # noqa: F401 - importing registers them
        from riskcontrol.models import AuditEntry, StoredFile

        verbs.register(verbs.SystemVerb, former=verbs.FORMER, facts=verbs.SystemFact, former_facts=verbs.FORMER_FACTS)
        from riskcontrol.web import signins  # noqa: F401 - importing registers them

        seals.register_marks(watched.all_values)
        audit_table = AuditEntry._meta.db_table
        triggers.register(triggers.FreezeRule("audit_entry", audit_table, "UPDATE", "1 = 1", "审计记录只增不改。"))
        file_table = StoredFile._meta.db_table
        triggers.register(triggers.FreezeRule("stored_file", file_table, "UPDATE", "1 = 1", "存档文件只增不改。"))
        pre_migrate.connect(_lift_triggers, dispatch_uid="lift_triggers")
        post_migrate.connect(_install_triggers, dispatch_uid="install_triggers")


def _lift_triggers(using: str, plan: Any = None, **kwargs: Any) -> None:
    """Before a migrate that changes something: SQLite rebuilds tables, which triggers that name them don't let it."""
    from riskcontrol import triggers

    if plan:
        triggers.lift(using)


def _install_triggers(using: str, **kwargs: Any) -> None:
    """After every migrate: a rebuilt table has lost its triggers."""
    from riskcontrol import triggers

    triggers.install(using)
