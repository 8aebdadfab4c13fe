"""The organisation: school, departments, posts and their holders, accounts and roles, the leadership group."""

import datetime
from typing import Any, NoReturn

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from departments.enums import DEPARTMENT_ROLES, SCHOOL_ROLES, DepartmentKind, GroupPosition, Level, Role
from riskcontrol.fields import NameField, TextField
from riskcontrol.models import AppendOnlyQuerySet
from riskcontrol.pinyin import PinyinField
from riskcontrol.text import folded

NOT_SET_UP = "还没有登记学校信息，表上印的校名和标题都来自那里。请系统管理员先在“组织机构 — 学校信息”里填写。"


class ActivePeriodQuerySet(models.QuerySet):
    """For things with a first and a last day: open ends mean always and still."""

    def active_on(self, day: datetime.date | None = None) -> "ActivePeriodQuerySet":
        """Those active on a day (default: today in the school's time zone)."""
        day = day or timezone.localdate()
        return self.filter(
            Q(active_from__isnull=True) | Q(active_from__lte=day), Q(active_to__isnull=True) | Q(active_to__gte=day)
        )


class ActivePeriod(models.Model):
    """A first and a last day; empty means without limit."""

    active_from = models.DateField("启用日期", null=True, blank=True)
    active_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        abstract = True

    def is_active_on(self, day: datetime.date) -> bool:
        """Whether the day lies within the period, both ends included."""
        return (self.active_from is None or self.active_from <= day) and (
            self.active_to is None or self.active_to >= day
        )


class UserManager(BaseUserManager["User"]):
    """Accounts are found by staff number."""

    def create_user(self, staff_number: str, real_name: str, password: str | None = None, **extra: Any) -> "User":
        """Create an account; no password means that nobody can log in with it yet."""
        user = self.model(staff_number=staff_number, real_name=real_name, **extra)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, staff_number: str, real_name: str, password: str | None = None, **extra: Any) -> "User":
        """Create the account that may grant roles: an admin in the words of this program."""
        user = self.create_user(staff_number, real_name, password, **extra)
        RoleGrant.objects.create(user=user, role=Role.ADMIN)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person of the school with an account: 工号 and 姓名, nothing else personal is kept."""

    staff_number = models.CharField(
        "工号",
        max_length=32,
        unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9_.-]+\Z", "工号只能用字母、数字、点、短横线和下划线。")],
        error_messages={"unique": "已有这个工号的账号，请核对工号。"},
    )
    real_name = NameField("姓名", max_length=64)
    pinyin = PinyinField("姓名的拼音", of="real_name", is_person=True)
    # [name, until when as ISO 8601 in UTC], oldest first: what was decided under a name stays under it.
    former_names = models.JSONField("曾用姓名", default=list, blank=True, editable=False)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True, editable=False)
    date_joined = models.DateTimeField("建立时间", default=timezone.now, editable=False)

    USERNAME_FIELD = "staff_number"
    REQUIRED_FIELDS = ["real_name"]
    objects = UserManager()

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        ordering = ["staff_number"]

    def __str__(self) -> str:
        return self.real_name

    def name_at(self, moment: datetime.datetime | None) -> str:
        """The name this account had then; today's where nobody says when."""
        if moment is not None:
            for name, until in self.former_names:
                if moment < datetime.datetime.fromisoformat(until):
                    return str(name)
        return self.real_name

    def get_full_name(self) -> str:
        return self.real_name

    def get_short_name(self) -> str:
        return self.real_name


def refuse_lookalike(row: "Department | Post", others: models.QuerySet[Any]) -> None:
    """ValidationError where a reader could not tell the row's name from that of another one in use.

    The same name letter by letter is left to the constraint.
    """
    if row.active_to is not None:
        return
    for name in others.exclude(pk=row.pk).filter(active_to__isnull=True).values_list("name", flat=True):
        if name != row.name and folded(name) == folded(row.name):
            raise ValidationError({"name": f"与已有的“{name}”看上去相同，请换一个分得清的名称。"})


