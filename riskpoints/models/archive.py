"""年度档案: one build of a year's package and its progress."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from riskpoints.models.cycle import Cycle


class ArchiveState(models.TextChoices):
    """Where a build stands."""

    WAITING = "waiting", "等待生成"
    RUNNING = "running", "正在生成"
    DONE = "done", "已生成"
    FAILED = "failed", "未完成"


class AnnualArchive(models.Model):
    """One build of the annual package: done of total files, the file and its SHA-256, or what went wrong."""

    # riskcontrol.watched
    UNWATCHED = {"*": "生成的进度；档案包的校验值在审计记录里，由 verify_archive 核对"}

    cycle = models.ForeignKey(Cycle, verbose_name="年度", on_delete=models.PROTECT, related_name="archives")
    state = models.CharField("状态", max_length=16, choices=ArchiveState, default=ArchiveState.WAITING)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    step = models.CharField("正在处理", max_length=200, blank=True)
    fonds_code = models.CharField("全宗号", max_length=16, blank=True)
    file = models.CharField("文件", max_length=255, blank=True)
    sha256 = models.CharField("校验值", max_length=64, blank=True)
    size = models.PositiveBigIntegerField("字节数", default=0)
    error = models.TextField("原因", blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="发起人", on_delete=models.PROTECT, related_name="+", null=True
    )
    requested_at = models.DateTimeField("发起时间", auto_now_add=True)
    touched_at = models.DateTimeField("进展时间", auto_now=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = "年度档案"
        verbose_name_plural = "年度档案"
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle"], condition=Q(state__in=["waiting", "running"]), name="one_build_a_year_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle} 档案"
