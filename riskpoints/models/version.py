"""The numbered versions of a 防控表: filled in, submitted, reviewed, confirmed, never edited afterwards."""

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from departments.models import Actor
from riskcontrol.fields import NameField, TextField
from riskpoints import fields
from riskpoints.enums import ConfirmationRule, ConfirmedBy, DateMode, Status
from riskpoints.models.table import ControlTable, FrozenError

# What a version says in its own row, frozen with its points and measures; the other fields tell where it stands.
CONTENT_FIELDS = frozenset(
    {
        "table",
        "number",
        "base",
        "owner_name",
        "head_name",
        "duties",
        "date_mode",
        "filled_on",
        "is_historical",
        "seal",
        "snapshot_format",
    }
)


class TableVersionQuerySet(models.QuerySet):
    """Versions change their status through workflow.perform() and their content through services only."""

    def update(self, **kwargs: Any) -> int:
        frozen = ~Q(status=Status.DRAFT) if kwargs.keys() & CONTENT_FIELDS else Q(status__in=Status.finished())
        if self.filter(frozen).exists():
            raise FrozenError("这一版已经提交或办结，不能再改。")
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise FrozenError("表的版本不能删除，只能作废。")


def being_published(on: datetime.date) -> Q:
    """The versions whose publication is running on a day."""
    return Q(status=Status.REVIEWED, publish_from__lte=on, publish_until__gte=on)


