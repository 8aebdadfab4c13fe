"""The menu: what each person can go to, and how much waits there."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from departments.enums import Role
from departments.models import School, User
from departments.permissions import OrganisationAction, has_role
from departments.permissions import can as can_organise
from riskcontrol.kept import Kept, State, state_of_trail
from riskcontrol.web.handlers import is_refused
from riskcontrol.web.noted import noted
from riskpoints import wings
from riskpoints.content.today import current_cycle
from riskpoints.desk.waiting import waiting_for
from riskpoints.models import Cycle
from riskpoints.permissions import RegisterAction, can, led_departments

_around: Kept[tuple[School | None, Cycle | None]] = Kept(most=1)


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the school, the year, and the person's menu as (label, address, is here, count): the
    register's own line (`navigation`) and the one below it (`beside`).

    A page that refuses has the menu, too, but nobody looks up for it how much waits. Who has to do something first (an
    own password) has none: each entry would lead back to it.
    """
    state = state_of_trail()
    school, cycle = _around.value("", state, lambda: (School.objects.filter(pk=1).first(), current_cycle()))
    context: dict[str, Any] = {"school": school}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    if noted(request).is_held_up:
        return context | {"is_held_up": True}
    context["cycle"] = cycle
    handed_in = wings.menu(user)
    beside = [(entry.label, entry.address, entry.count) for entry in handed_in if entry.is_beside]
    entries = _entries(user, 0 if is_refused(request) else _waiting(request, user, state), handed_in)
    # 全校进度 lies below the address of 年度: of several that fit, the longest is where the person is.
    here = max((address for _, address, _ in entries + beside if request.path.startswith(address)), key=len, default="")
    compares = reverse("riskpoints:year_changes")
    if request.path.startswith(compares) and compares not in {address for _, address, _ in entries}:
        here = reverse("riskpoints:progress")  # it is opened from there by those who have no entry of its own
    mine = reverse("riskpoints:mine")
    if here == mine and request.path != mine and _reads_others(user):
        here = ""  # the history of some department's table lies below the address of one's own
    if not here and _is_own_table(request, user):
        here = mine
    context["navigation"] = [(label, address, address == here, count) for label, address, count in entries]
    context["beside"] = [(label, address, address == here, count) for label, address, count in beside]
    return context


def _waiting(request: HttpRequest, user: User, state: State | None) -> int:
    """How much waits for the person; a page that has counted it leaves it with the request."""
    known = noted(request).waiting
    if known is not None:
        return known
    return waiting_for(user, state)


def _is_own_table(request: HttpRequest, user: User) -> bool:
    """Whether the page is one of a table, and its reader somebody who does nothing with tables but fill them in."""
    of_a_table = request.path.startswith(reverse("riskpoints:version", args=[0]).removesuffix("0/"))
    return of_a_table and has_role(user, Role.HEAD, Role.CLERK) and not _reads_others(user)


def _reads_others(user: User) -> bool:
    return has_role(user, Role.OFFICE, Role.REVIEWER, Role.PRINCIPAL, Role.LEADER)


def _entries(user: User, waiting: int, handed_in: list[wings.MenuEntry]) -> list[tuple[str, str, int]]:
    entries = [("待办", reverse("riskpoints:inbox"), waiting)]
    if can(user, RegisterAction.VIEW_CHARGE):
        entries.append(("分管工作", reverse("riskpoints:charge"), 0))
    fills_own = has_role(user, Role.HEAD, Role.CLERK) or bool(led_departments(user))
    if fills_own or has_role(user, Role.OFFICE):
        # Who keeps the school's table only finds it under its own name; a head who is in the office, too, finds both.
        label = "我的防控表" if fills_own else "学校防控表"
        entries.append((label, reverse("riskpoints:mine"), 0))
    if can(user, RegisterAction.VIEW_PROGRESS):
        entries.append(("全校进度", reverse("riskpoints:progress"), 0))
    elif can(user, RegisterAction.COMPARE_YEARS):  # who sees the whole school's progress finds it there
        entries.append(("年度对照", reverse("riskpoints:year_changes"), 0))
    if can(user, RegisterAction.VIEW_REGISTER):
        entries.append(("风险点登记册", reverse("riskpoints:register"), 0))
    entries.append(("公示", reverse("riskpoints:publication"), 0))
    entries += [(entry.label, entry.address, entry.count) for entry in handed_in if not entry.is_beside]
    if can(user, RegisterAction.OPEN_YEAR) or can(user, RegisterAction.BUILD_ARCHIVE):
        entries.append(("年度与档案", reverse("riskpoints:years"), 0))
    if can_organise(user, OrganisationAction.VIEW) or can_organise(user, OrganisationAction.EXTEND_FUNCTIONS):
        entries.append(("组织机构", reverse("departments:index"), 0))
    if can(user, RegisterAction.VIEW_SIGNATURES):
        entries.append(("签字与扫描件", reverse("riskpoints:signatures"), 0))
    if can(user, RegisterAction.VIEW_AUDIT):
        entries.append(("审计记录", reverse("riskpoints:audit"), 0))
    return entries
