"""What the toy keeps: one visit to a table, about one of its points or about all of it."""

from django.db import models

from riskcontrol.models import StoredFile
from riskpoints.models import TableVersion


class Visit(models.Model):
    version = models.ForeignKey(TableVersion, on_delete=models.PROTECT, related_name="+")
    point = models.UUIDField(null=True)
    text = models.CharField("巡察事项", max_length=100)
    report = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    is_done = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "巡察"

    def __str__(self):
        return self.text
