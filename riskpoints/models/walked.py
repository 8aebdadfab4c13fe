"""逐条核对: what was found of each point when last year's table was gone through, by whom and when."""

from django.conf import settings
from django.db import models

from riskcontrol.fields import TextField
from riskcontrol.models import AppendOnlyRow
from riskpoints.enums import WalkKind
from riskpoints.models.version import TableVersion


class WalkAnswer(AppendOnlyRow):
    """One answer about one point (by its identity) of a draft that was begun from an earlier year's table; the last one
    counts. No part of the content: a fact beside the version.

    `text` is what the point said at that moment, `reason` why it no longer applies.
    """

    version = models.ForeignKey(
        TableVersion, verbose_name="版本", on_delete=models.PROTECT, related_name="walk_answers"
    )
    point_identity = models.UUIDField("风险点标识")
    kind = models.CharField("核对结果", max_length=16, choices=WalkKind)
    text = TextField("风险点", max_length=1000)
    reason = TextField("理由", max_length=200, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="核对人", on_delete=models.PROTECT, related_name="+"
    )
    author_name = models.CharField("核对人姓名", max_length=64)
    at = models.DateTimeField("核对时间", auto_now_add=True)

    class Meta:
        verbose_name = "逐条核对"
        verbose_name_plural = "逐条核对"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=WalkKind.REMOVED) | models.Q(reason=""),
                name="only_a_removal_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.text[:40]}"
