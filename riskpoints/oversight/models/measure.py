"""What a check found: each measure of its points with its result, and the evidence."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from riskcontrol.fields import TextField
from riskcontrol.models import StoredFile
from riskcontrol.paper.texts import PrintedTexts
from riskpoints.models.table import FrozenError
from riskpoints.oversight.enums import Result, Seen
from riskpoints.oversight.models.sheet import HANDED_IN, OPEN, CheckLine, CheckSheet, account


class OpenSheetQuerySet(models.QuerySet):
    """What belongs to a sheet that can still be filled in."""

    def _refuse_others(self) -> None:
        if self.exclude(**{f"{self.model.SHEET}__state__in": OPEN}).exists():  # type: ignore[attr-defined]
            raise FrozenError(HANDED_IN)

    def update(self, **kwargs: Any) -> int:
        self._refuse_others()
        return super().update(**kwargs)

    def delete(self) -> Any:
        self._refuse_others()
        return super().delete()


class OfOpenSheet(PrintedTexts):
    """A row that is written only while its sheet is open."""

    SHEET = ""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_unless_open()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        self._refuse_unless_open()
        return super().delete(*args, **kwargs)

    def _refuse_unless_open(self) -> None:
        row: Any = self
        for name in self.SHEET.split("__")[:-1]:
            row = getattr(row, name)
        if not CheckSheet.objects.filter(pk=row.sheet_id, state__in=OPEN).exists():
            raise FrozenError(HANDED_IN)


class CheckMeasure(OfOpenSheet):
    """A measure of a point with its words of that moment, and what the check found."""

    SHEET = "line__sheet"

    line = models.ForeignKey(CheckLine, verbose_name="风险点", on_delete=models.PROTECT, related_name="measures")
    order = models.PositiveIntegerField("顺序")
    identity = models.UUIDField("措施标识")
    text = TextField("防控措施", max_length=2000)
    responsible = models.CharField("责任人", max_length=64, blank=True)
    result = models.CharField("落实情况", max_length=16, choices=Result, blank=True)
    # Whether the result was chosen for all measures of its point at once, and this one was never filled in by itself.
    by_point = models.BooleanField("按本点填写", default=False)
    seen = models.CharField("检查方式", max_length=16, choices=Seen, blank=True)
    sampled = models.PositiveIntegerField("抽查份数", null=True, blank=True)
    sampled_of = models.PositiveIntegerField("抽查总数", null=True, blank=True)
    note = TextField("发现的问题及意见", max_length=500, blank=True)
    no_evidence = TextField("没有证据的原因", max_length=200, blank=True)
    saved_by = account("最后保存人", null=True, blank=True)
    saved_by_name = models.CharField("最后保存人姓名", max_length=64, blank=True)
    saved_at = models.DateTimeField("最后保存时间", null=True, blank=True)

    objects = OpenSheetQuerySet.as_manager()

    class Meta:
        verbose_name = "检查的措施"
        verbose_name_plural = "检查的措施"
        ordering = ["line__order", "order"]
        constraints = [
            models.UniqueConstraint(fields=["line", "identity"], name="check_measure_once"),
            models.CheckConstraint(
                condition=Q(seen=Seen.SAMPLE, sampled__isnull=False, sampled_of__gte=F("sampled"))
                | ~Q(seen=Seen.SAMPLE) & Q(sampled__isnull=True, sampled_of__isnull=True),
                name="sample_says_how_many",
            ),
            models.CheckConstraint(condition=Q(by_point=False) | ~Q(result=""), name="result_of_point_is_one"),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def seen_words(self) -> str:
        """检查方式 as printed: 抽查 3/10."""
        return seen_words(self.seen, self.sampled, self.sampled_of)

    @property
    def result_words(self) -> str:
        """落实情况 as printed: 落实（按本点填写）."""
        return result_words(self.result, self.by_point)


class CheckEvidence(OfOpenSheet):
    """A file that shows what was seen, under the name it was sent with."""

    SHEET = "measure__line__sheet"

    measure = models.ForeignKey(CheckMeasure, verbose_name="措施", on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey(StoredFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=120)
    suffix = models.CharField("类型", max_length=8)
    added_by = account("添加人")
    added_by_name = models.CharField("添加人姓名", max_length=64)
    added_at = models.DateTimeField("添加时间", auto_now_add=True)

    objects = OpenSheetQuerySet.as_manager()

    class Meta:
        verbose_name = "检查证据"
        verbose_name_plural = "检查证据"
        ordering = ["added_at", "id"]
        constraints = [models.UniqueConstraint(fields=["measure", "file"], name="check_evidence_once")]

    def __str__(self) -> str:
        return self.name


def seen_words(seen: str, sampled: int | None, sampled_of: int | None) -> str:
    """How a measure was seen, with the sample where one was taken; nothing where nobody said."""
    words = str(Seen(seen).label) if seen else ""
    return f"{words} {sampled}/{sampled_of}" if seen == Seen.SAMPLE else words


def result_words(result: str, by_point: bool) -> str:
    """The result, and whether it was chosen for the whole point; nothing where nobody said."""
    words = str(Result(result).label) if result else ""
    return f"{words}（按本点填写）" if by_point else words
