"""考核指标: the indicator sheet of a year; once it is in use nothing of it changes (R49)."""

from typing import Any

from django.db import models
from django.db.models import Q

from riskcontrol.fields import NameField, TextField
from riskcontrol.paper.texts import PrintedTexts
from riskpoints.models import Cycle
from riskpoints.models.table import FrozenError
from riskpoints.oversight.enums import Formula, IndicatorKind, SheetState
from riskpoints.oversight.models.sheet import account

TOTAL = 100
IN_USE = "考核指标已经启用，不能再改。"


class IndicatorSheetQuerySet(models.QuerySet):
    """Sheets; one that is in use is never changed."""

    def update(self, **kwargs: Any) -> int:
        if self.filter(state=SheetState.ACTIVE).exists():
            raise FrozenError(IN_USE)
        return super().update(**kwargs)

    def delete(self) -> Any:
        raise FrozenError("考核指标不能删除。")


class IndicatorSheet(models.Model):
    """The indicators of a year, by which each department is judged; written by assessment.sheets alone."""

    WATCHED_PARTS = ("indicators",)  # riskcontrol.watched

    cycle = models.OneToOneField(Cycle, verbose_name="年度", on_delete=models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=16, choices=SheetState, default=SheetState.DRAFT)
    total = models.PositiveSmallIntegerField("总分", default=TOTAL)
    made_by = account("起草人")
    made_by_name = models.CharField("起草人姓名", max_length=64)
    made_at = models.DateTimeField("起草时间", auto_now_add=True)
    activated_by = account("启用人", null=True, blank=True)
    activated_by_name = models.CharField("启用人姓名", max_length=64, blank=True)
    activated_at = models.DateTimeField("启用时间", null=True, blank=True)
    lock = models.PositiveIntegerField("修改次数", default=0)

    objects = IndicatorSheetQuerySet.as_manager()

    class Meta:
        verbose_name = "考核指标表"
        verbose_name_plural = "考核指标表"
        ordering = ["cycle"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=SheetState.ACTIVE, activated_by__isnull=False, activated_at__isnull=False)
                | Q(state=SheetState.DRAFT, activated_by__isnull=True, activated_at__isnull=True),
                name="sheet_is_activated_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cycle.year}年度考核指标"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and IndicatorSheet.objects.filter(pk=self.pk, state=SheetState.ACTIVE).exists():
            raise FrozenError(IN_USE)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise FrozenError("考核指标不能删除。")

    @property
    def is_active(self) -> bool:
        return self.state == SheetState.ACTIVE


class IndicatorQuerySet(models.QuerySet):
    """Indicators of sheets that are drafted."""

    def _refuse_others(self) -> None:
        if self.filter(sheet__state=SheetState.ACTIVE).exists():
            raise FrozenError(IN_USE)

    def update(self, **kwargs: Any) -> int:
        self._refuse_others()
        return super().update(**kwargs)

    def delete(self) -> Any:
        self._refuse_others()
        return super().delete()


class Indicator(PrintedTexts):
    """One thing that is judged, what it is worth, and who or what gives its score."""

    sheet = models.ForeignKey(
        IndicatorSheet, verbose_name="指标表", on_delete=models.PROTECT, related_name="indicators"
    )
    order = models.PositiveIntegerField("序号")
    group = NameField("项目", max_length=40)
    text = TextField("考核内容", max_length=200)
    weight = models.PositiveSmallIntegerField("分值")
    kind = models.CharField("评分方式", max_length=16, choices=IndicatorKind)
    formula = models.CharField("计算方法", max_length=16, choices=Formula, blank=True)
    guide = TextField("评分标准", max_length=500, blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = "考核指标"
        verbose_name_plural = "考核指标"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "order"], name="indicator_in_order"),
            models.UniqueConstraint(fields=["sheet", "formula"], condition=~Q(formula=""), name="formula_once"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="indicator_is_worth_something"),
            models.CheckConstraint(
                condition=Q(kind=IndicatorKind.AUTOMATIC) & ~Q(formula="")
                | Q(kind=IndicatorKind.MANUAL) & Q(formula=""),
                name="automatic_indicator_has_its_formula",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def is_automatic(self) -> bool:
        return self.kind == IndicatorKind.AUTOMATIC

    def save(self, *args: Any, **kwargs: Any) -> None:
        if IndicatorSheet.objects.filter(pk=self.sheet_id, state=SheetState.ACTIVE).exists():
            raise FrozenError(IN_USE)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        if IndicatorSheet.objects.filter(pk=self.sheet_id, state=SheetState.ACTIVE).exists():
            raise FrozenError(IN_USE)
        return super().delete(*args, **kwargs)
