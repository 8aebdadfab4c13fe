"""报送与留存: each copy that was sent, to whom, and its receipt (R64, R69, R72)."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from riskcontrol.fields import NameField
from riskcontrol.paper.texts import PrintedTexts
from riskpoints.campaign.enums import DeliveryState, Purpose, Way
from riskpoints.campaign.models.issued import IssuedDocument
from riskpoints.models import Cycle, TableVersion


class Delivery(PrintedTexts):
    """One sending. `version` is the table that was sent; none: another paper, which `title` names."""

    cycle = models.ForeignKey(Cycle, verbose_name="年度", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        TableVersion, verbose_name="防控表", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What the office issued, where that was sent; `title` says it in the words of that day.
    issued = models.ForeignKey(
        IssuedDocument, verbose_name="发文", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    title = NameField("文件名称", max_length=200)
    purpose = models.CharField("用途", max_length=16, choices=Purpose)
    to_unit = NameField("接收单位", max_length=80)
    copies = models.PositiveSmallIntegerField("份数", default=1, validators=[MinValueValidator(1, "至少 1 份。")])
    way = models.CharField("方式", max_length=16, choices=Way, default=Way.HAND)
    sent_on = models.DateField("送出日期")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="经办人", on_delete=models.PROTECT, related_name="+"
    )
    sent_by_name = models.CharField("经办人姓名", max_length=64)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    state = models.CharField("状态", max_length=16, choices=DeliveryState, default=DeliveryState.SENT)
    received_on = models.DateField("签收日期", null=True, blank=True)
    received_by = NameField("签收人", max_length=64, blank=True)
    receipt_number = models.CharField("回执编号", max_length=40, blank=True)
    returned_reason = models.CharField("退回原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "报送"
        verbose_name_plural = "报送"
        ordering = ["-sent_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=DeliveryState.RECEIVED) | Q(received_on__isnull=False) & ~Q(received_by=""),
                name="delivery_received_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=DeliveryState.RETURNED) | ~Q(returned_reason=""), name="delivery_returned_with_why"
            ),
            models.CheckConstraint(condition=Q(copies__gte=1), name="delivery_has_a_copy"),
            models.UniqueConstraint(
                fields=["version", "purpose"],
                condition=Q(purpose__in=["superior", "school", "committee", "department", "above"])
                & ~Q(state=DeliveryState.RETURNED),
                name="each_keeper_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}：{self.to_unit}"
