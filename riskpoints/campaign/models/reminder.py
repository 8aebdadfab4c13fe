"""催办 and automatic reminders: whom, about what, when; their mails; the days on which it was looked what is due."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from departments.models import Notice
from riskcontrol.fields import TextField
from riskcontrol.paper.texts import PrintedTexts
from riskpoints.campaign.enums import MailState
from riskpoints.models import Cycle

SYSTEM = "系统"


class Reminder(PrintedTexts):
    """One person was reminded of one matter; its words are those of that moment, and nobody changes them.

    By the office (`by`, with `text`), or by itself: then `mark` says how many days before `due` (after it: below 0)
    the reminder belongs, and there is one for each.
    """

    cycle = models.ForeignKey(
        Cycle, verbose_name="年度", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    key = models.CharField("事项编号", max_length=80)
    group = models.CharField("类别", max_length=16)
    title = models.CharField("事项", max_length=300)
    department_name = models.CharField("部门", max_length=64, blank=True)
    is_about_person = models.BooleanField("涉及个人", default=False)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="被提醒人", on_delete=models.PROTECT, related_name="+"
    )
    to_name = models.CharField("被提醒人姓名", max_length=64)
    text = TextField("催办内容", max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="催办人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    by_name = models.CharField("催办人姓名", max_length=64)
    at = models.DateTimeField("时间", auto_now_add=True)
    day = models.DateField("日期")
    due = models.DateField("期限", null=True, blank=True)
    mark = models.SmallIntegerField("到期前天数", null=True, blank=True)
    is_mailed = models.BooleanField("已发邮件", default=False)
    # None where an archive brought it back: what was told then stands in nobody's inbox any more.
    notice = models.ForeignKey(
        Notice, verbose_name="通知", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "催办"
        verbose_name_plural = "催办"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["key"], name="reminder_key")]
        constraints = [
            # Two servers at once, twice on one day: one reminder.
            models.UniqueConstraint(
                fields=["key", "to", "due", "mark"], condition=Q(mark__isnull=False), name="each_mark_once"
            ),
            models.UniqueConstraint(
                fields=["key", "to", "day"], condition=Q(mark__isnull=True), name="reminded_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(mark__isnull=True) | Q(due__isnull=False, by__isnull=True), name="mark_counts_from_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to_name}：{self.title}"

    @property
    def channel(self) -> str:
        """How it was told."""
        return "站内、邮件" if self.is_mailed else "站内"


class ReminderMail(models.Model):
    """A mail about one notice to one person: it waits until it is sent, and is tried again where that fails."""

    notice = models.ForeignKey(Notice, verbose_name="通知", on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="收件人", on_delete=models.PROTECT, related_name="+")
    address = models.EmailField("邮箱")
    body = models.TextField("正文")
    state = models.CharField("状态", max_length=16, choices=MailState, default=MailState.WAITING, db_index=True)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    trouble = models.CharField("失败原因", max_length=200, blank=True)
    claimed_at = models.DateTimeField("开始发送", null=True, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)

    class Meta:
        verbose_name = "提醒邮件"
        verbose_name_plural = "提醒邮件"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["notice", "to"], name="one_mail_a_notice")]

    def __str__(self) -> str:
        return f"{self.address}：{self.get_state_display()}"


class ReminderRun(models.Model):
    """A day on which it was looked what is due: by the timer, or with the first login of the day."""

    day = models.DateField("日期", unique=True)
    begun_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = "自动提醒"
        verbose_name_plural = "自动提醒"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
