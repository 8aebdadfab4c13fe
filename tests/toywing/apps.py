"""The toy's registration. It isn't handed in at ready(): the other tests know the register without it."""

from django.apps import AppConfig


class ToyConfig(AppConfig):
    name = "tests.toywing"
    label = "toywing"
    verbose_name = "巡察"
    default_auto_field = "django.db.models.BigAutoField"

    def hand_in(self):
        """Do what a wing does in ready()."""
        from riskpoints import wings
        from tests.toywing import visits

        wings.add(visits.WING)
