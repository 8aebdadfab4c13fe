"""Who checks and who reviews: one table of rules, and whose checks a person sees."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models

from departments.enums import Role
from departments.models import Department, User, Visitor
from departments.permissions import (
    TAKEN_AWAY,
    afresh,
    department_ids,
    has_role,
    has_role_in,
    is_deputy,
    leads_all,
    supervises,
)
from riskpoints.oversight import routing
from riskpoints.oversight.enums import CheckKind
from riskpoints.oversight.models import CheckSheet

# Not the auditor, who reads the trail and no tables.
READERS = tuple(role for role in Role if role != Role.AUDITOR)
SEE_ALL = (Role.REVIEWER, Role.OFFICE, Role.PRINCIPAL, Role.ADMIN)
OF_A_DEPARTMENT = (Role.STAFF, Role.CLERK, Role.HEAD)


class OversightAction(models.TextChoices):
    """What people do with checks."""

    READ = "read_checks", "查看监控检查"
    CHECK_OWN = "check_own", "填写部门自查"
    SUBMIT_OWN = "submit_own", "提交部门自查"
    SUPERVISE = "supervise", "监督检查"
    REVIEW = "review_check", "复核检查"


def checks(user: User, department: Department | None) -> bool:
    """A reviewer checks, handles and scores departments to which he or she doesn't belong, a 副组长 the committee's
    own (T23); without a department: whether any."""
    if department is None:
        return has_role(user, Role.REVIEWER) or is_deputy(user)
    return supervises(user, department) and not has_role_in(user, department, *OF_A_DEPARTMENT)


RULES: dict[str, Callable[[Any, Any], bool]] = {
    OversightAction.READ: lambda user, obj: has_role(user, *READERS) or is_deputy(user),
    OversightAction.CHECK_OWN: lambda user, department: has_role_in(user, department, Role.HEAD, Role.CLERK),
    OversightAction.SUBMIT_OWN: lambda user, department: has_role_in(user, department, Role.HEAD),
    OversightAction.SUPERVISE: checks,
    OversightAction.REVIEW: lambda user, sheet: routing.reviews(user, sheet),
}
REFUSALS = {
    OversightAction.READ: "监控检查由各部门、纪委和领导查看，审计员只看审计记录。还没有角色的，请系统管理员指定。",
    OversightAction.CHECK_OWN: "部门自查由本部门的负责人和填报员填写。",
    OversightAction.SUBMIT_OWN: "部门自查由部门负责人提交。",
    OversightAction.SUPERVISE: "监督检查由不属于这个部门的纪委审核员进行；纪委办公室由副组长检查。",
    OversightAction.REVIEW: "检查由负责这一等级的领导或纪委复核；参加检查的人和所查风险点的责任人不能复核。",
}


def can(user: Visitor, action: str, obj: Any = None) -> bool:
    """Whether the person may do this; what no rule names is refused."""
    rule = RULES.get(action)
    return rule is not None and getattr(user, "is_active", False) and rule(user, obj)


def require(user: Visitor, action: str, obj: Any = None) -> None:
    """PermissionDenied with the reason where the person may not."""
    if not can(user, action, obj):
        raise PermissionDenied(REFUSALS[OversightAction(action)])


def require_still(user: Visitor, action: str, obj: Any = None) -> None:
    """The same with the rights as they are in the database now: asked under the lock."""
    if not can(afresh(user), action, obj):
        raise PermissionDenied(TAKEN_AWAY)


def filling(kind: str) -> OversightAction:
    """What somebody who fills in a sheet of this kind does."""
    return OversightAction.CHECK_OWN if kind == CheckKind.SELF else OversightAction.SUPERVISE


def submitting(kind: str) -> OversightAction:
    """What somebody who hands in a sheet of this kind does."""
    return OversightAction.SUBMIT_OWN if kind == CheckKind.SELF else OversightAction.SUPERVISE


def seen_departments(user: Visitor) -> list[int] | None:
    """The departments whose checks the person sees; None: all."""
    if not can(user, OversightAction.READ):
        return []
    if has_role(user, *SEE_ALL) or is_deputy(user) or leads_all(user):  # type: ignore[arg-type] # who may is an account
        return None
    return department_ids(user, *OF_A_DEPARTMENT, Role.LEADER)


def seen_sheets(user: Visitor) -> models.QuerySet[CheckSheet]:
    """The checks that the person may open; others do not exist for them (404)."""
    departments = seen_departments(user)
    found = CheckSheet.objects.select_related("cycle", "department")
    return found if departments is None else found.filter(department__in=departments)
