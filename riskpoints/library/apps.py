"""The wing's registration, and what it hands in to the register."""

from django.apps import AppConfig


class LibraryPagesConfig(AppConfig):
    name = "riskpoints.library"
    label = "library_pages"
    verbose_name = "典型风险库（页面）"

    def ready(self) -> None:
        from riskcontrol.triggers import FreezeRule
        from riskpoints import wings
        from riskpoints.library import beside, figures, menu, record, sample, shared, taking
        from riskpoints.library.models import NotApplicable

        message = "确认不适用只能撤回，不能修改。"
        kept = FreezeRule("not_applicable", NotApplicable._meta.db_table, "UPDATE", "1 = 1", message)
        wings.add(
            wings.Wing(
                name="library",
                title="重点领域与典型风险库",
                urls="riskpoints.library.urls",
                menu=menu.entries,
                panels={"filling": beside.for_who_fills_in, "reviewing": beside.for_who_reviews},
                marks=shared.marks,
                beginnings=taking.beginnings,
                preset=taking.preset,
                suggestions=taking.suggestions,
                guides=taking.guides,
                filters=figures.filters,
                freeze=[kept],
                help={page: f"library/help/_{page}.html" for page in ("head", "reviewer")},
                parts=[record.ORIGINS, record.CONFIRMED],
                figures=figures.figures,
                sample=sample.fill,
            )
        )
