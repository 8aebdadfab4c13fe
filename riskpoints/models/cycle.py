"""年度: one year of the register, with its dates."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q


class Cycle(models.Model):
    """One calendar year: opened with a table for each owner, closed by its archive."""

    year = models.PositiveSmallIntegerField(
        "年度",
        unique=True,
        validators=[MinValueValidator(2000), MaxValueValidator(2100)],
        error_messages={"unique": "这个年度已经开启。"},
    )
    fill_from = models.DateField("填报开始")
    fill_until = models.DateField("填报截止")
    review_until = models.DateField("审核截止")
    publish_until = models.DateField("公示截止")
    opened_at = models.DateTimeField("开启时间", auto_now_add=True)
    closed_at = models.DateTimeField("归档关闭时间", null=True, blank=True)

    class Meta:
        verbose_name = "年度"
        verbose_name_plural = "年度"
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fill_from__lte=F("fill_until"))
                & Q(fill_until__lte=F("review_until"))
                & Q(review_until__lte=F("publish_until")),
                name="cycle_dates_in_order",
                violation_error_message="日期须依次为：填报开始、填报截止、审核截止、公示截止，后一个不早于前一个。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年度"

    @property
    def is_closed(self) -> bool:
        """Whether the year was closed: nothing in it may change any more."""
        return self.closed_at is not None
