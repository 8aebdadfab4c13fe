"""What strangers did, counted by the day: an entry of the trail for each would grow without end (issue 17)."""

import datetime
import logging

from django.db import DatabaseError, transaction
from django.db.models import F, Sum
from django.utils import timezone

from riskcontrol.models import DayCount
from riskcontrol.verbs import Verb

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
