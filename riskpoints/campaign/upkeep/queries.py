"""Which tables in force are to be looked through, and until when (school rule review.every)."""

import calendar
import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from riskpoints.campaign.models import LookThrough
from riskpoints.content.today import in_force_today
from riskpoints.enums import Status
from riskpoints.models import TableVersion
from riskpoints.rules import queries as rules
from riskpoints.rules.enums import MONTHS, Key

# A table stands in its head's inbox so many days before it is due: as the tasks of the plan do.
ASKED_BEFORE = 30


@dataclass(frozen=True)
class Upkeep:
    """A table in force: since when it counts as looked at, until when it is to be looked at next, what was written.

    `due` is None where the rule asks for nothing, or a revision is on its way (`is_revised`).
    """

    version: TableVersion
    last: datetime.date
    due: datetime.date | None
    done: Sequence[LookThrough]
    is_revised: bool

    def is_asked(self, on: datetime.date) -> bool:
        """Whether its head is asked now; whoever wants to may look it through at any time."""
        return self.due is not None and self.due - datetime.timedelta(days=ASKED_BEFORE) <= on


def upkeep(versions: QuerySet[TableVersion], on: datetime.date | None = None) -> list[Upkeep]:
    """Those of the versions that are in force today, in open years; three queries."""
    day = on or timezone.localdate()
    on_its_way = TableVersion.objects.filter(table=OuterRef("table"), status__in=Status.open())
    kept = versions.filter(
        in_force_today(day), table__cycle__closed_at=None, table__cycle__is_historical=False, signed_on__isnull=False
    )
    rows = list(
        kept.annotate(is_revised=Exists(on_its_way))
        .select_related("table__cycle", "table__department")
        .order_by("table__cycle__year", "pk")
    )
    written = _written(rows)
    history = rules.history()
    return [_of(row, written.get(row.pk, []), history, day) for row in rows]


def asked(on: datetime.date | None = None) -> list[Upkeep]:
    """The tables of the school that are to be looked through now."""
    day = on or timezone.localdate()
    return [one for one in upkeep(TableVersion.objects.all(), day) if one.is_asked(day)]


def of(version: TableVersion, on: datetime.date | None = None) -> Upkeep | None:
    """The same of one version; None where it is not in force."""
    return next(iter(upkeep(TableVersion.objects.filter(pk=version.pk), on)), None)


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _of(version: TableVersion, done: Sequence[LookThrough], history: rules.RuleHistory, day: datetime.date) -> Upkeep:
    days = [timezone.localdate(row.at) for row in done]
    last = max([version.signed_on or day, *days])
    months = MONTHS[history.on(day)[Key.REVIEW_EVERY]]
    is_revised: bool = version.is_revised  # type: ignore[attr-defined] # annotated above
    if months is None or is_revised:
        return Upkeep(version, last, None, done, is_revised)
    # A rule that asks more often makes nothing overdue that was in time under the one before.
    since = history.since(Key.REVIEW_EVERY, day)
    return Upkeep(version, last, max(filter(None, [months_after(last, months), since])), done, is_revised)


def _written(versions: Iterable[TableVersion]) -> dict[int, list[LookThrough]]:
    found: dict[int, list[LookThrough]] = {}
    for row in LookThrough.objects.filter(version__in=versions):
        found.setdefault(row.version_id, []).append(row)
    return found
