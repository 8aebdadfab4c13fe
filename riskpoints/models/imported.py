"""That there was an import into a draft: it can be undone until the next change."""

from django.conf import settings
from django.db import models

from riskcontrol.models import AppendOnlyRow
from riskpoints.models.version import TableVersion


class TableImport(AppendOnlyRow):
    """One import into a draft. No part of the content, and of no use once the draft has changed again.

    `lock` is the version's after it; `counts` are pairs of a kind and how many, in the order in which they are said.
    What it changed is kept as of every act (DraftAct).
    """

    version = models.ForeignKey(TableVersion, verbose_name="草稿", on_delete=models.CASCADE, related_name="imports")
    file_name = models.CharField("来源", max_length=100)
    counts = models.JSONField("数量", default=list)
    lock = models.PositiveIntegerField("导入后的修改次数")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="人员", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "导入"
        verbose_name_plural = "导入"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.version} {self.file_name}"

    @property
    def said(self) -> str:
        """风险点 3，防范措施 5."""
        return "，".join(f"{name} {count}" for name, count in self.counts)
