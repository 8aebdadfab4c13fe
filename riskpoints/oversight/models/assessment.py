"""考核: one department's year as it judges itself, as the committee scores it, and as the meeting decided (R49)."""

import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q

from departments.models import Department
from riskcontrol.fields import NameField, TextField
from riskcontrol.models import AppendOnlyRow, StoredFile
from riskcontrol.paper.texts import PrintedTexts
from riskpoints.models import Cycle
from riskpoints.models.table import FrozenError
from riskpoints.oversight.enums import AssessmentAct, AssessmentState
from riskpoints.oversight.models.indicators import Indicator, IndicatorSheet
from riskpoints.oversight.models.sheet import account
from riskpoints.rules.enums import Grade

DECIDED = "考核已经审定，不能再改；事后查明的，由单位主要负责人更正。"
OPEN = (AssessmentState.HANDED_IN, AssessmentState.SCORING)
HANDED_IN = (*OPEN, AssessmentState.SCORED, AssessmentState.DECIDED)


def score(title: str) -> models.DecimalField:
    """A score of at most 100.00 points, none before it is given."""
    return models.DecimalField(title, max_digits=5, decimal_places=2, null=True, blank=True)


class AssessmentQuerySet(models.QuerySet):
    """Assessments; a decided one is changed by a correction alone, and none is removed."""

    def update(self, **kwargs: Any) -> int:
        if self.filter(state=AssessmentState.DECIDED).exists():
            raise FrozenError(DECIDED)
        return super().update(**kwargs)

    def delete(self) -> Any:
        raise FrozenError("考核记录不能删除。")


class Assessment(PrintedTexts):
    """自评分, 核准分, 按分等次 and 最终等次 side by side. Its state is written by assessment.acting alone."""

    WATCHED_PARTS = ("items", "entries", "corrections", "items.scores")  # riskcontrol.watched

    cycle = models.ForeignKey(Cycle, verbose_name="年度", on_delete=models.PROTECT, related_name="+")
    sheet = models.ForeignKey(IndicatorSheet, verbose_name="指标表", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, verbose_name="部门", on_delete=models.PROTECT, related_name="+")
    department_name = models.CharField("部门名称", max_length=64)
    # Whoever began it: the head who is judged.
    head = account("部门负责人")
    head_name = models.CharField("部门负责人姓名", max_length=64)
    # Where the head changed within the year, each is judged on the own part; empty: from its first, to its last day.
    since = models.DateField("任职起", null=True, blank=True)
    until = models.DateField("任职止", null=True, blank=True)
    state = models.CharField("状态", max_length=16, choices=AssessmentState, default=AssessmentState.SELF)
    begun_at = models.DateTimeField("开始时间", auto_now_add=True)
    submitted_by = account("提交人", null=True, blank=True)
    submitted_by_name = models.CharField("提交人姓名", max_length=64, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    self_score = score("自评分")
    reviewed_score = score("核准分")
    grade_by_score = models.CharField("按分等次", max_length=16, choices=Grade, blank=True)
    final_grade = models.CharField("最终等次", max_length=16, choices=Grade, blank=True)
    decided_on = models.DateField("审定日期", null=True, blank=True)
    minutes_number = NameField("会议纪要编号", max_length=64, blank=True)
    decided_by = account("审定登记人", null=True, blank=True)
    decided_by_name = models.CharField("审定登记人姓名", max_length=64, blank=True)
    decided_at = models.DateTimeField("登记时间", null=True, blank=True)
    lock = models.PositiveIntegerField("修改次数", default=0)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "部门考核"
        verbose_name_plural = "部门考核"
        ordering = ["cycle", "department", F("since").asc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "department", "head"], name="one_assessment_of_a_head"),
            models.UniqueConstraint(
                fields=["cycle", "department"],
                condition=Q(since__isnull=True),
                name="one_assessment_from_day_one",
            ),
            models.UniqueConstraint(
                fields=["cycle", "department"], condition=Q(until__isnull=True), name="one_assessment_to_the_end"
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(since__lte=F("until")),
                name="assessment_part_has_days",
            ),
            models.CheckConstraint(
                condition=Q(state=AssessmentState.SELF, submitted_by__isnull=True, self_score__isnull=True)
                | ~Q(state=AssessmentState.SELF) & Q(submitted_by__isnull=False, self_score__isnull=False),
                name="assessment_is_handed_in_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[AssessmentState.SCORED, AssessmentState.DECIDED], reviewed_score__isnull=False)
                | ~Q(state__in=[AssessmentState.SCORED, AssessmentState.DECIDED]) & Q(reviewed_score__isnull=True),
                name="assessment_is_scored",
            ),
            models.CheckConstraint(
                condition=Q(state=AssessmentState.DECIDED, decided_by__isnull=False, decided_on__isnull=False)
                & ~Q(minutes_number="")
                & ~Q(grade_by_score="")
                & ~Q(final_grade="")
                | ~Q(state=AssessmentState.DECIDED)
                & Q(decided_by__isnull=True, decided_on__isnull=True, minutes_number="")
                & Q(grade_by_score="", final_grade=""),
                name="assessment_is_decided_at_a_meeting",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("submitted_by")) & ~Q(decided_by=F("head")),
                name="assessment_is_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        whose = f"（{self.head_name}）" if self.is_part else ""
        return f"{self.department_name}{self.cycle.year}年度考核{whose}"

    @property
    def is_part(self) -> bool:
        """Whether the head is judged on a part of the year, as there was another one."""
        return self.since is not None or self.until is not None

    @property
    def first(self) -> datetime.date:
        return self.since or datetime.date(self.cycle.year, 1, 1)

    @property
    def last(self) -> datetime.date:
        return self.until or datetime.date(self.cycle.year, 12, 31)

    @property
    def is_decided(self) -> bool:
        return self.state == AssessmentState.DECIDED

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and Assessment.objects.filter(pk=self.pk, state=AssessmentState.DECIDED).exists():
            raise FrozenError(DECIDED)
        super().save(*args, **kwargs)

    def correct(self, grade: str) -> None:
        """Take the grade of a correction that was just written; the database lets nothing else of it change."""
        models.QuerySet(Assessment).filter(pk=self.pk).update(final_grade=grade)
        self.final_grade = grade

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise FrozenError("考核记录不能删除。")


