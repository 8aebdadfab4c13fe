"""通知: telling people what was done that they have to know, and what each has taken note of.

A notice is written in the transaction of the act it tells of: there is none without the other.
"""

import datetime
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from departments.enums import Role
from departments.models import Actor, Department, Notice, NoticeAddress, NoticeReceipt, User
from departments.permissions import grants_of
from departments.verbs import OrganisationVerb
from riskcontrol import audit

# Whoever is given a role later is not asked about what its holders took note of long ago.
ASKED_DAYS = 90


def notify(
    *,
    text: str,
    actor: Actor | None,
    link: str = "",
    roles: Iterable[Role] = (),
    heads: Iterable[Department] = (),
    users: Iterable[User] = (),
    target: models.Model | None = None,
) -> Notice:
    """Tell the holders of `roles`, the heads of `heads` and `users`; in the caller's transaction, with an audit entry.

    `text` is one or two Chinese sentences: who did what, old and new; `link` an address of this site where it can be
    seen; `target` is what it is about. Whoever holds the role when the inbox is opened is asked, once, and never for
    the own act. ValidationError for an empty text, nobody to tell, or an address of another site.
    """
    addresses = [NoticeAddress(role=Role(role)) for role in dict.fromkeys(roles)]
    addresses += [NoticeAddress(role=Role.HEAD, department=department) for department in dict.fromkeys(heads)]
    addresses += [NoticeAddress(user=user) for user in dict.fromkeys(users)]
    if not text.strip() or not addresses:
        raise ValidationError("通知要写明内容和对象。")
    if link and (not link.startswith("/") or link.startswith("//")):
        raise ValidationError("通知里的地址要在本系统内。")
    with transaction.atomic():
        notice = Notice(
            text=text.strip(),
            link=link,
            actor=actor if getattr(actor, "pk", None) else None,
            actor_name=getattr(actor, "real_name", "") or "",
            object_type=target._meta.label_lower if target is not None else "",
            object_id=str(target.pk) if target is not None else "",
        )
        notice.save()
        for address in addresses:
            address.notice = notice
            address.save()
        detail = {"内容": notice.text, "对象": [str(address) for address in addresses]}
        audit.record(OrganisationVerb.NOTICE_SEND, actor=actor, target=notice, detail=detail)
    return notice


def notices_for(user: User) -> QuerySet[Notice]:
    """What was told to this person, in whatever role the person has now, the latest first."""
    if not getattr(user, "is_active", False) or not user.pk:
        return Notice.objects.none()
    mine = Q(user=user)
    for grant in grants_of(user):
        mine |= Q(role=grant.role) & (Q(department=grant.department_id) if grant.department_id else Q())
        mine |= Q(role=grant.role, department__isnull=True)
    return Notice.objects.filter(Exists(NoticeAddress.objects.filter(mine, notice=OuterRef("pk"))))


def unread(user: User) -> QuerySet[Notice]:
    """What the person has still to take note of, oldest first: not the own acts, and nothing that was told long ago and
    that somebody else took note of."""
    receipts = NoticeReceipt.objects.filter(notice=OuterRef("pk"))
    lately = timezone.now() - datetime.timedelta(days=ASKED_DAYS)
    asked = Q(created_at__gte=lately) | ~Exists(receipts)
    waiting = notices_for(user).filter(asked, ~Exists(receipts.filter(user=user.pk)))
    return waiting.exclude(actor=user.pk).order_by("created_at", "id")


def with_receipts(found: QuerySet[Notice], user: User) -> QuerySet[Notice]:
    """Notices with the moment at which this person took note of each, as `read_at` (None: not yet)."""
    own = NoticeReceipt.objects.filter(notice=OuterRef("pk"), user=user.pk).values("at")[:1]
    return found.annotate(read_at=models.Subquery(own))


def acknowledge(notice: Notice, *, actor: User) -> None:
    """知悉: take it out of one's own inbox; a second time changes nothing."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=actor.pk)  # two windows of one person
        if not NoticeReceipt.objects.filter(notice=notice, user=actor).exists():
            NoticeReceipt(notice=notice, user=actor).save()
            audit.record(OrganisationVerb.NOTICE_READ, actor=actor, target=notice)
