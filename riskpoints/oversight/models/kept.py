"""What an archive told of rows that are not in it: counts of matters about persons, corrections of another year."""

from django.db import models
from django.db.models import F, Q

from riskcontrol.fields import NameField, TextField
from riskcontrol.models import AppendOnlyRow
from riskpoints.models import Cycle
from riskpoints.oversight.models.sheet import account
from riskpoints.rules.enums import Grade


class KeptCounts(AppendOnlyRow):
    """How many handlings about persons a year had, merged as its archive told it; the matters stand nowhere (T22)."""

    cycle = models.OneToOneField(Cycle, verbose_name="年度", on_delete=models.PROTECT, related_name="+")
    cells = models.JSONField("合并统计", default=list, blank=True)

    class Meta:
        verbose_name = "涉及个人的处置统计（导入）"
        verbose_name_plural = "涉及个人的处置统计（导入）"

    def __str__(self) -> str:
        return f"{self.cycle}"


class KeptCorrection(AppendOnlyRow):
    """更正 of a former year, decided in this one: read from an archive, where the assessment of that year isn't."""

    cycle = models.ForeignKey(Cycle, verbose_name="更正时的年度", on_delete=models.PROTECT, related_name="+")
    judged = models.PositiveIntegerField("考核年度")
    department_name = models.CharField("部门名称", max_length=64)
    head_name = models.CharField("部门负责人姓名", max_length=64)
    former_grade = models.CharField("原等次", max_length=16, choices=Grade)
    grade = models.CharField("更正为", max_length=16, choices=Grade)
    decision_number = NameField("决定编号", max_length=64)
    decision_organ = NameField("决定机关", max_length=64)
    decision_on = models.DateField("决定日期")
    reason = TextField("理由", max_length=300)
    by = account("更正人", null=True, blank=True)
    by_name = models.CharField("更正人姓名", max_length=64)
    at = models.DateTimeField("更正时间")

    class Meta:
        verbose_name = "以前年度的考核更正（导入）"
        verbose_name_plural = "以前年度的考核更正（导入）"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(former_grade=F("grade")), name="kept_correction_changes_something")
        ]

    def __str__(self) -> str:
        return f"{self.department_name}{self.judged}年度 {self.get_former_grade_display()} → {self.get_grade_display()}"
