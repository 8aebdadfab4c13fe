"""The nested app's registration, and its part of the menu, the inbox and the register's pages."""

from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "riskpoints.participation"
    label = "participation"
    verbose_name = "意见建议"

    def ready(self) -> None:
        from riskpoints import demands, panels, wings
        from riskpoints.desk import navigation, tasks
        from riskpoints.enums import Action
        from riskpoints.participation import menu, record, results, shown

        navigation.EXTENSIONS.append(menu.entries)
        tasks.OTHER_TASKS.append(menu.tasks)
        demands.DEMANDS.setdefault(Action.CONFIRM, []).append(shown.hold_back)
        wings.YEAR_PARTS += [record.PART, record.PROPOSALS, results.PART]
        panels.PANELS["deciding"].append(shown.for_the_signature)
        panels.PANELS["published"].append(shown.for_everybody)
