"""The nested app's registration, and what comes with it."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LibraryConfig(AppConfig):
    name = "riskpoints.references.library"
    label = "library"
    verbose_name = "典型风险库"

    def ready(self) -> None:
        from riskcontrol import verbs
        from riskpoints.references.library import shipped
        from riskpoints.references.library.verbs import LibraryVerb

        verbs.register(LibraryVerb, former={}, reading=[LibraryVerb.EXPORT])
        post_migrate.connect(shipped.ensure_after_migrate, sender=self, dispatch_uid="typical_risks")
