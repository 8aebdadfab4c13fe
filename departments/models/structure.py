"""The school and its departments."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from departments.enums import DepartmentKind, Role
from departments.models.people import User
from departments.models.periods import ActivePeriod, ActivePeriodQuerySet, refuse_lookalike
from riskcontrol.fields import NameField, TextField
from riskcontrol.pinyin import PinyinField

NOT_SET_UP = "还没有登记学校信息，表上印的校名和标题都来自那里。请系统管理员先在“组织机构 — 学校信息”里填写。"
KIND_STAYS = "“校领导班子”只在新增部门时选定，以后不能改成别的，别的也不能改成它。请停用本部门，另外新增一个。"


class Department(ActivePeriod):
    """处室科: one unit that keeps a table of its own (R01)."""

    name = NameField("部门名称", max_length=64)
    pinyin = PinyinField("名称的拼音", of="name")
    kind = models.CharField("类别", max_length=8, choices=DepartmentKind, default=DepartmentKind.CHU)
    parent = models.ForeignKey(
        "self", verbose_name="上级部门", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    order = models.PositiveIntegerField("顺序", default=100)
    # Said when the department is closed; what it had is offered to this one.
    successor = models.ForeignKey(
        "self", verbose_name="接管部门", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )
    duties = TextField("业务工作职责", max_length=2000, blank=True)
    is_discipline_office = models.BooleanField("是纪委办公室", default=False)

    objects = ActivePeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "部门"
        verbose_name_plural = "部门"
        ordering = ["order", "pinyin", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(active_to__isnull=True),
                name="department_name_unique_while_active",
                violation_error_message="已有同名的在用部门，请换一个名称，或先停用原来的部门。",
            ),
            models.UniqueConstraint(
                fields=["is_discipline_office"],
                condition=Q(is_discipline_office=True, active_to__isnull=True),
                name="one_discipline_office",
                violation_error_message="全校只能有一个纪委办公室，请先取消原来的设置。",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind=DepartmentKind.LEADERS, active_to__isnull=True),
                name="one_leaders_department",
                violation_error_message="全校只能有一个在用的校领导班子，请先停用原来的。",
            ),
            models.CheckConstraint(
                condition=~Q(kind=DepartmentKind.LEADERS) | Q(is_discipline_office=False),
                name="leaders_are_not_the_discipline_office",
                violation_error_message="校领导班子不能同时是纪委办公室。",
            ),
            models.CheckConstraint(
                condition=Q(active_from__isnull=True)
                | Q(active_to__isnull=True)
                | Q(active_to__gte=models.F("active_from")),
                name="department_period_in_order",
                violation_error_message="停用日期不能早于启用日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a name that looks like that of another department in use (U+200B, full-width, spaces), itself as the
        department that takes over, and another way to decide about a table that is on its way (R53)."""
        super().clean()
        kinds = Department.objects.filter(pk=self.pk).values_list("kind", flat=True)
        stored = kinds.first() if self.pk else None
        if stored not in (None, self.kind) and DepartmentKind.LEADERS in (stored, self.kind):
            raise ValidationError({"kind": KIND_STAYS})
        if self.successor_id is not None and self.successor_id == self.pk:
            raise ValidationError({"successor": "请选另一个部门接管。"})
        refuse_lookalike(self, Department.objects.all())

    @property
    def is_leaders(self) -> bool:
        """校领导班子: each leader writes the own post's points, and a meeting decides about them (R53)."""
        return self.kind == DepartmentKind.LEADERS

    @property
    def head(self) -> User | None:
        """部门负责人: the holder of the head role of this department (the grant is the only place where it is kept)."""
        return self._holder(Role.HEAD)

    @property
    def leader_in_charge(self) -> User | None:
        """分管领导 of this very department; for the one who is in charge of all see queries.leader_names."""
        return self._holder(Role.LEADER)

    def _holder(self, role: Role) -> User | None:
        return next((grant.user for grant in self.grants.all() if grant.role == role), None)


class School(models.Model):
    """The one school: the names the document uses side by side (domain.md T3, T4) and what its form prints."""

    full_name = NameField("单位名称", max_length=64)
    short_name = NameField("单位简称", max_length=32)
    party_body = NameField("党组织名称", max_length=64, blank=True)
    document_prefix = models.CharField("发文代字", max_length=32, blank=True)
    superior = NameField("上级主管单位", max_length=64, blank=True)
    copied_to = NameField("抄送单位", max_length=128, blank=True)
    business_function = TextField("业务职能", max_length=1000, blank=True)
    form_title = NameField("学校表标题", max_length=64, help_text="附件2 表头印的标题。")
    department_form_title = NameField(
        "部门表标题", max_length=64, default="部门廉政风险点防控表", help_text="附件4 表头第二行；第一行印单位简称。"
    )
    fonds_code = models.CharField(
        "全宗号", max_length=16, blank=True, help_text="档号的第一段，由档案部门给定；第一次生成年度档案时填写也可以。"
    )

    class Meta:
        verbose_name = "学校"
        verbose_name_plural = "学校"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="only_one_school")]

    def __str__(self) -> str:
        return self.full_name

    def unique_error_message(self, model_class: Any, unique_check: Any) -> ValidationError:
        """Said to whoever registered the school in the same instant as somebody else."""
        if tuple(unique_check) == ("id",):
            return ValidationError("学校信息刚才已由他人登记，您填写的还在这里。请再按保存，与已登记的对照。")
        return super().unique_error_message(model_class, unique_check)

    @classmethod
    def current(cls) -> "School":
        """The school's row. Raises School.DoesNotExist, saying what to do, before the first set-up."""
        school = cls.objects.filter(pk=1).first()
        if school is None:
            raise cls.DoesNotExist(NOT_SET_UP)
        return school
