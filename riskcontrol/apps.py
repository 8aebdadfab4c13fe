"""The wiring app: audit trail, documents and tools that know no risk."""

from django.apps import AppConfig


class RiskControlConfig(AppConfig):
    name = "riskcontrol"
    verbose_name = "系统"

    def ready(self) -> None:
        from riskcontrol import checks, signins  # noqa: F401 - importing registers them