class PasswordRecord(models.Model):
    """A password that was replaced, as a hash only: the last ones can't be chosen again (等保二级)."""

    user = models.ForeignKey(User, verbose_name="账号", on_delete=models.CASCADE, related_name="former_passwords")
    password = models.CharField("密码散列", max_length=128)
    replaced_at = models.DateTimeField("停用时间", auto_now_add=True)

    class Meta:
        verbose_name = "用过的密码"
        verbose_name_plural = "用过的密码"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user}：{self.replaced_at:%Y-%m-%d}"


class LoginSession(AbstractBaseSession):
    """A session of the site under the hash of its key: whoever reads this table can't continue anybody's session.

    An ended one stays for a day without its data, so that a form sent from it can be kept for the person who typed it.
    """

    user = models.ForeignKey(
        User, verbose_name="账号", null=True, blank=True, on_delete=models.CASCADE, related_name="sessions"
    )
    since = models.DateTimeField("登录时间", null=True, blank=True)
    last_seen = models.DateTimeField("最近活动")
    address = models.GenericIPAddressField("地址", null=True, blank=True)
    browser = models.CharField("浏览器", max_length=64, blank=True)
    is_ended = models.BooleanField("已结束", default=False)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        verbose_name = "登录"
        verbose_name_plural = "登录"
        ordering = ["-last_seen"]

    def __str__(self) -> str:
        return f"{self.user}：{self.address}"


