"""A power, its revisions, and the first part of a department's numbers."""

import uuid
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from departments.models import Department, Post
from riskcontrol.fields import NameField, TextField
from riskcontrol.models import StoredFile
from riskcontrol.paper.texts import PrintedTexts
from riskpoints.references.powers.enums import OPEN, PowerState
from riskpoints.references.regulations.models import Regulation

FROZEN = "这一稿已经提交或备案，内容不能再改。要改动，请另起一稿修订。"
# What a chart that was drawn elsewhere may be, judged by its content.
KINDS = ("pdf", "jpg", "png")
# What a revision says; frozen from its submission on. The other fields tell where it stands.
CONTENT_FIELDS = frozenset(
    {
        "power",
        "number",
        "base",
        "name",
        "content",
        "owner_name",
        "post_names",
        "basis",
        "regulation_names",
        "time_limit",
        "supervisor",
        "supervisor_name",
        "chart",
        "chart_kind",
        "created_by",
    }
)


class FrozenPowerError(Exception):
    """A write to something that was submitted, filed or retired; the message is Chinese and can be shown."""


def _who(caption: str, **values: Any) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=caption,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        **values,
    )


class PowerPrefix(models.Model):
    """部门序号: the first part of a department's numbers, given once and never to another department."""

    department = models.OneToOneField(
        Department, verbose_name="部门", on_delete=models.PROTECT, related_name="power_prefix"
    )
    number = models.PositiveSmallIntegerField("部门序号", unique=True)

    class Meta:
        verbose_name = "职权编号的部门序号"
        verbose_name_plural = "职权编号的部门序号"

    def __str__(self) -> str:
        return f"{self.department}：{self.number}"


