"""The nested app's registration, and what its tables refuse."""

from django.apps import AppConfig


class PowersConfig(AppConfig):
    name = "riskpoints.references.powers"
    label = "powers"
    verbose_name = "职权目录"

    def ready(self) -> None:
        from riskcontrol import verbs
        from riskpoints.references.powers import freezing
        from riskpoints.references.powers.verbs import PowerVerb

        verbs.register(PowerVerb, former={}, reading=[PowerVerb.DOWNLOAD])
        freezing.register_rules()
