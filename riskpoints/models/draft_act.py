"""What was done last in a draft, kept so that it can be undone."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from riskpoints.models.version import TableVersion


class DraftAct(models.Model):
    """One change to a draft, with all that it touched as it was before. No part of the content and no evidence: what
    was done stands in the trail, and an act goes away when it is undone or the draft is handed in.

    `lock_before` and `lock` are the version's around it: an act whose `lock` is still the version's was the last one.
    `before` says of each row by its key (riskpoints/tables/acts.py) what it said, null where there was none.
    """

    version = models.ForeignKey(TableVersion, verbose_name="草稿", on_delete=models.CASCADE, related_name="acts")
    said = models.CharField("内容", max_length=200)
    lock_before = models.PositiveIntegerField("之前的修改次数")
    lock = models.PositiveIntegerField("之后的修改次数")
    before = models.JSONField("之前", encoder=DjangoJSONEncoder)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="人员", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "草稿的改动"
        verbose_name_plural = "草稿的改动"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.said
