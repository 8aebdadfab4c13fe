"""风险点, 防范措施 and the explicit 无 of one version of a table."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from departments.enums import Level
from departments.models import Post
from riskcontrol.fields import TextField
from riskpoints import fields, levels
from riskpoints.enums import ALL_CATEGORIES, FindingMethod, Harm, Likelihood, Stage, Status
from riskpoints.models.table import FrozenError
from riskpoints.models.version import TableVersion
from riskpoints.references.library.models import TypicalRisk
from riskpoints.references.powers.models import PowerRevision, PowerStep
from riskpoints.references.regulations.models import Regulation


class VersionContent(models.Model):
    """A row of a version: it can be written only while the version is a draft."""

    # Fields the reviewer sets while the version is submitted.
    REVIEW_FIELDS: frozenset[str] = frozenset()

    lock = models.PositiveIntegerField("修改次数", default=0)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_when_frozen(kwargs.get("update_fields"))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_when_frozen(None)
        return super().delete(*args, **kwargs)

    def _refuse_when_frozen(self, update_fields: Any) -> None:
        status = TableVersion.objects.values_list("status", flat=True).get(pk=self.version_id)  # type: ignore[attr-defined]
        if status == Status.DRAFT:
            return
        if status == Status.SUBMITTED and update_fields and set(update_fields) <= self.REVIEW_FIELDS:
            return
        raise FrozenError("这一版已经提交，内容不能再改。如需修改，请先撤回，或由审核人退回。")


class RiskPointQuerySet(models.QuerySet):
    """Rows of one or several versions."""

    def update(self, **kwargs: Any) -> int:
        if self.exclude(version__status=Status.DRAFT).exists():
            raise FrozenError("这一版已经提交，内容不能再改。")
        return super().update(**kwargs)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        rows = list(objs)
        versions = TableVersion.objects.filter(pk__in={row.version_id for row in rows})
        if versions.exclude(status=Status.DRAFT).exists():
            raise FrozenError("这一版已经提交，内容不能再改。")
        return super().bulk_create(rows, *args, **kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        if self.exclude(version__status=Status.DRAFT).exists():
            raise FrozenError("这一版已经提交，内容不能再改。")
        return super().delete()


# In a query over what was decided: the level that counts. `RiskPoint.level` says it of one point.
DECIDED_LEVEL = Coalesce("confirmed_level", "proposed_level")


class RiskPoint(VersionContent):
    """风险点: what may go wrong, at which post, how likely and how harmful, and its three levels side by side."""

    UNWATCHED = {"*": "草稿的行还没有凭据；交出以后由办理时的内容核对"}  # riskcontrol.watched

    REVIEW_FIELDS = frozenset({"confirmed_level", "confirmed_reason"})

    version = models.ForeignKey(TableVersion, verbose_name="版本", on_delete=models.PROTECT, related_name="points")
    identity = models.UUIDField("标识", default=uuid.uuid4, editable=False, db_index=True)
    category = models.CharField("风险类别", max_length=16, choices=ALL_CATEGORIES)
    order = models.PositiveIntegerField("顺序", default=0)
    post = models.ForeignKey(
        Post, verbose_name="岗位", null=True, blank=True, on_delete=models.PROTECT, related_name="risk_points"
    )
    post_name = models.CharField("岗位名称", max_length=64, blank=True)
    text = TextField("风险点", max_length=1000)
    manifestation = TextField("表现形式", max_length=1000, blank=True)
    matter = models.CharField("管理事项或流程环节", max_length=200, blank=True)
    power_revision = models.ForeignKey(
        PowerRevision, verbose_name="职权", null=True, blank=True, on_delete=models.PROTECT, related_name="risk_points"
    )
    power_step = models.ForeignKey(
        PowerStep, verbose_name="环节", null=True, blank=True, on_delete=models.PROTECT, related_name="risk_points"
    )
    power_number = models.CharField("职权编号", max_length=16, blank=True, db_index=True)
    power_name = models.CharField("职权名称", max_length=64, blank=True)
    step_name = models.CharField("职权环节", max_length=32, blank=True)
    is_latent = models.BooleanField("潜在风险", default=True)
    likelihood = models.PositiveSmallIntegerField("发生机率", choices=Likelihood, null=True, blank=True)
    harm = models.PositiveSmallIntegerField("危害程度", choices=Harm, null=True, blank=True)
    functions = models.JSONField("岗位职能与下限", default=list, blank=True)
    computed_level = models.PositiveSmallIntegerField("按规则得出的等级", choices=Level, null=True, blank=True)
    proposed_level = models.PositiveSmallIntegerField("建议等级", choices=Level, null=True, blank=True)
    proposed_reason = TextField("建议理由", max_length=500, blank=True)
    confirmed_level = models.PositiveSmallIntegerField("核定等级", choices=Level, null=True, blank=True)
    confirmed_reason = TextField("核定理由", max_length=500, blank=True)
    finding_methods = models.JSONField("查找方法", default=list, blank=True)
    finding_other = models.CharField("其他方法", max_length=200, blank=True)
    responsible = models.CharField("责任人", max_length=64, blank=True)
    is_key_area = models.BooleanField("重点领域或关键环节", default=False)
    co_departments = models.CharField("配合部门", max_length=500, blank=True)
    # Which departments those are: names change. What is decided are the names.
    co_department_keys = models.JSONField("配合部门编码", default=list, blank=True)
    missing_regulation = models.CharField("缺少的制度", max_length=200, blank=True)
    missing_drafter = models.CharField("由谁拟订", max_length=64, blank=True)
    missing_due = models.DateField("拟订期限", null=True, blank=True)
    library_entry = models.ForeignKey(
        TypicalRisk, verbose_name="取自典型库", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RiskPointQuerySet.as_manager()

    class Meta:
        verbose_name = "风险点"
        verbose_name_plural = "风险点"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "identity"], name="point_once_in_version"),
            models.CheckConstraint(condition=~Q(text=""), name="point_has_text"),
        ]
        indexes = [models.Index(fields=["version", "category", "order"], name="point_in_form_order")]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def ruling(self) -> levels.Ruling:
        """What the level rule says, from the scales and from the functions the post had when this was saved."""
        return levels.rule(self.likelihood, self.harm, [(name, floor) for name, floor in self.functions])

    @property
    def level(self) -> int | None:
        """The level that counts now: confirmed, else proposed."""
        return self.confirmed_level or self.proposed_level

    @property
    def power_words(self) -> str:
        """The power and the step it lies on, as in 3-04 物资采购（验收）; empty where it lies on none."""
        if not self.power_number:
            return ""
        return f"{self.power_number} {self.power_name}{f'（{self.step_name}）' if self.step_name else ''}"

    @property
    def plain_texts(self) -> list[tuple[str, str]]:
        """What it says in fields that have no place of their own."""
        return fields.said(fields.POINT, self)

    @property
    def finding_labels(self) -> list[str]:
        """查找方法 as words, with what 其他 stands for."""
        labels = [FindingMethod(value).label for value in self.finding_methods if value != FindingMethod.OTHER]
        if FindingMethod.OTHER in self.finding_methods:
            labels.append(f"其他（{self.finding_other}）" if self.finding_other else "其他")
        return labels


class Measure(VersionContent):
    """防范措施: of one point, of several, or (with no point) of a whole category (T11)."""

    UNWATCHED = {"*": "草稿的行还没有凭据；交出以后由办理时的内容核对"}  # riskcontrol.watched

    version = models.ForeignKey(TableVersion, verbose_name="版本", on_delete=models.PROTECT, related_name="measures")
    identity = models.UUIDField("标识", default=uuid.uuid4, editable=False, db_index=True)
    category = models.CharField("风险类别", max_length=16, choices=ALL_CATEGORIES)
    order = models.PositiveIntegerField("顺序", default=0)
    text = TextField("防范措施", max_length=2000)
    stage = models.CharField("阶段", max_length=16, choices=Stage, blank=True)
    points = models.ManyToManyField(RiskPoint, verbose_name="对应的风险点", related_name="measures", blank=True)
    responsible = models.CharField("责任人", max_length=64, blank=True)
    basis = models.CharField("制度依据", max_length=200, blank=True)
    timing = models.CharField("时限或频次", max_length=64, blank=True)
    regulations = models.ManyToManyField(Regulation, verbose_name="引用制度", related_name="measures", blank=True)
    # [identity, 《title》（number）] of each, as it was called when this was saved or handed in.
    regulation_names = models.JSONField("引用制度", default=list, blank=True)

    objects = RiskPointQuerySet.as_manager()

    class Meta:
        verbose_name = "防范措施"
        verbose_name_plural = "防范措施"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "identity"], name="measure_once_in_version"),
            models.CheckConstraint(condition=~Q(text=""), name="measure_has_text"),
        ]
        indexes = [models.Index(fields=["version", "category", "order"], name="measure_in_form_order")]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def plain_texts(self) -> list[tuple[str, str]]:
        """What it says in fields that have no place of their own."""
        return fields.said(fields.MEASURE, self)

    @property
    def stage_label(self) -> str:
        """What get_stage_display says, without looking through the field's choices for each of a long list."""
        return str(Stage(self.stage).label) if self.stage else ""

    @property
    def cited(self) -> list[str]:
        """The regulations it rests on, as they were called then."""
        return [name for _, name in self.regulation_names]


