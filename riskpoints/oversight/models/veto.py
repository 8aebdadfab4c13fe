"""“优秀”否决: what keeps a head from 优秀, how it is lifted, and what it corrects afterwards (R50)."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from departments.models import Department
from riskcontrol.fields import NameField, TextField
from riskcontrol.models import AppendOnlyRow
from riskcontrol.paper.texts import PrintedTexts
from riskpoints.models import Cycle
from riskpoints.models.table import FrozenError
from riskpoints.oversight.enums import VetoAct, VetoState
from riskpoints.oversight.models.assessment import Assessment
from riskpoints.oversight.models.sheet import account
from riskpoints.rules.enums import Grade

STAYS = "否决记录只能按程序生效、撤销或解除，不能改动。"


class VetoQuerySet(models.QuerySet):
    """Vetoes are changed one by one, through their acts, and never removed."""

    def update(self, **kwargs: Any) -> int:
        raise FrozenError(STAYS)

    def delete(self) -> Any:
        raise FrozenError(STAYS)


class Veto(PrintedTexts):
    """Both conditions of the document (违法违纪案件, 造成恶劣影响), each with the place of its paper; no contents."""

    WATCHED_PARTS = ("entries",)  # riskcontrol.watched

    cycle = models.ForeignKey(Cycle, verbose_name="年度", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, verbose_name="部门", on_delete=models.PROTECT, related_name="+")
    department_name = models.CharField("部门名称", max_length=64)
    head = account("当时的部门负责人", null=True, blank=True)
    head_name = NameField("当时的部门负责人姓名", max_length=64)
    violation_number = NameField("处分或处理决定编号", max_length=64)
    violation_organ = NameField("作出决定的机关", max_length=64)
    violation_on = models.DateField("决定日期")
    violation_paper = NameField("决定的存放处", max_length=120)
    impact_source = NameField("恶劣影响的依据", max_length=120)
    impact_on = models.DateField("依据的日期")
    impact_paper = NameField("依据的存放处", max_length=120)
    state = models.CharField("状态", max_length=16, choices=VetoState, default=VetoState.PROPOSED)
    proposed_by = account("拟定人")
    proposed_by_name = models.CharField("拟定人姓名", max_length=64)
    proposed_at = models.DateTimeField("拟定时间", auto_now_add=True)
    confirmed_by = account("确认人", null=True, blank=True)
    confirmed_by_name = models.CharField("确认人姓名", max_length=64, blank=True)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)

    objects = VetoQuerySet.as_manager()

    class Meta:
        verbose_name = "“优秀”否决"
        verbose_name_plural = "“优秀”否决"
        ordering = ["cycle", "department", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "department", "violation_number"],
                condition=Q(state__in=[VetoState.PROPOSED, VetoState.IN_FORCE]),
                name="one_veto_a_case",
            ),
            models.CheckConstraint(
                condition=~Q(violation_number="")
                & ~Q(violation_organ="")
                & ~Q(violation_paper="")
                & ~Q(impact_source="")
                & ~Q(impact_paper=""),
                name="veto_has_both_conditions",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[VetoState.IN_FORCE, VetoState.LIFTED])
                & Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
                | Q(state__in=[VetoState.PROPOSED, VetoState.WITHDRAWN])
                & Q(confirmed_by__isnull=True, confirmed_at__isnull=True),
                name="veto_is_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="veto_is_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(head__isnull=True)
                | ~Q(head=F("proposed_by")) & (Q(confirmed_by__isnull=True) | ~Q(head=F("confirmed_by"))),
                name="veto_is_not_by_the_head",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_name}{self.cycle.year}年度“优秀”否决"

    @property
    def is_in_force(self) -> bool:
        return self.state == VetoState.IN_FORCE

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise FrozenError(STAYS)


class VetoEntry(AppendOnlyRow):
    """One act on a veto; that it is lifted says by which decision the case was corrected."""

    veto = models.ForeignKey(Veto, verbose_name="否决", on_delete=models.PROTECT, related_name="entries")
    act = models.CharField("办理", max_length=16, choices=VetoAct)
    text = TextField("说明", max_length=300, blank=True)
    decision_number = NameField("纠正决定编号", max_length=64, blank=True)
    decision_organ = NameField("作出纠正决定的机关", max_length=64, blank=True)
    decision_on = models.DateField("纠正决定日期", null=True, blank=True)
    by = account("办理人")
    by_name = models.CharField("办理人姓名", max_length=64)
    at = models.DateTimeField("办理时间", auto_now_add=True)

    class Meta:
        verbose_name = "否决办理记录"
        verbose_name_plural = "否决办理记录"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(act__in=[VetoAct.LIFT, VetoAct.WITHDRAW]) | ~Q(text=""), name="veto_act_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(act=VetoAct.LIFT)
                | ~Q(decision_number="") & ~Q(decision_organ="") & Q(decision_on__isnull=False),
                name="lifted_veto_names_its_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.veto} {self.get_act_display()}"


class AssessmentCorrection(AppendOnlyRow):
    """更正: another grade than the meeting decided, because of a veto that came or went afterwards; both stay shown."""

    assessment = models.ForeignKey(
        Assessment, verbose_name="考核", on_delete=models.PROTECT, related_name="corrections"
    )
    veto = models.ForeignKey(Veto, verbose_name="否决", on_delete=models.PROTECT, related_name="+")
    former_grade = models.CharField("原等次", max_length=16, choices=Grade)
    grade = models.CharField("更正为", max_length=16, choices=Grade)
    reason = TextField("理由", max_length=300)
    by = account("更正人")
    by_name = models.CharField("更正人姓名", max_length=64)
    at = models.DateTimeField("更正时间", auto_now_add=True)

    class Meta:
        verbose_name = "考核更正"
        verbose_name_plural = "考核更正"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(former_grade=F("grade")), name="correction_changes_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.assessment} {self.get_former_grade_display()} → {self.get_grade_display()}"
