"""Posts, their functions with floors, and who holds them."""

from django.db import models
from django.db.models import Q

from departments.enums import Level
from departments.models.people import User
from departments.models.periods import ActivePeriod, ActivePeriodQuerySet, refuse_lookalike
from departments.models.structure import Department
from riskcontrol.fields import NameField, TextField
from riskcontrol.pinyin import PinyinField


class PostFunction(models.Model):
    """岗位职能: it decides the floor of a post's level (R25, R27); extended by the discipline committee only (T7)."""

    name = NameField("职能", max_length=32, unique=True, error_messages={"unique": "已有这项职能。"})
    floor = models.PositiveSmallIntegerField("等级下限", choices=Level)
    basis = TextField("依据", max_length=500, help_text="写明出自哪份文件的哪一句，填表人会看到。")
    order = models.PositiveIntegerField("顺序", default=100)
    is_retired = models.BooleanField("已停用", default=False)
    # Which of the document's own functions this is (document_functions.py); null, so that there may be several of
    # them, for one that somebody typed.
    document_key = models.CharField("文件规定", max_length=16, null=True, unique=True, editable=False)  # noqa: DJ001

    class Meta:
        verbose_name = "岗位职能"
        verbose_name_plural = "岗位职能"
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(floor__in=[1, 2, 3]), name="function_floor_is_a_level"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_of_document(self) -> bool:
        """文件规定: a function of the document's own, which nobody changes; never so by its name alone."""
        return self.document_key is not None


class Post(ActivePeriod):
    """岗位 of a department."""

    WATCHED_PARTS = ("functions",)  # riskcontrol.watched

    department = models.ForeignKey(Department, verbose_name="部门", on_delete=models.PROTECT, related_name="posts")
    name = NameField("岗位名称", max_length=64)
    pinyin = PinyinField("名称的拼音", of="name")
    duties = TextField("岗位职责", max_length=1000, blank=True)
    functions = models.ManyToManyField(PostFunction, verbose_name="岗位职能", blank=True, related_name="posts")
    is_key = models.BooleanField("关键岗位", default=False)
    order = models.PositiveIntegerField("顺序", default=100)

    objects = ActivePeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位"
        verbose_name_plural = "岗位"
        ordering = ["order", "pinyin", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "name"],
                condition=Q(active_to__isnull=True),
                name="post_name_unique_while_active",
                violation_error_message="本部门已有同名的在用岗位，请换一个名称。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def floors(self) -> list[tuple[str, int]]:
        """(name, floor) of each function of the post, in their order: what every page, import and print goes by.

        A retired function can't be ticked any more, but its floor holds until it is taken off the post, as the form
        that retires it says: “下限仍然有效，直到在岗位中取消”.
        """
        return [(function.name, function.floor) for function in self.functions.all()]

    @property
    def floor(self) -> Level | None:
        """等级下限: the highest of the floors, None where no function sets one (R25, R27)."""
        floor = min((floor for _, floor in self.floors), default=None)
        return None if floor is None else Level(floor)

    def clean(self) -> None:
        """Refuse a name that looks like that of another post of the department in use."""
        super().clean()
        refuse_lookalike(self, Post.objects.filter(department=self.department_id))


class Appointment(models.Model):
    """任职: who holds a post from when to when; a vacant post keeps its history (R03)."""

    post = models.ForeignKey(Post, verbose_name="岗位", on_delete=models.PROTECT, related_name="appointments")
    holder_name = NameField("任职人", max_length=64)
    user = models.ForeignKey(
        User, verbose_name="账号", null=True, blank=True, on_delete=models.PROTECT, related_name="appointments"
    )
    since = models.DateField("任职日期")
    until = models.DateField("离任日期", null=True, blank=True)

    class Meta:
        verbose_name = "任职"
        verbose_name_plural = "任职"
        ordering = ["-since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="appointment_in_order",
                violation_error_message="离任日期不能早于任职日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post}：{self.holder_name}"
