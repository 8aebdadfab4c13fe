"""The wing's registration, and what it hands in to the register."""

from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "riskpoints.participation"
    label = "participation"
    verbose_name = "意见建议"

    def ready(self) -> None:
        from riskpoints import wings
        from riskpoints.enums import Action
        from riskpoints.participation import (
            cooperation_record,
            dues,
            figure_papers,
            figures,
            menu,
            record,
            results,
            sample,
            shown,
        )
        from riskpoints.participation.verbs import FORMER, READING, ParticipationVerb

        wings.add(
            wings.Wing(
                name=self.label,
                title=self.verbose_name,
                words=wings.Words(ParticipationVerb, FORMER, READING),
                urls="riskpoints.participation.urls",
                help={
                    page: f"participation/help/_{page}.html"
                    for page in ("staff", "head", "leader", "principal", "reviewer", "deputy", "office", "public")
                },
                menu=menu.entries,
                tasks=menu.tasks,
                dues=dues.lines,
                demands={Action.CONFIRM: shown.hold_back},
                panels=shown.PANELS,
                marks=shown.marks,
                freeze=[cooperation_record.FREEZE],
                counts=figures.counts,
                sample=sample.fill,
                public_links=shown.links,
                parts=[record.PART, record.PROPOSALS, results.PART, figure_papers.PART, *cooperation_record.PARTS],
            )
        )