class NilDeclaration(VersionContent):
    """An explicit 无 for one category: an answer, different from blank (R63, T13)."""

    UNWATCHED = {"*": "草稿的行还没有凭据；交出以后由办理时的内容核对"}  # riskcontrol.watched

    version = models.ForeignKey(TableVersion, verbose_name="版本", on_delete=models.PROTECT, related_name="nils")
    category = models.CharField("风险类别", max_length=16, choices=ALL_CATEGORIES)

    objects = RiskPointQuerySet.as_manager()

    class Meta:
        verbose_name = "确认为无"
        verbose_name_plural = "确认为无"
        constraints = [models.UniqueConstraint(fields=["version", "category"], name="nil_once_per_category")]

    def __str__(self) -> str:
        return f"{self.get_category_display()}：无"


class PostExemption(VersionContent):
    """A statement that a post has no risk point, with its reason (不漏岗)."""

    UNWATCHED = {"*": "草稿的行还没有凭据；交出以后由办理时的内容核对"}  # riskcontrol.watched

    version = models.ForeignKey(TableVersion, verbose_name="版本", on_delete=models.PROTECT, related_name="exemptions")
    post = models.ForeignKey(Post, verbose_name="岗位", on_delete=models.PROTECT, related_name="exemptions")
    # As a point keeps them: what was decided doesn't follow a post that is renamed or gets other functions.
    post_name = models.CharField("岗位名称", max_length=64)
    functions = models.JSONField("岗位职能与下限", default=list, blank=True)
    reason = models.CharField("原因", max_length=200)

    objects = RiskPointQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位无风险点说明"
        verbose_name_plural = "岗位无风险点说明"
        ordering = ["post__order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "post"], name="exemption_once_per_post"),
            models.CheckConstraint(condition=~Q(reason=""), name="exemption_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.post_name}：{self.reason}"
