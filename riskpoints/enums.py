"""Fixed vocabularies of the register, in the words of the founding document."""

from django.db import models


class Category(models.TextChoices):
    """四类风险: the rows of 附件4 (R07, R19–R22)."""

    DUTY = "duty", "岗位职责风险"
    PROCESS = "process", "业务流程风险"
    INSTITUTION = "institution", "制度机制风险"
    ENVIRONMENT = "environment", "外部环境风险"


class SchoolCategory(models.TextChoices):
    """三重一大: the rows of 附件2 (R62)."""

    DECISION = "decision", "重大事项决策"
    PERSONNEL = "personnel", "重要人事任免"
    PROJECT = "project", "重大项目安排"
    FUNDS = "funds", "大额资金使用"


ALL_CATEGORIES = [*Category.choices, *SchoolCategory.choices]

CATEGORY_GUIDES: dict[str, str] = {
    Category.DUTY: "重点查找由于工作岗位的特殊性，可能造成在岗人员不履行或不正确履行职责的因素。",
    Category.PROCESS: "重点查找由于工作程序和个人自由裁量空间过大，可能造成权力失控和行为失范的因素。",
    Category.INSTITUTION: (
        "重点查找由于缺乏工作制度的明确覆盖及工作时限、标准、质量等明确规定，可能导致行政行为失控的因素。"
    ),
    Category.ENVIRONMENT: (
        "重点查找行业“潜规则”对岗位的干扰、生活圈和社交圈对个人的不利影响等因素。请不要写出校外个人的姓名。"
    ),
}


class Scope(models.TextChoices):
    """Which of the two tables: 附件4 or 附件2; they are never derived from one another."""

    DEPARTMENT = "department", "部门表"
    SCHOOL = "school", "学校表"


class Likelihood(models.IntegerChoices):
    """发生机率: three steps named by the document (三（一）3)."""

    HIGH = 1, "高"
    CONSIDERABLE = 2, "较高"
    LOW = 3, "较小"


class Harm(models.IntegerChoices):
    """危害程度: three steps named by the document (三（一）3)."""

    SEVERE = 1, "严重"
    CONSIDERABLE = 2, "较为严重"
    LIMITED = 3, "一般"


class Stage(models.TextChoices):
    """The three kinds of measure (R08)."""

    PREVENTION = "prevention", "前期预防"
    MONITORING = "monitoring", "中期监控"
    RESPONSE = "response", "后期处置"


class FindingMethod(models.TextChoices):
    """五种方法和其它监督渠道和手段 (R18, T21)."""

    SELF = "self", "自己找"
    MASSES = "masses", "群众提"
    MUTUAL = "mutual", "互相查"
    LEADERS = "leaders", "领导点"
    ORGANISATION = "organisation", "组织评"
    OTHER = "other", "其他"


class Status(models.TextChoices):
    """Where one version of a table stands."""

    DRAFT = "draft", "填报中"
    SUBMITTED = "submitted", "待审核"
    REVIEWED = "reviewed", "已审核"
    CONFIRMED = "confirmed", "已确定"
    DISCARDED = "discarded", "已作废"

    @classmethod
    def open(cls) -> tuple["Status", ...]:
        """On its way: a table has one such version at most."""
        return (cls.DRAFT, cls.SUBMITTED, cls.REVIEWED)

    @classmethod
    def finished(cls) -> tuple["Status", ...]:
        """Where nothing changes any more."""
        return (cls.CONFIRMED, cls.DISCARDED)

    @classmethod
    def undecided(cls) -> tuple["Status", ...]:
        """Before a reviewer has decided about the levels."""
        return (cls.DRAFT, cls.SUBMITTED)


class Action(models.TextChoices):
    """What people do to a table: those of workflow.TRANSITIONS change its status, the others its content."""

    SUBMIT = "submit", "提交纪委审核"
    RECALL = "recall", "撤回"
    RETURN = "return", "退回修改"
    APPROVE = "approve", "审核通过，核定等级"
    CONFIRM = "confirm", "确定"
    DISCARD = "discard", "作废本修订稿"
    START = "start", "开始填报"
    EDIT = "edit", "填写"
    ASSESS = "assess", "核定等级"
    REVISE = "revise", "修订"
    RECORD = "record", "补录历史表"
    COMPARE = "compare", "核对补录"
    MISMATCH = "mismatch", "核对不符，退回重录"
    ADD_SCAN = "add_scan", "登记签字扫描件"
    REPLACE_SCAN = "replace_scan", "更换签字扫描件"


# Acts that put a table in force, now or under the rules of their day: their opinion and the open part of what was
# decided may be shown in the archive.
DECISIVE_ACTIONS = (Action.CONFIRM, Action.RECORD, Action.COMPARE)


class ConfirmationRule(models.IntegerChoices):
    """By which rule a version was put in force. The present one: by other hands than those that wrote, submitted or
    assessed it, with the scan of the signed sheet or by the principal's own, proven confirmation; it binds acts from
    its introduction on, older ones stay."""

    FORMER = 1, "按旧规则确定"
    PRESENT = 2, "现行规则"


class RemarkAnswerKind(models.TextChoices):
    """How a department answers a remark of the reviewer's."""

    CHANGED = "changed", "已改"
    EXPLAINED = "explained", "说明"


class WalkKind(models.TextChoices):
    """What somebody found of a point of last year's table: 逐条核对 of a renewal."""

    KEPT = "kept", "仍然适用"
    CHANGED = "changed", "修改"
    ADDED = "added", "新增"
    REMOVED = "removed", "不再适用"


class DateMode(models.TextChoices):
    """填表日期 as printed (T24)."""

    SUBMITTED = "submitted", "印提交日期"
    TYPED = "typed", "印填写的日期"
    BLANK = "blank", "留空，手写"


class ConfirmedBy(models.TextChoices):
    """How the 单位主要负责人 decided, or a meeting about the table of the 校领导班子 (R53)."""

    PAPER = "paper", "纸质表签字盖章，由办公室登记"
    BROWSER = "browser", "单位主要负责人在系统中确定"
    MEETING = "meeting", "会议逐岗位决定，由办公室登记"
