"""Logging in, with a code where the person has an authenticator, and logging out."""

import time

from axes.helpers import get_lockout_response
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as start_session
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_login_failed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from departments import queries
from departments.accounts import passwords, second_factor
from departments.forms.login import CodeForm, LoginForm, is_locked
from departments.models import User
from riskcontrol import turns
from riskcontrol.web import failures, handlers
from riskcontrol.web.http import next_url
from riskcontrol.web.limits import limited
from riskcontrol.web.trouble import CrowdedError, Trouble

# How long the password given stands while the code is looked up.
PATIENCE = 300
WAITING = "login_waiting"
WARNING_DAYS = 7
TOO_MANY = 429
# Logins under way, those that wait for one to end, and for how many seconds: even if all of them come to the same of
# the server's processes, it has a thread left for pages.
AT_ONCE, IN_LINE, LONGEST_WAIT = 2, 1, 1.0


class Login(auth_views.LoginView):
    """Staff number and password; the session begins only after the code, where one is set up."""

    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_redirect_url(self, request=None):
        """The address that was asked for; a word that is none, or this page itself, leads to the first page instead."""
        target = next_url(self.request, "")
        return "" if target.partition("?")[0] == self.request.path else target

    def post(self, request, *args, **kwargs):
        """A flood of logins gets a quick 503, before it costs the database anything."""
        try:
            with turns.taken("login", at_once=AT_ONCE, in_line=IN_LINE, patience=LONGEST_WAIT):
                return super().post(request, *args, **kwargs)
        except CrowdedError:
            return handlers.unavailable(request, Trouble.CROWDED)

    def form_invalid(self, form):
        response = super().form_invalid(form)
        if form.wait:
            response.status_code, response["Retry-After"] = TOO_MANY, str(form.wait)
        return response

    def form_valid(self, form):
        user = form.get_user()
        if second_factor.device_of(user) is None:
            return enter(self.request, user, self.get_success_url())
        proof = user.get_session_auth_hash()
        self.request.session[WAITING] = {"user": user.pk, "proof": proof, "at": int(time.time())}
        target = urlencode({"next": self.get_redirect_url()}) if self.get_redirect_url() else ""
        return redirect(f"{reverse('login_code')}?{target}")


login = limited("LOGIN_RATE")(login_not_required(Login.as_view()))
logout = login_not_required(auth_views.LogoutView.as_view())


def enter(request, user, target):
    """Begin the session; a password about to run out is said in time."""
    start_session(request, user, backend="django.contrib.auth.backends.ModelBackend")
    if (found := failures.untold(user.staff_number)) is not None:
        messages.warning(request, queries.failure_notice(found))
    for entry in queries.resets_of(user)[:1]:
        messages.warning(request, queries.reset_notice(entry))
    day = passwords.expires_on(user)
    if day is not None and not user.must_change_password and not passwords.has_expired(user):
        left = (day - timezone.localdate()).days
        if left <= WARNING_DAYS:
            messages.info(request, f"您的密码再过 {left} 天到期，请在“我的账号”里修改。")
    return redirect(target)


def waiting_user(request):
    """Who gave the right password a moment ago and owes the code; None where nobody does any more."""
    waiting = request.session.get(WAITING)
    if not waiting or not 0 <= time.time() - waiting["at"] <= PATIENCE:
        return None
    user = User.objects.filter(pk=waiting["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), waiting["proof"]):
        return None
    return user


@limited("LOGIN_RATE")
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request):
    """The second step of a login: the code of the authenticator, or a recovery code."""
    user = waiting_user(request)
    if user is None:
        request.session.pop(WAITING, None)
        messages.info(request, "请先输入工号和密码，再输入动态验证码。")
        return redirect("login")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        answer = check_code(request, user, form)
        if answer is not None:
            return answer
    return render(request, "registration/code.html", {"form": form, "next": next_url(request, "")})


def check_code(request, user, form):
    """Let the person in, or count the failure and say what to do: None when the page is to be shown again."""
    credentials = {"username": user.staff_number}
    if is_locked(request, credentials):
        return get_lockout_response(request, credentials=credentials)
    if wait := second_factor.waiting_seconds(user):
        form.add_error("code", f"刚才输错过，请等 {wait} 秒再输入。")
        return None
    kind = second_factor.verify(user, form.cleaned_data["code"])
    if kind:
        request.session.pop(WAITING, None)
        if kind == "recovery":
            messages.warning(request, f"备用码已使用，还剩 {user.recovery_codes.count()} 个。请在“我的账号”里更换。")
        return enter(request, user, next_url(request, settings.LOGIN_REDIRECT_URL))
    user_login_failed.send(sender=__name__, credentials=credentials, request=request)
    if is_locked(request, credentials):
        return get_lockout_response(request, credentials=credentials)
    form.add_error("code", "验证码不对或已用过：请等验证器换出新的数字再输入，并核对手机的时间是否准确。")
    return None
