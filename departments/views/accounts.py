"""Accounts: the list, one account with its roles, one-time passwords; kept by the admin."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from departments import services
from departments.accounts import passwords, second_factor
from departments.accounts.typed import keeps_typed
from departments.forms.people import AccountFilterForm, AccountForm, GrantForm
from departments.models import Department, RoleGrant, User
from departments.permissions import OrganisationAction
from departments.views.access import found, posted, requires, saved, show
from riskcontrol.search import says

PAGE_SIZE = 30


@requires(OrganisationAction.KEEP)
def accounts(request):
    """All accounts, searched by number or name, narrowed by role and state."""
    form = AccountFilterForm(request.GET)
    wanted = form.wanted()
    found = User.objects.prefetch_related(Prefetch("grants", RoleGrant.objects.select_related("department")))
    if wanted["q"]:
        found = found.filter(says(wanted["q"], "staff_number", "real_name"))
    if wanted["role"]:
        found = found.filter(pk__in=RoleGrant.objects.filter(role=wanted["role"]).values("user"))
    if wanted["state"]:
        found = found.filter(is_active=wanted["state"] == "active")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    waiting = services.never_logged_in().exclude(pk=request.user.pk).count()
    return show(request, "accounts", "accounts", form=form, page=page, narrowed=any(wanted.values()), waiting=waiting)


@keeps_typed
@requires(OrganisationAction.KEEP)
def account_new(request):
    """Create an account; its one-time password is shown on the answer to this very request and nowhere else."""
    form = AccountForm(posted(request))
    if request.method == "POST":
        made: list[Any] = []

        def create():
            values = form.cleaned_data
            made.extend(services.create_account(values["staff_number"], values["real_name"], actor=request.user))

        if saved(form, create):
            return _password_once(request, *made, title="账号已建立")
    lead = "保存后显示一次性密码，请当面交给本人；本人登录后须改为自己的密码。"
    back = reverse("departments:accounts")
    return show(request, "form", "accounts", form=form, title="新建账号", back=back, lead=lead)


def _password_once(request, user, password, *, title):
    response = show(
        request,
        "accounts/password_once",
        "accounts",
        account=user,
        password=password,
        title=title,
        until=passwords.one_time_until(),
    )
    response["Cache-Control"] = "no-store, private"
    return response


def _found(account_id):
    grants = Prefetch("grants", RoleGrant.objects.select_related("department"))
    return get_object_or_404(User.objects.prefetch_related(grants), pk=account_id)


def _account_page(request, user, *, form=None, grant_form=None):
    form = form or AccountForm(instance=User.objects.get(pk=user.pk))
    grant_form = grant_form or GrantForm(departments=Department.objects.active_on())
    context = {"is_self": user.pk == request.user.pk, "device": second_factor.device_of(user)}
    return show(request, "account", "accounts", account=user, form=form, grant_form=grant_form, **context)


@keeps_typed
@requires(OrganisationAction.KEEP, holds=True)
def account(request, account_id):
    """One account: number and name, roles, state."""
    user = _found(account_id)
    if request.method != "POST":
        return _account_page(request, user)
    form = AccountForm(request.POST, instance=found(request, User.objects.all(), account_id))
    if saved(form, lambda: services.save_record(form.instance, actor=request.user)):
        messages.success(request, "已保存工号、姓名和邮箱。")
        return redirect("departments:account", user.pk)
    return _account_page(request, user, form=form)


@keeps_typed
@require_POST
@requires(OrganisationAction.KEEP)
def grant(request, account_id):
    """Give the account a role."""
    user = _found(account_id)
    form = GrantForm(request.POST, departments=Department.objects.active_on(), instance=RoleGrant(user=user))
    if saved(form, lambda: services.grant_role(user, **form.cleaned_data, actor=request.user)):
        messages.success(request, f"已为{user}增加角色：{form.instance.get_role_display()}。")
        return redirect("departments:account", user.pk)
    return _account_page(request, user, grant_form=form)


def _do(request, act, done):
    """Do what has no form of its own, and say so; a refusal is said instead."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    else:
        messages.success(request, done)


@require_POST
@requires(OrganisationAction.KEEP)
def revoke(request, account_id, grant_id):
    """Take a role away."""
    # By way of the account: a number too large for a column is found nowhere, but breaks the comparison of a key.
    held = get_object_or_404(_found(account_id).grants.select_related("user", "department"), pk=grant_id)
    done = f"已取消角色：{held.get_role_display()}。"
    _do(request, lambda: services.revoke_role(held, actor=request.user), done)
    return redirect("departments:account", account_id)


@require_POST
@requires(OrganisationAction.KEEP)
def set_active(request, account_id):
    """Disable or enable the account."""
    user = get_object_or_404(User, pk=account_id)
    is_active = request.POST.get("is_active") == "1"
    if user.is_active != is_active:
        done = f"已{'启用' if is_active else '停用'}{user}的账号。"
        _do(request, lambda: services.set_active(user, is_active=is_active, actor=request.user), done)
    return redirect("departments:account", account_id)


@require_POST
@requires(OrganisationAction.KEEP)
def reset_password(request, account_id):
    """Give a new one-time password, shown on the answer to this very request and nowhere else."""
    user = get_object_or_404(User, pk=account_id)
    try:
        password = services.reset_password(user, actor=request.user)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return redirect("departments:account", account_id)
    return _password_once(request, user, password, title="密码已重置")


@require_POST
@requires(OrganisationAction.KEEP)
def remove_code(request, account_id):
    """Take a lost authenticator away, so that the person can log in and set up another one."""
    user = get_object_or_404(User, pk=account_id)
    if user.pk == request.user.pk or second_factor.device_of(user) is not None:
        done = f"已取消{user}的动态验证码，并结束其全部登录。"
        _do(request, lambda: services.remove_second_factor(user, actor=request.user), done)
    return redirect("departments:account", account_id)
