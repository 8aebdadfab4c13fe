"""The wing's registration, and what it hands in to the register."""

from django.apps import AppConfig


class CampaignConfig(AppConfig):
    name = "riskpoints.campaign"
    label = "campaign"
    verbose_name = "年度工作"

    def ready(self) -> None:
        from riskpoints import wings
        from riskpoints.campaign import criteria, dues, menu, models, sample
        from riskpoints.campaign.basis import record as basis
        from riskpoints.campaign.basis import services as citing
        from riskpoints.campaign.deliveries import record as deliveries
        from riskpoints.campaign.education import queries, taught
        from riskpoints.campaign.education import record as education
        from riskpoints.campaign.issued import record as issued
        from riskpoints.campaign.plan import planning
        from riskpoints.campaign.plan import record as plan
        from riskpoints.campaign.reminders import daily, freezing  # noqa: F401 - it listens to logins
        from riskpoints.campaign.reminders import record as reminders
        from riskpoints.campaign.upkeep import record as upkeep
        from riskpoints.campaign.verbs import READING, CampaignVerb

        counted = (plan, education, deliveries, reminders)
        kept = (basis, plan, education, issued, deliveries, upkeep, criteria, taught, reminders)
        wings.add(
            wings.Wing(
                name=self.label,
                title=self.verbose_name,
                words=wings.Words(CampaignVerb, reading=READING),
                urls="riskpoints.campaign.urls",
                help={page: f"campaign/help/_{page}.html" for page in ("head", "reviewer", "office")},
                menu=menu.entries,
                tasks=menu.tasks,
                dues=dues.lines,
                opened=lambda cycle, actor: [carry.carry_over(cycle, actor) for carry in (planning, citing)],
                panels={"published": basis.for_everybody, "in_force": upkeep.for_the_table},
                marks=taught.marks,
                freeze=[models.basis.KEPT, models.issued.KEPT, models.upkeep.KEPT, freezing.rule()],
                figures=lambda user, cycle: [f for part in counted for f in part.figures(user, cycle)],
                parts=[part.PART for part in kept],
                counts=queries.counts,
                sample=sample.fill,
            )
        )
