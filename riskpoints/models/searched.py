"""What the register's search looks through: the words of each signed point, once, as searches compare them."""

from django.db import models

from riskpoints.models.risk_point import RiskPoint


class SearchText(models.Model):
    """The texts of one point of a signed version and of its measures, folded (riskcontrol.text.folded), one a line.

    It can be made again from the point at any time and is no part of what is decided. Drafts have none: what is still
    written is read where it stands, by those who may.
    """

    point = models.OneToOneField(
        RiskPoint, verbose_name="风险点", primary_key=True, on_delete=models.CASCADE, related_name="searched"
    )
    text = models.TextField("检索文字")

    class Meta:
        verbose_name = "检索文字"
        verbose_name_plural = "检索文字"

    def __str__(self) -> str:
        return self.text[:40]
