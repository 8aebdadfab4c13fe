"""依据文件: what a year cites as what its work rests on (R02: 根据市纪委《关于转发…的通知》)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from riskcontrol.fields import NameField
from riskcontrol.models import StoredFile
from riskcontrol.paper.texts import PrintedTexts
from riskcontrol.triggers import FreezeRule
from riskpoints.models import Cycle

WORDS = ("title", "number", "issuer", "issued_on", "cited_as")


class BasisDocument(PrintedTexts):
    """One document as a year cites it, from a day on; its words never change.

    A correction ends the row and begins another one of the same `identity`, so that a 公示稿 that was posted before is
    printed again as it was.
    """

    # A year that was opened by mistake takes them along.
    cycle = models.ForeignKey(Cycle, verbose_name="年度", on_delete=models.CASCADE, related_name="+")
    identity = models.UUIDField("文件标识", default=uuid.uuid4, editable=False)
    title = NameField("文件名称", max_length=120)
    number = NameField("文号", max_length=60, blank=True)
    issuer = NameField("发文单位", max_length=80)
    issued_on = models.DateField("发文日期", null=True, blank=True)
    cited_as = NameField("引用写法", max_length=160, blank=True)
    file = models.ForeignKey(
        StoredFile, verbose_name="文件", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField("文件名", max_length=120, blank=True)
    cited_from = models.DateField("开始引用")
    ended_on = models.DateField("停止引用", null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    recorded_by_name = models.CharField("登记人姓名", max_length=64)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    token = models.CharField("提交标识", max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = "依据文件"
        verbose_name_plural = "依据文件"
        ordering = [F("issued_on").asc(nulls_last=True), "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "identity"], condition=Q(ended_on=None), name="basis_says_one_thing_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["cycle", "title", "number"],
                condition=Q(ended_on=None),
                name="basis_once_a_year",
                violation_error_message="本年度已经引用了同名同号的文件，不用再登记。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("cited_from")), name="basis_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.citation

    @property
    def citation(self) -> str:
        """How papers name it."""
        return citation(self.title, self.number, self.cited_as)


def citation(title: str, number: str, cited_as: str) -> str:
    """How papers name a document: as the office wrote it, else 《名称》（文号）."""
    plain = title if title.startswith("《") else f"《{title}》"
    return cited_as or plain + (f"（{number}）" if number else "")


def _kept() -> FreezeRule:
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in (*WORDS, "file_id", "cited_from"))
    return FreezeRule(
        "basis_document_words",
        "campaign_basisdocument",
        "UPDATE",
        f"OLD.ended_on IS NOT NULL OR {changed}",
        "依据文件登记以后不能改写，更正另起一条",
    )


KEPT = _kept()
