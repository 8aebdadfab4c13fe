"""Fixed vocabularies of proposals and opinions."""

from django.db import models


class ProposalKind(models.TextChoices):
    """What is proposed: a new risk point, a measure for one that is in force, or what somebody thinks of its level."""

    POINT = "point", "风险点"
    MEASURE = "measure", "措施"
    LEVEL = "level", "等级意见"


class CoReply(models.TextChoices):
    """What a department that cooperates at a point says of it (R55)."""

    NOTED = "noted", "知悉"
    DIFFERS = "differs", "有不同意见"


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
    REFERRED = "referred", "已转纪委"


class Quarantine(models.TextChoices):
    """Why an opinion was set aside when it came: it is kept and can be answered, but holds nothing back."""

    SOURCE = "source", "同一来源当天意见较多"
    TABLE = "table", "这张表待答复的意见很多"


class Outcome(models.TextChoices):
    """What came of an opinion."""

    PASSED_ON = "passed_on", "已转为建议，送部门处理"
    OBJECTED = "objected", "已作为异议，送纪委审核"
    EXPLAINED = "explained", "已作说明"
    OUTSIDE = "outside", "不属于本表，已转有关方面"
    UNRELATED = "unrelated", "重复或与本表无关"


class ObjectionState(models.TextChoices):
    """Where an objection to a table under publicity stands."""

    OPEN = "open", "待纪委审核"
    RETURNED = "returned", "已退回部门修改"
    DEFERRED = "deferred", "不影响本表，列入下次修订"
