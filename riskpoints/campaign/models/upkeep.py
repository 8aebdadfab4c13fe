"""复核: that somebody looked through a table in force and found nothing to change (R34)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from riskcontrol.fields import TextField
from riskcontrol.models import AppendOnlyQuerySet
from riskcontrol.triggers import FreezeRule
from riskpoints.models import TableVersion


class LookThrough(models.Model):
    """One 「复核无变化」, with what was looked at; never changed. A change of the table is a revision instead."""

    version = models.ForeignKey(
        TableVersion, verbose_name="版本", on_delete=models.PROTECT, related_name="look_throughs"
    )
    note = TextField("复核情况", max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="复核人", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField("复核人姓名", max_length=64)
    at = models.DateTimeField("复核时间", auto_now_add=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "复核"
        verbose_name_plural = "复核"
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="look_through_says_what")]

    def __str__(self) -> str:
        return f"{self.version} 复核"


KEPT = FreezeRule("look_through", "campaign_lookthrough", "UPDATE", "1 = 1", "复核记录不能更改")
