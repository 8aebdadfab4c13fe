"""The wing's registration, and what it hands in to the register."""

from django.apps import AppConfig


class RegulationPagesConfig(AppConfig):
    name = "riskpoints.regulations"
    label = "regulations_pages"
    verbose_name = "制度库"
    default = True

    def ready(self) -> None:
        from riskpoints import wings
        from riskpoints.regulations import closed, dues, menu, record, sample, shown

        wings.add(
            wings.Wing(
                name=self.label,
                title=self.verbose_name,
                urls="riskpoints.regulations.urls",
                menu=menu.entries,
                tasks=menu.tasks,
                dues=dues.lines,
                marks=shown.marks,
                filters=shown.filters,
                freeze=closed.rules(),
                help={page: f"regulations/help/_{page}.html" for page in ("head", "reviewer", "office")},
                parts=[record.PART, record.PLAN],
                sample=sample.fill,
            )
        )
