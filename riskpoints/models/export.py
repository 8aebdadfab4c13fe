"""Files that take long to make: who asked for which, how far it is, and for a short time the file itself."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class ExportState(models.TextChoices):
    """Where the making of a file stands."""

    WAITING = "waiting", "排队等待"
    RUNNING = "running", "正在生成"
    DONE = "done", "已生成"
    FAILED = "failed", "未完成"


UNDER_WAY = (ExportState.WAITING, ExportState.RUNNING)
# How long a finished or failed one is kept: there was time to fetch it.
KEPT_FOR = datetime.timedelta(hours=1)


class Export(models.Model):
    """One file that somebody asked for. Nobody else sees it, and it goes away after a while: it is a copy of what the
    register says, not evidence. The trail tells of it when the file is handed out."""

    # riskcontrol.watched
    UNWATCHED = {"*": "临时文件的进度，过后删除；下载时的校验值在本行，审计记录说明谁下载了什么"}

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="导出人", on_delete=models.CASCADE, related_name="exports"
    )
    kind = models.CharField("种类", max_length=20)
    asked = models.JSONField("条件", default=dict)
    name = models.CharField("文件名", max_length=200)
    state = models.CharField("状态", max_length=16, choices=ExportState, default=ExportState.WAITING)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    step = models.CharField("正在处理", max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    # The versions whose content is in the file, and whether their assessment is: {"12": true}.
    shown = models.JSONField("包含的版本", default=dict)
    # What the trail's entry will say of it.
    detail = models.JSONField("说明", default=dict)
    sha256 = models.CharField("校验值", max_length=64, blank=True)
    size = models.PositiveBigIntegerField("字节数", default=0)
    error = models.TextField("原因", blank=True)
    requested_at = models.DateTimeField("发起时间", default=timezone.now)
    # The last sign of life: of the process that makes the file; of a waiting one, when a process was last begun for it.
    touched_at = models.DateTimeField("进展时间", default=timezone.now)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = "导出的文件"
        verbose_name_plural = "导出的文件"
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="running"), name="one_export_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_under_way(self) -> bool:
        """Whether it waits or is being made."""
        return self.state in UNDER_WAY

    @property
    def kept_until(self) -> datetime.datetime | None:
        """When a finished one goes away."""
        return self.finished_at + KEPT_FOR if self.finished_at else None

    @property
    def said(self) -> str:
        """What of the register it shows, in words; empty for all that is in force in its year."""
        return str(self.detail.get("条件", ""))


class ExportPiece(models.Model):
    """A piece of a finished file, so that no process holds a long one whole; in the database, so that each of several
    servers can hand it out."""

    export = models.ForeignKey(Export, verbose_name="文件", on_delete=models.CASCADE, related_name="pieces")
    place = models.PositiveIntegerField("次序")
    content = models.BinaryField("内容")

    class Meta:
        verbose_name = "导出文件的一段"
        verbose_name_plural = "导出文件的一段"
        ordering = ["export", "place"]
        constraints = [models.UniqueConstraint(fields=["export", "place"], name="export_piece_once")]

    def __str__(self) -> str:
        return f"{self.export} 第 {self.place} 段"
