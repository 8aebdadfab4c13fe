"""Mails of reminders, where the installation has a mail server: written with the notice, sent afterwards, tried again.

A mail that can't be sent stops nothing: the notice stands in the inbox, the mail waits for the next run.
"""

import datetime
import logging
import smtplib
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F, Q
from django.utils import timezone

from departments.models import Notice, School, User
from riskpoints.campaign.enums import MailState
from riskpoints.campaign.models import Reminder, ReminderMail

log = logging.getLogger("riskcontrol.mail")
SUBJECT = "廉政风险防控：有事项请您办理"
CLOSING = "请登录廉政风险防控系统办理。本邮件由系统发出，请不要回复。"
MOST_TRIES = 8
# Who claimed a mail and was stopped is followed by somebody else.
CLAIM = datetime.timedelta(minutes=15)


@dataclass(frozen=True)
class Sent:
    """How many mails went out, and how many did not."""

    sent: int = 0
    failed: int = 0


def prepare(notice: Notice, people: Iterable[User]) -> None:
    """A mail for each who has an address, in the transaction of the notice; none without a mail server."""
    if not settings.EMAIL_HOST:
        return
    school = School.objects.filter(pk=1).first()
    head = f"{school.short_name}廉政风险防控\n\n" if school else ""
    for person in people:
        if person.email:
            ReminderMail.objects.create(
                notice=notice, to=person, address=person.email, body=f"{head}{notice.text}\n\n{CLOSING}"
            )


def send_waiting() -> Sent:
    """Send what waits; each mail is claimed by a conditional update, so that two servers send it once."""
    if not settings.EMAIL_HOST:
        return Sent()
    sent = failed = 0
    for mail in ReminderMail.objects.filter(_free()).select_related("to"):
        if not ReminderMail.objects.filter(_free(), pk=mail.pk).update(claimed_at=timezone.now(), tries=F("tries") + 1):
            continue
        if _send(mail):
            sent += 1
        else:
            failed += 1
    return Sent(sent, failed)


def _free() -> Q:
    unclaimed = Q(claimed_at=None) | Q(claimed_at__lt=timezone.now() - CLAIM)
    return unclaimed & Q(state=MailState.WAITING)


def _send(mail: ReminderMail) -> bool:
    """Whether it went out; else it waits for the next run, or is given up."""
    rows = ReminderMail.objects.filter(pk=mail.pk)
    if not mail.to.is_active:
        rows.update(state=MailState.FAILED, trouble="账号已停用", claimed_at=None)
        return False
    try:
        with get_connection(timeout=settings.EMAIL_TIMEOUT) as connection:
            EmailMessage(SUBJECT, mail.body, to=[mail.address], connection=connection).send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        is_last = mail.tries + 1 >= MOST_TRIES
        state = MailState.FAILED if is_last else MailState.WAITING
        rows.update(state=state, trouble=f"{type(error).__name__}"[:200], claimed_at=None)
        log.warning("A mail could not be sent: %s.", type(error).__name__)
        return False
    rows.update(state=MailState.SENT, sent_at=timezone.now(), trouble="", claimed_at=None)
    Reminder.objects.filter(notice=mail.notice_id, to=mail.to_id).update(is_mailed=True)
    return True
