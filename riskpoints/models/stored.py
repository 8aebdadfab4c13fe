"""Files that belong to a decision: the forms as they were printed then, and the scans of what was signed."""

from django.conf import settings
from django.db import models

from riskcontrol.models import AppendOnlyQuerySet, StoredFile
from riskpoints.models.decision import Decision
from riskpoints.models.version import TableVersion


class StoredDocument(models.Model):
    """The form as it was printed at a review or a confirmation; a later template, font or rename never changes it."""

    decision = models.ForeignKey(Decision, verbose_name="办理记录", on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField("格式", max_length=8)
    file = models.ForeignKey(StoredFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "存档表"
        verbose_name_plural = "存档表"
        constraints = [models.UniqueConstraint(fields=["decision", "kind"], name="document_once_per_decision")]

    def __str__(self) -> str:
        return f"{self.decision} {self.kind}"


class SignedScan(models.Model):
    """One scanned sheet of the signed and sealed paper form; a wrong one stays, and the next one says why it came."""

    version = models.ForeignKey(TableVersion, verbose_name="版本", on_delete=models.PROTECT, related_name="scans")
    file = models.ForeignKey(StoredFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    suffix = models.CharField("格式", max_length=8)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField("上传时间", auto_now_add=True)
    replaces = models.OneToOneField(
        "self", verbose_name="更换的扫描件", null=True, blank=True, on_delete=models.PROTECT, related_name="replacement"
    )
    reason = models.CharField("更换原因", max_length=200, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "签字扫描件"
        verbose_name_plural = "签字扫描件"
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "file"], name="scan_once_per_version"),
            models.CheckConstraint(
                condition=models.Q(replaces__isnull=True) | ~models.Q(reason=""), name="scan_replaced_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} 签字扫描件"
