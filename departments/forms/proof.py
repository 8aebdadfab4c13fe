"""Showing anew who one is, in the form of a weighty act: the code of the authenticator, else the password."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.signals import user_login_failed

from departments.accounts import passwords, second_factor
from departments.forms.login import is_locked, is_own_password, wrong_password

CODE_HELP = "打开手机上的身份验证器，输入“廉政风险防控”下面的 6 位数字；手机不在身边时，输入一个备用码。"
WRONG_CODE = "验证码不对或已用过：请等验证器换出新的数字再输入，并核对手机的时间是否准确。"


class ProofForm(forms.Form):
    """A mixin: one more field, for the second factor or the password; wrong ones count like those at login.

    It is looked at last, since a code is used up by it; `proof` then says what it was: password, code or recovery.
    """

    code = forms.CharField(
        label="动态验证码",
        max_length=20,
        help_text=CODE_HELP,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="现在的密码",
        max_length=passwords.LONGEST,
        strip=False,
        help_text="确定以前再输入一次您的登录密码，证明是您本人在办理。",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        self.request, self.proof = request, ""
        self.asks_code = second_factor.device_of(request.user) is not None
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        super().full_clean()
        name = "code" if self.asks_code else "password"
        if self.is_bound and not self.errors and (problem := self._prove(self.cleaned_data[name])):
            self.add_error(name, problem)

    def _prove(self, typed: str) -> str:
        """Why this doesn't show who it is, or an empty text."""
        user, credentials = self.request.user, {"username": self.request.user.staff_number}
        if is_locked(self.request, credentials):
            minutes = settings.AXES_COOLOFF_TIME.total_seconds() / 60
            return f"输错的次数太多，请过 {minutes:.0f} 分钟再试。"
        if not self.asks_code:
            self.proof = "password" if is_own_password(self.request, typed) else ""
            return "" if self.proof else f"密码不对，请核对后再试；{wrong_password()}"
        if wait := second_factor.waiting_seconds(user):
            return f"刚才输错过，请等 {wait} 秒再输入。"
        self.proof = second_factor.verify(user, typed)
        if not self.proof:
            user_login_failed.send(sender=__name__, credentials=credentials, request=self.request)
        return "" if self.proof else WRONG_CODE
