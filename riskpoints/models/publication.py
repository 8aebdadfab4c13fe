"""公示 as an act: one period with the tables that are published in it (R33, R39)."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from riskcontrol.fields import NameField, TextField
from riskpoints.models.cycle import Cycle
from riskpoints.models.version import TableVersion
from riskpoints.rules.enums import DayKind


class PublicationState(models.TextChoices):
    """Where a publication stands on a day."""

    RUNNING = "running", "公示中"
    OVER = "over", "已结束"
    ENDED = "ended", "已终止"


class Publication(models.Model):
    """A publication period; its dates are fixed when it is posted, whatever rules and calendar become later."""

    cycle = models.ForeignKey(Cycle, verbose_name="年度", on_delete=models.PROTECT, related_name="publications")
    title = NameField("标题", max_length=120)
    notice = TextField("公示说明", max_length=1000, blank=True)
    first = models.DateField("公示开始")
    last = models.DateField("公示结束")
    days = models.PositiveSmallIntegerField("天数")
    day_kind = models.CharField("按什么日计算", max_length=16, choices=DayKind)
    is_gathered = models.BooleanField("集中公示", default=False)
    posted_at = models.DateTimeField("贴出时间", auto_now_add=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="贴出人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    ended_on = models.DateField("终止日期", null=True, blank=True)
    ended_reason = models.CharField("终止原因", max_length=500, blank=True)

    class Meta:
        verbose_name = "公示"
        verbose_name_plural = "公示"
        ordering = ["-first", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="publication_begins_before_it_ends"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | ~Q(ended_reason=""), name="ended_publication_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def state(self, on: datetime.date) -> PublicationState:
        """公示中, 已结束 or 已终止 on a day."""
        if self.ended_on is not None and self.ended_on <= on:
            return PublicationState.ENDED
        return PublicationState.RUNNING if on <= self.last else PublicationState.OVER


class PublishedVersion(models.Model):
    """A version in a publication; one that was returned has left it."""

    publication = models.ForeignKey(
        Publication, verbose_name="公示", on_delete=models.PROTECT, related_name="published"
    )
    version = models.ForeignKey(TableVersion, verbose_name="版本", on_delete=models.PROTECT, related_name="published")
    left_at = models.DateTimeField("退出时间", null=True, blank=True)
    left_reason = models.CharField("退出原因", max_length=500, blank=True)

    class Meta:
        verbose_name = "公示的表"
        verbose_name_plural = "公示的表"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=Q(left_at__isnull=True), name="a_version_is_in_one_publication"
            )
        ]

    def __str__(self) -> str:
        return f"{self.publication}：{self.version}"
