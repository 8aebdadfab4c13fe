"""What the screens of the organisation share: who may open them, and saving that shows what was refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from departments.models import Visitor
from departments.permissions import OrganisationAction, afresh, can

UNPROCESSABLE, CONFLICT = 422, 409
REFUSALS = {
    OrganisationAction.KEEP: "维护组织机构和账号由系统管理员办理。",
    OrganisationAction.VIEW: "组织机构由系统管理员、领导小组办公室、纪委审核员和单位主要负责人查看。",
    OrganisationAction.EXTEND_FUNCTIONS: "岗位职能与等级下限由纪委审核员维护。",
}


def requires(*actions: OrganisationAction, holds: bool = False) -> Callable:
    """Let in who may do one of the actions; 403 with the reason for everybody else.

    A page that `holds` lets one saver after the other through: a row that a form changes is read and saved in one
    transaction. The view reads it by found(), which holds it until then; see forms.watched. Whoever lost the right
    while waiting for the row has saved nothing.
    """

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(can(request.user, action) for action in actions):
                raise PermissionDenied(REFUSALS[actions[0]])
            if not holds or request.method != "POST":
                return view(request, *args, **kwargs)
            with transaction.atomic():
                answer = view(request, *args, **kwargs)
                if not any(can(afresh(request.user), action) for action in actions):
                    raise PermissionDenied("您的角色刚刚有变动，没有这项权限了，没有保存。")
                return answer

        return guarded

    return decorate


def found(request: HttpRequest, rows: QuerySet[Any], key: int) -> Any:
    """The row with this key, held while it is being changed; Http404."""
    return get_object_or_404(rows.select_for_update(of=("self",)) if request.method == "POST" else rows, pk=key)


def saved(form: Any, save: Callable[[], Any], *others: Any) -> bool:
    """Whether the form (and `others`, its formsets) was valid and saved; the form shows what the model refuses."""
    if not all([form.is_valid(), *(other.is_valid() for other in others)]):
        return False
    try:
        save()
    except ValidationError as error:
        form.refuse(error)
        return False
    return True


def posted(request: HttpRequest) -> Any:
    """What a form is bound to: the sent values, or nothing when the page is only opened."""
    return request.POST if request.method == "POST" else None


def tabs_of(user: Visitor) -> list[tuple[str, str, str]]:
    """The pages of 组织机构 that this person may open, as (key, label, address)."""
    sees = can(user, OrganisationAction.VIEW)
    tabs = [
        ("departments", "部门与岗位", "departments:index", True),
        ("functions", "岗位职能", "departments:functions", True),
        ("groups", "领导小组", "departments:groups", sees),
        ("school", "学校信息", "departments:school", sees),
        ("terms", "主要负责人", "departments:terms", sees),
        ("accounts", "账号", "departments:accounts", can(user, OrganisationAction.KEEP)),
        ("rights", "权限变动", "departments:rights", sees),
        ("set_up", "启用准备", "riskpoints:set_up", sees),
    ]
    return [(key, label, reverse(name)) for key, label, name, shown in tabs if shown]


def show(request: HttpRequest, template: str, tab: str, **context: Any) -> HttpResponse:
    """A page under one of the tabs; 422 where something typed was refused, so that nobody takes it for saved, and 409
    where somebody else saved meanwhile."""
    forms = (context.get("form"), context.get("grant_form"))
    refused = request.method == "POST" and any(form is not None and form.is_bound for form in forms)
    status = CONFLICT if any(getattr(form, "contrasts", None) for form in forms) else UNPROCESSABLE if refused else 200
    common = {"tab": tab, "tabs": tabs_of(request.user), "may_keep": can(request.user, OrganisationAction.KEEP)}
    return render(request, f"departments/{template}.html", common | context, status=status)
