"""Who may do what to the register: one table of rules, and which versions a person may see at all."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from departments.enums import GroupPosition, Role
from departments.models import GroupMember, LeadershipGroup
from departments.permissions import department_ids, has_role, has_role_in, leads_all
from riskpoints.enums import Action, Scope, Status
from riskpoints.models import ControlTable, TableVersion


class RegisterAction(models.TextChoices):
    """What people do to the register as a whole, or read of it."""

    VIEW_PROGRESS = "view_progress", "查看全校进度"
    COMPARE_YEARS = "compare_years", "查看年度对照"
    VIEW_REGISTER = "view_register", "查看风险点登记册"
    VIEW_ASSESSMENT = "view_assessment", "查看机率、危害和建议等级"
    POST = "post_publication", "贴出、终止公示"
    OPEN_YEAR = "open_year", "开启年度"
    BUILD_ARCHIVE = "build_archive", "生成和下载年度档案"
    CLOSE_YEAR = "close_year", "关闭年度"
    VIEW_AUDIT = "view_audit", "查看审计记录"


def is_deputy(user: Any) -> bool:
    """Whether the person is a 副组长 of the group in office; read once per user object, as the grants are."""
    known = getattr(user, "_is_deputy", None)
    if known is None:
        deputies = GroupMember.objects.filter(group=OuterRef("pk"), user_id=user.pk, position=GroupPosition.DEPUTY)
        groups = LeadershipGroup.in_office(timezone.localdate()).values_list(Exists(deputies), flat=True)
        known = user._is_deputy = bool(groups.first())
    return known


def fills(user: Any, table: ControlTable) -> bool:
    """Head and clerk fill in their department's table, the office the school's (domain.md, "Who fills 附件2")."""
    if table.is_school:
        return has_role(user, Role.OFFICE)
    return has_role_in(user, table.department_id, Role.HEAD, Role.CLERK)


def heads(user: Any, table: ControlTable) -> bool:
    """The head submits the department's table (R48), the office the school's."""
    if table.is_school:
        return has_role(user, Role.OFFICE)
    return has_role_in(user, table.department_id, Role.HEAD)


def wrote(user: Any, version: TableVersion) -> bool:
    """Whether the person wrote in this version or submitted it."""
    return version.submitted_by_id == user.pk or any(author.pk == user.pk for author in version.authors.all())


def proposed(user: Any, version: TableVersion) -> bool:
    """Whether a proposal of the person was taken over into this version or an earlier one of the table."""
    return any(person.pk == user.pk for person in version.proposers.all())


def is_reviewer_of(user: Any, table: ControlTable) -> bool:
    """纪委 reviews every table but its own office's, which a 副组长 reviews (T23); an administrator never does."""
    if has_role(user, Role.ADMIN) or has_role_in(user, table.department_id, Role.HEAD, Role.CLERK):
        return False
    if table.department is not None and table.department.is_discipline_office:
        return is_deputy(user)
    return has_role(user, Role.REVIEWER)


def reviews(user: Any, version: TableVersion) -> bool:
    """Whoever wrote, submitted or proposed what stands in a table never reviews it (domain.md, "Who decides?")."""
    return is_reviewer_of(user, version.table) and not wrote(user, version) and not proposed(user, version)


def confirms(user: Any, version: TableVersion) -> bool:
    """The principal confirms, or the office records the signed paper; never the reviewer, never an administrator."""
    if has_role(user, Role.ADMIN) or version.reviewed_by_id == user.pk:
        return False
    if has_role(user, Role.PRINCIPAL):
        return not wrote(user, version)
    return has_role(user, Role.OFFICE)


def returns(user: Any, version: TableVersion) -> bool:
    """The reviewer returns; once reviewed the principal may, too, instead of signing."""
    if version.status == Status.REVIEWED and has_role(user, Role.PRINCIPAL):
        return confirms(user, version)
    return reviews(user, version)


def sees_assessment(user: Any, version: TableVersion) -> bool:
    """Likelihood, harm, proposals and reasons are for those who fill in, review, confirm or lead."""
    table = version.table
    return (
        fills(user, table)
        or has_role(user, Role.REVIEWER, Role.OFFICE, Role.PRINCIPAL)
        or has_role_in(user, table.department_id, Role.LEADER)
        or is_reviewer_of(user, table)
    )


