"""Forms of one's own: logging in, the code after the password, a new password, the authenticator."""

import datetime
from typing import Any

from axes.conf import settings as axes_settings
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils import timezone

from departments.accounts import passwords, second_factor
from departments.models import User
from riskcontrol.audit import current_address
from riskcontrol.web import failures
from riskcontrol.web.forms import CodeField, PlainForm
from riskcontrol.web.trouble import CrowdedError

# Several servers need not have the same second.
CLOCKS_DIFFER = datetime.timedelta(minutes=1)


def wrong_password() -> str:
    """What to do after a wrong password, with the bounds in force."""
    tries, minutes = settings.AXES_FAILURE_LIMIT, settings.AXES_COOLOFF_TIME.total_seconds() / 60
    return f"密码区分大小写，连续输错 {tries} 次将暂停登录 {minutes:.0f} 分钟。"


def is_own_password(request: Any, password: str) -> bool:
    """Whether this is the password of the person logged in; a wrong one counts for the lockout like one at login."""
    return authenticate(request, username=request.user.staff_number, password=password) is not None


def is_locked(request: Any, credentials: dict[str, str]) -> bool:
    """Whether too many wrong passwords and codes were given for this person from this address.

    Those of a clock that was ahead and was put right count no more: they would hold until that day comes again.
    """
    ahead = AccessAttempt.objects.filter(attempt_time__gt=timezone.now() + CLOCKS_DIFFER)
    if ahead.exists():
        ahead.delete()
    return bool(axes_settings.AXES_ENABLED) and not AxesProxyHandler.is_allowed(request, credentials)


class LoginForm(AuthenticationForm):
    # Seconds until this account may be tried again.
    wait = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.error_messages = self.error_messages | {
            "invalid_login": f"工号或密码不对，请核对后再试；{wrong_password()}"
        }
        for name in ("username", "password"):
            field = self.fields[name]
            field.error_messages["required"] = f"请填写{field.label}。"

    def clean(self) -> dict[str, Any]:
        """Ask for the account's turn before the password is looked at; a lock of this address says so by itself."""
        number, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not number or not password or is_locked(self.request, {"username": number}):
            return super().clean()
        self.wait = failures.take_turn(number, current_address.get())
        if self.wait:
            raise forms.ValidationError(WAIT.format(self.wait), code="wait")
        try:
            return super().clean()
        except CrowdedError:
            failures.give_back(number)
            raise

    def confirm_login_allowed(self, user: User) -> None:
        """A one-time password that lay about for too long opens nothing; said only to who knows it."""
        super().confirm_login_allowed(user)
        if passwords.one_time_expired(user):
            raise forms.ValidationError(ONE_TIME_EXPIRED.format(days=passwords.one_time_days()), code="expired")


WAIT = "这个工号近来多次登录失败，请等 {} 秒再试。在您以前登录过的电脑上不用等；忘记密码的，请找系统管理员重置。"
ONE_TIME_EXPIRED = (
    "您的一次性密码已过期（{days} 天内有效）。请找系统管理员重新发一个；"
    "系统管理员本人的，请在服务器上用 rescue_account。"
)


class CodeForm(PlainForm, forms.Form):
    """The code after the password."""

    code = CodeField(
        label="动态验证码",
        max_length=20,
        help_text="打开手机上的身份验证器，输入“廉政风险防控”下面的 6 位数字。手机不在身边时，输入一个备用码。",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class OwnPasswordForm(PasswordChangeForm):
    """A person's own new password; saving it goes through the audited service."""

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.fields["old_password"].label = "现在的密码"
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password2"].label = "再输一次新密码"
        self.fields["new_password1"].help_text = passwords.guide()
        self.fields["new_password2"].help_text = ""
        self.error_messages = self.error_messages | {
            "password_mismatch": "两次输入的新密码不一样，请重新输入。"  # a message  # nosec B105
        }
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}。"

    def clean_old_password(self) -> str:
        if not is_own_password(self.request, self.cleaned_data["old_password"]):
            raise forms.ValidationError(f"现在的密码不对，请核对后再试；{wrong_password()}")
        return self.cleaned_data["old_password"]


class PasswordAgainForm(PlainForm, forms.Form):
    """The present password once more, before the second factor is changed: an unattended screen is not enough."""

    password = forms.CharField(
        label="现在的密码",
        max_length=passwords.LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        if not is_own_password(self.request, self.cleaned_data["password"]):
            raise forms.ValidationError(f"密码不对，请核对后再试；{wrong_password()}")
        return self.cleaned_data["password"]


class CodeSetupForm(PasswordAgainForm):
    """The first code of a new authenticator, which proves that it holds the key."""

    field_order = ("code", "password")
    code = CodeField(
        label="验证器上显示的 6 位数字",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, key: str, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key, self.step = key, 0

    def clean_code(self) -> str:
        step = second_factor.step_of(self.key, self.cleaned_data["code"])
        if step is None:
            raise forms.ValidationError("这 6 位数字不对：请等验证器换出新的数字再输入，并核对手机的时间是否准确。")
        self.step = step
        return self.cleaned_data["code"]