class RecoveryCode(models.Model):
    """备用码: stands in once for a lost authenticator; kept as a keyed hash, shown when it is made and never again."""

    user = models.ForeignKey(User, verbose_name="账号", on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField("校验值", max_length=64, unique=True)

    class Meta:
        verbose_name = "备用码"
        verbose_name_plural = "备用码"

    def __str__(self) -> str:
        return str(self.user)


class KeptForm(models.Model):
    """What somebody typed and did not save yet, kept for a week and shown to nobody else."""

    user = models.ForeignKey(User, verbose_name="账号", on_delete=models.CASCADE, related_name="kept_forms")
    path = models.CharField("地址", max_length=200)
    data = models.TextField("内容")
    kept_at = models.DateTimeField("时间", auto_now=True)

    class Meta:
        verbose_name = "未保存的填写内容"
        verbose_name_plural = "未保存的填写内容"
        constraints = [models.UniqueConstraint(fields=["user", "path"], name="one_kept_form_per_address")]

    def __str__(self) -> str:
        return f"{self.user}：{self.path}"


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
        """Refuse a name that looks like that of another department in use (U+200B, full-width, spaces), and itself as
        the department that takes over."""
        super().clean()
        if self.successor_id is not None and self.successor_id == self.pk:
            raise ValidationError({"successor": "请选另一个部门接管。"})
        refuse_lookalike(self, Department.objects.all())

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


class School(models.Model):
    """The one school: the names the document uses side by side (domain.md T3, T4) and what its form prints."""

    full_name = NameField("单位名称", max_length=64)
    short_name = NameField("单位简称", max_length=32)
    party_body = models.CharField("党组织名称", max_length=64, blank=True)
    document_prefix = models.CharField("发文代字", max_length=32, blank=True)
    superior = models.CharField("上级主管单位", max_length=64, blank=True)
    copied_to = models.CharField("抄送单位", max_length=128, blank=True)
    business_function = TextField("业务职能", max_length=1000, blank=True)
    form_title = models.CharField("学校表标题", max_length=64, help_text="附件2 表头印的标题。")
    department_form_title = models.CharField(
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


class LeadershipGroup(models.Model):
    """廉政风险防控管理工作领导小组 of one term (R51, 附件1)."""

    name = models.CharField("届别", max_length=64, help_text="如“2026 年领导小组”。")
    since = models.DateField("成立日期")
    until = models.DateField("届满日期", null=True, blank=True)
    heading = models.CharField(
        "名单上的校名", max_length=64, blank=True, help_text="附件1 第一行印的名称；不填就印单位名称。"
    )
    title = models.CharField("名单标题", max_length=64, default="廉政风险防控管理工作领导小组成员名单")
    office_sentence = models.CharField(
        "办公室",
        max_length=200,
        help_text="名单末尾的一句话，如“……领导小组办公室设在纪委，……同志兼任办公室主任。”",
    )
    office_director = models.ForeignKey(
        "GroupMember", verbose_name="办公室主任", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "领导小组"
        verbose_name_plural = "领导小组"
        ordering = ["-since", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="group_term_in_order",
                violation_error_message="届满日期不能早于成立日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def on(cls, day: datetime.date | None = None) -> "LeadershipGroup | None":
        """The group in office on a day (default: today), or None."""
        return cls.in_office(day or timezone.localdate()).first()

    @classmethod
    def in_office(cls, day: datetime.date) -> "models.QuerySet[LeadershipGroup]":
        """The groups in office on a day; the first of them is the one that counts."""
        return cls.objects.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


class GroupMember(models.Model):
    """One line of 附件1: a person, as a name, in one position, in printed order."""

    group = models.ForeignKey(
        LeadershipGroup, verbose_name="领导小组", on_delete=models.CASCADE, related_name="members"
    )
    position = models.CharField("职务", max_length=8, choices=GroupPosition)
    person_name = NameField("姓名", max_length=64)
    user = models.ForeignKey(
        User, verbose_name="账号", null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    order = models.PositiveIntegerField("顺序", default=100)

    class Meta:
        verbose_name = "领导小组成员"
        verbose_name_plural = "领导小组成员"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person_name"],
                name="person_once_in_group",
                violation_error_message="这个人已在名单里。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_position_display()} {self.person_name}"


class AppendOnly(models.Model):
    """Rows that are written once: what was said to somebody is neither reworded nor unsaid."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("Notices are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Notices are append-only.")


class Notice(AppendOnly):
    """通知: something that was done and that others have to know; nobody decides anything by it.

    The names are those of that day; `object_type` and `object_id` say what it is about, as in the audit trail.
    """

    text = models.TextField("内容")
    link = models.CharField("地址", max_length=200, blank=True)
    actor = models.ForeignKey(
        User, verbose_name="经办人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField("经办人姓名", max_length=64, blank=True)
    created_at = models.DateTimeField("时间", default=timezone.now, editable=False)
    object_type = models.CharField("对象类型", max_length=64, blank=True)
    object_id = models.CharField("对象编号", max_length=64, blank=True)

    class Meta:
        verbose_name = "通知"
        verbose_name_plural = "通知"
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.text[:60]


class NoticeAddress(AppendOnly):
    """Whom a notice is for: one account, or whoever holds a role, for the school or for one department."""

    notice = models.ForeignKey(Notice, verbose_name="通知", on_delete=models.PROTECT, related_name="addresses")
    role = models.CharField("角色", max_length=16, choices=Role, blank=True)
    department = models.ForeignKey(
        Department, verbose_name="部门", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    user = models.ForeignKey(
        User, verbose_name="账号", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "通知对象"
        verbose_name_plural = "通知对象"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(user__isnull=False, department__isnull=True, role=""))
                | (Q(user__isnull=True) & ~Q(role="")),
                name="notice_is_for_a_role_or_an_account",
            ),
        ]

    def __str__(self) -> str:
        if self.user:
            return f"{self.user}（{self.user.staff_number}）"
        return f"{self.department or ''}{self.get_role_display()}"


class NoticeReceipt(AppendOnly):
    """知悉: one person has read a notice."""

    notice = models.ForeignKey(Notice, verbose_name="通知", on_delete=models.PROTECT, related_name="receipts")
    user = models.ForeignKey(User, verbose_name="账号", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "通知知悉"
        verbose_name_plural = "通知知悉"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="notice_read_once")]

    def __str__(self) -> str:
        return f"{self.user}：{self.notice}"
