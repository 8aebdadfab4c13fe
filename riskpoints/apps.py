"""What: the register of integrity risks, its versions and its years."""

from django.apps import AppConfig


class RiskPointsConfig(AppConfig):
    name = "riskpoints"
    verbose_name = "廉政风险防控"

    def ready(self) -> None:
        from riskcontrol.backup import examination
        from riskpoints import floors, freezing, queries, set_up, verification

        freezing.register_rules()
        examination.register(verification.verify_decided)
        queries.OTHER_TASKS += [set_up.tasks, floors.tasks]
