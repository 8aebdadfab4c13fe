"""The nested app's registration, and what its tables refuse."""

from django.apps import AppConfig


class RegulationsConfig(AppConfig):
    name = "riskpoints.references.regulations"
    label = "regulations"
    verbose_name = "制度库"

    def ready(self) -> None:
        from riskcontrol import verbs
        from riskcontrol.triggers import FreezeRule, register
        from riskpoints.references.regulations.models import ExecutionCheck, PlanDecision, RegulationFile
        from riskpoints.references.regulations.verbs import READING, RegulationVerb

        verbs.register(RegulationVerb, former={}, reading=READING)
        for model, message in (
            (RegulationFile, "制度的文件只增不改，请另传一份更换。"),
            (PlanDecision, "废改立意见只增不改，请另记一条。"),
            (ExecutionCheck, "执行检查只增不改，请另记一条。"),
        ):
            register(FreezeRule(str(model._meta.model_name), model._meta.db_table, "UPDATE", "1 = 1", message))