class PowerQuerySet(models.QuerySet):
    """Powers are never removed, so that no number is given twice, and changed through the services only."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise FrozenPowerError("职权只能逐项办理，不能成批更改。")

    def delete(self) -> NoReturn:
        raise FrozenPowerError("职权不能删除，只能停用；编号不再使用。")


class Power(models.Model):
    """职权: what a department may do; what is filed of it is a pointer, and stays valid while a revision is drafted."""

    department = models.ForeignKey(Department, verbose_name="部门", on_delete=models.PROTECT, related_name="powers")
    prefix = models.PositiveSmallIntegerField("部门序号")
    serial = models.PositiveSmallIntegerField("序号")
    identity = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    is_public = models.BooleanField("对外公开", default=False)
    filed = models.ForeignKey(
        "PowerRevision", verbose_name="现行备案", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    # The department that the number comes from, where another one has taken the power over.
    origin = models.ForeignKey(
        Department, verbose_name="原部门", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    origin_name = models.CharField("原部门名称", max_length=64, blank=True)
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)
    retired_by = _who("停用办理人")
    retired_by_name = models.CharField("停用办理人姓名", max_length=64, blank=True)
    retired_reason = models.CharField("停用理由", max_length=500, blank=True)

    objects = PowerQuerySet.as_manager()

    class Meta:
        verbose_name = "职权"
        verbose_name_plural = "职权"
        ordering = ["prefix", "serial"]
        constraints = [
            models.UniqueConstraint(fields=["prefix", "serial"], name="power_number_unique"),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retired_by__isnull=True, retired_reason="")
                | (Q(retired_at__isnull=False, retired_by__isnull=False, filed__isnull=False) & ~Q(retired_reason="")),
                name="retired_power_has_its_reason",
            ),
            models.CheckConstraint(condition=Q(is_public=False) | Q(filed__isnull=False), name="public_power_is_filed"),
        ]

    def __str__(self) -> str:
        return f"职权 {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and Power.objects.filter(pk=self.pk, retired_at__isnull=False).exists():
            raise FrozenPowerError("已停用的职权不能再改。")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise FrozenPowerError("职权不能删除，只能停用；编号不再使用。")

    @property
    def number(self) -> str:
        """编号: 部门序号-序号, as in 3-04."""
        return f"{self.prefix}-{self.serial:02d}"

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    @property
    def number_mark(self) -> str:
        """What stands beside a number that keeps the prefix of a department that was merged."""
        return f"沿用原{self.origin_name}编号" if self.origin_id else ""


class PowerRevisionQuerySet(models.QuerySet):
    """Revisions change their content while they are drafts only."""

    def update(self, **kwargs: Any) -> int:
        frozen = ~Q(state=PowerState.DRAFT) if kwargs.keys() & CONTENT_FIELDS else ~Q(state__in=OPEN)
        if self.filter(frozen).exists():
            raise FrozenPowerError(FROZEN)
        return super().update(**kwargs)

    def delete(self) -> NoReturn:
        raise FrozenPowerError("职权的各稿不能删除，只能作废。")


class PowerRevision(PrintedTexts):
    """One numbered draft of a power: written, submitted, filed by the committee; never edited afterwards."""

    WATCHED_PARTS = ("steps", "posts", "regulations", "authors")  # riskcontrol.watched

    power = models.ForeignKey(Power, verbose_name="职权", on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField("稿次")
    state = models.CharField("状态", max_length=16, choices=PowerState, default=PowerState.DRAFT, db_index=True)
    base = models.ForeignKey(
        "self", verbose_name="修订所本", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lock = models.PositiveIntegerField("修改次数", default=0)

    name = NameField("职权名称", max_length=64)
    content = TextField("职权范围和内容", max_length=1000, blank=True)
    posts = models.ManyToManyField(Post, verbose_name="办理岗位", related_name="powers", blank=True)
    basis = TextField("实施依据", max_length=1000, blank=True)
    regulations = models.ManyToManyField(Regulation, verbose_name="引用制度", related_name="powers", blank=True)
    time_limit = models.CharField("时限", max_length=64, blank=True)
    supervisor = NameField("责任领导", max_length=64, blank=True)
    chart = models.ForeignKey(
        StoredFile, verbose_name="流程图", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    chart_kind = models.CharField("流程图格式", max_length=8, blank=True)
    # As they are at the submission: a later renaming changes nothing that was filed.
    owner_name = models.CharField("部门名称", max_length=64, blank=True)
    post_names = models.JSONField("办理岗位名称", default=list, blank=True)
    # [identity, as it is cited] of each regulation, in the order of the titles.
    regulation_names = models.JSONField("引用制度名称", default=list, blank=True)
    supervisor_name = models.CharField("责任领导姓名", max_length=64, blank=True)

    created_at = models.DateTimeField("起草时间", auto_now_add=True)
    created_by = _who("起草人")
    saved_at = models.DateTimeField("保存时间", auto_now=True)
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name="起草人员", related_name="+", blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_by = _who("提交人")
    submitted_by_name = models.CharField("提交人姓名", max_length=64, blank=True)
    filed_at = models.DateTimeField("备案时间", null=True, blank=True)
    filed_by = _who("备案人")
    filed_by_name = models.CharField("备案人姓名", max_length=64, blank=True)
    returned_at = models.DateTimeField("退回时间", null=True, blank=True)
    returned_by_name = models.CharField("退回人姓名", max_length=64, blank=True)
    return_reason = models.CharField("退回理由", max_length=500, blank=True)

    objects = PowerRevisionQuerySet.as_manager()

    class Meta:
        verbose_name = "职权的一稿"
        verbose_name_plural = "职权的各稿"
        ordering = ["power", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["power", "number"], name="power_revision_number_unique"),
            models.UniqueConstraint(
                fields=["power"], condition=Q(state__in=[state.value for state in OPEN]), name="one_open_power_revision"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="power_has_a_name"),
            models.CheckConstraint(
                condition=~Q(state=PowerState.RETIRED), name="power_revision_is_not_retired_by_itself"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[PowerState.DRAFT, PowerState.DISCARDED])
                | (Q(submitted_at__isnull=False, submitted_by__isnull=False) & ~Q(owner_name="")),
                name="submitted_power_has_its_people",
            ),
            models.CheckConstraint(
                condition=~Q(state=PowerState.FILED) | Q(filed_at__isnull=False, filed_by__isnull=False),
                name="filed_power_has_its_people",
            ),
            models.CheckConstraint(
                condition=Q(filed_by__isnull=True) | ~Q(filed_by=F("submitted_by")),
                name="power_submitter_is_not_filer",
            ),
            models.CheckConstraint(
                condition=(Q(chart__isnull=True, chart_kind="")) | Q(chart__isnull=False, chart_kind__in=KINDS),
                name="power_chart_has_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.power.number} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            stored = PowerRevision.objects.values_list("state", flat=True).get(pk=self.pk)
            if (stored, self.state) != (PowerState.DRAFT, PowerState.DRAFT):
                raise FrozenPowerError(FROZEN)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise FrozenPowerError("职权的各稿不能删除，只能作废。")

    @property
    def is_draft(self) -> bool:
        return self.state == PowerState.DRAFT

    @property
    def is_in_force(self) -> bool:
        """Whether this is what is filed of the power now."""
        return self.power.filed_id == self.pk and not self.power.is_retired

    @property
    def status_words(self) -> str:
        """Where it stands, as it is shown."""
        if self.state == PowerState.FILED and self.power.filed_id == self.pk and self.power.is_retired:
            return str(PowerState.RETIRED.label)
        if self.state == PowerState.FILED and self.power.filed_id != self.pk:
            return "已备案（已被后来的一稿代替）"
        return "草稿（已退回）" if self.is_draft and self.return_reason else self.get_state_display()

    @property
    def whole_basis(self) -> str:
        """实施依据 as it is printed: the regulations by name, then what was written besides."""
        names = "；".join(name for _, name in self.regulation_names)
        return "\n".join(filter(None, (names, self.basis)))

    @property
    def people(self) -> str:
        """办理主体 as it is printed: the posts, or the department where none is named."""
        return "、".join(self.post_names) or self.owner_name
