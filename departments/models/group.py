"""The leadership group of 附件1 with its members."""

import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from departments.enums import GroupPosition
from departments.models.people import User
from riskcontrol.fields import NameField


class LeadershipGroup(models.Model):
    """廉政风险防控管理工作领导小组 of one term (R51, 附件1)."""

    WATCHED_PARTS = ("members",)  # riskcontrol.watched

    name = NameField("届别", max_length=64, help_text="如“2026 年领导小组”。")
    since = models.DateField("成立日期")
    until = models.DateField("届满日期", null=True, blank=True)
    heading = models.CharField(
        "名单上的校名", max_length=64, blank=True, help_text="附件1 第一行印的名称；不填就印单位名称。"
    )
    title = NameField("名单标题", max_length=64, default="廉政风险防控管理工作领导小组成员名单")
    office_sentence = models.CharField(
        "办公室",
        max_length=200,
        help_text="名单末尾的一句话，如“……领导小组办公室设在纪委，……同志兼任办公室主任。”",
    )
    office_director = models.ForeignKey(
        "GroupMember", verbose_name="办公室主任", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "领导小组"
        verbose_name_plural = "领导小组"
        ordering = ["-since", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="group_term_in_order",
                violation_error_message="届满日期不能早于成立日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def on(cls, day: datetime.date | None = None) -> "LeadershipGroup | None":
        """The group in office on a day (default: today), or None."""
        return cls.in_office(day or timezone.localdate()).first()

    @classmethod
    def in_office(cls, day: datetime.date) -> "models.QuerySet[LeadershipGroup]":
        """The groups in office on a day; the first of them is the one that counts."""
        return cls.objects.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


class GroupMember(models.Model):
    """One line of 附件1: a person, as a name, in one position, in printed order."""

    group = models.ForeignKey(
        LeadershipGroup, verbose_name="领导小组", on_delete=models.CASCADE, related_name="members"
    )
    position = models.CharField("职务", max_length=8, choices=GroupPosition)
    person_name = NameField("姓名", max_length=64)
    user = models.ForeignKey(
        User, verbose_name="账号", null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    order = models.PositiveIntegerField("顺序", default=100)

    class Meta:
        verbose_name = "领导小组成员"
        verbose_name_plural = "领导小组成员"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person_name"],
                name="person_once_in_group",
                violation_error_message="这个人已在名单里。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_position_display()} {self.person_name}"
