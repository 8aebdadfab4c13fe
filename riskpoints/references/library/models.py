"""A typical risk with its measures, and the questions that a department asks itself in each category."""

from typing import Any

from django.db import models
from django.db.models import Q

from departments.models import PostFunction
from riskcontrol.fields import TextField
from riskpoints.enums import ALL_CATEGORIES, Harm, Likelihood, Stage


class TypicalRisk(models.Model):
    """典型风险 (R19–R22): words that a department may begin with. It holds no person and no case.

    `key` is its number for people, for workbooks and for archives, and never given to another. `shipped` is the hash of
    what came with the program when nobody had changed it; it is empty for the school's own. `lock` counts the changes.
    """

    WATCHED_PARTS = ("measures", "functions")  # riskcontrol.watched

    key = models.CharField("编号", max_length=16, unique=True)
    area = models.CharField("领域", max_length=32)
    category = models.CharField("风险类别", max_length=16, choices=ALL_CATEGORIES)
    functions = models.ManyToManyField(
        PostFunction, verbose_name="适用的岗位职能", blank=True, related_name="typical_risks"
    )
    text = TextField("风险点", max_length=1000)
    manifestation = TextField("表现形式", max_length=1000, blank=True)
    likelihood = models.PositiveSmallIntegerField("发生机率（建议）", choices=Likelihood, null=True, blank=True)
    harm = models.PositiveSmallIntegerField("危害程度（建议）", choices=Harm, null=True, blank=True)
    hot_years = models.JSONField("当年重点", default=list, blank=True)
    source = models.CharField("来源说明", max_length=200, blank=True)
    is_active = models.BooleanField("启用", default=True)
    order = models.PositiveIntegerField("顺序", default=0)
    shipped = models.CharField(max_length=64, blank=True, editable=False)
    lock = models.PositiveIntegerField("修改次数", default=0)

    class Meta:
        verbose_name = "典型风险"
        verbose_name_plural = "典型风险"
        ordering = ["order", "key"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="typical_risk_has_text"),
            models.CheckConstraint(condition=~Q(area=""), name="typical_risk_has_area"),
        ]
        indexes = [models.Index(fields=["is_active", "category", "area"], name="typical_risk_chosen_by")]

    def __str__(self) -> str:
        return f"{self.key} {self.text[:40]}"

    def is_hot_in(self, year: int) -> bool:
        """Whether the committee named it a matter to look at first in this year."""
        return year in self.hot_years


class TypicalMeasure(models.Model):
    """One measure of a typical risk, in one of the three stages (R08)."""

    risk = models.ForeignKey(TypicalRisk, verbose_name="典型风险", on_delete=models.CASCADE, related_name="measures")
    stage = models.CharField("阶段", max_length=16, choices=Stage, blank=True)
    text = TextField("防范措施", max_length=2000)
    timing = models.CharField("时限或频次", max_length=64, blank=True)
    order = models.PositiveIntegerField("顺序", default=0)

    class Meta:
        verbose_name = "典型风险的措施"
        verbose_name_plural = "典型风险的措施"
        ordering = ["order", "id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="typical_measure_has_text")]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def said(self) -> tuple[Any, ...]:
        """What it says, to be compared."""
        return self.stage, self.text, self.timing


class GuidingQuestion(models.Model):
    """引导问题: shown beside the help of a category. `shipped` as for a typical risk; `key` is empty for own ones."""

    key = models.CharField(max_length=32, blank=True, editable=False)
    category = models.CharField("风险类别", max_length=16, choices=ALL_CATEGORIES)
    text = models.CharField("问题", max_length=200)
    order = models.PositiveIntegerField("顺序", default=0)
    is_active = models.BooleanField("启用", default=True)
    shipped = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = "引导问题"
        verbose_name_plural = "引导问题"
        ordering = ["category", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="guiding_question_key_once"),
            models.CheckConstraint(condition=~Q(text=""), name="guiding_question_has_text"),
        ]

    def __str__(self) -> str:
        return self.text[:40]
