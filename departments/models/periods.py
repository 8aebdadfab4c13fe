"""What every row has that is valid for a time."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from riskcontrol.text import folded


class ActivePeriodQuerySet(models.QuerySet):
    """For things with a first and a last day: open ends mean always and still."""

    def active_on(self, day: datetime.date | None = None) -> "ActivePeriodQuerySet":
        """Those active on a day (default: today in the school's time zone)."""
        day = day or timezone.localdate()
        return self.filter(
            Q(active_from__isnull=True) | Q(active_from__lte=day), Q(active_to__isnull=True) | Q(active_to__gte=day)
        )


class ActivePeriod(models.Model):
    """A first and a last day; empty means without limit."""

    active_from = models.DateField("启用日期", null=True, blank=True)
    active_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        abstract = True

    def is_active_on(self, day: datetime.date) -> bool:
        """Whether the day lies within the period, both ends included."""
        return (self.active_from is None or self.active_from <= day) and (
            self.active_to is None or self.active_to >= day
        )


def refuse_lookalike(row: Any, others: models.QuerySet[Any]) -> None:
    """ValidationError where a reader could not tell the row's name from that of another one in use.

    The same name letter by letter is left to the constraint.
    """
    if row.active_to is not None:
        return
    for name in others.exclude(pk=row.pk).filter(active_to__isnull=True).values_list("name", flat=True):
        if name != row.name and folded(name) == folded(row.name):
            raise ValidationError({"name": f"与已有的“{name}”看上去相同，请换一个分得清的名称。"})
