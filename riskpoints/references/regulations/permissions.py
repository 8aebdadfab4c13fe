"""Who may do what to 制度库: one table of rules; every account of the school reads it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from departments.enums import Role
from departments.models import Department, Visitor
from departments.permissions import TAKEN_AWAY, afresh, department_ids, has_role, has_role_in
from riskpoints.references.regulations.enums import Kind, State
from riskpoints.references.regulations.models import Regulation


class RegulationAction(models.TextChoices):
    """What people do in 制度库."""

    VIEW = "view_regulations", "查看制度库"
    ADD = "add_regulation", "登记制度"
    EDIT = "edit_regulation", "修改制度及其文件"
    DECIDE = "decide_regulation", "登记施行、修订、替代、废止"
    PLAN = "plan_regulation", "登记废改立意见"
    CHECK = "check_regulation", "登记制度执行检查"


def keeps(user: Visitor, regulation: Regulation) -> bool:
    """部门 regulations are their department's head's, all others the office's, which takes over from a closed one."""
    department = regulation.department
    if regulation.kind != Kind.DEPARTMENT or department is None or not department.is_active_on(timezone.localdate()):
        return has_role(user, Role.OFFICE)
    return has_role_in(user, department, Role.HEAD)


def edits(user: Visitor, regulation: Regulation) -> bool:
    """The keeper; a clerk drafts what his department is about to adopt."""
    if keeps(user, regulation):
        return True
    drafts = regulation.kind == Kind.DEPARTMENT and regulation.state == State.DRAFTING
    return drafts and has_role_in(user, regulation.department_id, Role.CLERK)


def checks(user: Visitor, regulation: Regulation) -> bool:
    """校级 regulations are checked every year (R59): by the keeper, or by the committee."""
    return regulation.kind == Kind.SCHOOL and (keeps(user, regulation) or has_role(user, Role.REVIEWER))


RULES: dict[str, Callable[[Any, Any], bool]] = {
    RegulationAction.VIEW: lambda user, obj: True,
    RegulationAction.ADD: lambda user, obj: has_role(user, Role.OFFICE, Role.HEAD, Role.CLERK),
    RegulationAction.EDIT: edits,
    RegulationAction.DECIDE: keeps,
    RegulationAction.PLAN: keeps,
    RegulationAction.CHECK: checks,
}


def can(user: Visitor, action: str, obj: Any = None) -> bool:
    """Whether the person may do this to the regulation; what no rule names is refused."""
    rule = RULES.get(action)
    return rule is not None and getattr(user, "is_active", False) and rule(user, obj)


def require_still(user: Visitor, action: str, obj: Any = None) -> None:
    """PermissionDenied where the right was taken away since the page was opened; asked under the lock."""
    if not can(afresh(user), action, obj):
        raise PermissionDenied(TAKEN_AWAY)


def kinds_to_add(user: Visitor) -> list[Kind]:
    """Which kinds of regulation the person registers."""
    own = [Kind.DEPARTMENT] if department_ids(user, Role.HEAD, Role.CLERK) else []
    return [*([Kind.STATE, Kind.SUPERIOR, Kind.SCHOOL] if has_role(user, Role.OFFICE) else []), *own]


def may_adopt_at_once(user: Visitor) -> bool:
    """Whether the person may register what is valid already; a clerk only drafts."""
    return has_role(user, Role.OFFICE, Role.HEAD)


def departments_to_add(user: Visitor) -> QuerySet[Department]:
    """Whose regulations the person registers: all active ones for the office (制定部门), else the own ones."""
    active = Department.objects.active_on()
    return active if has_role(user, Role.OFFICE) else active.filter(pk__in=department_ids(user, Role.HEAD, Role.CLERK))


def visible_to(user: Visitor) -> QuerySet[Regulation]:
    """All regulations, for every account in use."""
    found = Regulation.objects.select_related("department", "replaced_by", "created_by")
    return found if can(user, RegulationAction.VIEW) else found.none()
