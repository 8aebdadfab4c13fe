"""我的账号: what a person sees and keeps of the own account: password, authenticator, sessions."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments import queries, services
from departments.accounts import passwords, second_factor, sessions, typed
from departments.accounts.typed import keeps_typed
from departments.forms.login import CodeSetupForm, OwnPasswordForm, PasswordAgainForm
from departments.forms.people import OwnMailForm
from departments.models import User
from departments.permissions import grants_of
from departments.views.access import posted, saved
from riskcontrol.web import failures
from riskcontrol.web.http import next_url

NEW_KEY = "code_key"
UNPROCESSABLE = 422
FAILURE_DAYS = 30


@require_safe
def account(request):
    """Name, staff number and roles, and what can be done about the own password, authenticator and sessions."""
    user, device = request.user, second_factor.device_of(request.user)
    context = {
        "grants": grants_of(user),
        "expires_on": passwords.expires_on(user),
        "device": device,
        "failures": failures.lately(days=FAILURE_DAYS, number=request.user.staff_number),
        "failure_days": FAILURE_DAYS,
        "resets": [queries.reset_notice(entry) for entry in queries.resets_of(user)],
        "is_demanded": second_factor.is_demanded_of(user),
        "recovery_count": user.recovery_codes.count() if device else 0,
        "sessions": sessions.sessions_of(user),
        "here": sessions.digest(request.session.session_key),
        "kept_forms": typed.kept_by(user),
    }
    return render(request, "departments/accounts/own_account.html", context)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def mail(request):
    """The address to which one's reminders are sent as well; nobody has to give one."""
    form = OwnMailForm(posted(request), instance=User.objects.get(pk=request.user.pk))
    if saved(form, lambda: services.save_record(form.instance, actor=request.user)):
        messages.success(request, "已保存邮箱。" if form.instance.email else "已删除邮箱，以后只在站内提醒。")
        return redirect("own_account")
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "departments/accounts/own_mail.html", {"form": form}, status=status)


@require_POST
def discard_kept(request):
    """Give up what was typed for an address and not saved."""
    typed.forget(request.user, request.POST.get("path", "")[:200].replace("\x00", ""))
    messages.success(request, "已丢弃没有保存的内容。")
    return redirect(next_url(request, reverse("own_account")))


class OwnPassword(auth_views.PasswordChangeView):
    """Change one's own password; after a one-time password this comes before everything else."""

    form_class = OwnPasswordForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"request": self.request}

    def get_context_data(self, **kwargs):
        user = self.request.user
        has_expired = user.is_authenticated and passwords.has_expired(user)
        kept = typed.kept_by(user) if user.is_authenticated and has_expired else []
        return super().get_context_data(**kwargs, has_expired=has_expired, kept_forms=kept)

    def form_valid(self, form):
        key = self.request.session.session_key
        services.change_own_password(form.user, form.cleaned_data["new_password1"], session_key=key)
        update_session_auth_hash(self.request, form.user)
        return HttpResponseRedirect(self.get_success_url())


password = OwnPassword.as_view()
password_done = auth_views.PasswordChangeDoneView.as_view()


@require_POST
def end_session(request, listed):
    """End one of the own sessions elsewhere."""
    if services.end_own_sessions(request.user, only=listed):
        messages.success(request, "已结束这次登录，那台电脑或手机须重新登录。")
    else:
        messages.info(request, "这次登录已经结束了。")
    return redirect("own_account")


@require_POST
def end_others(request):
    """End all own sessions but this one."""
    count = services.end_own_sessions(request.user, keep=request.session.session_key)
    messages.success(request, f"已结束其他 {count} 处登录。" if count else "没有其他登录。")
    return redirect("own_account")


@require_http_methods(["GET", "HEAD", "POST"])
def code_setup(request):
    """Set up an authenticator, or another one in its place."""
    key = request.session.get(NEW_KEY)
    if key is None:
        key = request.session[NEW_KEY] = second_factor.new_key()
    form = CodeSetupForm(posted(request), request=request, key=key, user=request.user)
    if form.is_valid():
        del request.session[NEW_KEY]
        codes = second_factor.enrol(request.user, key, step=form.step)
        sessions.end_sessions(request.user, keep=request.session.session_key)
        return _codes_once(request, codes, title="动态验证码已启用")
    context = {
        "form": form,
        "key": second_factor.typed_key(key),
        "has_device": second_factor.device_of(request.user) is not None,
        "is_demanded": second_factor.is_demanded_of(request.user),
    }
    return render(
        request, "departments/accounts/code_setup.html", context, status=UNPROCESSABLE if form.is_bound else 200
    )


@require_safe
def code_picture(request):
    """The QR code of the key that is being set up, for nobody but the person who does it."""
    key = request.session.get(NEW_KEY)
    if key is None:
        raise Http404("No key is being set up.")
    return HttpResponse(second_factor.key_picture(key, request.user), content_type="image/svg+xml")


@require_http_methods(["GET", "HEAD", "POST"])
def code_recovery(request):
    """New recovery codes in place of the old ones."""
    if second_factor.device_of(request.user) is None:
        return redirect("code_setup")
    form = PasswordAgainForm(posted(request), request=request)
    if form.is_valid():
        return _codes_once(request, second_factor.renew_recovery_codes(request.user), title="备用码已更换")
    return _ask_password(request, form, "更换备用码", "原来的备用码立即作废，新的备用码只显示一次。")


@require_http_methods(["GET", "HEAD", "POST"])
def code_remove(request):
    """Do without the authenticator, where no role demands it."""
    if second_factor.is_demanded_of(request.user):
        raise PermissionDenied("您的角色须用动态验证码登录，不能停用；换手机请用“更换验证器”。")
    if second_factor.device_of(request.user) is None:
        return redirect("own_account")
    form = PasswordAgainForm(posted(request), request=request)
    if form.is_valid():
        second_factor.remove(request.user, actor=request.user)
        messages.success(request, "已停用动态验证码，以后登录只用工号和密码。")
        return redirect("own_account")
    return _ask_password(request, form, "停用动态验证码", "停用后登录只用工号和密码，备用码一并作废。")


def _ask_password(request, form, title, lead):
    context = {"form": form, "title": title, "lead": lead}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "departments/accounts/password_again.html", context, status=status)


def _codes_once(request, codes, *, title):
    return render(request, "departments/accounts/codes_once.html", {"codes": codes, "title": title})
