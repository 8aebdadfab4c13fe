"""Who: the school, its departments, posts and people."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DepartmentsConfig(AppConfig):
    name = "departments"
    verbose_name = "组织机构"

    def ready(self) -> None:
        from departments import document_functions
        from departments.accounts import logins, second_factor  # noqa: F401 - importing connects the login signal

        second_factor.check_roles()
        _register_verbs()
        _freeze_notices()
        post_migrate.connect(document_functions.ensure_after_migrate, sender=self, dispatch_uid="document_functions")


def _register_verbs() -> None:
    from departments import verbs
    from riskcontrol.verbs import register

    register(
        verbs.OrganisationVerb,
        former=verbs.FORMER,
        facts=verbs.OrganisationFact,
        former_facts=verbs.FORMER_FACTS,
        reading=verbs.READING,
    )


def _freeze_notices() -> None:
    """What was told, to whom, and who took note of it stays as it was written."""
    from departments.models import Notice, NoticeAddress, NoticeReceipt
    from riskcontrol.triggers import FreezeRule, register

    for model in (Notice, NoticeAddress, NoticeReceipt):
        name, table = str(model._meta.model_name), model._meta.db_table
        register(FreezeRule(name, table, "UPDATE", "1 = 1", "通知只增不改。"))
