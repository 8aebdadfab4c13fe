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
