"""Accounts of people."""

import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils import timezone

from departments.enums import Role
from departments.verbs import OrganisationVerb
from riskcontrol import audit, seals
from riskcontrol.days import begin_of
from riskcontrol.fields import NameField
from riskcontrol.pinyin import PinyinField

if TYPE_CHECKING:
    from departments.models.posts import Appointment
    from departments.models.roles import RoleGrant


# How the mark of a password's hash is called in the trail's seals, with the account's key after it.
PASSWORD_MARK = "password:"  # a name, no password  # noqa: S105  # nosec B105


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
        user.grants.create(role=Role.ADMIN)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person of the school with an account: 工号 and 姓名; an address for mails if the person wants them, nothing
    else personal is kept."""

    # riskcontrol.watched
    UNWATCHED = {
        "password": "只有带密钥的标记，另行核对",  # nosec B105
        "last_login": "每次登录都变，审计记录里有登录",
        "must_change_password": "随密码变动",  # nosec B105
        "password_changed_at": "随密码变动",  # nosec B105
    }

    staff_number = models.CharField(
        "工号",
        max_length=32,
        unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9_.-]+\Z", "工号只能用字母、数字、点、短横线和下划线。")],
        error_messages={"unique": "已有这个工号的账号，请核对工号。"},
    )
    real_name = NameField("姓名", max_length=64)
    pinyin = PinyinField("姓名的拼音", of="real_name", is_person=True)
    email = models.EmailField("邮箱", max_length=120, blank=True)
    # [name, until when as ISO 8601 in UTC], oldest first: what was decided under a name stays under it.
    former_names = models.JSONField("曾用姓名", default=list, blank=True, editable=False)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True, editable=False)
    date_joined = models.DateTimeField("建立时间", default=timezone.now, editable=False)

    USERNAME_FIELD = "staff_number"
    REQUIRED_FIELDS = ["real_name"]
    objects = UserManager()

    # Read once per object and kept for one page or command: departments.permissions grants_of, is_deputy, held_posts.
    known_grants: "list[RoleGrant] | None" = None
    known_deputy: bool | None = None
    known_posts: "list[Appointment] | None" = None

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

    def names_on(self, day: datetime.date) -> list[str]:
        """The names this account had on a day, the last first: more than one where it was renamed on it."""
        begin = begin_of(day)
        changes = [datetime.datetime.fromisoformat(until) for _, until in self.former_names]
        moments = [begin, *(until for until in changes if begin < until < begin + datetime.timedelta(days=1))]
        return list(dict.fromkeys(self.name_at(moment) for moment in reversed(moments)))

    def password_mark(self) -> dict[str, str]:
        """What an entry of the trail keeps of the password's hash: a keyed digest under this name, never the hash."""
        return {f"{PASSWORD_MARK}{self.pk}": self.password}

    def check_password(self, raw_password: str | None) -> bool:
        """As Django's, which hashes anew what was hashed by former parameters: that leaves an entry here."""

        def rehash(raw: str) -> None:
            before = {f"{seals.FORMER}{PASSWORD_MARK}{self.pk}": self.password}
            self.set_password(raw)
            self._password = None
            with transaction.atomic():
                self.save(update_fields=["password"])
                verb = OrganisationVerb.REHASH_PASSWORD
                audit.record(verb, target=self, marks=before | self.password_mark())

        return check_password(raw_password, self.password, rehash)

    def get_full_name(self) -> str:
        return self.real_name

    def get_short_name(self) -> str:
        return self.real_name


# Who acts. Where a command or the program itself may act without a person, a parameter is `Actor | None`.
Actor: TypeAlias = User
# Who asks: an account, somebody who has not logged in, or nobody any more (permissions.afresh of a deleted account).
Visitor: TypeAlias = User | AnonymousUser | None
