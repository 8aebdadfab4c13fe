"""Today: which year is now, and which versions are in force today, of whichever year (spec.md, Decided).

The pointer `ControlTable.in_force` says what was signed last within one year. A department has one such table for each
year; in force today is the one of the newest year that has begun.
"""

import datetime
from collections.abc import Iterable

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from riskpoints.enums import Status
from riskpoints.models import ControlTable, Cycle, TableVersion


class Standing(models.TextChoices):
    """Where a signed version stands today."""

    IN_FORCE = "in_force", "现行"
    TO_COME = "to_come", "待生效"
    OF_YEAR = "of_year", "当年有效"
    PAST = "past", "历史版本"


def current_cycle(on: datetime.date | None = None) -> Cycle | None:
    """ "Now": the year of today's date, or the last opened before it; a year to come only where there is no other.

    A year to come never becomes the default before it begins, and 1 January empties no page.
    """
    day = on or timezone.localdate()
    return Cycle.objects.filter(year__lte=day.year).order_by("-year").first() or Cycle.objects.order_by("year").first()


def in_force_today(on: datetime.date | None = None) -> Q:
    """现行, as a condition on versions: the version in force of each owner in the newest year that has begun.

    A table of next year that was signed early takes the place of this year's on 1 January, not before. A department
    that was closed has nothing in force any more; what it had stays in its year.
    """
    day = on or timezone.localdate()
    same_owner = Q(department=OuterRef("table__department")) | Q(department__isnull=True)
    newer = ControlTable.objects.filter(
        same_owner,
        scope=OuterRef("table__scope"),
        in_force__isnull=False,
        cycle__year__lte=day.year,
        cycle__year__gt=OuterRef("table__cycle__year"),
    )
    begun = Q(table__department__active_from__isnull=True) | Q(table__department__active_from__lte=day)
    lasting = Q(table__department__active_to__isnull=True) | Q(table__department__active_to__gte=day)
    in_use = Q(table__department__isnull=True) | (begun & lasting)
    return Q(pk=F("table__in_force"), table__cycle__year__lte=day.year) & in_use & ~Q(Exists(newer))


def standings(versions: Iterable[TableVersion], *, on: datetime.date | None = None) -> dict[int, Standing]:
    """Where each signed version stands today, by id; one query. Versions that were never signed are left out."""
    day = on or timezone.localdate()
    signed = {version.pk: version for version in versions if version.status == Status.CONFIRMED}
    today = set(TableVersion.objects.filter(in_force_today(day), pk__in=list(signed)).values_list("pk", flat=True))
    return {key: _standing(version, key in today, day) for key, version in signed.items()}


def _standing(version: TableVersion, is_in_force_today: bool, day: datetime.date) -> Standing:
    if is_in_force_today:
        return Standing.IN_FORCE
    if not version.is_in_force:
        return Standing.PAST
    return Standing.TO_COME if version.table.cycle.year > day.year else Standing.OF_YEAR
