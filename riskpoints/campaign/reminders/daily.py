"""Once a day: the timer's command, and the first login of a day on which no timer came."""

import datetime
import logging
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db import DatabaseError, IntegrityError, transaction
from django.dispatch import receiver
from django.utils import timezone

from riskcontrol.processes import detached
from riskpoints.campaign.models import ReminderRun
from riskpoints.campaign.reminders import mails, sending
from riskpoints.campaign.reminders.mails import Sent
from riskpoints.campaign.reminders.sending import Told

log = logging.getLogger("riskcontrol.remind")
# A run that was begun and never finished is begun anew after so long.
PATIENCE = datetime.timedelta(hours=1)


def run() -> tuple[Told, Sent]:
    """Remind and send the mails, now; twice a day tells nobody anything twice."""
    today, now = timezone.localdate(), timezone.now()
    ReminderRun.objects.get_or_create(day=today, defaults={"begun_at": now})
    told = sending.run(today)
    sent = mails.send_waiting()
    ReminderRun.objects.filter(day=today).update(finished_at=timezone.now())
    return told, sent


def claim() -> bool:
    """Whether today's run is this caller's to do: nobody has done it, and nobody is at it."""
    today, now = timezone.localdate(), timezone.now()
    found = ReminderRun.objects.filter(day=today).first()
    if found is None:
        try:
            with transaction.atomic():
                ReminderRun.objects.create(day=today, begun_at=now)
        except IntegrityError:
            return False
        return True
    if found.finished_at is not None or found.begun_at > now - PATIENCE:
        return False
    return bool(ReminderRun.objects.filter(pk=found.pk, begun_at=found.begun_at, finished_at=None).update(begun_at=now))


@receiver(user_logged_in)
def _at_login(sender: Any, **kwargs: Any) -> None:
    """Begin the day's run in a process of its own: nobody waits for it, and a fault in it keeps nobody out."""
    if not settings.REMIND_AT_LOGIN:
        return
    try:
        with transaction.atomic():
            is_mine = claim()
        if is_mine:
            transaction.on_commit(_start)
    except DatabaseError:
        log.warning("It can't be seen whether people were reminded today.")


def _start() -> None:
    try:
        detached.start("remind", name="remind")
    except OSError as error:
        log.warning("Today's reminders can't be started: %s.", error.strerror)
