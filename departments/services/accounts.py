"""Accounts: made, disabled, their passwords, sessions and second factors."""

import secrets
import string
from collections.abc import Mapping

from axes.utils import reset as lift_lock
from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.utils import timezone

from departments.accounts import passwords, second_factor, sessions
from departments.models import (
    Actor,
    User,
)
from departments.permissions import OrganisationAction, require_still
from departments.services.records import (
    OWN_ACCOUNT,
    OWN_CODE,
    OWN_SIGN_IN,
    require_other,
    save_record,
)
from departments.verbs import OrganisationVerb
from riskcontrol import audit
from riskcontrol.web import failures

ONE_TIME_ALPHABET = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))


def one_time_password() -> str:
    """Twelve random letters and digits that cannot be misread; shown once, changed at the next login."""
    return "".join(secrets.choice(ONE_TIME_ALPHABET) for _ in range(12))


def create_account(
    staff_number: str, real_name: str, *, actor: Actor | None, password: str | None = None
) -> tuple[User, str]:
    """Create an account with a one-time password, returned once and kept as a hash, to be changed at login."""
    password = password or one_time_password()
    return add_account(staff_number, real_name, hashed=make_password(password), actor=actor), password


def add_account(staff_number: str, real_name: str, *, hashed: str, actor: Actor | None, email: str = "") -> User:
    """Create an account whose one-time password was hashed before: that takes too long for many within a lock."""
    user = User(staff_number=staff_number, real_name=real_name, email=email, must_change_password=True, password=hashed)
    save_record(user, actor=actor)
    return user


def reset_password(user: User, *, actor: Actor | None) -> str:
    """Give an account a new one-time password; its owner is told of it at each login for a month (reset_of).

    Who forgot the password has mostly locked the login as well: the lock ends with it.
    """
    require_other(user, actor, OWN_SIGN_IN)
    password = one_time_password()
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        _set_password(user, password, must_change=True)
        sessions.end_sessions(user)
        _lift_lock(user)
        audit.record(OrganisationVerb.RESET_PASSWORD, actor=actor, target=user, marks=user.password_mark())
    return password


def reissue_passwords(given: Mapping[User, str], *, actor: Actor | None) -> list[User]:
    """Replace the one-time passwords of accounts that never logged in by others, given as hashes; says whose.

    For slips that were lost. Who logged in meanwhile, or was disabled, keeps what there is; nothing else is ended.
    """
    done = []
    with transaction.atomic():
        waiting = never_logged_in().select_for_update().in_bulk([user.pk for user in given])
        require_still(actor, OrganisationAction.KEEP)  # hashing and printing took a while
        for user, hashed in given.items():
            found = waiting.get(user.pk)
            if found is None or found.pk == getattr(actor, "pk", None):
                continue
            found.password, found.password_changed_at = hashed, timezone.now()
            found.save(update_fields=["password", "password_changed_at"])
            how, marks = {"方式": "密码条"}, found.password_mark()
            audit.record(OrganisationVerb.RESET_PASSWORD, actor=actor, target=found, detail=how, marks=marks)
            _lift_lock(found)
            done.append(user)
    return done


def _lift_lock(user: User) -> None:
    """A new one-time password opens what failures with the old one closed."""
    lift_lock(username=user.staff_number)
    failures.forgive(user.staff_number)


def never_logged_in() -> models.QuerySet[User]:
    """The accounts whose one-time password was never used."""
    return User.objects.filter(is_active=True, must_change_password=True, last_login__isnull=True)


def change_own_password(user: User, password: str, *, session_key: str | None = None) -> User:
    """Set the password that a person chose; a one-time password has then done its work.

    All sessions of the person end but the one with `session_key`.
    """
    with transaction.atomic():
        _set_password(user, password, must_change=False)
        sessions.end_sessions(user, keep=session_key or "")
        audit.record(OrganisationVerb.CHANGE_PASSWORD, actor=user, target=user, marks=user.password_mark())
    return user


def _set_password(user: User, password: str, *, must_change: bool) -> None:
    passwords.retire_password(user)
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])


def end_own_sessions(user: User, *, keep: str | None = None, only: str | None = None) -> int:
    """End other sessions of one's own: all but that with the key `keep`, or the one listed as `only`; says how many."""
    with transaction.atomic():
        count = sessions.end_sessions(user, keep=keep, only=only)
        if count:
            audit.record(OrganisationVerb.END_SESSIONS, actor=user, target=user, detail={"个数": count})
    return count


def remove_second_factor(user: User, *, actor: Actor | None) -> None:
    """Take a lost authenticator away; whoever found it may have a session, so all of them end."""
    require_other(user, actor, OWN_CODE)
    with transaction.atomic():
        second_factor.remove(user, actor=actor)
        sessions.end_sessions(user)


def set_active(user: User, *, is_active: bool, actor: Actor | None) -> User:
    """Enable or disable an account; the sessions of a disabled one end at once."""
    if not is_active:
        require_other(user, actor, OWN_ACCOUNT)
    with transaction.atomic():
        user.is_active = is_active
        save_record(user, actor=actor)
        if not is_active:
            sessions.end_sessions(user)
    return user
