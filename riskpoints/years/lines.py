"""The list of years: what stands in each, and what is missing in it."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from departments.models import Department
from riskpoints.models import AnnualArchive, ControlTable, Cycle, TableVersion
from riskpoints.models.archive import ArchiveState
from riskpoints.tables import historical


@dataclass(frozen=True)
class YearLine:
    """One year with its counts, the departments in use that have no table in it, and when its archive was made.

    The archive of a closed year is one made since then: it tells of the closing, too.
    """

    cycle: Cycle
    tables: int
    in_force: int
    archived_at: datetime.datetime | None
    missing: list[Department]
    is_empty: bool

    @property
    def is_open_for_recording(self) -> bool:
        """Whether historical tables can be typed in (see recording)."""
        return historical.is_open_for_recording(self.cycle)


def year_lines() -> list[YearLine]:
    """All years, newest first; three queries."""
    since = Q(cycle__closed_at__isnull=True) | Q(requested_at__gte=F("cycle__closed_at"))
    archives = AnnualArchive.objects.filter(since, cycle=OuterRef("pk"), state=ArchiveState.DONE)
    cycles = Cycle.objects.annotate(
        tables_count=Count("tables"),
        in_force_count=Count("tables", filter=Q(tables__in_force__isnull=False)),
        is_begun=Exists(TableVersion.objects.filter(table__cycle=OuterRef("pk"))),
        archived_at=Subquery(archives.order_by("-finished_at").values("finished_at")[:1]),
    ).order_by("-year")
    today = timezone.localdate()
    having: dict[int, set[int | None]] = {}
    for cycle_id, department_id in ControlTable.objects.values_list("cycle_id", "department_id"):
        having.setdefault(cycle_id, set()).add(department_id)
    active = list(Department.objects.active_on(today))
    return [
        YearLine(
            cycle=cycle,
            tables=cycle.tables_count,
            in_force=cycle.in_force_count,
            archived_at=cycle.archived_at,
            missing=[d for d in active if d.pk not in having.get(cycle.pk, set())]
            if not cycle.is_closed and not cycle.is_historical and cycle.year >= today.year
            else [],
            is_empty=not cycle.is_closed and not cycle.is_begun,
        )
        for cycle in cycles
    ]
