"""防控表: one table per department and year and one for the school; what is said where one is frozen."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from departments.models import Department
from riskpoints.enums import Category, SchoolCategory, Scope
from riskpoints.models.cycle import Cycle


class FrozenError(Exception):
    """A write to something that was submitted or decided; the message is Chinese and can be shown."""


class ControlTable(models.Model):
    """One 防控表 of a year; the version in force is a pointer, so nothing is ever marked superseded."""

    UNWATCHED = {"in_force": "由办理记录核对"}  # riskcontrol.watched

    cycle = models.ForeignKey(Cycle, verbose_name="年度", on_delete=models.PROTECT, related_name="tables")
    scope = models.CharField("范围", max_length=16, choices=Scope)
    department = models.ForeignKey(
        Department, verbose_name="部门", null=True, blank=True, on_delete=models.PROTECT, related_name="tables"
    )
    in_force = models.ForeignKey(
        "TableVersion", verbose_name="现行版", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Taken out of its year by the office, because the department was closed; reversible, the trail keeps each act.
    removed_at = models.DateTimeField("移出时间", null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="移出办理人",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    removed_reason = models.CharField("移出理由", max_length=500, blank=True, default="", editable=False)

    class Meta:
        verbose_name = "防控表"
        verbose_name_plural = "防控表"
        ordering = ["-cycle__year", "scope", "department", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "department"], name="one_table_per_department_and_year"),
            models.UniqueConstraint(fields=["cycle"], condition=Q(scope=Scope.SCHOOL), name="one_school_table_a_year"),
            models.CheckConstraint(
                condition=Q(scope=Scope.SCHOOL, department__isnull=True)
                | Q(scope=Scope.DEPARTMENT, department__isnull=False),
                name="only_the_school_table_has_no_department",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True, removed_reason="")
                | (
                    Q(removed_at__isnull=False, removed_by__isnull=False, in_force__isnull=True) & ~Q(removed_reason="")
                ),
                name="removed_with_a_reason_and_nothing_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle} {self.owner_name}"

    @property
    def owner_name(self) -> str:
        """The department's name, or 学校 for 附件2."""
        return self.department.name if self.department else "学校"

    @property
    def is_removed(self) -> bool:
        """Whether the office took it out of its year: nobody fills it in, and nobody misses it."""
        return self.removed_at is not None

    def is_asked_for(self, today: datetime.date) -> bool:
        """Whether the department is there to fill it in: a closed one asks nobody, nor does one that closes before the
        year begins."""
        if self.is_removed:
            return False
        return self.department is None or self.department.is_active_on(self.cycle.asked_on(today))

    @property
    def is_school(self) -> bool:
        return self.scope == Scope.SCHOOL

    @property
    def is_leaders(self) -> bool:
        """Whether it is that of the 校领导班子, about which a meeting decides post by post (R53)."""
        return self.department is not None and self.department.is_leaders

    @property
    def categories(self) -> type[Category] | type[SchoolCategory]:
        """The rows of this table's form."""
        return SchoolCategory if self.is_school else Category
