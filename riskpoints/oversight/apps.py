"""The wing's registration, and what it hands in to the register."""

from django.apps import AppConfig

HELP = ("head", "reviewer", "leader", "principal", "office", "deputy")


class OversightConfig(AppConfig):
    name = "riskpoints.oversight"
    label = "oversight"
    verbose_name = "监控、处置、考核"

    def ready(self) -> None:
        from riskpoints import wings
        from riskpoints.oversight import dues, menu, sample
        from riskpoints.oversight.assessment import corrections, waiting
        from riskpoints.oversight.assessment import record as judged
        from riskpoints.oversight.assessment import sheet_record as indicators
        from riskpoints.oversight.handling import answered
        from riskpoints.oversight.handling import archive as handled
        from riskpoints.oversight.handling import record as handling
        from riskpoints.oversight.models import freezing, freezing_assessment
        from riskpoints.oversight.monitoring import latest, record
        from riskpoints.oversight.verbs import READING, OversightVerb

        wings.add(
            wings.Wing(
                name=self.label,
                title=self.verbose_name,
                words=wings.Words(OversightVerb, reading=READING),
                urls="riskpoints.oversight.urls",
                help={page: f"oversight/help/_{page}.html" for page in HELP},
                menu=menu.entries,
                tasks=menu.tasks,
                dues=dues.lines,
                freeze=[*freezing.FREEZE, *freezing_assessment.FREEZE],
                panels=dict.fromkeys(answered.PLACES, answered.panel),
                marks=latest.marks,
                filters=latest.filters,
                figures=lambda user, cycle: [f for part in (record, handling) for f in part.figures(user, cycle)],
                open_matters=waiting.open_matters,
                parts=[record.PART, *handled.PARTS, indicators.PART, judged.VETOES, judged.PART, corrections.PART],
                sample=sample.fill,
            )
        )