def sees_review(user: Any, version: TableVersion) -> bool:
    """The reviewer's levels and reasons are the reviewers' own until they decide: approve, or return."""
    if version.status == Status.SUBMITTED:
        return is_reviewer_of(user, version.table)
    if version.status in (Status.DRAFT, Status.DISCARDED):
        acts = [decision for decision in version.decisions.all() if decision.action != Action.DISCARD]
        last = max(acts, key=lambda decision: (decision.at, decision.pk), default=None)
        return last is not None and last.action == Action.RETURN  # after a recall they are still undecided
    return True


RULES: dict[str, Callable[[Any, Any], bool]] = {
    Action.START: fills,
    Action.REVISE: fills,
    Action.EDIT: lambda user, version: fills(user, version.table),
    Action.SUBMIT: lambda user, version: heads(user, version.table),
    Action.RECALL: lambda user, version: heads(user, version.table),
    Action.DISCARD: lambda user, version: heads(user, version.table),
    Action.ASSESS: reviews,
    Action.APPROVE: reviews,
    Action.RETURN: returns,
    Action.CONFIRM: confirms,
    Action.RECORD: lambda user, obj: has_role(user, Role.OFFICE),
    Action.ADD_SCAN: lambda user, version: (
        has_role(user, Role.OFFICE) and version.status == Status.CONFIRMED and not version.table.cycle.is_closed
    ),
    RegisterAction.VIEW_PROGRESS: lambda user, obj: has_role(
        user, Role.OFFICE, Role.REVIEWER, Role.PRINCIPAL, Role.LEADER
    ),
    RegisterAction.COMPARE_YEARS: lambda user, obj: has_role(
        user, Role.OFFICE, Role.REVIEWER, Role.PRINCIPAL, Role.LEADER, Role.HEAD
    ),
    RegisterAction.VIEW_REGISTER: lambda user, obj: has_role(
        user, Role.STAFF, Role.HEAD, Role.CLERK, Role.OFFICE, Role.REVIEWER, Role.PRINCIPAL, Role.LEADER, Role.ADMIN
    ),
    RegisterAction.VIEW_ASSESSMENT: sees_assessment,
    RegisterAction.POST: lambda user, obj: has_role(user, Role.OFFICE),
    RegisterAction.OPEN_YEAR: lambda user, obj: has_role(user, Role.OFFICE),
    RegisterAction.BUILD_ARCHIVE: lambda user, obj: has_role(user, Role.ADMIN),
    RegisterAction.CLOSE_YEAR: lambda user, obj: has_role(user, Role.OFFICE),
    RegisterAction.VIEW_AUDIT: lambda user, obj: has_role(user, Role.AUDITOR),
}


def can(user: Any, action: str, obj: Any = None) -> bool:
    """Whether the person may do this to the object; what no rule names is refused."""
    rule = RULES.get(action)
    return rule is not None and getattr(user, "is_active", False) and rule(user, obj)


def visible_versions(user: Any) -> models.QuerySet[TableVersion]:
    """The versions a person may open; what is not in here does not exist for them (404)."""
    decided = [Status.REVIEWED, Status.CONFIRMED]
    handed_in = [Status.SUBMITTED, *decided]
    in_force = Q(pk=F("table__in_force"))
    visible = Q(pk__in=[])
    filled = department_ids(user, Role.HEAD, Role.CLERK)
    if filled:
        visible |= Q(table__department__in=filled)
    belonging = department_ids(user, Role.STAFF)
    if belonging:
        visible |= in_force & Q(table__department__in=belonging)
    led = department_ids(user, Role.LEADER)
    if led or leads_all(user):
        departments = Q(table__scope=Scope.DEPARTMENT) if leads_all(user) else Q(table__department__in=led)
        visible |= departments & Q(status__in=handed_in)
    if has_role(user, Role.REVIEWER):
        visible |= Q(status__in=handed_in)
    if has_role(user, Role.OFFICE):
        visible |= Q(table__scope=Scope.SCHOOL) | Q(status__in=decided)
    if has_role(user, Role.PRINCIPAL):
        visible |= Q(status__in=decided)
    if has_role(user, Role.LEADER, Role.ADMIN):
        visible |= in_force
    if getattr(user, "is_active", False) and user.pk and is_deputy(user):
        visible |= Q(table__department__is_discipline_office=True, status__in=handed_in) | in_force
    return TableVersion.objects.filter(visible)
