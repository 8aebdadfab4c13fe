"""Who drafts, submits, files and reads powers: one table of rules."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

from departments.enums import Role
from departments.models import Department, User, Visitor
from departments.permissions import (
    TAKEN_AWAY,
    afresh,
    department_ids,
    has_role,
    has_role_in,
    is_deputy,
    supervises,
)
from riskpoints.references.powers.enums import PowerState
from riskpoints.references.powers.models import Power, PowerRevision

READERS = (
    Role.STAFF,
    Role.HEAD,
    Role.CLERK,
    Role.LEADER,
    Role.REVIEWER,
    Role.OFFICE,
    Role.PRINCIPAL,
    Role.SECRETARY,
    Role.ADMIN,
)


class PowerAction(models.TextChoices):
    """What people do with powers."""

    VIEW = "view_powers", "查看职权目录"
    DRAFT = "draft_power", "起草、修改职权"
    SUBMIT = "submit_power", "提交职权备案"
    RECALL = "recall_power", "撤回职权备案"
    DISCARD = "discard_power", "作废职权草稿"
    TAKE_OVER = "take_over_power", "接管并入部门的职权"
    FILE = "file_power", "职权备案"
    RETURN = "return_power", "退回职权"
    RETIRE = "retire_power", "停用职权"
    PUBLISH = "publish_power", "设置职权公开"


def wrote(user: User, revision: PowerRevision) -> bool:
    """Whether the person wrote in this revision or submitted it."""
    return revision.submitted_by_id == user.pk or any(author.pk == user.pk for author in revision.authors.all())


def files(user: User, revision: PowerRevision) -> bool:
    """The committee files, a 副组长 what the committee's own office hands in; never who wrote or submitted it."""
    return supervises(user, revision.power.department) and not wrote(user, revision)


def takes_over(user: User, power: Power) -> bool:
    """The head of the department that took over the one that was closed."""
    successor = power.department.successor_id
    return successor is not None and has_role_in(user, successor, Role.HEAD)


RULES: dict[str, Callable[[Any, Any], bool]] = {
    PowerAction.VIEW: lambda user, obj: has_role(user, *READERS) or is_deputy(user),
    PowerAction.DRAFT: lambda user, department: has_role_in(user, department, Role.HEAD, Role.CLERK),
    PowerAction.SUBMIT: lambda user, department: has_role_in(user, department, Role.HEAD),
    PowerAction.RECALL: lambda user, department: has_role_in(user, department, Role.HEAD),
    PowerAction.DISCARD: lambda user, department: has_role_in(user, department, Role.HEAD),
    PowerAction.TAKE_OVER: takes_over,
    PowerAction.FILE: files,
    PowerAction.RETURN: files,
    PowerAction.RETIRE: lambda user, department: supervises(user, department),
    PowerAction.PUBLISH: lambda user, department: supervises(user, department),
}


def can(user: Visitor, action: str, obj: Any = None) -> bool:
    """Whether the person may do this; `obj` is the department, for FILE and RETURN the revision, for TAKE_OVER the
    power. What no rule names is refused."""
    rule = RULES.get(action)
    return rule is not None and getattr(user, "is_active", False) and rule(user, obj)


def require_still(user: Visitor, action: str, obj: Any = None) -> None:
    """PermissionDenied where the right was taken away since the page was opened; asked under the lock."""
    if not can(afresh(user), action, obj):
        raise PermissionDenied(TAKEN_AWAY)


def drafted_departments(user: Visitor) -> models.QuerySet[Department]:
    """The departments in use for which the person drafts."""
    return Department.objects.active_on().filter(pk__in=department_ids(user, Role.HEAD, Role.CLERK))


def visible_revisions(user: Visitor) -> models.QuerySet[PowerRevision]:
    """The revisions a person may open: what was ever filed, what the own department writes, what waits for filing."""
    found = PowerRevision.objects.select_related("power__department", "power__filed")
    if not can(user, PowerAction.VIEW):
        return found.none()
    visible = Q(state=PowerState.FILED)
    if own := department_ids(user, Role.HEAD, Role.CLERK):
        visible |= Q(power__department__in=own)
    if has_role(user, Role.REVIEWER):
        visible |= Q(state=PowerState.SUBMITTED)
    if isinstance(user, User) and is_deputy(user):
        visible |= Q(state=PowerState.SUBMITTED, power__department__is_discipline_office=True)
    return found.filter(visible)


def visible_powers(user: Visitor) -> models.QuerySet[Power]:
    """The powers of which the person may open a revision, and those that the own department may take over."""
    shown = Q(pk__in=visible_revisions(user).order_by().values("power"))
    if headed := department_ids(user, Role.HEAD):
        shown |= Q(department__successor__in=headed)
    return Power.objects.filter(shown).select_related("department", "filed")
