"""The wing's registration, and what it hands in to the register."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "riskpoints.oversight"
    label = "oversight"
    verbose_name = "监控检查"

    def ready(self) -> None:
        from riskpoints import wings
        from riskpoints.oversight import dues, menu, sample
        from riskpoints.oversight.assessment import record as judged
        from riskpoints.oversight.assessment import sheet_record as indicators
        from riskpoints.oversight.assessment import waiting
        from riskpoints.oversight.models import freezing, freezing_assessment
        from riskpoints.oversight.monitoring import latest, record
        from riskpoints.oversight.verbs import READING, OversightVerb

        pages = ("head", "reviewer", "office", "principal", "deputy")
        wings.add(
            wings.Wing(
                name=self.label,
                title=self.verbose_name,
                words=wings.Words(OversightVerb, reading=READING),
                urls="riskpoints.oversight.urls",
                help={page: f"oversight/help/_{page}.html" for page in pages},
                menu=menu.entries,
                tasks=menu.tasks,
                dues=dues.lines,
                freeze=[*freezing.FREEZE, *freezing_assessment.FREEZE],
                marks=latest.marks,
                filters=latest.filters,
                figures=record.figures,
                open_matters=waiting.open_matters,
                parts=[record.PART, indicators.PART, judged.VETOES, judged.PART],
                sample=sample.fill,
            )
        )
