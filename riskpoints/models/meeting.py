"""What a meeting decided about the table of the 校领导班子, post by post; nobody confirms the own level (R53)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from departments.enums import Level
from departments.models import Post
from riskcontrol import audit
from riskcontrol.fields import NameField
from riskcontrol.models import AppendOnlyRow
from riskcontrol.paper.texts import PrintedTexts
from riskpoints.models.version import TableVersion


class MeetingDecision(PrintedTexts, AppendOnlyRow):
    """One meeting as the office recorded it. Of several of a version the last one counts: it was mended, or followed
    a return. `attendees` are [name, staff number or an empty text], as they were called then."""

    version = models.ForeignKey(TableVersion, verbose_name="版本", on_delete=models.PROTECT, related_name="meetings")
    name = NameField("会议名称", max_length=64)
    held_on = models.DateField("会议日期")
    minutes_number = NameField("会议纪要编号", max_length=64)
    attendees = models.JSONField("参会人员")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    recorded_by_name = models.CharField("登记人姓名", max_length=64)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "会议决定"
        verbose_name_plural = "会议决定"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(minutes_number=""), name="meeting_has_its_name_and_minutes"
            )
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.name}（会议纪要 {self.minutes_number}）"

    @property
    def names(self) -> list[str]:
        """Who attended."""
        return [name for name, _ in self.attendees]

    def heading(self) -> dict[str, Any]:
        """What is said of the meeting itself, as values."""
        return {
            "name": self.name,
            "held_on": self.held_on.isoformat(),
            "minutes_number": self.minutes_number,
            "attendees": [list(person) for person in self.attendees],
        }

    def said(self) -> dict[str, Any]:
        """All that was decided, as values: what an archive tells."""
        return self.heading() | {"posts": [post.said() for post in self.posts.all()]}

    def digest(self) -> str:
        """The hash of all that was decided, which the audit trail keeps."""
        return audit.sha256(audit.canonical_json(self.said()))


class PostDecision(PrintedTexts, AppendOnlyRow):
    """One post at a meeting: its holders, who withdrew, who presided, and the level that was decided.

    `presided_note` says in words by what right somebody presided who is neither 组长 nor 副组长.
    """

    meeting = models.ForeignKey(MeetingDecision, verbose_name="会议", on_delete=models.PROTECT, related_name="posts")
    post = models.ForeignKey(Post, verbose_name="岗位", on_delete=models.PROTECT, related_name="+")
    post_name = NameField("岗位名称", max_length=64)
    order = models.PositiveSmallIntegerField("顺序")
    level = models.PositiveSmallIntegerField("决定的等级", choices=Level, null=True, blank=True)
    holders = models.JSONField("任职人", default=list, blank=True)
    withdrew = models.JSONField("回避人员", default=list, blank=True)
    presided_by = NameField("主持人", max_length=64)
    presided_note = NameField("主持的依据", max_length=100, blank=True)

    class Meta:
        verbose_name = "岗位的会议决定"
        verbose_name_plural = "岗位的会议决定"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "post"], name="a_post_is_decided_once_at_a_meeting"),
            models.CheckConstraint(condition=~Q(presided_by=""), name="somebody_presided"),
        ]

    def __str__(self) -> str:
        return f"{self.post_name}：{self.get_level_display() or '无风险点'}"

    def said(self) -> dict[str, Any]:
        """The row as values."""
        names = ("post_name", "order", "level", "holders", "withdrew", "presided_by", "presided_note")
        return {"post": self.post_id, **{name: getattr(self, name) for name in names}}
