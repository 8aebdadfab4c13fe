"""Days as moments: the school's calendar day against what is written with its time."""

import datetime

from django.utils import timezone


def begin_of(day: datetime.date) -> datetime.datetime:
    """The first moment of a day where the school is."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
