"""环节 of a revision."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from departments.models import Post
from riskcontrol.fields import NameField
from riskcontrol.paper.texts import PrintedTexts
from riskpoints.references.powers.enums import PowerState
from riskpoints.references.powers.models.power import FROZEN, FrozenPowerError, PowerRevision


class PowerStepQuerySet(models.QuerySet):
    """Steps of revisions."""

    def _refuse_frozen(self) -> None:
        if self.exclude(revision__state=PowerState.DRAFT).exists():
            raise FrozenPowerError(FROZEN)

    def update(self, **kwargs: Any) -> int:
        self._refuse_frozen()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse_frozen()
        return super().delete()

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        rows = list(objs)
        keys = {row.revision_id for row in rows}
        if PowerRevision.objects.filter(pk__in=keys).exclude(state=PowerState.DRAFT).exists():
            raise FrozenPowerError(FROZEN)
        return super().bulk_create(rows, *args, **kwargs)


class PowerStep(PrintedTexts):
    """环节: one step of how a power runs; `identity` stays the same from revision to revision."""

    revision = models.ForeignKey(PowerRevision, verbose_name="稿", on_delete=models.PROTECT, related_name="steps")
    identity = models.UUIDField("标识", default=uuid.uuid4, editable=False)
    order = models.PositiveSmallIntegerField("顺序")
    name = NameField("环节", max_length=32)
    post = models.ForeignKey(
        Post, verbose_name="岗位", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    post_name = models.CharField("岗位名称", max_length=64, blank=True)
    time_limit = models.CharField("时限", max_length=64, blank=True)
    is_risk_node = models.BooleanField("风险节点", default=False)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = PowerStepQuerySet.as_manager()

    class Meta:
        verbose_name = "环节"
        verbose_name_plural = "环节"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "identity"], name="power_step_once_in_revision"),
            models.CheckConstraint(condition=~Q(name=""), name="power_step_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_when_frozen()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_when_frozen()
        return super().delete(*args, **kwargs)

    def _refuse_when_frozen(self) -> None:
        state = PowerRevision.objects.values_list("state", flat=True).get(pk=self.revision_id)
        if state != PowerState.DRAFT:
            raise FrozenPowerError(FROZEN)