class TableVersion(models.Model):
    """One numbered version of a table: filled in, submitted, reviewed, confirmed; never edited afterwards."""

    table = models.ForeignKey(ControlTable, verbose_name="防控表", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版本")
    status = models.CharField("状态", max_length=16, choices=Status, default=Status.DRAFT, db_index=True)
    base = models.ForeignKey(
        "self", verbose_name="修订所本", null=True, blank=True, on_delete=models.PROTECT, related_name="revisions"
    )
    revision_reason = models.CharField("修订原因", max_length=500, blank=True)
    lock = models.PositiveIntegerField("修改次数", default=0)
    # A random part of the content: without it nobody can try out which likelihood and harm give the printed hash.
    # Versions from before there were seals have none.
    seal = models.CharField("随机数", max_length=32, blank=True, editable=False)
    # The format of the snapshots taken of it from its submission on (riskpoints/fields.py). Versions from before there
    # were numbers have none, and a draft has the present one.
    snapshot_format = models.PositiveSmallIntegerField("内容格式", null=True, blank=True, editable=False)

    owner_name = NameField("科室名称", max_length=64)
    head_name = NameField("负责人姓名", max_length=64, blank=True)
    duties = TextField("业务工作职责", max_length=2000, blank=True)
    date_mode = models.CharField("填表日期", max_length=16, choices=DateMode, default=DateMode.SUBMITTED)
    filled_on = models.DateField("填写的日期", null=True, blank=True)

    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="建立人", on_delete=models.PROTECT, related_name="+", null=True
    )
    saved_at = models.DateTimeField("保存时间", auto_now=True)
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name="填写人", related_name="+", blank=True)
    # Whose proposals were taken over into this version or an earlier one of the table: they don't review it. They may
    # sign it: pointing at a risk is what a leader is asked for (领导点).
    proposers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name="被采纳建议的提出人", related_name="+", blank=True
    )
    assessors = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name="核定人", related_name="+", blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="提交人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="审核人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    publish_from = models.DateField("公示开始", null=True, blank=True)
    publish_until = models.DateField("公示结束", null=True, blank=True)
    confirmed_at = models.DateTimeField("确定时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="确定登记人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    confirmed_how = models.CharField("确定方式", max_length=16, choices=ConfirmedBy, blank=True)
    signer_name = NameField("签字人", max_length=64, blank=True)
    signed_on = models.DateField("签字日期", null=True, blank=True)
    deputy_reason = models.CharField("代签原因", max_length=200, blank=True)
    # Of the table of the 校领导班子: a meeting decided about it, and `signer_name` is its name (MeetingDecision).
    minutes_number = NameField("会议纪要编号", max_length=64, blank=True, default="")
    confirmation_rule = models.PositiveSmallIntegerField(
        "确定规则", choices=ConfirmationRule, default=ConfirmationRule.FORMER, editable=False
    )
    is_historical = models.BooleanField("历史表补录", default=False)

    # Whose change to the draft is under way with this very object, which is locked then (services.editing).
    held_by: Actor | None = None
    # What that change touches, by key, as it was before (tables/acts.py); None where it can't be undone.
    kept: dict[str, Any] | None = None

    objects = TableVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "表的版本"
        verbose_name_plural = "表的版本"
        ordering = ["table", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["table", "number"], name="version_number_unique"),
            models.UniqueConstraint(
                fields=["table"], condition=Q(status__in=[s.value for s in Status.open()]), name="one_open_version"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CONFIRMED)
                | (Q(signed_on__isnull=False, confirmed_at__isnull=False) & ~Q(signer_name="")),
                name="confirmed_is_signed_and_dated",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.REVIEWED, Status.CONFIRMED])
                | Q(is_historical=True)
                | Q(submitted_by__isnull=False, reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="reviewed_has_its_people",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("submitted_by")), name="author_is_not_reviewer"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | Q(reviewed_by__isnull=True)
                | ~Q(confirmed_by=F("reviewed_by")),
                name="reviewer_is_not_confirmer",
            ),
            models.CheckConstraint(
                condition=Q(confirmation_rule=ConfirmationRule.FORMER)
                | Q(is_historical=True)
                | Q(confirmed_by__isnull=True)
                | ~Q(confirmed_by=F("submitted_by")),
                name="author_is_not_confirmer",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CONFIRMED)
                | Q(confirmation_rule=ConfirmationRule.FORMER)
                | Q(confirmed_by__isnull=False, confirmed_how__in=ConfirmedBy.values),
                name="confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_how=ConfirmedBy.MEETING) & ~Q(minutes_number="")
                | ~Q(confirmed_how=ConfirmedBy.MEETING) & Q(minutes_number=""),
                name="a_meeting_has_its_minutes",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CONFIRMED)
                | Q(confirmation_rule=ConfirmationRule.FORMER)
                | Q(is_historical=False)
                | Q(reviewed_by__isnull=False),
                name="recorded_is_compared",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} 第 {self.number} 版"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            stored = TableVersion.objects.values_list("status", flat=True).get(pk=self.pk)
            if (stored, self.status) != (Status.DRAFT, Status.DRAFT):
                raise FrozenError("只有填报中的表能改；状态只由办理改变。")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise FrozenError("表的版本不能删除，只能作废。")

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def decided_format(self) -> int:
        """The format of this version's snapshots."""
        if self.is_draft:
            return fields.CURRENT
        return self.snapshot_format or (fields.SEALED if self.seal else fields.UNSEALED)

    def is_being_published(self, on: datetime.date | None = None) -> bool:
        """Whether its publication is running, or begins later; see being_published() for those that run on a day."""
        day = on or timezone.localdate()
        return self.status == Status.REVIEWED and self.publish_until is not None and day <= self.publish_until

    @property
    def is_decided_at_meeting(self) -> bool:
        """Whether a meeting decided about it post by post, and nobody signed (R53)."""
        return self.confirmed_how == ConfirmedBy.MEETING

    @property
    def decided_by_words(self) -> str:
        """Who signed, or which meeting decided."""
        minutes = f"（会议纪要 {self.minutes_number}）" if self.is_decided_at_meeting else ""
        return f"{self.signer_name}{minutes}"

    @property
    def awaits_scan(self) -> bool:
        """Whether the office recorded a signature whose scan is missing: 已审核、待补扫描件."""
        return self.status == Status.REVIEWED and not self.is_historical and self.signed_on is not None

    @property
    def awaits_comparison(self) -> bool:
        """Whether a typed-in paper waits for a reviewer to compare it with its scan."""
        return self.status == Status.REVIEWED and self.is_historical

    @property
    def status_words(self) -> str:
        """Where the version stands, in words that say what it waits for."""
        if self.awaits_comparison:
            return "补录，待核对"
        return "已审核，待补扫描件" if self.awaits_scan else self.get_status_display()

    @property
    def is_by_former_rule(self) -> bool:
        """Whether it was put in force before other hands and a scan were asked for."""
        return self.status == Status.CONFIRMED and self.confirmation_rule == ConfirmationRule.FORMER

    @property
    def is_in_force(self) -> bool:
        """Whether this is the version in force of its table."""
        return self.table.in_force_id == self.pk
