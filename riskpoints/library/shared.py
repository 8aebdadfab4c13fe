"""同源: what a reviewer reads beside a point whose words another department took from the same entry."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from departments.models import User
from riskpoints.enums import ALL_CATEGORIES, Status
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.permissions import is_reviewer_of, visible_versions
from riskpoints.wings import Mark


def marks(user: User, versions: Sequence[TableVersion]) -> Mapping[int, Sequence[Mark]]:
    """与教务处第 3 项同源, for those who review; asked in as many queries for one version as for many."""
    waiting = [row for row in versions if row.status == Status.SUBMITTED and is_reviewer_of(user, row.table)]
    own = RiskPoint.objects.filter(version__in=waiting).exclude(library_entry=None)
    rows = list(own.values_list("version_id", "identity", "library_entry_id", "version__table_id")) if waiting else []
    if not rows:
        return {}
    others = _others(user, {row.table.cycle_id for row in waiting}, {entry for _, _, entry, _ in rows})
    found = defaultdict(list)
    for version, identity, entry, table in rows:
        for other_table, words in others[entry]:
            if other_table != table:
                found[version].append(Mark(f"与{words}同源", identity))
    return found


def _others(user: User, cycles: set[int], entries: set[int]) -> Mapping[int, list[tuple[int, str]]]:
    """By entry: the table and the place of each point of the newest version that the person sees."""
    visible = visible_versions(user).filter(table__cycle__in=cycles).exclude(status=Status.DISCARDED)
    newest: dict[int, int] = dict(visible.order_by("number").values_list("table_id", "pk"))
    points = RiskPoint.objects.filter(version__in=newest.values()).order_by("version", "category", "order", "id")
    captions, counts, found = dict(ALL_CATEGORIES), defaultdict[tuple[int, str], int](int), defaultdict(list)
    names = ("version_id", "category", "library_entry_id", "version__table_id", "version__owner_name")
    for version, category, entry, table, owner in points.values_list(*names):
        counts[version, category] += 1
        if entry in entries:
            found[entry].append((table, f"{owner}{captions[category]}第 {counts[version, category]} 项"))
    return found
