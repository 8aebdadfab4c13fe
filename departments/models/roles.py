"""Roles of people, and who was the principal when."""

from django.db import models
from django.db.models import Q

from departments.enums import DEPARTMENT_ROLES, SCHOOL_ROLES, Role
from departments.models.people import User
from departments.models.structure import Department


class RoleGrant(models.Model):
    """One role of one person, for the school or one department: the only source of who is head, leader, principal."""

    user = models.ForeignKey(User, verbose_name="人员", on_delete=models.PROTECT, related_name="grants")
    role = models.CharField("角色", max_length=16, choices=Role)
    department = models.ForeignKey(
        Department, verbose_name="部门", null=True, blank=True, on_delete=models.PROTECT, related_name="grants"
    )

    class Meta:
        verbose_name = "角色"
        verbose_name_plural = "角色"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "department"],
                condition=Q(department__isnull=False),
                name="role_granted_once_per_department",
                violation_error_message="这个人已经有这个角色。",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(department__isnull=True),
                name="role_granted_once",
                violation_error_message="这个人已经有这个角色。",
            ),
            models.UniqueConstraint(
                fields=["department"],
                condition=Q(role=Role.HEAD),
                name="one_head_per_department",
                violation_error_message="这个部门已有负责人，请先取消原负责人的角色。",
            ),
            models.UniqueConstraint(
                fields=["department"],
                condition=Q(role=Role.LEADER, department__isnull=False),
                name="one_leader_per_department",
                violation_error_message="这个部门已有分管领导，请先取消原来的分管。",
            ),
            models.UniqueConstraint(
                fields=["role"],
                condition=Q(role=Role.PRINCIPAL),
                name="one_principal",
                violation_error_message="单位主要负责人只能有一人，请先取消原来的设置。",
            ),
            models.CheckConstraint(
                condition=(Q(role__in=sorted(DEPARTMENT_ROLES), department__isnull=False))
                | Q(role__in=sorted(SCHOOL_ROLES), department__isnull=True)
                | Q(role=Role.LEADER),
                name="role_has_its_scope",
                violation_error_message="职工、部门负责人、填报员须选部门；纪委审核员等全校角色不选部门。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}：{self.get_role_display()}{f'（{self.department}）' if self.department else ''}"


class PrincipalTerm(models.Model):
    """Who was 单位主要负责人 from when to when: it says who could sign on a day (the grant says who can now).

    Written along when the role is given and taken; an empty day means unknown, and still.
    """

    user = models.ForeignKey(User, verbose_name="人员", on_delete=models.PROTECT, related_name="principal_terms")
    since = models.DateField("任职日期", null=True, blank=True, help_text="任职文件上的日期；留空表示不详。")
    until = models.DateField("离任日期", null=True, blank=True, help_text="留空表示现任。")

    class Meta:
        verbose_name = "主要负责人任期"
        verbose_name_plural = "主要负责人任期"
        ordering = [models.F("until").desc(nulls_first=True), "-since", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=models.F("since")),
                name="principal_term_in_order",
                violation_error_message="离任日期不能早于任职日期。",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(until__isnull=True),
                name="one_open_term_per_person",
                violation_error_message="这个人已有一段没有离任日期的任期。",
            ),
        ]

    def __str__(self) -> str:
        return f"单位主要负责人：{self.user}"
