"""Who may do what to the organisation: one table of rules, and the questions about a person's roles."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from departments.enums import DepartmentKind, GroupPosition, Role
from departments.models import Appointment, Department, GroupMember, LeadershipGroup, RoleGrant, User, Visitor


class OrganisationAction(models.TextChoices):
    """What people do to the organisation."""

    KEEP = "keep_organisation", "维护组织机构和账号"
    VIEW = "view_organisation", "查看组织机构"
    EXTEND_FUNCTIONS = "extend_functions", "维护岗位职能与等级下限"


TAKEN_AWAY = "您的角色刚刚有变动，没有这项权限了，没有办理。"


def grants_of(user: Visitor) -> list[RoleGrant]:
    """The role grants of an active account, read once per user object; none for anybody else."""
    if isinstance(user, SimpleLazyObject):
        user = user._wrapped if user.pk is not None else user
    if not isinstance(user, User) or not user.is_active:
        return []
    if user.known_grants is None:
        user.known_grants = list(user.grants.select_related("department"))
    return user.known_grants


def afresh(user: Visitor) -> User | None:
    """The same person as the database knows him now: whether the account is enabled and which roles it has, read again.

    Whoever holds a lock asks with this: a role may have been taken away since the page was opened. None stays None.
    """
    key = getattr(user, "pk", None)
    return None if key is None else User.objects.filter(pk=key).first()


def require_still(user: Visitor, action: str) -> None:
    """PermissionDenied where the right was taken away since the page was opened; asked under the lock."""
    if not can(afresh(user), action):
        raise PermissionDenied(TAKEN_AWAY)


def has_role(user: Visitor, *roles: Role) -> bool:
    """Whether the person has one of the roles, for whatever department."""
    return any(grant.role in roles for grant in grants_of(user))


def has_role_in(user: Visitor, department: Department | int | None, *roles: Role) -> bool:
    """Whether the person has one of the roles for this very department.

    分管领导 is the one role that may be given for all departments at once: without a department it holds for each.
    """
    key = getattr(department, "pk", department)
    return key is not None and any(
        grant.role in roles and (grant.department_id == key or _is_for_all(grant)) for grant in grants_of(user)
    )


def _is_for_all(grant: RoleGrant) -> bool:
    return grant.role == Role.LEADER and grant.department_id is None


def leads_all(user: Visitor) -> bool:
    """Whether the person is 分管领导 of all departments, those to come included."""
    return any(_is_for_all(grant) for grant in grants_of(user))


def department_ids(user: Visitor, *roles: Role) -> list[int]:
    """The departments for which the person has one of the roles, in the order of the grants."""
    return [grant.department_id for grant in grants_of(user) if grant.role in roles and grant.department_id]


def is_deputy(user: User) -> bool:
    """Whether the person is a 副组长 of the group in office; read once per user object, as the grants are."""
    if user.known_deputy is None:
        deputies = GroupMember.objects.filter(group=OuterRef("pk"), user_id=user.pk, position=GroupPosition.DEPUTY)
        groups = LeadershipGroup.in_office(timezone.localdate()).values_list(Exists(deputies), flat=True)
        user.known_deputy = bool(groups.first())
    return user.known_deputy


def held_posts(user: Visitor) -> list[Appointment]:
    """The person's posts in the 校领导班子 that are not over, those to come included (R53); read once per user object.

    Where a holder was entered by name only, whoever has that name counts: better kept apart once too often.
    """
    if isinstance(user, SimpleLazyObject):
        user = user._wrapped if user.pk is not None else user
    if not isinstance(user, User) or not user.is_active or user.pk is None:
        return []
    if user.known_posts is None:
        whose = Q(user=user.pk) | Q(user__isnull=True, holder_name=user.real_name)
        lasting = Q(until__isnull=True) | Q(until__gte=timezone.localdate())
        found = Appointment.objects.filter(whose, lasting, post__department__kind=DepartmentKind.LEADERS)
        user.known_posts = list(found.select_related("post"))
    return user.known_posts


def know_posts(people: Iterable[User]) -> None:
    """Read what held_posts says of all these people at once; one query, however many they are."""
    lasting = Q(until__isnull=True) | Q(until__gte=timezone.localdate())
    rows = Appointment.objects.filter(lasting, post__department__kind=DepartmentKind.LEADERS).select_related("post")
    by_account: dict[int | None, list[Appointment]] = {}
    by_name: dict[str, list[Appointment]] = {}
    for row in rows:
        if row.user_id is None:
            by_name.setdefault(row.holder_name, []).append(row)
        else:
            by_account.setdefault(row.user_id, []).append(row)
    for person in people:
        person.known_posts = [*by_account.get(person.pk, []), *by_name.get(person.real_name, [])]


def own_posts(user: Visitor, department: Department | int | None) -> frozenset[int]:
    """The posts of this 校领导班子 whose points the person writes: those held today with the own account."""
    key, today = getattr(department, "pk", department), timezone.localdate()
    return frozenset(
        held.post_id
        for held in held_posts(user)
        if held.post.department_id == key and held.user_id and held.since <= today and held.post.is_active_on(today)
    )


def is_leader_in(user: Visitor, department: Department | int | None) -> bool:
    """Whether the person holds, or is going to hold, a post of this 校领导班子."""
    key = getattr(department, "pk", department)
    return key is not None and any(held.post.department_id == key for held in held_posts(user))


def supervises(user: User, department: Department | None) -> bool:
    """纪委 checks what every department hands in (None: the school) but its own office, which a 副组长 checks (T23);
    nobody checks the own department's, and an administrator checks nothing."""
    if has_role(user, Role.ADMIN) or has_role_in(user, department, Role.HEAD, Role.CLERK):
        return False
    if department is not None and department.is_leaders and is_leader_in(user, department):
        return False
    if department is not None and department.is_discipline_office:
        return is_deputy(user)
    return has_role(user, Role.REVIEWER)


RULES: dict[str, Callable[[Any, Any], bool]] = {
    OrganisationAction.KEEP: lambda user, obj: has_role(user, Role.ADMIN),
    OrganisationAction.VIEW: lambda user, obj: has_role(user, Role.ADMIN, Role.OFFICE, Role.REVIEWER, Role.PRINCIPAL),
    OrganisationAction.EXTEND_FUNCTIONS: lambda user, obj: has_role(user, Role.REVIEWER),
}


def can(user: User | Any, action: str, obj: Any = None) -> bool:
    """Whether the person may do this; what no rule names is refused."""
    rule = RULES.get(action)
    return rule is not None and rule(user, obj)
