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
