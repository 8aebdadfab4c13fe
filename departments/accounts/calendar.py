"""The secret address of one's own calendar: made, replaced and revoked by its owner, known here by its hash alone."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from departments.models import CalendarAddress, User
from departments.verbs import OrganisationVerb
from riskcontrol import audit


def address_of(user: User) -> CalendarAddress | None:
    """The address that a person has, without its secret."""
    return CalendarAddress.objects.filter(user=user).first()


def make(user: User) -> str:
    """A new secret; one that there was before opens nothing any more."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # two windows of one person
        CalendarAddress.objects.filter(user=user).delete()
        CalendarAddress.objects.create(user=user, digest=_digest(secret))
        audit.record(OrganisationVerb.CALENDAR_MAKE, actor=user, target=user)
    return secret


def revoke(user: User) -> bool:
    """Whether there was an address; from now on it opens nothing."""
    with transaction.atomic():
        count, _ = CalendarAddress.objects.filter(user=user).delete()
        if count:
            audit.record(OrganisationVerb.CALENDAR_REVOKE, actor=user, target=user)
    return bool(count)


def owner(secret: str) -> User | None:
    """Whose calendar a secret opens: an active account's; None for anything else. The owner sees on which day."""
    found = CalendarAddress.objects.filter(digest=_digest(secret), user__is_active=True).select_related("user").first()
    if found is None:
        return None
    today = timezone.localdate()
    if found.asked_on != today:
        CalendarAddress.objects.filter(pk=found.pk).update(asked_on=today)
    return found.user


def _digest(secret: str) -> str:
    # 256 random bits: nothing is gained by a slow or salted hash.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
