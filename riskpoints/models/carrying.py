"""What was chosen about a newer source of a new year's draft: taken over, or the draft kept as it is."""

from django.conf import settings
from django.db import models

from riskcontrol.models import AppendOnlyRow
from riskpoints.models.version import TableVersion


class SourceChoice(AppendOnlyRow):
    """One place of a newer source that somebody took over or declined; it isn't offered again. No part of the content.

    `key` names the place: a point or measure by its identity, a category, a post, or the duties.
    """

    version = models.ForeignKey(
        TableVersion, verbose_name="草稿", on_delete=models.PROTECT, related_name="source_choices"
    )
    source = models.ForeignKey(TableVersion, verbose_name="新版", on_delete=models.PROTECT, related_name="+")
    key = models.CharField("处", max_length=64)
    is_taken = models.BooleanField("采纳")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="人员", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "对新版的选择"
        verbose_name_plural = "对新版的选择"
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["version", "source", "key"], name="chosen_once_per_place")]

    def __str__(self) -> str:
        return f"{self.version} {self.key}"
