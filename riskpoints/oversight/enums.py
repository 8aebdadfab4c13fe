"""Fixed vocabularies of oversight."""

from django.db import models


class CheckKind(models.TextChoices):
    """Who looks: the department at itself, or the discipline committee."""

    SELF = "self", "部门自查"
    SUPERVISION = "supervision", "纪委监督检查"


class State(models.TextChoices):
    """Where a sheet that somebody began stands."""

    FILLING = "filling", "填写中"
    SUBMITTED = "submitted", "已提交"
    RETURNED = "returned", "退回"
    REVIEWED = "reviewed", "已复核"


class Standing(models.TextChoices):
    """Where a check stands for a reader: also before anybody began it, and where nobody can go on any more."""

    NOT_BEGUN = "not_begun", "未开始"
    FILLING = "filling", "填写中"
    SUBMITTED = "submitted", "已提交"
    RETURNED = "returned", "退回"
    REVIEWED = "reviewed", "已复核"
    DISSOLVED = "dissolved", "部门撤并"
    UNFINISHED = "unfinished", "未完成"


class CheckAct(models.TextChoices):
    """What is done to a sheet."""

    FILL = "fill", "填写"
    SUBMIT = "submit", "提交"
    REVIEW = "review", "复核通过"
    RETURN = "return", "退回"


class Result(models.TextChoices):
    """Whether a measure is carried out (R35: 落实好各项廉政风险防控措施)."""

    DONE = "done", "落实"
    PARTLY = "partly", "部分落实"
    NOT_DONE = "not_done", "未落实"
    NO_CASE = "no_case", "本期未发生"


# Results that say what is wrong in a note.
FAULTS = (Result.PARTLY, Result.NOT_DONE)


class Seen(models.TextChoices):
    """How it was seen."""

    PAPERS = "papers", "查阅资料"
    ON_SITE = "on_site", "现场查看"
    ASKING = "asking", "询问"
    SAMPLE = "sample", "抽查"


class Period(models.TextChoices):
    """The part of a year that a check is about."""

    Q1 = "q1", "第一季度"
    Q2 = "q2", "第二季度"
    Q3 = "q3", "第三季度"
    Q4 = "q4", "第四季度"
    H1 = "h1", "上半年"
    H2 = "h2", "下半年"
    YEAR = "y", "全年"
