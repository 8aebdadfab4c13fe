"""廉政教育: what was taught, to whom, who was there, and which measures it fulfils (R14, R37)."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from departments.models import Department, Post
from riskcontrol.fields import NameField, TextField
from riskcontrol.models import AppendOnlyQuerySet, StoredFile
from riskcontrol.paper.texts import PrintedTexts
from riskpoints.campaign.enums import EducationKind
from riskpoints.models import Cycle


class EducationRecord(PrintedTexts):
    """One event of the year. `department` held it; none: the school. Photos of persons are asked for nowhere."""

    WATCHED_PARTS = ("absences", "measures", "files", "departments", "posts")  # riskcontrol.watched

    cycle = models.ForeignKey(Cycle, verbose_name="年度", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(
        Department, verbose_name="组织部门", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # As it was called then: a department may be renamed or merged.
    department_name = models.CharField("组织部门名称", max_length=64)
    theme = NameField("主题", max_length=120)
    kind = models.CharField("形式", max_length=16, choices=EducationKind)
    held_on = models.DateField("日期")
    begins_at = models.TimeField("开始时间", null=True, blank=True)
    ends_at = models.TimeField("结束时间", null=True, blank=True)
    place = NameField("地点", max_length=120)
    host = NameField("主持人", max_length=64)
    speaker = NameField("主讲人", max_length=64, blank=True)
    recorder = NameField("记录人", max_length=64)
    departments = models.ManyToManyField(Department, verbose_name="应参加的部门", related_name="+")
    posts = models.ManyToManyField(Post, verbose_name="针对的岗位", blank=True, related_name="+")
    levels = models.JSONField("针对的等级", default=list, blank=True)
    roles = models.JSONField("应参加的人员", default=list, blank=True)
    expected = models.PositiveIntegerField("应到人数")
    present = models.PositiveIntegerField("实到人数")
    content = TextField("内容", max_length=2000)
    makeup_of = models.ForeignKey(
        "self", verbose_name="补课", null=True, blank=True, on_delete=models.PROTECT, related_name="makeups"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    recorded_by_name = models.CharField("登记人姓名", max_length=64)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    token = models.CharField("提交标识", max_length=64, unique=True, editable=False)
    lock = models.PositiveIntegerField("修改次数", default=0)

    class Meta:
        verbose_name = "廉政教育记录"
        verbose_name_plural = "廉政教育记录"
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(present__lte=F("expected")), name="education_present_of_expected"),
            models.CheckConstraint(
                condition=Q(begins_at__isnull=True) | Q(ends_at__isnull=True) | Q(begins_at__lt=F("ends_at")),
                name="education_begins_before_it_ends",
            ),
            models.CheckConstraint(condition=~Q(theme="") & ~Q(content=""), name="education_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.theme}（{self.held_on:%Y-%m-%d}）"

    def clean(self) -> None:
        """Who was there are some of those who should have been; it ends after it begins."""
        errors = {}
        if self.expected is not None and self.present is not None and self.present > self.expected:
            errors["present"] = f"实到不能多于应到 {self.expected} 人，请核对两个人数。"
        if self.begins_at and self.ends_at and self.begins_at >= self.ends_at:
            errors["ends_at"] = "结束时间要晚于开始时间。"
        if errors:
            raise ValidationError(errors)


class Absence(PrintedTexts):
    """Somebody who should have been there and was not."""

    record = models.ForeignKey(EducationRecord, verbose_name="记录", on_delete=models.CASCADE, related_name="absences")
    name = NameField("姓名", max_length=64)
    reason = models.CharField("原因", max_length=100, blank=True)

    class Meta:
        verbose_name = "缺席人员"
        verbose_name_plural = "缺席人员"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["record", "name"], name="absent_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.reason}".strip()


class FulfilledMeasure(models.Model):
    """A measure in force that an event fulfils, as it was worded then (R37)."""

    record = models.ForeignKey(EducationRecord, verbose_name="记录", on_delete=models.CASCADE, related_name="measures")
    identity = models.UUIDField("措施标识", db_index=True)
    department_name = models.CharField("部门", max_length=64)
    text = TextField("防范措施", max_length=2000)

    class Meta:
        verbose_name = "落实的措施"
        verbose_name_plural = "落实的措施"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["record", "identity"], name="measure_fulfilled_once")]

    def __str__(self) -> str:
        return self.text[:40]


class EducationFile(PrintedTexts):
    """A file that belongs to an event: slides, a list with signatures, a text."""

    record = models.ForeignKey(EducationRecord, verbose_name="记录", on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=120)
    suffix = models.CharField("格式", max_length=8)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "教育材料"
        verbose_name_plural = "教育材料"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["record", "file"], name="material_once_per_record")]

    def __str__(self) -> str:
        return self.name


class TaughtMeasure(models.Model):
    """A measure of 前期预防 that is education (R37), by its identity, which outlives revisions and years.

    Kept beside the table: what was signed says nothing of it, and marking one needs no revision.
    """

    identity = models.UUIDField("措施标识", unique=True)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="标明人", on_delete=models.PROTECT, related_name="+"
    )
    marked_by_name = models.CharField("标明人姓名", max_length=64)
    marked_at = models.DateTimeField("标明时间", auto_now_add=True)

    class Meta:
        verbose_name = "教育类措施"
        verbose_name_plural = "教育类措施"
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.identity)
