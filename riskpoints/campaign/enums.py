"""Fixed vocabularies of the year's work."""

from django.db import models


class EducationKind(models.TextChoices):
    """How people were taught (R14: 结合岗位廉政教育进行宣传教育)."""

    MEETING = "meeting", "会议学习"
    LECTURE = "lecture", "党课"
    WARNING = "warning", "警示教育"
    VISIT = "visit", "参观"
    TALK = "talk", "谈心"
    TEST = "test", "知识测试"
    POST = "post", "岗位廉政教育"


class Phase(models.TextChoices):
    """The three phases of the document (R11: 排查廉政风险、健全防控措施、考核防控效果)."""

    FINDING = "finding", "排查廉政风险"
    MEASURES = "measures", "健全防控措施"
    JUDGING = "judging", "考核防控效果"


class TaskState(models.TextChoices):
    """Where a task of the year's plan stands."""

    OPEN = "open", "待办"
    REPORTED = "reported", "已报"
    RETURNED = "returned", "退回"
    DONE = "done", "办结"


class TaskAct(models.TextChoices):
    """What is done to a task."""

    REPORT = "report", "报告完成情况"
    ACCEPT = "accept", "同意办结"
    RETURN = "return", "退回"
    ASK = "ask", "申请延期"
    GRANT = "grant", "同意延期"
    REFUSE = "refuse", "不同意延期"


class Purpose(models.TextChoices):
    """Who keeps a copy (附件2 note 1, 附件4 note 1), or what else a paper is sent for (抄送：中共烟台市委教育工委)."""

    SUPERIOR = "superior", "上级主管单位存"
    SCHOOL = "school", "本单位存"
    COMMITTEE = "committee", "学校纪委存"
    DEPARTMENT = "department", "填表部门存"
    ABOVE = "above", "报上级备案"
    COPY = "copy", "抄送"
    FILING = "filing", "报备"


class Way(models.TextChoices):
    """How it was sent."""

    HAND = "hand", "送达"
    CONFIDENTIAL = "confidential", "机要"
    POST = "post", "邮寄"
    SYSTEM = "system", "系统报送"
    MAIL = "mail", "电子邮件"


class MailState(models.TextChoices):
    """Where a mail that reminds somebody stands."""

    WAITING = "waiting", "待发"
    SENT = "sent", "已发"
    FAILED = "failed", "发送失败"


class DeliveryState(models.TextChoices):
    """Where a delivery stands; one that nobody sent yet is no row."""

    SENT = "sent", "已送"
    RECEIVED = "received", "已回执"
    RETURNED = "returned", "退回"
