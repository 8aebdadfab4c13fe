"""The rules for passwords after 等保 level 2: what may be chosen, what was used before, when it runs out."""

import datetime
import unicodedata

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils import timezone

from departments.models import PasswordRecord, School, User

LONGEST = 128
# A staff number like "7" would forbid every password with a 7 in it.
SHORTEST_WORD = 3
# Said beside the field before anything is typed.
GUIDE = (
    "至少 {length} 个字符，大写字母、小写字母、数字、符号四类中至少有三类；不要含工号、姓名、校名，"
    "不要用常见的密码，也不要用最近 {history} 次用过的。"
)


def guide() -> str:
    """The rules in one sentence, with the numbers in force."""
    return GUIDE.format(length=settings.PASSWORD_LENGTH, history=settings.PASSWORD_HISTORY)


class LengthValidator:
    """Neither too short nor longer than anybody types."""

    def validate(self, password: str, user: User | None = None) -> None:
        shortest = settings.PASSWORD_LENGTH
        if len(password) < shortest:
            raise ValidationError(
                f"密码太短：请至少用 {shortest} 个字符，现在是 {len(password)} 个。", code="too_short"
            )
        if len(password) > LONGEST:
            raise ValidationError(f"密码太长：请不要超过 {LONGEST} 个字符。", code="too_long")

    def get_help_text(self) -> str:
        return f"至少 {settings.PASSWORD_LENGTH} 个字符。"


class ClassesValidator:
    """Three of four kinds of characters (等保二级：有复杂度要求)."""

    KINDS = (
        ("大写字母", lambda sign: sign.isascii() and sign.isupper()),
        ("小写字母", lambda sign: sign.isascii() and sign.islower()),
        ("数字", lambda sign: sign.isascii() and sign.isdigit()),
        ("符号", lambda sign: not (sign.isascii() and sign.isalnum())),
    )
    NEEDED = 3

    def validate(self, password: str, user: User | None = None) -> None:
        missing = [name for name, belongs in self.KINDS if not any(belongs(sign) for sign in password)]
        lacking = self.NEEDED - (len(self.KINDS) - len(missing))
        if lacking > 0:
            raise ValidationError(f"密码太简单：请再加上{'、'.join(missing)}中的 {lacking} 类。", code="too_simple")

    def get_help_text(self) -> str:
        return "大写字母、小写字母、数字、符号四类中至少有三类。"


class NamesValidator:
    """Nothing that everybody knows: staff number, name, the school's names, further words from the settings."""

    def validate(self, password: str, user: User | None = None) -> None:
        plain = _plain(password)
        for label, word in self._words(user):
            if (len(word) >= SHORTEST_WORD or not word.isascii()) and word in plain:
                raise ValidationError(f"密码里含有{label}，容易被人猜到：请去掉这一段。", code="name_in_it")

    def _words(self, user: User | None) -> list[tuple[str, str]]:
        school = School.objects.filter(pk=1).first()
        names = [school.full_name, school.short_name, school.party_body] if school else []
        found = [("工号", getattr(user, "staff_number", "")), ("姓名", getattr(user, "real_name", ""))]
        found += [("校名", name) for name in [*names, *settings.PASSWORD_WORDS]]
        return [(label, word) for label, name in found if (word := _plain(name))]

    def get_help_text(self) -> str:
        return "不要含工号、姓名、校名。"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text or "").casefold().replace(" ", "")


class CommonValidator(CommonPasswordValidator):
    """None of the twenty thousand passwords that are tried first."""

    def get_error_message(self) -> str:
        return "这个密码太常见，最先会被人试到：请换一个。"

    def get_help_text(self) -> str:
        return "不要用常见的密码。"


class HistoryValidator:
    """Not one of the last few, the present one included."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None:
            return
        if any(check_password(password, used) for used in used_passwords(user)):
            times = settings.PASSWORD_HISTORY
            raise ValidationError(f"这个密码最近用过：请换一个最近 {times} 次没有用过的。", code="used_before")

    def get_help_text(self) -> str:
        return f"不要用最近 {settings.PASSWORD_HISTORY} 次用过的密码。"


def used_passwords(user: User) -> list[str]:
    """The hashes of the last passwords that the person chose, the latest first; a one-time password comes on top."""
    former = list(user.former_passwords.values_list("password", flat=True))
    if user.must_change_password:
        return [user.password, *former[: settings.PASSWORD_HISTORY]]
    return [user.password, *former][: settings.PASSWORD_HISTORY]


def retire_password(user: User) -> None:
    """Remember the present password as used before another takes its place; one-time passwords are not remembered."""
    if user.has_usable_password() and not user.must_change_password:
        PasswordRecord.objects.create(user=user, password=user.password)
    kept = user.former_passwords.values_list("pk", flat=True)[: settings.PASSWORD_HISTORY]
    user.former_passwords.exclude(pk__in=list(kept)).delete()


def one_time_days() -> int:
    """For how many days a one-time password opens the door, the day it was given included."""
    return int(settings.ONE_TIME_PASSWORD_DAYS)


def one_time_until() -> datetime.date:
    """The last day of a one-time password given today."""
    return timezone.localdate() + datetime.timedelta(days=one_time_days() - 1)


def one_time_expired(user: User) -> bool:
    """Whether the account still has a one-time password, and it was given too long ago to be used."""
    if not user.must_change_password:
        return False
    given = timezone.localdate(user.password_changed_at or user.date_joined)
    return (timezone.localdate() - given).days >= one_time_days()


def expires_on(user: User) -> datetime.date | None:
    """The day from which on the password has to be changed; None where passwords don't run out."""
    if not settings.PASSWORD_DAYS:
        return None
    changed = timezone.localdate(user.password_changed_at or user.date_joined)
    return changed + datetime.timedelta(days=settings.PASSWORD_DAYS)


def has_expired(user: User) -> bool:
    """Whether the password is older than PASSWORD_DAYS, counted from its last change."""
    day = expires_on(user)
    return day is not None and day <= timezone.localdate()
