"""The wing's registration, and what it hands in to the register."""

from django.apps import AppConfig


class LibraryPagesConfig(AppConfig):
    name = "riskpoints.library"
    label = "library_pages"
    verbose_name = "典型风险库（页面）"

    def ready(self) -> None:
        from riskpoints import wings
        from riskpoints.library import menu, shared, taking

        wings.add(
            wings.Wing(
                name="library",
                title="典型风险库",
                urls="riskpoints.library.urls",
                menu=menu.entries,
                marks=shared.marks,
                beginnings=taking.beginnings,
                preset=taking.preset,
                guides=taking.guides,
            )
        )
