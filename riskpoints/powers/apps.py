"""The wing's registration, and what it hands in to the register."""

from django.apps import AppConfig


class PowersPagesConfig(AppConfig):
    name = "riskpoints.powers"
    label = "powers_pages"
    verbose_name = "职权目录"
    default = True

    def ready(self) -> None:
        from riskpoints import wings
        from riskpoints.powers import dues, menu, record, sample

        wings.add(
            wings.Wing(
                name=self.label,
                title=self.verbose_name,
                urls="riskpoints.powers.urls",
                menu=menu.entries,
                tasks=menu.tasks,
                dues=dues.lines,
                public_links=menu.links,
                help={page: f"powers/help/_{page}.html" for page in ("head", "reviewer", "deputy", "public")},
                parts=[record.PART],
                sample=sample.fill,
            )
        )
