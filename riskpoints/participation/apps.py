"""The nested app's registration, and its part of the menu and of the inbox."""

from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "riskpoints.participation"
    label = "participation"
    verbose_name = "意见建议"

    def ready(self) -> None:
        from riskpoints import navigation, queries
        from riskpoints.participation import menu

        navigation.EXTENSIONS.append(menu.entries)
        queries.OTHER_TASKS.append(menu.tasks)
