"""The nested app's registration, and what its tables refuse."""

from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "riskpoints.rules"
    label = "rules"
    verbose_name = "校内规则"

    def ready(self) -> None:
        from riskcontrol import verbs
        from riskcontrol.triggers import FreezeRule, register
        from riskpoints.rules.models import SchoolRule
        from riskpoints.rules.verbs import FORMER, RuleVerb

        verbs.register(RuleVerb, former=FORMER)

        message = "校内规则只增不改，请另记一条。"
        register(FreezeRule("school_rule", SchoolRule._meta.db_table, "UPDATE", "1 = 1", message))
