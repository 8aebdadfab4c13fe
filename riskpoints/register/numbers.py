"""编号 of a risk point: one rule for the register, its exports, the 登记汇总表 and the archive.

2026-03-012 is the twelfth point, in the order of the form, of the third table in force of 2026. The school's table
comes first, then the departments' in their order: of a closed year in the order it was closed with, so that a number
that was printed stays what it is.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from django.db.models import Q

from riskcontrol import files
from riskcontrol.text import plain_code
from riskpoints.enums import ALL_CATEGORIES, Scope
from riskpoints.evidence import record as year_record
from riskpoints.models import ControlTable, Cycle, RiskPoint, TableVersion

RANK = {value: rank for rank, (value, _) in enumerate(ALL_CATEGORIES)}
# A year and a table, and a point where one is named. Word processors write other hyphens.
WRITTEN = re.compile(r"(\d{4})-(\d{1,3})(?:-(\d{1,4}))?", re.ASCII)
HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")


def of(versions: Iterable[TableVersion]) -> dict[int, str]:
    """编号 of each point of these versions. A version that is not in force has no numbers yet."""
    in_force = [version for version in versions if version.is_in_force]
    places = _places({version.table.cycle_id: version.table.cycle for version in in_force}.values())
    return _numbered([(version, places[version.pk]) for version in in_force])


def of_a_year(in_force: Sequence[TableVersion]) -> dict[int, str]:
    """The same of all the versions in force of one year, whose order an archive has read: see in_order()."""
    return _numbered([(version, place) for place, version in enumerate(in_force, start=1)])


def in_order(tables: Iterable[ControlTable], departments: Sequence[int]) -> list[ControlTable]:
    """The tables of a year as they are numbered and filed: the school's, then the departments' in this order."""
    places = {department: place for place, department in enumerate(departments)}
    return sorted(
        tables,
        key=lambda table: (table.scope != Scope.SCHOOL, places.get(table.department_id or 0, len(places)), table.pk),
    )


def read(text: str) -> tuple[int, int, int | None] | None:
    """(year, table, point) of a text that is a 编号 or begins one, also in full-width digits; None for another text."""
    found = WRITTEN.fullmatch(plain_code(text).translate(HYPHENS))
    return (int(found[1]), int(found[2]), int(found[3]) if found[3] else None) if found else None


def named(text: str) -> Q | None:
    """Which points a text names by 编号, as a condition on them: one, or those of a table; None for another text."""
    wanted = read(text)
    if wanted is None:
        return None
    year, place, order = wanted
    places = _places(Cycle.objects.filter(year=year))
    version = next((key for key, found in places.items() if found == place), 0)
    if order is None:
        return Q(version=version)
    points = _in_form_order(RiskPoint.objects.filter(version=version).values_list("pk", "category", "order"))
    return Q(pk=points[order - 1] if 0 < order <= len(points) else 0)


def _places(cycles: Iterable[Cycle]) -> dict[int, int]:
    """The place (from 1) of each version in force among those of its year."""
    by_cycle: dict[int, list[ControlTable]] = defaultdict(list)
    known = {cycle.pk: cycle for cycle in cycles}
    tables = ControlTable.objects.filter(cycle__in=known, in_force__isnull=False)
    for table in tables.select_related("department").order_by("department__order", "department", "pk"):
        by_cycle[table.cycle_id].append(table)
    places: dict[int, int] = {}
    records = year_record.kept_records(known[key] for key in by_cycle)
    for key, found in by_cycle.items():
        now = [table.department_id for table in found if table.department_id]
        for place, table in enumerate(in_order(found, _kept_departments(records.get(key)) or now), start=1):
            places[table.in_force_id or 0] = place
    return places


def _kept_departments(record: str | None) -> Sequence[int]:
    """The order of the departments that a closed or imported year keeps in its record; nothing for an open one."""
    try:
        return _departments_in(record) if record else ()
    except files.ChangedFileError:  # the archive refuses it and says so; the register is still to be read
        return ()


@lru_cache(maxsize=64)
def _departments_in(sha256: str) -> tuple[int, ...]:
    return tuple(row["id"] for row in json.loads(files.content(sha256))["departments"])


def _numbered(placed: Iterable[tuple[TableVersion, int]]) -> dict[int, str]:
    heads: Mapping[int, str] = {version.pk: f"{version.table.cycle.year}-{place:02d}" for version, place in placed}
    rows = list(RiskPoint.objects.filter(version__in=heads).values_list("pk", "category", "order", "version"))
    versions = {pk: version for pk, _, _, version in rows}
    counted: Counter[int] = Counter()
    result = {}
    for pk in _in_form_order(row[:3] for row in rows):
        counted[versions[pk]] += 1
        result[pk] = f"{heads[versions[pk]]}-{counted[versions[pk]]:03d}"
    return result


def _in_form_order(rows: Iterable[tuple[int, str, int]]) -> list[int]:
    """Points (pk, category, order) as the form shows them."""
    return [pk for pk, _, _ in sorted(rows, key=lambda row: (RANK[row[1]], row[2], row[0]))]
