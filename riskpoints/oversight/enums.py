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


class Nature(models.TextChoices):
    """What a finding is about; matters about persons have a series of their own and rules of secrecy (T22)."""

    DEPARTMENT = "department", "部门问题"
    PERSON = "person", "个人"


class Source(models.TextChoices):
    """Where a finding comes from (R42: 整合各类监督资源)."""

    CHECK = "check", "监控检查"
    PUBLIC = "public", "群众意见"
    LETTERS = "letters", "信访转办"
    AUDIT = "audit", "审计"
    INSPECTION = "inspection", "巡察"
    CONGRESS = "congress", "教代会"
    SUPERIOR = "superior", "上级反馈"
    MEDIA = "media", "媒体"
    OTHER = "other", "其他"


class FindingState(models.TextChoices):
    """Where a finding stands."""

    OPEN = "open", "待定"
    HANDLED = "handled", "已处置"
    DROPPED = "dropped", "不予处置"
    PASSED_ON = "passed_on", "转办"
    CLOSED = "closed", "已销号"


class FindingAct(models.TextChoices):
    """What is done to a finding; HANDLE and RELEASE follow from what is done to a handling."""

    REGISTER = "register", "登记"
    HANDLE = "handle", "拟办处置"
    RELEASE = "release", "处置撤销"
    DROP = "drop", "不予处置"
    PASS_ON = "pass_on", "转办"
    DEMAND = "demand", "要求修订"
    ANSWER = "answer", "修订防控表"
    CLOSE = "close", "销号"


class HandlingKind(models.IntegerChoices):
    """The document's ladder (R44, R45, R46, R47), lowest first: 提醒 … 移交追究; 整改 is for a department."""

    REMIND = 1, "提醒"
    CORRECT = 2, "纠错"
    TALK = 3, "谈话提醒"
    ADMONISH = 4, "诫勉纠错"
    RECTIFY = 5, "整改"
    TRANSFER = 6, "移交追究"


# What may be done about a department, and about a person, lowest first.
LADDERS = {
    Nature.DEPARTMENT: (HandlingKind.REMIND, HandlingKind.CORRECT, HandlingKind.RECTIFY, HandlingKind.TRANSFER),
    Nature.PERSON: tuple(kind for kind in HandlingKind if kind != HandlingKind.RECTIFY),
}
# Of these only dates, persons and where the paper lies are kept: no contents, no files (T22).
TALKS = (HandlingKind.TALK, HandlingKind.ADMONISH)
ON_PAPER_ONLY = (*TALKS, HandlingKind.TRANSFER)
# Only an organ that may decide so under 干部管理权限 decides these: its name, day and the number of its 纪要.
BY_ORGAN = (HandlingKind.ADMONISH, HandlingKind.TRANSFER)


class HandlingState(models.TextChoices):
    """Where a handling stands."""

    DRAFTED = "drafted", "拟办"
    ISSUED = "issued", "已发出"
    RECEIVED = "received", "已签收"
    REPLIED = "replied", "已回告"
    AGAIN = "again", "重新整改"
    CLOSED = "closed", "已销号"
    WITHDRAWN = "withdrawn", "已撤销"
    ESCALATED = "escalated", "已升级"
    TRANSFERRED = "transferred", "已移交"
    LEFT = "left", "人员离校"


# Where somebody still has to do something.
OPEN_HANDLINGS = (
    HandlingState.DRAFTED, HandlingState.ISSUED, HandlingState.RECEIVED, HandlingState.REPLIED, HandlingState.AGAIN,
)  # fmt: skip


class HandlingAct(models.TextChoices):
    """What is done to a handling."""

    DRAFT = "draft", "拟办"
    APPROVE = "approve", "批准发出"
    WITHDRAW = "withdraw", "撤销"
    RECEIVE = "receive", "签收"
    RECORD_RECEIPT = "record_receipt", "登记签收"
    RECORD_TALK = "record_talk", "登记谈话"
    REPLY = "reply", "回告"
    RECORD_REPLY = "record_reply", "登记书面回告"
    ACCEPT = "accept", "核查合格"
    REJECT = "reject", "核查不合格"
    ASK = "ask", "申请延期"
    GRANT = "grant", "同意延期"
    REFUSE = "refuse", "不同意延期"
    COMPLAINT = "complaint", "群众仍有反映"
    ESCALATE = "escalate", "升级"
    LEAVE = "leave", "人员离校"


class SheetState(models.TextChoices):
    """Where the indicator sheet of a year stands."""

    DRAFT = "draft", "草稿"
    ACTIVE = "active", "启用"


class IndicatorKind(models.TextChoices):
    """Who gives the score of an indicator."""

    AUTOMATIC = "automatic", "自动"
    MANUAL = "manual", "人工"


class Formula(models.TextChoices):
    """What an automatic indicator is reckoned from; see assessment/formulas.py."""

    ON_TIME = "on_time", "按期提交"
    FIRST_PASS = "first_pass", "一次通过"
    POSTS = "posts", "岗位覆盖率"
    CATEGORIES = "categories", "类别完整率"
    STAGES = "stages", "三阶段措施率"
    VAGUE = "vague", "空泛措施率（反向）"
    CHECKS = "checks", "自查完成率"
    CARRIED_OUT = "carried_out", "措施落实率"
    RECTIFIED = "rectified", "整改按期率"
    CLOSED = "closed", "销号率"
    OPINIONS = "opinions", "意见办结率"
    PROPOSALS = "proposals", "建议答复率"
    TAKING_PART = "taking_part", "参与率"
    EDUCATION = "education", "教育参训率"
    FIRST_POSTS = "first_posts", "一级岗位教育覆盖"
    POWERS = "powers", "职权备案率"
    REPEALED = "repealed", "引用失效制度（反向）"


class AssessmentState(models.TextChoices):
    """Where the assessment of a department stands; what nobody has begun has no row (未开始)."""

    SELF = "self", "自评中"
    HANDED_IN = "handed_in", "已自评"
    SCORING = "scoring", "核分中"
    SCORED = "scored", "已核分"
    DECIDED = "decided", "已审定"


class AssessmentAct(models.TextChoices):
    """What is done to an assessment."""

    FILL = "fill", "保存自评"
    SUBMIT = "submit", "提交自评"
    SCORE = "score", "核分"
    FINISH = "finish", "核分完毕"
    RETURN = "return", "退回自评"
    DECIDE = "decide", "审定"


class VetoState(models.TextChoices):
    """Where a veto of 优秀 stands (R50)."""

    PROPOSED = "proposed", "拟定"
    IN_FORCE = "in_force", "生效"
    LIFTED = "lifted", "解除"
    WITHDRAWN = "withdrawn", "撤销"


class VetoAct(models.TextChoices):
    """What is done to a veto."""

    PROPOSE = "propose", "拟定"
    CONFIRM = "confirm", "确认生效"
    WITHDRAW = "withdraw", "撤销"
    LIFT = "lift", "解除"
