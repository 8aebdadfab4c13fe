"""Dated school rules, and the days on which the school's calendar differs from Monday to Friday."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from riskcontrol.models import AppendOnlyRow
from riskpoints.rules.enums import Key


class SchoolRule(AppendOnlyRow):
    """One value of one rule, valid from a day until the next one of the same key. Rules are added, never changed: what
    was due or judged before keeps the rule of its day."""

    key = models.CharField("规则", max_length=40, db_index=True)
    value = models.JSONField("规定")
    since = models.DateField("起始日期")
    changed_at = models.DateTimeField("修改时间", auto_now_add=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="修改人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_by_name = models.CharField("修改人姓名", max_length=64, blank=True)
    reason = models.CharField("理由", max_length=500)

    class Meta:
        verbose_name = "校内规则"
        verbose_name_plural = "校内规则"
        ordering = ["since", "id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="rule_change_has_a_reason")]

    def __str__(self) -> str:
        return str(Key(self.key).label)


class WorkCalendar(models.Model):
    """A day that differs from Monday to Friday: 法定节假日 in the week, 调休 at a weekend."""

    day = models.DateField("日期", unique=True)
    is_working = models.BooleanField("上班")
    note = models.CharField("说明", max_length=64, blank=True)

    class Meta:
        verbose_name = "工作日历"
        verbose_name_plural = "工作日历"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {'班' if self.is_working else '休'}"
