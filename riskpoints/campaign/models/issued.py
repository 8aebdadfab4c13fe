"""发文登记: each document that the office issued, with its number, readers and printed copies (R72: 抄送、共印)."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from riskcontrol.fields import NameField
from riskcontrol.models import StoredFile
from riskcontrol.paper.texts import PrintedTexts
from riskcontrol.triggers import FreezeRule
from riskpoints.models import Cycle

LONGEST_NUMBER = 9999


class IssuedDocument(PrintedTexts):
    """One document; its number is given once, and stays taken when the document is void."""

    cycle = models.ForeignKey(Cycle, verbose_name="年度", on_delete=models.PROTECT, related_name="+")
    prefix = NameField("发文代字", max_length=32)
    year = models.PositiveSmallIntegerField("发文年份")
    sequence = models.PositiveIntegerField(
        "序号", validators=[MinValueValidator(1, "从 1 开始。"), MaxValueValidator(LONGEST_NUMBER, "请核对序号。")]
    )
    title = NameField("标题", max_length=120)
    main_to = NameField("主送", max_length=160)
    copy_to = NameField("抄送", max_length=160, blank=True)
    copies = models.PositiveIntegerField(
        "共印", validators=[MinValueValidator(1, "至少 1 份。"), MaxValueValidator(99999, "请核对份数。")]
    )
    issued_on = models.DateField("印发日期")
    file = models.ForeignKey(
        StoredFile, verbose_name="文件", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField("文件名", max_length=120, blank=True)
    void_reason = models.CharField("作废原因", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    recorded_by_name = models.CharField("登记人姓名", max_length=64)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    token = models.CharField("提交标识", max_length=64, unique=True, editable=False)
    lock = models.PositiveIntegerField("修改次数", default=0)

    class Meta:
        verbose_name = "发文"
        verbose_name_plural = "发文"
        ordering = ["-year", "prefix", "-sequence"]
        constraints = [
            models.UniqueConstraint(fields=["prefix", "year", "sequence"], name="issued_number_once"),
            models.CheckConstraint(condition=Q(copies__gte=1) & Q(sequence__gte=1), name="issued_counts_from_one"),
            models.CheckConstraint(condition=~Q(prefix="") & ~Q(title=""), name="issued_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.number}）"

    @property
    def number(self) -> str:
        """文号, as 〔2026〕3号 behind its 代字."""
        return number(self.prefix, self.year, self.sequence)


def number(prefix: str, year: int, sequence: int) -> str:
    """文号 of the national standard (GB/T 9704—2012, 7.2.5: 发文机关代字、年份、发文顺序号)."""
    return f"{prefix}〔{year}〕{sequence}号"


_FIXED = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in ("prefix", "year", "sequence", "cycle_id"))
KEPT = FreezeRule(
    "issued_number",
    "campaign_issueddocument",
    "UPDATE",
    f"({_FIXED}) OR OLD.void_reason <> ''",
    "文号给出以后不能改，作废的发文不能再改",
)
