"""Counted by the day: what strangers did, as an entry of the trail for each would grow without end, and the files that
each person sent (issue 17)."""

import datetime
import logging

from django.db import DatabaseError, transaction
from django.db.models import F, Sum
from django.utils import timezone

from riskcontrol.actor import Actor
from riskcontrol.models import DayCount
from riskcontrol.verbs import Verb

# Files that one person may send in a day: scans of a whole school are some hundreds, and of 20 MB at most each.
MOST_UPLOADS = 300
UPLOADS = "uploads"

log = logging.getLogger(__name__)


def count(verb: Verb) -> None:
    """One more of today. A database that can't write keeps nobody from reading."""
    try:
        with transaction.atomic():
            row, _ = DayCount.objects.get_or_create(verb=verb.value, day=timezone.localdate())
            DayCount.objects.filter(pk=row.pk).update(count=F("count") + 1)
    except DatabaseError:
        log.warning("A visit can't be counted.")


def lately(verb: Verb, *, days: int) -> int:
    """How often it was done within the last days, today included."""
    since = timezone.localdate() - datetime.timedelta(days=days - 1)
    found = DayCount.objects.filter(verb=verb.value, day__gte=since).aggregate(total=Sum("count"))
    return int(found["total"] or 0)


def may_upload(person: Actor, files: int) -> bool:
    """Count files that a person sends; whether they are still within a day's bound."""
    today, key = timezone.localdate(), f"{UPLOADS} {person.staff_number}"
    try:
        with transaction.atomic():
            DayCount.objects.filter(verb__startswith=f"{UPLOADS} ", day__lt=today).delete()
            row, _ = DayCount.objects.get_or_create(verb=key, day=today)
            mine = DayCount.objects.filter(pk=row.pk, count__lte=MOST_UPLOADS - files)
            return bool(mine.update(count=F("count") + files))
    except DatabaseError:
        log.warning("Files can't be counted; nobody is bounded.")
        return True
