"""年度计划: milestones, tasks with whoever leads them, what was done to each, and 督办单 (R02, R10, R11, R52, R60)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from departments.models import Department
from riskcontrol.fields import NameField, TextField
from riskcontrol.models import AppendOnlyQuerySet, StoredFile
from riskcontrol.paper.texts import PrintedTexts
from riskpoints.campaign.enums import Phase, TaskAct, TaskState
from riskpoints.models import Cycle


class Milestone(models.Model):
    """A date of the year by which something has to be reached. A table's own dates are never typed in here."""

    # A year that was opened by mistake takes them along; tasks hold it.
    cycle = models.ForeignKey(Cycle, verbose_name="年度", on_delete=models.CASCADE, related_name="+")
    phase = models.CharField("阶段", max_length=16, choices=Phase)
    title = NameField("节点", max_length=80)
    due = models.DateField("完成时限")
    lock = models.PositiveIntegerField("修改次数", default=0)

    class Meta:
        verbose_name = "计划节点"
        verbose_name_plural = "计划节点"
        ordering = ["due", "id"]
        constraints = [models.UniqueConstraint(fields=["cycle", "title"], name="milestone_once_a_year")]

    def __str__(self) -> str:
        return self.title


class PlanTask(PrintedTexts):
    """A task of the plan, numbered through the year; its state is written by plan.acting.act() alone."""

    WATCHED_PARTS = ("entries", "co_departments")  # riskcontrol.watched

    cycle = models.ForeignKey(Cycle, verbose_name="年度", on_delete=models.PROTECT, related_name="+")
    milestone = models.ForeignKey(Milestone, verbose_name="节点", on_delete=models.PROTECT, related_name="tasks")
    number = models.PositiveIntegerField("序号")
    title = TextField("任务", max_length=200)
    lead_leader = NameField("牵头领导", max_length=64, blank=True)
    lead_department = models.ForeignKey(Department, verbose_name="牵头部门", on_delete=models.PROTECT, related_name="+")
    lead_department_name = models.CharField("牵头部门名称", max_length=64)
    co_departments = models.ManyToManyField(Department, verbose_name="协作部门", blank=True, related_name="+")
    responsible = NameField("责任人", max_length=64, blank=True)
    measures = TextField("主要措施", max_length=500, blank=True)
    deliverable = NameField("成果", max_length=120, blank=True)
    due = models.DateField("完成时限")
    first_due = models.DateField("原定时限")
    state = models.CharField("状态", max_length=16, choices=TaskState, default=TaskState.OPEN)
    asked_due = models.DateField("申请延至", null=True, blank=True)
    token = models.CharField("提交标识", max_length=64, unique=True, editable=False)
    lock = models.PositiveIntegerField("修改次数", default=0)

    class Meta:
        verbose_name = "计划任务"
        verbose_name_plural = "计划任务"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "number"], name="task_number_once_a_year"),
            models.CheckConstraint(condition=~Q(title=""), name="task_has_a_title"),
            models.CheckConstraint(condition=Q(due__gte=F("first_due")), name="task_is_only_put_off"),
        ]

    def __str__(self) -> str:
        return f"任务 {self.number}：{self.title[:30]}"


class TaskEntry(models.Model):
    """One thing that was done to a task, by whom, in which words; never changed."""

    task = models.ForeignKey(PlanTask, verbose_name="任务", on_delete=models.PROTECT, related_name="entries")
    act = models.CharField("办理", max_length=16, choices=TaskAct)
    text = TextField("说明", max_length=1000, blank=True)
    new_due = models.DateField("延至", null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="办理人", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField("办理人姓名", max_length=64)
    at = models.DateTimeField("办理时间", auto_now_add=True)
    file = models.ForeignKey(
        StoredFile, verbose_name="附件", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField("附件名称", max_length=120, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "任务办理记录"
        verbose_name_plural = "任务办理记录"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(act__in=[TaskAct.ACCEPT, TaskAct.GRANT]) | ~Q(text=""), name="task_entry_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(act__in=[TaskAct.ASK, TaskAct.GRANT]) | Q(new_due__isnull=False),
                name="extension_has_its_day",
            ),
            models.UniqueConstraint(fields=["task"], condition=Q(act=TaskAct.ASK), name="extension_asked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.get_act_display()}"


class Supervision(PrintedTexts):
    """督办单: a numbered notice about an overdue task; its receipt and reply are recorded once and stay."""

    task = models.ForeignKey(PlanTask, verbose_name="任务", on_delete=models.PROTECT, related_name="supervisions")
    year = models.PositiveSmallIntegerField("年")
    sequence = models.PositiveIntegerField("序号")
    demand = TextField("督办要求", max_length=500)
    reply_due = models.DateField("办复时限")
    task_due = models.DateField("任务原时限")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="签发人", on_delete=models.PROTECT, related_name="+"
    )
    issued_by_name = models.CharField("签发人姓名", max_length=64)
    issued_at = models.DateTimeField("签发时间", auto_now_add=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="签收人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    received_by_name = models.CharField("签收人姓名", max_length=64, blank=True)
    received_at = models.DateTimeField("签收时间", null=True, blank=True)
    reply = TextField("办复", max_length=1000, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="办复人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    replied_by_name = models.CharField("办复人姓名", max_length=64, blank=True)
    replied_at = models.DateTimeField("办复时间", null=True, blank=True)

    class Meta:
        verbose_name = "督办单"
        verbose_name_plural = "督办单"
        ordering = ["year", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["year", "sequence"], name="supervision_number_once"),
            models.CheckConstraint(condition=~Q(demand=""), name="supervision_says_what"),
            models.CheckConstraint(
                condition=Q(reply="", replied_at__isnull=True)
                | ~Q(reply="") & Q(replied_at__isnull=False, received_at__isnull=False),
                name="supervision_is_received_before_it_is_answered",
            ),
            models.UniqueConstraint(
                fields=["task"], condition=Q(replied_at__isnull=True), name="one_open_supervision_a_task"
            ),
        ]

    def __str__(self) -> str:
        return f"督办单 {self.number}"

    @property
    def number(self) -> str:
        """年-督-序号; numbers are never used twice."""
        return f"{self.year}-督-{self.sequence}"
