"""Fixed vocabularies of the organisation: kinds of department, levels, roles, group positions."""

from django.db import models


class Level(models.IntegerChoices):
    """等级: 1 is the highest risk; the meaning is always printed. Source: founding document 三（一）3 (R23)."""

    FIRST = 1, "一级（高）"
    SECOND = 2, "二级（中）"
    THIRD = 3, "三级（低）"


class DepartmentKind(models.TextChoices):
    """处室科: the document addresses 各处室科 (R01); 校领导班子 holds the leaders' own posts (R53)."""

    CHU = "chu", "处"
    SHI = "shi", "室"
    KE = "ke", "科"
    OTHER = "other", "其他"
    LEADERS = "leaders", "校领导班子"


class Role(models.TextChoices):
    """What a person may be to the school or to one department (R56); many per person."""

    STAFF = "staff", "职工"
    HEAD = "head", "部门负责人"
    CLERK = "clerk", "填报员"
    REVIEWER = "reviewer", "纪委审核员"
    LEADER = "leader", "分管领导"
    PRINCIPAL = "principal", "单位主要负责人"
    # Who approves that somebody is talked to (谈话提醒, R45).
    SECRETARY = "secretary", "纪委书记或党组织书记"
    OFFICE = "office", "领导小组办公室"
    ADMIN = "admin", "系统管理员"
    AUDITOR = "auditor", "审计员"


# Roles that mean nothing without a department, and those that never have one.
DEPARTMENT_ROLES = frozenset({Role.STAFF, Role.HEAD, Role.CLERK})
SCHOOL_ROLES = frozenset({Role.REVIEWER, Role.PRINCIPAL, Role.SECRETARY, Role.OFFICE, Role.ADMIN, Role.AUDITOR})


class GroupPosition(models.TextChoices):
    """附件1: the three lines of the leadership group's list."""

    CHIEF = "chief", "组长"
    DEPUTY = "deputy", "副组长"
    MEMBER = "member", "成员"
