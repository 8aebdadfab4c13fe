"""检查表: one sheet for a department, a period, a level and a kind, its points, and what was done to it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from departments.enums import Level
from departments.models import Department, Post
from riskcontrol.fields import NameField, TextField
from riskcontrol.models import AppendOnlyRow
from riskcontrol.paper.texts import PrintedTexts
from riskpoints.models import Cycle, TableVersion
from riskpoints.models.table import FrozenError
from riskpoints.oversight.enums import CheckAct, CheckKind, Period, State

OPEN = (State.FILLING, State.RETURNED)
FROZEN = "检查表已经复核，不能再改。"
LINES_STAY = "检查表里的风险点是开始检查时的，不能更改。"
HANDED_IN = "检查表已经提交，不能再改。如需修改，请复核人退回。"


def account(title: str, **more: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=title, on_delete=models.PROTECT, related_name="+", **more
    )


class CheckSheetQuerySet(models.QuerySet):
    """Sheets; a reviewed one is never changed, and none is removed."""

    def update(self, **kwargs: Any) -> int:
        if self.filter(state=State.REVIEWED).exists():
            raise FrozenError(FROZEN)
        return super().update(**kwargs)

    def delete(self) -> Any:
        raise FrozenError("检查表不能删除。")


class CheckSheet(PrintedTexts):
    """One check. Its state is written by monitoring.acting alone; what is due and not begun has no row."""

    WATCHED_PARTS = ("lines", "lines.measures", "entries")  # riskcontrol.watched

    cycle = models.ForeignKey(Cycle, verbose_name="年度", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, verbose_name="部门", on_delete=models.PROTECT, related_name="+")
    department_name = models.CharField("部门名称", max_length=64)
    kind = models.CharField("检查种类", max_length=16, choices=CheckKind)
    level = models.PositiveSmallIntegerField("等级", choices=Level)
    period = models.CharField("检查时段", max_length=4, choices=Period)
    # None in a year that came from an archive, where the table was of another year.
    version = models.ForeignKey(
        TableVersion, verbose_name="依据的版本", null=True, on_delete=models.PROTECT, related_name="+"
    )
    version_name = models.CharField("依据的版本名称", max_length=40)
    # Who answered for the level when the check began (R40).
    duty = models.CharField("责任领导", max_length=200, blank=True)
    checker = NameField("检查人", max_length=64, blank=True)
    recorder = NameField("记录人", max_length=64, blank=True)
    opinion = TextField("总的情况和意见", max_length=1000, blank=True)
    state = models.CharField("状态", max_length=16, choices=State, default=State.FILLING)
    started_by = account("开始人")
    started_by_name = models.CharField("开始人姓名", max_length=64)
    started_at = models.DateTimeField("开始时间", auto_now_add=True)
    submitted_by = account("提交人", null=True, blank=True)
    submitted_by_name = models.CharField("提交人姓名", max_length=64, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    # Whether it was first handed in after its period: it stays marked.
    is_late = models.BooleanField("逾期提交", default=False)
    reviewed_by = account("复核人", null=True, blank=True)
    reviewed_by_name = models.CharField("复核人姓名", max_length=64, blank=True)
    reviewed_at = models.DateTimeField("复核时间", null=True, blank=True)
    review_note = TextField("复核意见", max_length=500, blank=True)

    objects = CheckSheetQuerySet.as_manager()

    class Meta:
        verbose_name = "检查表"
        verbose_name_plural = "检查表"
        ordering = ["cycle", "department", "level", "period", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "department", "period", "level", "kind"], name="one_check_sheet"),
            models.CheckConstraint(
                condition=~Q(state__in=[State.SUBMITTED, State.REVIEWED])
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="check_is_submitted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=State.REVIEWED, reviewed_by__isnull=False, reviewed_at__isnull=False)
                | ~Q(state=State.REVIEWED) & Q(reviewed_by__isnull=True, reviewed_at__isnull=True),
                name="check_is_reviewed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True)
                | ~Q(reviewed_by=F("submitted_by")) & ~Q(reviewed_by=F("started_by")),
                name="check_is_reviewed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_name}{self.title}"

    @property
    def title(self) -> str:
        """Which check it is, without the department: 2026年第三季度一级风险部门自查."""
        return f"{self.cycle.year}年{self.get_period_display()}{level_words(self.level)}{self.get_kind_display()}"

    @property
    def is_self(self) -> bool:
        return self.kind == CheckKind.SELF

    @property
    def is_open(self) -> bool:
        """Whether it can still be filled in, as far as its state says."""
        return self.state in OPEN

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and CheckSheet.objects.filter(pk=self.pk, state=State.REVIEWED).exists():
            raise FrozenError(FROZEN)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise FrozenError("检查表不能删除。")


class CheckLineQuerySet(models.QuerySet):
    """Points of a sheet: written once, when it is begun."""

    def update(self, **kwargs: Any) -> int:
        raise FrozenError(LINES_STAY)

    def delete(self) -> Any:
        raise FrozenError(LINES_STAY)


class CheckLine(PrintedTexts):
    """A point that was in force when the check began, with its texts of that moment; never changed."""

    sheet = models.ForeignKey(CheckSheet, verbose_name="检查表", on_delete=models.PROTECT, related_name="lines")
    order = models.PositiveIntegerField("序号")
    identity = models.UUIDField("风险点标识")
    number = models.CharField("编号", max_length=32, blank=True)
    post = models.ForeignKey(Post, verbose_name="岗位", null=True, on_delete=models.PROTECT, related_name="+")
    post_name = models.CharField("岗位名称", max_length=64, blank=True)
    text = TextField("风险点", max_length=1000)
    level = models.PositiveSmallIntegerField("等级", choices=Level)
    responsible = models.CharField("责任人", max_length=64, blank=True)

    objects = CheckLineQuerySet.as_manager()

    class Meta:
        verbose_name = "检查的风险点"
        verbose_name_plural = "检查的风险点"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "identity"], name="check_line_once"),
            models.UniqueConstraint(fields=["sheet", "order"], name="check_line_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.text[:40]}"


class CheckEntry(AppendOnlyRow):
    """One act on a sheet: handed in, reviewed, returned, by whom and in which words; never changed."""

    sheet = models.ForeignKey(CheckSheet, verbose_name="检查表", on_delete=models.PROTECT, related_name="entries")
    act = models.CharField("办理", max_length=16, choices=CheckAct)
    text = TextField("说明", max_length=500, blank=True)
    by = account("办理人")
    by_name = models.CharField("办理人姓名", max_length=64)
    at = models.DateTimeField("办理时间", auto_now_add=True)

    class Meta:
        verbose_name = "检查办理记录"
        verbose_name_plural = "检查办理记录"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(act=CheckAct.RETURN) | ~Q(text=""), name="returned_check_says_why")
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.get_act_display()}"


def level_words(level: int) -> str:
    """一级风险: the level as titles say it."""
    return f"{Level(level).label.partition('（')[0]}风险"
