"""Fixed vocabularies of the catalogue of powers."""

from django.db import models


class PowerState(models.TextChoices):
    """Where a revision stands, or with RETIRED the power itself."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待备案"
    FILED = "filed", "已备案"
    RETIRED = "retired", "已停用"
    DISCARDED = "discarded", "已作废"


# A power has at most one revision in one of these.
OPEN = (PowerState.DRAFT, PowerState.SUBMITTED)
