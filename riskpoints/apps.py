"""What: the register of integrity risks, its versions and its years."""

from django.apps import AppConfig


class RiskPointsConfig(AppConfig):
    name = "riskpoints"
    verbose_name = "廉政风险防控"

    def ready(self) -> None:
        from riskcontrol.backup import examination
        from riskpoints import floors, freezing, posted, queries, set_up, verification, wings

        freezing.register_rules()
        examination.register(verification.verify_decided)
        wings.YEAR_PARTS.append(posted.PART)
        queries.OTHER_TASKS += [set_up.tasks, floors.tasks]
