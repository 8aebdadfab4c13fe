"""Roles given and taken away, and the terms of the principal."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from departments.accounts import sessions
from departments.enums import Role
from departments.models import (
    Actor,
    Department,
    PrincipalTerm,
    RoleGrant,
    User,
)
from departments.services.records import OWN_ADMINISTRATION, OWN_ROLE, remove_record, require_other, save_record


def set_holder(department: Department, role: Role, user: User | None, *, actor: Actor | None) -> None:
    """Make a person the only holder of a role for a department (head, leader in charge), or nobody."""
    with transaction.atomic():
        held = list(department.grants.select_for_update().filter(role=role))
        for grant in held:
            if grant.user_id != getattr(user, "pk", None):
                revoke_role(grant, actor=actor)
        if user is not None and all(grant.user_id != user.pk for grant in held):
            try:
                require_other(user, actor, OWN_ROLE)
            except ValidationError as error:
                raise ValidationError({role.value: error.messages}) from error
            grant_role(user, role, department=department, actor=actor)


def grant_role(user: User, role: Role, *, department: Department | None = None, actor: Actor | None) -> RoleGrant:
    """Give a person a role. ValidationError where another one holds a role of which there is only one, and for oneself:
    who keeps the accounts would else take any right alone."""
    require_other(user, actor, OWN_ROLE)
    grant = RoleGrant(user=user, role=role, department=department)
    with transaction.atomic():
        save_record(grant, actor=actor)
        if role == Role.PRINCIPAL and not user.principal_terms.filter(until__isnull=True).exists():
            save_record(PrincipalTerm(user=user, since=timezone.localdate()), actor=actor)
    return grant


def revoke_role(grant: RoleGrant, *, actor: Actor | None) -> None:
    """Take a role away; what was done with it stays recorded. The person's sessions end: no open page shows it on.

    An own role can be given up, but not that of keeping the accounts.
    """
    if grant.role == Role.ADMIN:
        require_other(grant.user, actor, OWN_ADMINISTRATION)
    with transaction.atomic():
        remove_record(grant, actor=actor)
        if grant.role == Role.PRINCIPAL:
            _end_term(grant.user, actor)
        if grant.user_id != getattr(actor, "pk", None):
            sessions.end_sessions(grant.user)


def _end_term(user: User, actor: Actor | None) -> None:
    """Write down that the person is the principal no more; one from before they were kept began on no known day."""
    today = timezone.localdate()
    term = user.principal_terms.filter(until__isnull=True).first() or PrincipalTerm(user=user)
    term.until = max(today, term.since or today)
    save_record(term, actor=actor)


def save_term(term: PrincipalTerm, *, actor: Actor | None) -> PrincipalTerm:
    """Correct the days of a term, or add one from before. ValidationError where its end and the role don't agree."""
    holds = term.user_id is not None and term.user.grants.filter(role=Role.PRINCIPAL).exists()
    if term.until is None and not holds and term.user_id is not None:
        raise ValidationError({"until": "这个人现在没有单位主要负责人的角色，请填写离任日期。"})
    if term.until is not None and holds and not term.user.principal_terms.exclude(pk=term.pk).filter(until=None):
        raise ValidationError({"until": "这个人现在是单位主要负责人。离任的，请先在“账号”里取消角色。"})
    save_record(term, actor=actor)
    return term
