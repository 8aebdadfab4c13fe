"""问题登记: what somebody found, neutrally told, and what was done about it (R42, R43, R45)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from departments.models import Department, Post
from riskcontrol.fields import NameField, TextField
from riskcontrol.models import AppendOnlyRow
from riskcontrol.paper.texts import PrintedTexts
from riskpoints.models import Cycle, TableVersion
from riskpoints.models.table import FrozenError
from riskpoints.oversight.enums import FindingAct, FindingState, Nature, Source
from riskpoints.oversight.models.measure import CheckMeasure
from riskpoints.oversight.models.sheet import account

LONGEST_OF_PERSON = 200
OVER_FINDING = (FindingState.DROPPED, FindingState.PASSED_ON, FindingState.CLOSED)
FINDING_FROZEN = "问题已经办完，不能再改。"
SERIES = {Nature.DEPARTMENT: "问", Nature.PERSON: "个"}


class FindingQuerySet(models.QuerySet):
    """Findings; one that is over is never changed, and none is removed."""

    def update(self, **kwargs: Any) -> int:
        if self.filter(state__in=OVER_FINDING).exists():
            raise FrozenError(FINDING_FROZEN)
        return super().update(**kwargs)

    def delete(self) -> Any:
        raise FrozenError("登记的问题不能删除。")


class Finding(PrintedTexts):
    """One finding, under the next number of its year; its state is written by handling.findings alone.

    Matters about persons (个) have a series of their own that stands in no archive and no count.
    """

    UNWATCHED = {"state": "随处置变动，由只增不改的经过说明"}  # riskcontrol.watched

    cycle = models.ForeignKey(Cycle, verbose_name="年度", on_delete=models.PROTECT, related_name="+")
    nature = models.CharField("性质", max_length=16, choices=Nature, default=Nature.DEPARTMENT)
    sequence = models.PositiveIntegerField("序号")
    source = models.CharField("来源", max_length=16, choices=Source)
    # Of 信访 nothing but its number is kept here.
    source_number = models.CharField("来源编号", max_length=64, blank=True)
    found_on = models.DateField("发现日期")
    department = models.ForeignKey(Department, verbose_name="部门", on_delete=models.PROTECT, related_name="+")
    department_name = models.CharField("部门名称", max_length=64)
    post = models.ForeignKey(
        Post, verbose_name="岗位", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    post_name = models.CharField("岗位名称", max_length=64, blank=True)
    point = models.UUIDField("风险点标识", null=True, blank=True)
    point_text = TextField("风险点", max_length=1000, blank=True)
    # The measure that a check found 未落实.
    measure = models.OneToOneField(
        CheckMeasure,
        verbose_name="检查的措施",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="finding",
    )
    person = account("本人账号", null=True, blank=True)
    person_name = NameField("本人", max_length=64, blank=True)
    text = TextField("问题", max_length=300)
    demands_revision = models.BooleanField("要求修订防控表", default=False)
    state = models.CharField("状态", max_length=16, choices=FindingState, default=FindingState.OPEN)
    registered_by = account("登记人")
    registered_by_name = models.CharField("登记人姓名", max_length=64)
    registered_at = models.DateTimeField("登记时间", auto_now_add=True)
    # What an archive told of handlings of other years, as a row of the year tells it (handling/facts.py).
    handled_elsewhere = models.JSONField("其他年度的处置（导入）", default=list, blank=True, editable=False)
    token = models.CharField("提交标识", max_length=64, unique=True, editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "问题"
        verbose_name_plural = "问题"
        ordering = ["cycle", "nature", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "nature", "sequence"], name="one_finding_of_a_number"),
            models.CheckConstraint(
                condition=Q(nature=Nature.PERSON) & ~Q(person_name="")
                | Q(nature=Nature.DEPARTMENT, person__isnull=True, person_name=""),
                name="finding_names_a_person_or_none",
            ),
            models.CheckConstraint(
                condition=Q(nature=Nature.DEPARTMENT) | Q(demands_revision=False, measure__isnull=True),
                name="finding_about_a_person_asks_nothing_of_a_table",
            ),
        ]

    def __str__(self) -> str:
        return self.number if self.is_personal else f"{self.number}（{self.department_name}）"

    @property
    def number(self) -> str:
        """2026-问-3; 2026-个-1 where it is about a person."""
        return f"{self.cycle.year}-{SERIES[Nature(self.nature)]}-{self.sequence}"

    @property
    def is_personal(self) -> bool:
        return self.nature == Nature.PERSON

    @property
    def is_open(self) -> bool:
        return self.state not in OVER_FINDING

    def clean(self) -> None:
        """Of a person even less is said."""
        if self.is_personal and len(self.text) > LONGEST_OF_PERSON:
            words = f"涉及个人的请缩短到 {LONGEST_OF_PERSON} 字以内，现在有 {len(self.text)} 字。"
            raise ValidationError({"text": words})

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and Finding.objects.filter(pk=self.pk, state__in=OVER_FINDING).exists():
            raise FrozenError(FINDING_FROZEN)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise FrozenError("登记的问题不能删除。")


class FindingEntry(AppendOnlyRow, PrintedTexts):
    """One act on a finding and where it stood afterwards; never changed."""

    finding = models.ForeignKey(Finding, verbose_name="问题", on_delete=models.PROTECT, related_name="entries")
    act = models.CharField("办理", max_length=16, choices=FindingAct)
    state = models.CharField("办理后", max_length=16, choices=FindingState)
    text = TextField("说明", max_length=500, blank=True)
    to_whom = models.CharField("转给", max_length=64, blank=True)
    by = account("办理人")
    by_name = models.CharField("办理人姓名", max_length=64)
    at = models.DateTimeField("办理时间", auto_now_add=True)

    class Meta:
        verbose_name = "问题办理记录"
        verbose_name_plural = "问题办理记录"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(act=FindingAct.DROP) | ~Q(text=""), name="dropped_finding_says_why"),
            models.CheckConstraint(
                condition=~Q(act=FindingAct.PASS_ON) | ~Q(to_whom=""), name="passed_on_finding_says_to_whom"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding} {self.get_act_display()}"


class FindingAnswer(AppendOnlyRow):
    """A version of a table that answers a finding (R43: 完善廉政风险防控措施); what is decided of it stays its own."""

    finding = models.ForeignKey(Finding, verbose_name="问题", on_delete=models.PROTECT, related_name="answers")
    version = models.ForeignKey(TableVersion, verbose_name="版本", on_delete=models.PROTECT, related_name="+")
    by = account("登记人")
    by_name = models.CharField("登记人姓名", max_length=64)
    at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "修订回应"
        verbose_name_plural = "修订回应"
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["finding", "version"], name="version_answers_a_finding_once")]

    def __str__(self) -> str:
        return f"{self.finding} {self.version}"