class AssessmentItem(PrintedTexts):
    """One indicator of an assessment: what the head says, or what was reckoned when it was handed in."""

    assessment = models.ForeignKey(Assessment, verbose_name="考核", on_delete=models.PROTECT, related_name="items")
    indicator = models.ForeignKey(Indicator, verbose_name="指标", on_delete=models.PROTECT, related_name="+")
    self_score = score("自评分")
    evidence = TextField("自评说明", max_length=1000, blank=True)
    file = models.ForeignKey(
        StoredFile, verbose_name="备查材料", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField("备查材料名称", max_length=120, blank=True)
    # Of an automatic one, between 0 and 1; none where there is nothing to reckon with (不适用).
    value = models.DecimalField("得分率", max_digits=3, decimal_places=2, null=True, blank=True)
    counts = models.JSONField("数据", default=dict, blank=True)
    reckoning = TextField("计算过程", max_length=500, blank=True)
    score = score("核准分")

    class Meta:
        verbose_name = "考核项目"
        verbose_name_plural = "考核项目"
        ordering = ["indicator__order"]
        constraints = [models.UniqueConstraint(fields=["assessment", "indicator"], name="assessment_item_once")]

    def __str__(self) -> str:
        return str(self.indicator)


class ItemScore(PrintedTexts):
    """What one of the committee gives for an indicator, and why where that is far from the department's own score."""

    item = models.ForeignKey(AssessmentItem, verbose_name="项目", on_delete=models.PROTECT, related_name="scores")
    by = account("核分人")
    by_name = models.CharField("核分人姓名", max_length=64)
    score = models.DecimalField("核分", max_digits=5, decimal_places=2)
    reason = TextField("理由", max_length=300, blank=True)
    at = models.DateTimeField("核分时间", auto_now=True)

    class Meta:
        verbose_name = "核分"
        verbose_name_plural = "核分"
        ordering = ["item__indicator__order", "id"]
        constraints = [models.UniqueConstraint(fields=["item", "by"], name="scored_once_by_each")]

    def __str__(self) -> str:
        return f"{self.by_name} {self.score}"


class AssessmentEntry(AppendOnlyRow):
    """One act on an assessment, by whom and in which words; never changed."""

    assessment = models.ForeignKey(Assessment, verbose_name="考核", on_delete=models.PROTECT, related_name="entries")
    act = models.CharField("办理", max_length=16, choices=AssessmentAct)
    text = TextField("说明", max_length=500, blank=True)
    by = account("办理人")
    by_name = models.CharField("办理人姓名", max_length=64)
    at = models.DateTimeField("办理时间", auto_now_add=True)

    class Meta:
        verbose_name = "考核办理记录"
        verbose_name_plural = "考核办理记录"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(act=AssessmentAct.RETURN) | ~Q(text=""), name="returned_assessment_says_why"
            )
        ]

    def __str__(self) -> str:
        return f"{self.assessment} {self.get_act_display()}"
