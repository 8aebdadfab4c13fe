"""Scans of several tables that were sent in one go, kept until each of their pages has its table."""

from django.conf import settings
from django.db import models


class SentScans(models.Model):
    """One file as it was sent. No evidence yet: what of it belongs to a table is kept there, and the file goes away
    when nothing of it is left to be assigned, or when its sender discards it. Nobody else sees it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.CASCADE, related_name="sent_scans"
    )
    sent_at = models.DateTimeField("上传时间", auto_now_add=True)
    name = models.CharField("文件名", max_length=120)
    suffix = models.CharField("格式", max_length=8)
    sha256 = models.CharField("校验值", max_length=64)
    content = models.BinaryField("内容")

    class Meta:
        verbose_name = "待分派的扫描件"
        verbose_name_plural = "待分派的扫描件"
        ordering = ["sent_at", "id"]

    def __str__(self) -> str:
        return self.name


class SentPage(models.Model):
    """One page of it: the codes that were found on it, a small picture, and whether it was assigned."""

    sent = models.ForeignKey(SentScans, verbose_name="文件", on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField("页码")
    codes = models.JSONField("校验码", default=list)
    picture = models.BinaryField("图片")
    is_done = models.BooleanField("已分派", default=False)

    class Meta:
        verbose_name = "待分派的一页"
        verbose_name_plural = "待分派的一页"
        ordering = ["sent", "number"]
        constraints = [models.UniqueConstraint(fields=["sent", "number"], name="sent_page_once")]

    def __str__(self) -> str:
        return f"{self.sent} 第 {self.number} 页"
