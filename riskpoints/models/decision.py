"""Who decided what on a version, when and why, with the content as it was then; and remarks at points."""

from django.conf import settings
from django.db import models

from riskcontrol.fields import TextField
from riskcontrol.models import AppendOnlyRow
from riskpoints.enums import Action, RemarkAnswerKind
from riskpoints.models.version import TableVersion


class Decision(AppendOnlyRow):
    """One act of the workflow, bound to the content by the SHA-256 of its canonical snapshot."""

    version = models.ForeignKey(TableVersion, verbose_name="版本", on_delete=models.PROTECT, related_name="decisions")
    action = models.CharField("事项", max_length=16, choices=Action)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="人员", on_delete=models.PROTECT, related_name="+", null=True
    )
    actor_name = models.CharField("姓名", max_length=64)
    at = models.DateTimeField("时间")
    comment = TextField("意见", max_length=2000, blank=True)
    snapshot = models.TextField("当时内容", blank=True)
    content_hash = models.CharField("内容校验值", max_length=64)

    class Meta:
        verbose_name = "办理记录"
        verbose_name_plural = "办理记录"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.version} {self.get_action_display()}"


class Remark(models.Model):
    """A reviewer's remark at a point (by its identity) or, with no identity, at the whole table."""

    version = models.ForeignKey(TableVersion, verbose_name="版本", on_delete=models.PROTECT, related_name="remarks")
    point_identity = models.UUIDField("风险点", null=True, blank=True)
    text = TextField("意见", max_length=1000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="审核人", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("时间", auto_now_add=True)
    sent_at = models.DateTimeField("退回时间", null=True, blank=True)

    class Meta:
        verbose_name = "审核意见"
        verbose_name_plural = "审核意见"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:40]


class RemarkAnswer(AppendOnlyRow):
    """What the department answers to a remark before it hands the table in again; the last one counts (R34)."""

    remark = models.ForeignKey(Remark, verbose_name="审核意见", on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField("答复", max_length=16, choices=RemarkAnswerKind)
    text = TextField("说明", max_length=500, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="答复人", on_delete=models.PROTECT, related_name="+"
    )
    author_name = models.CharField("答复人姓名", max_length=64)
    at = models.DateTimeField("答复时间", auto_now_add=True)

    class Meta:
        verbose_name = "审核意见的答复"
        verbose_name_plural = "审核意见的答复"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind=RemarkAnswerKind.EXPLAINED) | ~models.Q(text=""),
                name="an_explanation_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.text[:40]}" if self.text else self.get_kind_display()
