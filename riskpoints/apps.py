"""What: the register of integrity risks, its versions and its years."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class RiskPointsConfig(AppConfig):
    name = "riskpoints"
    verbose_name = "廉政风险防控"

    def ready(self) -> None:
        from riskcontrol import watched
        from riskcontrol.backup import examination
        from riskcontrol.verbs import register
        from riskpoints import wings
        from riskpoints.evidence import freezing, verification, walked
        from riskpoints.register import index, posted
        from riskpoints.verbs import FORMER, FORMER_FACTS, READING, RegisterFact, RegisterVerb

        register(RegisterVerb, former=FORMER, facts=RegisterFact, former_facts=FORMER_FACTS, reading=READING)
        freezing.register_rules()
        examination.register(verification.verify_decided)
        post_migrate.connect(index.ensure_after_migrate, sender=self, dispatch_uid="search_index")
        for app in apps.get_app_configs():
            if app.name.partition(".")[0] in ("departments", "riskpoints"):
                watched.register(app)
        wings.add(wings.Wing("riskpoints", "登记册", parts=[posted.PART, walked.PART]))
