"""What was told, to whom, and who took note of it: rows that are only added."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from departments.enums import Role
from departments.models.people import User
from departments.models.structure import Department
from riskcontrol.models import AppendOnlyRow


class Notice(AppendOnlyRow):
    """通知: something that was done and that others have to know; nobody decides anything by it.

    The names are those of that day; `object_type` and `object_id` say what it is about, as in the audit trail.
    """

    WATCHED_PARTS = ("addresses",)  # riskcontrol.watched

    text = models.TextField("内容")
    link = models.CharField("地址", max_length=200, blank=True)
    actor = models.ForeignKey(
        User, verbose_name="经办人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField("经办人姓名", max_length=64, blank=True)
    created_at = models.DateTimeField("时间", default=timezone.now, editable=False)
    object_type = models.CharField("对象类型", max_length=64, blank=True)
    object_id = models.CharField("对象编号", max_length=64, blank=True)

    class Meta:
        verbose_name = "通知"
        verbose_name_plural = "通知"
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.text[:60]


class NoticeAddress(AppendOnlyRow):
    """Whom a notice is for: one account, or whoever holds a role, for the school or for one department."""

    notice = models.ForeignKey(Notice, verbose_name="通知", on_delete=models.PROTECT, related_name="addresses")
    role = models.CharField("角色", max_length=16, choices=Role, blank=True)
    department = models.ForeignKey(
        Department, verbose_name="部门", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    user = models.ForeignKey(
        User, verbose_name="账号", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "通知对象"
        verbose_name_plural = "通知对象"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(user__isnull=False, department__isnull=True, role=""))
                | (Q(user__isnull=True) & ~Q(role="")),
                name="notice_is_for_a_role_or_an_account",
            ),
        ]

    def __str__(self) -> str:
        if self.user:
            return f"{self.user}（{self.user.staff_number}）"
        return f"{self.department or ''}{self.get_role_display()}"


class NoticeReceipt(AppendOnlyRow):
    """知悉: one person has read a notice."""

    notice = models.ForeignKey(Notice, verbose_name="通知", on_delete=models.PROTECT, related_name="receipts")
    user = models.ForeignKey(User, verbose_name="账号", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "通知知悉"
        verbose_name_plural = "通知知悉"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="notice_read_once")]

    def __str__(self) -> str:
        return f"{self.user}：{self.notice}"
