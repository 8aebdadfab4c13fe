"""Fixed vocabularies of proposals and opinions."""

from django.db import models


class ProposalState(models.TextChoices):
    """Where a proposal stands."""

    OPEN = "open", "待答复"
    ACCEPTED = "accepted", "已采纳"
    DECLINED = "declined", "未采纳"
    WITHDRAWN = "withdrawn", "已撤回"


class FeedbackState(models.TextChoices):
    """Where an opinion stands."""

    NEW = "new", "待答复"
    ANSWERED = "answered", "已答复"


class Outcome(models.TextChoices):
    """What came of an opinion."""

    PASSED_ON = "passed_on", "已转为建议，送部门处理"
    EXPLAINED = "explained", "已作说明"
    OUTSIDE = "outside", "不属于本表，已转有关方面"
