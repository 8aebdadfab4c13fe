"""不适用: what a department said of an entry that its post would be expected to have."""

from django.conf import settings
from django.db import models

from departments.models import Post
from riskpoints.models import ControlTable
from riskpoints.references.library.models import TypicalRisk


class NotApplicable(models.Model):
    """An entry that doesn't apply to a post, as its department confirmed it; it holds for the table's year.

    No content of the table: whoever reviews reads it, and it is printed on no form. A row is added or taken back,
    never changed. An import may name a post that is in no package.
    """

    table = models.ForeignKey(ControlTable, verbose_name="防控表", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, verbose_name="岗位", null=True, on_delete=models.PROTECT, related_name="+")
    post_name = models.CharField("岗位名称", max_length=64)
    entry = models.ForeignKey(TypicalRisk, verbose_name="典型风险", on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField("确认时间")
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="确认人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    said_by_name = models.CharField("确认人姓名", max_length=64)

    class Meta:
        verbose_name = "确认不适用"
        verbose_name_plural = "确认不适用"
        ordering = ["said_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["table", "post", "entry"], name="not_applicable_once_for_post"),
        ]

    def __str__(self) -> str:
        return f"{self.post_name}：{self.entry.key}"
