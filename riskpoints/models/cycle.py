"""年度: one year of the register, with its dates."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from riskcontrol.templatetags.ui import cn_date

# 校内默认: filling may begin in the last quarter before the year, and what is late is signed in the first one after it.
FIRST_MONTH, LAST_DAY_AFTER = 10, (3, 31)


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
    # Said when the year is opened, and never derived from the calendar: on 1 January the office alone could else put
    # a table of the year that is still open in force, without committee or publication.
    is_historical = models.BooleanField("补录历史年度", default=False, editable=False)
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
    def first_day(self) -> datetime.date:
        """The earliest day on which filling may begin: 1 October of the year before."""
        return datetime.date(self.year - 1, FIRST_MONTH, 1)

    @property
    def last_day(self) -> datetime.date:
        """The latest last date of the year's plan."""
        return datetime.date(self.year + 1, *LAST_DAY_AFTER)

    def asked_on(self, today: datetime.date) -> datetime.date:
        """The day on which a department has to be there to be asked for a table: the year's first day or, once it has
        begun, today."""
        return max(today, datetime.date(self.year, 1, 1))

    def clean(self) -> None:
        """A year's number and its dates agree (a 2027 whose dates lie in 2026 was typed wrong)."""
        errors: dict[str, Any] = {}
        if self.year and self.fill_from and not self.first_day <= self.fill_from <= datetime.date(self.year, 12, 31):
            first = self.first_day
            errors["fill_from"] = (
                f"与年度不符：{self.year} 年度的填报应在{cn_date(first)}至{self.year}年12月31日之间开始。"
            )
        elif self.year and self.publish_until and self.publish_until > self.last_day:
            last = self.last_day
            errors["publish_until"] = f"与年度不符：{self.year} 年度最晚到{cn_date(last)}。"
        if errors:
            raise ValidationError(errors)

    @property
    def is_closed(self) -> bool:
        """Whether the year was closed: nothing in it may change any more."""
        return self.closed_at is not None
