"""Whose findings and handlings a person sees; matters about persons do not exist for anybody else (T22).

Who may do what with one is `hands`, since it depends on who has done what before.
"""

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

from departments.enums import Role
from departments.models import User, Visitor
from departments.permissions import department_ids, has_role, is_deputy, leads_all
from riskpoints.oversight.enums import BY_ORGAN, HandlingKind, HandlingState, Nature
from riskpoints.oversight.models import Finding, Handling
from riskpoints.oversight.models.handling import UNAPPROVED
from riskpoints.oversight.permissions import OF_A_DEPARTMENT

READERS = tuple(role for role in Role if role not in (Role.AUDITOR, Role.ADMIN, Role.STAFF))
SEE_ALL = (Role.REVIEWER, Role.OFFICE, Role.PRINCIPAL)
NOT_A_READER = "问题和处置由纪委、领导和有关部门的负责人、填报员查看。"
NOT_REGISTERING = "问题由纪委审核员登记；纪委办公室的由副组长登记。"
# What the principal approves about persons, besides the 副组长.
OF_THE_PRINCIPAL = (HandlingKind.REMIND, HandlingKind.CORRECT, *BY_ORGAN)


def reads(user: Visitor) -> bool:
    """Whether the person finds the list of findings and handlings at all; it shows what seen_* give."""
    is_active = getattr(user, "is_active", False)
    return is_active and (has_role(user, *READERS) or is_deputy(user))  # type: ignore[arg-type] # an account


def finds(user: User) -> bool:
    """Whether there is a list for the person: who reads, and whom a handling was sent to."""
    return reads(user) or seen_handlings(user).exists()


def registers(user: Visitor) -> bool:
    """Whether the person registers findings of some department."""
    is_active = getattr(user, "is_active", False)
    return is_active and not has_role(user, Role.ADMIN) and (has_role(user, Role.REVIEWER) or is_deputy(user))  # type: ignore[arg-type]


def require_reads(user: Visitor) -> None:
    """PermissionDenied with the reason where the person may not."""
    if not reads(user):
        raise PermissionDenied(NOT_A_READER)


def require_registers(user: Visitor) -> None:
    """PermissionDenied with the reason where the person may not."""
    if not registers(user):
        raise PermissionDenied(NOT_REGISTERING)


def _departments(user: User) -> list[int] | None:
    """The departments whose matters the person sees; None: all."""
    if has_role(user, *SEE_ALL) or is_deputy(user) or leads_all(user):
        return None
    return department_ids(user, Role.HEAD, Role.CLERK, Role.LEADER)


def _about(user: User) -> Q:
    """Matters about this very person: by account, or by the name where there was no account."""
    names = {user.real_name, *(str(name) for name, _ in user.former_names)}
    return Q(person=user.pk) | Q(person__isnull=True, nature=Nature.PERSON, person_name__in=names)


def seen_findings(user: User) -> models.QuerySet[Finding]:
    """The findings that the person may open; others do not exist for them (404)."""
    found = Finding.objects.select_related("cycle", "department")
    if not reads(user):
        return found.none()
    departments = _departments(user)
    seen = Q(nature=Nature.DEPARTMENT)
    if departments is not None:
        seen &= Q(department__in=departments)
    if registers(user):
        seen |= Q(nature=Nature.PERSON) & ~_about(user)
    return found.filter(seen)


def seen_handlings(user: User) -> models.QuerySet[Handling]:
    """The handlings that the person may open: a department's from when it was sent out, a person's only for who
    handles it, who approves it, and from when it was sent out for the person."""
    found = Handling.objects.select_related("cycle", "department")
    if not getattr(user, "is_active", False):
        return found.none()
    own = Q(person=user.pk) & ~Q(state__in=UNAPPROVED)
    persons = Q(nature=Nature.PERSON) & ~_about(user)
    if registers(user):
        seen = persons
    else:
        waits = Q(state=HandlingState.DRAFTED)
        seen = persons & Q(approved_by=user.pk)
        if has_role(user, Role.PRINCIPAL):
            seen |= persons & waits & Q(kind__in=OF_THE_PRINCIPAL)
        if has_role(user, Role.SECRETARY):
            seen |= persons & waits & Q(kind=HandlingKind.TALK)
    return found.filter(own | seen | _of_departments(user))


def _of_departments(user: User) -> Q:
    if not reads(user):
        return Q(pk__in=[])
    departments, mine = _departments(user), department_ids(user, *OF_A_DEPARTMENT)
    seen = Q(nature=Nature.DEPARTMENT)
    if departments is not None:
        seen &= Q(department__in=departments)
    if not (has_role(user, Role.REVIEWER, Role.PRINCIPAL) or is_deputy(user)):
        return seen & ~Q(state__in=UNAPPROVED)
    return seen & ~Q(state__in=UNAPPROVED, department__in=mine)
