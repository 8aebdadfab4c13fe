"""The rules there are, and what may be chosen in them."""

from django.db import models


class Key(models.TextChoices):
    """A rule by its key; the label stands on the screen."""

    PUBLICATION_MODE = "publication.mode", "公示方式"
    PUBLICATION_DAYS = "publication.days", "公示天数"
    PUBLICATION_DAY_KIND = "publication.day_kind", "公示按什么日计算"
    BLOCKS_CONFIRMATION = "publication.blocks_confirmation", "意见办结后才能签字确定"
    RISK_NODES = "powers.risk_nodes", "职权的风险节点都有风险点才能提交"
    RESPONSIBLE_FIRST = "responsible.1", "一级风险由谁负责"
    RESPONSIBLE_SECOND = "responsible.2", "二级风险由谁负责"
    RESPONSIBLE_THIRD = "responsible.3", "三级风险由谁负责"
    CONTACT = "publication.contact", "受理公示意见的联系方式"
    IN_FORCE = "public.in_force", "现行表是否长期公开"
    CHANNELS = "official_channels", "检举控告渠道"
    HARM_SEVERE = "criteria.severe", "危害“严重”的含义"
    HARM_CONSIDERABLE = "criteria.considerable", "危害“较为严重”的含义"
    HARM_LIMITED = "criteria.limited", "危害“一般”的含义"
    REVIEW_EVERY = "review.every", "现行表多久复核一次"
    REMIND_OFFSETS = "remind.offsets", "到期提醒"
    CHECK_FIRST = "check.every.1", "一级风险多久自查一次"
    CHECK_SECOND = "check.every.2", "二级风险多久自查一次"
    CHECK_THIRD = "check.every.3", "三级风险多久自查一次"
    DAYS_RECEIPT = "days.receipt", "几个工作日内签收"
    DAYS_REPLY = "days.reply", "几个工作日内整改回告"
    DAYS_TALK_REPLY = "days.talk_reply", "谈话后几个工作日内交书面材料"
    DAYS_VERIFY = "days.verify", "几个工作日内核查"
    ROUNDS = "rounds.before_escalation", "重新整改几次后必须升级"
    GRADES = "grades", "考核等次"


class Duty(models.TextChoices):
    """Who answers for the points of a level (分级负责), from the head of the school down."""

    PRINCIPAL = "principal", "单位主要负责人"
    LEADER = "leader", "分管领导"
    HEAD = "head", "部门负责人"


class Mode(models.TextChoices):
    """How a reviewed table comes to be published."""

    AUTOMATIC = "automatic", "自动：审核通过即公示"
    GATHERED = "gathered", "集中：办公室把几张表合在一起公示"


class DayKind(models.TextChoices):
    """Which days a period counts."""

    WORKING = "working", "工作日"
    CALENDAR = "calendar", "自然日"


class Readers(models.TextChoices):
    """Who reads a table in force once its publication is over."""

    LOGGED_IN = "login", "公示期内公开，期满后登录可见"
    ALL = "all", "全部公开，不用登录"


class Every(models.TextChoices):
    """How often a table in force is looked through."""

    YEAR = "year", "每年"
    HALF = "half", "每半年"
    QUARTER = "quarter", "每季度"
    NEVER = "never", "不定期复核"


class CheckEvery(models.TextChoices):
    """How often a department checks its points of a level."""

    QUARTER = "quarter", "每季度"
    HALF = "half", "每半年"
    YEAR = "year", "每年"
    NEVER = "never", "不要求"


class Grade(models.TextChoices):
    """等次 of a department in the yearly assessment, the best first; R50 names the first one."""

    EXCELLENT = "excellent", "优秀"
    GOOD = "good", "合格"
    FAIR = "fair", "基本合格"
    POOR = "poor", "不合格"


# The grades that have a least score; whatever is below is the last one.
SCORED = (Grade.EXCELLENT, Grade.GOOD, Grade.FAIR)
MONTHS: dict[str, int | None] = {Every.YEAR: 12, Every.HALF: 6, Every.QUARTER: 3, Every.NEVER: None}
