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
        _mark_passwords()
        _freeze_notices()
        _freeze_kinds()
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


def _mark_passwords() -> None:
    """The hashes of all passwords are marked when sealing begins: one that changes later without an entry is found."""
    from departments.models import User
    from departments.models.people import PASSWORD_MARK
    from riskcontrol import seals

    seals.register_marks(
        lambda: ((f"{PASSWORD_MARK}{key}", hashed) for key, hashed in User.objects.values_list("pk", "password"))
    )


def _freeze_kinds() -> None:
    """How a department's table is decided about follows from its kind (R53), and stays what it is."""
    from departments.enums import DepartmentKind
    from departments.models import Department
    from departments.models.structure import KIND_STAYS
    from riskcontrol.triggers import FreezeRule, register

    leaders = f"'{DepartmentKind.LEADERS.value}'"
    changed = f"NEW.kind IS DISTINCT FROM OLD.kind AND {leaders} IN (NEW.kind, OLD.kind)"
    register(FreezeRule("leaders_kind", Department._meta.db_table, "UPDATE", changed, KIND_STAYS))


def _freeze_notices() -> None:
    """What was told, to whom, and who took note of it stays as it was written."""
    from departments.models import Notice, NoticeAddress, NoticeReceipt
    from riskcontrol.triggers import FreezeRule, register

    for model in (Notice, NoticeAddress, NoticeReceipt):
        name, table = str(model._meta.model_name), model._meta.db_table
        register(FreezeRule(name, table, "UPDATE", "1 = 1", "通知只增不改。"))
