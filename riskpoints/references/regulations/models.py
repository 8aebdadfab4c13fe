"""A regulation, its files, what the yearly plan decided about it, and how it was found to be carried out."""

import uuid
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from departments.models import Department
from riskcontrol.fields import NameField, TextField
from riskcontrol.models import AppendOnlyRow, StoredFile
from riskcontrol.paper.texts import PrintedTexts
from riskpoints.references.regulations.enums import ENDED, VALID, Executed, Kind, Plan, State


def _who(caption: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=caption, null=True, on_delete=models.PROTECT, related_name="+"
    )


class RegulationQuerySet(models.QuerySet):
    """Regulations are repealed or dropped, never removed: what was decided cites them."""

    def delete(self) -> NoReturn:
        raise TypeError("Regulations are never removed.")


class Regulation(PrintedTexts):
    """制度: what it is called, who made it, since when it is valid, and what became of it (R38, R21).

    Its past values are in the audit trail; what measures said of it when they were decided is frozen there.
    """

    WATCHED_PARTS = ("files", "plans", "checks")  # riskcontrol.watched

    identity = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    title = NameField("制度名称", max_length=200)
    document_number = NameField("文号", max_length=64, blank=True)
    kind = models.CharField("类别", max_length=16, choices=Kind, default=Kind.SCHOOL)
    issuer = NameField("发布机关", max_length=64, blank=True)
    department = models.ForeignKey(
        Department,
        verbose_name="制定部门",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="regulations",
    )
    adopted_on = models.DateField("通过日期", null=True, blank=True)
    effective_on = models.DateField("施行日期", null=True, blank=True)
    state = models.CharField("状态", max_length=16, choices=State, default=State.DRAFTING, db_index=True)
    replaced_by = models.ForeignKey(
        "self", verbose_name="由哪项替代", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )
    ended_on = models.DateField("废止日期", null=True, blank=True)
    reason = TextField("理由", max_length=500, blank=True)
    summary = TextField("内容提要", max_length=1000, blank=True)
    next_review_on = models.DateField("下次评估日期", null=True, blank=True)
    state_since = models.DateTimeField("进入现状态的时间")
    created_at = models.DateTimeField("登记时间")
    created_by = _who("登记人")

    objects = RegulationQuerySet.as_manager()

    class Meta:
        verbose_name = "制度"
        verbose_name_plural = "制度"
        ordering = ["title", "effective_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="regulation_has_a_title"),
            models.CheckConstraint(
                condition=~Q(kind=Kind.DEPARTMENT) | Q(department__isnull=False),
                name="regulation_of_a_department_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=VALID) | Q(effective_on__isnull=False), name="valid_regulation_has_its_day"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ENDED) | Q(ended_on__isnull=False), name="ended_regulation_has_its_day"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REPEALED) | ~Q(reason=""), name="repealed_regulation_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state=State.REPLACED, replaced_by__isnull=False)
                | (~Q(state=State.REPLACED) & Q(replaced_by__isnull=True)),
                name="replaced_regulation_names_the_next",
            ),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True) | ~Q(replaced_by=F("id")), name="regulation_replaces_another"
            ),
        ]

    def __str__(self) -> str:
        return self.cited_as

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Regulations are never removed.")

    @property
    def cited_as(self) -> str:
        """How a measure names it, told apart from others of its title: 《采购管理办法》（校发〔2025〕3 号）."""
        return cited(self.title, self.document_number or self.year)

    @property
    def year(self) -> str:
        """The year that tells it from another of the same title; empty while no day is known."""
        day = self.effective_on or self.adopted_on
        return f"{day.year} 年" if day else ""

    @property
    def is_ended(self) -> bool:
        """Whether no measure can rest on it any more."""
        return self.state in ENDED

    @property
    def is_valid(self) -> bool:
        return self.state in VALID


def cited(title: str, told_apart: str) -> str:
    """A title as it is cited, with what tells it from another one of the same title."""
    return f"《{title}》（{told_apart}）" if told_apart else f"《{title}》"


class RegulationFile(AppendOnlyRow):
    """The text of a regulation or one of its forms; a replaced one is kept, and the next says why it came."""

    regulation = models.ForeignKey(Regulation, verbose_name="制度", on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=120)
    suffix = models.CharField("格式", max_length=8)
    added_by = _who("上传人")
    added_at = models.DateTimeField("上传时间")
    replaces = models.OneToOneField(
        "self", verbose_name="更换的文件", null=True, blank=True, on_delete=models.PROTECT, related_name="replacement"
    )
    reason = models.CharField("更换原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "制度文件"
        verbose_name_plural = "制度文件"
        ordering = ["added_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(reason=""), name="regulation_file_replaced_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanDecision(PrintedTexts, AppendOnlyRow):
    """废改立: what the keeper decided for one year; the latest of a regulation and year holds."""

    regulation = models.ForeignKey(Regulation, verbose_name="制度", on_delete=models.PROTECT, related_name="plans")
    year = models.PositiveSmallIntegerField("年度")
    decision = models.CharField("处理意见", max_length=8, choices=Plan)
    due = models.DateField("计划完成时间", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    decided_by = _who("登记人")
    decided_by_name = models.CharField("登记人姓名", max_length=64)
    decided_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "废改立意见"
        verbose_name_plural = "废改立意见"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(decision=Plan.KEEP) | Q(due__isnull=False), name="plan_has_its_day"),
        ]

    def __str__(self) -> str:
        return f"{self.regulation}：{self.get_decision_display()}"


class ExecutionCheck(AppendOnlyRow):
    """制度执行检查 of one year: 是否执行、执行中的问题、修订建议 (R59); the latest holds, the others stay."""

    regulation = models.ForeignKey(Regulation, verbose_name="制度", on_delete=models.PROTECT, related_name="checks")
    year = models.PositiveSmallIntegerField("年度")
    executed = models.CharField("是否执行", max_length=8, choices=Executed)
    problems = TextField("执行中的问题", max_length=1000, blank=True)
    suggestion = TextField("修订建议", max_length=500, blank=True)
    checked_on = models.DateField("检查日期")
    checked_by = _who("检查人")
    checked_by_name = models.CharField("检查人姓名", max_length=64)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "制度执行检查"
        verbose_name_plural = "制度执行检查"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(executed=Executed.YES) | ~Q(problems=""), name="check_names_what_is_wrong"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.regulation}：{self.year} 年执行检查"
