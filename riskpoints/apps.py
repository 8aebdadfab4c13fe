"""What: the register of integrity risks, its versions and its years."""

from django.apps import AppConfig


class RiskPointsConfig(AppConfig):
    name = "riskpoints"
    verbose_name = "廉政风险防控"

    def ready(self) -> None:
        from riskcontrol.backup import examination
        from riskpoints import wings
        from riskpoints.evidence import freezing, verification
        from riskpoints.register import posted

        freezing.register_rules()
        examination.register(verification.verify_decided)
        wings.add(wings.Wing("riskpoints", "登记册", parts=[posted.PART]))
