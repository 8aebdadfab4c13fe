"""处置: what is done about findings, on the document's ladder (R44–R47); replies and how they were verified."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from departments.models import Department
from riskcontrol.fields import NameField, TextField
from riskcontrol.models import AppendOnlyRow, StoredFile
from riskcontrol.paper.texts import PrintedTexts
from riskpoints.models import Cycle
from riskpoints.models.table import FrozenError
from riskpoints.oversight.enums import (
    BY_ORGAN,
    LADDERS,
    ON_PAPER_ONLY,
    OPEN_HANDLINGS,
    HandlingAct,
    HandlingKind,
    HandlingState,
    Nature,
)
from riskpoints.oversight.models.finding import Finding
from riskpoints.oversight.models.sheet import account

HANDLING_FROZEN = "这件处置已经办完，不能再改。"
SERIES = {Nature.DEPARTMENT: "处", Nature.PERSON: "个处"}
UNAPPROVED = (HandlingState.DRAFTED, HandlingState.WITHDRAWN)


class HandlingQuerySet(models.QuerySet):
    """Handlings; one that is over is never changed, and none is removed."""

    def update(self, **kwargs: Any) -> int:
        if self.exclude(state__in=OPEN_HANDLINGS).exists():
            raise FrozenError(HANDLING_FROZEN)
        return super().update(**kwargs)

    def delete(self) -> Any:
        raise FrozenError("处置不能删除。")


class Handling(PrintedTexts):
    """One handling, under the next number of its year; its state is written by handling.acting alone.

    Of talks, admonitions and transfers only dates, persons and where the paper lies are kept, never contents (T22).
    """

    WATCHED_PARTS = ("entries", "replies", "replies.files", "replies.verification", "findings")  # riskcontrol.watched

    cycle = models.ForeignKey(Cycle, verbose_name="年度", on_delete=models.PROTECT, related_name="+")
    nature = models.CharField("性质", max_length=16, choices=Nature)
    sequence = models.PositiveIntegerField("序号")
    kind = models.PositiveSmallIntegerField("处置方式", choices=HandlingKind)
    findings = models.ManyToManyField(Finding, verbose_name="问题", related_name="handlings")
    department = models.ForeignKey(Department, verbose_name="部门", on_delete=models.PROTECT, related_name="+")
    department_name = models.CharField("部门名称", max_length=64)
    person = account("本人账号", null=True, blank=True)
    person_name = NameField("本人", max_length=64, blank=True)
    summary = TextField("事由", max_length=200)
    demand = TextField("要求", max_length=1000, blank=True)
    # Whether the head of the person's department is asked to help, by the number alone.
    asks_head = models.BooleanField("请部门负责人配合", default=False)
    state = models.CharField("状态", max_length=16, choices=HandlingState, default=HandlingState.DRAFTED)
    drafted_by = account("拟办人")
    drafted_by_name = models.CharField("拟办人姓名", max_length=64)
    drafted_at = models.DateTimeField("拟办时间", auto_now_add=True)
    approved_by = account("批准人", null=True, blank=True)
    approved_by_name = models.CharField("批准人姓名", max_length=64, blank=True)
    issued_on = models.DateField("发出日期", null=True, blank=True)
    # Under 干部管理权限: which organ decided, when, and the number of its 纪要.
    organ = models.CharField("决定机关", max_length=64, blank=True)
    organ_on = models.DateField("决定日期", null=True, blank=True)
    minutes_number = models.CharField("纪要编号", max_length=64, blank=True)
    receipt_number = models.CharField("移交回执号", max_length=64, blank=True)
    receipt_due = models.DateField("签收时限", null=True, blank=True)
    received_on = models.DateField("签收日期", null=True, blank=True)
    talk_place = models.CharField("谈话地点", max_length=64, blank=True)
    talker = NameField("谈话人", max_length=64, blank=True)
    recorder = NameField("记录人", max_length=64, blank=True)
    paper_number = models.CharField("纸质件编号", max_length=64, blank=True)
    keeping_place = models.CharField("纸质件存放处", max_length=64, blank=True)
    reply_due = models.DateField("回告时限", null=True, blank=True)
    asked_due = models.DateField("申请延至", null=True, blank=True)
    round = models.PositiveSmallIntegerField("第几次整改", default=1)
    # Too many rounds, or the public still complains: nothing but a higher step is left (R47).
    must_escalate = models.BooleanField("必须升级", default=False)
    escalated_from = models.OneToOneField(
        "self", verbose_name="由此升级", null=True, blank=True, on_delete=models.PROTECT, related_name="higher"
    )
    # What an archive told of other years: their findings as rows tell them, the number of the step below.
    of_other_years = models.JSONField("其他年度的问题（导入）", default=list, blank=True, editable=False)
    below_number = models.CharField("由此升级的编号（导入）", max_length=32, blank=True, editable=False)
    token = models.CharField("提交标识", max_length=64, unique=True, editable=False)

    objects = HandlingQuerySet.as_manager()

    class Meta:
        verbose_name = "处置"
        verbose_name_plural = "处置"
        ordering = ["cycle", "nature", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "nature", "sequence"], name="one_handling_of_a_number"),
            models.CheckConstraint(
                condition=Q(nature=Nature.PERSON, kind__in=LADDERS[Nature.PERSON]) & ~Q(person_name="")
                | Q(
                    nature=Nature.DEPARTMENT,
                    kind__in=LADDERS[Nature.DEPARTMENT],
                    person__isnull=True,
                    person_name="",
                    asks_head=False,
                ),
                name="handling_is_on_the_ladder_of_its_subject",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=ON_PAPER_ONLY) & Q(nature=Nature.DEPARTMENT) | Q(demand=""),
                name="handling_keeps_no_contents_about_persons",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*UNAPPROVED, HandlingState.LEFT])
                | Q(approved_by__isnull=False, issued_on__isnull=False),
                name="issued_handling_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | ~Q(kind__in=BY_ORGAN)
                | Q(organ_on__isnull=False) & ~Q(organ="") & ~Q(minutes_number=""),
                name="an_organ_decided_it",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="handling_is_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(person__isnull=True) | ~Q(approved_by=F("person")),
                name="nobody_approves_about_oneself",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | ~Q(drafted_by=F("person")), name="nobody_drafts_about_oneself"
            ),
        ]

    def __str__(self) -> str:
        if self.is_personal:
            return self.number
        return f"{self.number} {self.get_kind_display()}（{self.department_name}）"

    @property
    def number(self) -> str:
        """2026-处-3; 2026-个处-1 where it is about a person."""
        return f"{self.cycle.year}-{SERIES[Nature(self.nature)]}-{self.sequence}"

    @property
    def is_personal(self) -> bool:
        return self.nature == Nature.PERSON

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_HANDLINGS

    @property
    def is_on_paper_only(self) -> bool:
        """Whether no contents and no files are kept of it."""
        return self.kind in ON_PAPER_ONLY

    @property
    def subject(self) -> str:
        """To whom it is addressed."""
        return self.person_name if self.is_personal else self.department_name

    def clean(self) -> None:
        if self.kind and self.kind not in LADDERS[Nature(self.nature)]:
            raise ValidationError(
                {"kind": "对部门可以提醒、纠错、整改、移交，对个人可以提醒、纠错、谈话、诫勉、移交。"}
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not Handling.objects.filter(pk=self.pk, state__in=OPEN_HANDLINGS).exists():
            raise FrozenError(HANDLING_FROZEN)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise FrozenError("处置不能删除。")


class Reply(AppendOnlyRow, PrintedTexts):
    """整改回告 of one round: causes, measures, who does them until when. Of a talk only where its paper lies."""

    handling = models.ForeignKey(Handling, verbose_name="处置", on_delete=models.PROTECT, related_name="replies")
    round = models.PositiveSmallIntegerField("第几次整改")
    causes = TextField("原因剖析", max_length=1000, blank=True)
    measures = TextField("整改措施", max_length=1000, blank=True)
    responsible = models.CharField("责任人", max_length=64, blank=True)
    done_by = models.DateField("完成时限", null=True, blank=True)
    keeping_place = models.CharField("书面材料存放处", max_length=64, blank=True)
    is_late = models.BooleanField("逾期回告", default=False)
    # Whether somebody wrote down what came on paper.
    is_recorded = models.BooleanField("代为登记", default=False)
    by = account("回告人")
    by_name = models.CharField("回告人姓名", max_length=64)
    at = models.DateTimeField("回告时间", auto_now_add=True)

    class Meta:
        verbose_name = "整改回告"
        verbose_name_plural = "整改回告"
        ordering = ["round"]
        constraints = [models.UniqueConstraint(fields=["handling", "round"], name="one_reply_a_round")]

    def __str__(self) -> str:
        return f"{self.handling} 第 {self.round} 次回告"


class ReplyFile(AppendOnlyRow, PrintedTexts):
    """A file that shows what was done, under the name it was sent with."""

    reply = models.ForeignKey(Reply, verbose_name="整改回告", on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=120)
    suffix = models.CharField("类型", max_length=8)

    class Meta:
        verbose_name = "回告附件"
        verbose_name_plural = "回告附件"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["reply", "file"], name="reply_file_once")]

    def __str__(self) -> str:
        return self.name


class Verification(AppendOnlyRow, PrintedTexts):
    """核查 of one reply: how it was seen, and whether it is good enough (R46: 帮助和督促其及时纠正)."""

    reply = models.OneToOneField(Reply, verbose_name="整改回告", on_delete=models.PROTECT, related_name="verification")
    is_accepted = models.BooleanField("合格")
    how = TextField("核查情况", max_length=500)
    new_due = models.DateField("重新整改时限", null=True, blank=True)
    by = account("核查人")
    by_name = models.CharField("核查人姓名", max_length=64)
    at = models.DateTimeField("核查时间", auto_now_add=True)

    class Meta:
        verbose_name = "整改核查"
        verbose_name_plural = "整改核查"
        ordering = ["at", "id"]
        constraints = [
            # A rejected one that has to be escalated has no new day.
            models.CheckConstraint(
                condition=Q(is_accepted=False) | Q(new_due__isnull=True), name="accepted_reply_has_no_new_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reply} {'合格' if self.is_accepted else '不合格'}"


class HandlingEntry(AppendOnlyRow, PrintedTexts):
    """One act on a handling and where it stood afterwards; never changed."""

    handling = models.ForeignKey(Handling, verbose_name="处置", on_delete=models.PROTECT, related_name="entries")
    act = models.CharField("办理", max_length=16, choices=HandlingAct)
    state = models.CharField("办理后", max_length=16, choices=HandlingState)
    text = TextField("说明", max_length=500, blank=True)
    due = models.DateField("时限", null=True, blank=True)
    by = account("办理人")
    by_name = models.CharField("办理人姓名", max_length=64)
    at = models.DateTimeField("办理时间", auto_now_add=True)

    class Meta:
        verbose_name = "处置办理记录"
        verbose_name_plural = "处置办理记录"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.handling} {self.get_act_display()}"
