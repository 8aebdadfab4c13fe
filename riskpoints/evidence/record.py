"""年度资料: what stands around a year's tables as plain values, kept as a file when the year is closed or imported."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from riskcontrol import files, verbs
from riskcontrol.audit import canonical_json
from riskcontrol.models import AuditEntry, StoredFile
from riskpoints.evidence.year_facts import facts_of_year
from riskpoints.models import (
    AnnualArchive,
    ControlTable,
    Cycle,
    TableVersion,
)
from riskpoints.verbs import RegisterFact, RegisterVerb

CLOSED, IMPORTED = RegisterVerb.YEAR_CLOSE, RegisterVerb.YEAR_IMPORT
# In the details of these two entries; the files are found by their SHA-256.
RECORD, EXTRACTS, KEPT_FILES = RegisterFact.YEAR_RECORD, RegisterFact.EXTRACTS, RegisterFact.KEPT_FILES


@dataclass(frozen=True)
class Kept:
    """A year as it was when it was closed or imported: its facts, and SHA-256 by path of what was printed from them."""

    facts: dict[str, Any]
    files: dict[str, str]


def keep_record(cycle: Cycle) -> StoredFile:
    """Keep the facts of a year as they are now."""
    return files.keep(canonical_json(facts_of_year(cycle)).encode(), "application/json")


def kept_year(cycle: Cycle) -> Kept | None:
    """A closed year as it was then, whatever was renamed since; an imported one as long as nothing was done in it here.

    files.ChangedFileError where the kept file is another one.
    """
    last = _last_kept(cycle)
    if last is None:
        return None
    return Kept(json.loads(files.content(last.said(RECORD))), last.said(KEPT_FILES) or _first_printed(cycle, last))


def kept_records(cycles: Iterable[Cycle]) -> dict[int, str]:
    """The SHA-256 of the facts that count for closed and imported years, by the years' keys; a year is missing where
    those of today count. One query, and for an imported year that is still open those of acts_in()."""
    known = {str(cycle.pk): cycle for cycle in cycles}
    last = {entry.object_id: entry for entry in _entries(known.values(), CLOSED, IMPORTED) if entry.said(RECORD)}
    counts = {key: entry for key, entry in last.items() if known[key].is_closed or not acts_in(known[key]).exists()}
    return {known[key].pk: entry.said(RECORD) for key, entry in counts.items()}


def _last_kept(cycle: Cycle) -> AuditEntry | None:
    entries = [entry for entry in _entries([cycle], CLOSED, IMPORTED) if entry.said(RECORD)]
    return entries[-1] if entries and (cycle.is_closed or not acts_in(cycle).exists()) else None


def _first_printed(cycle: Cycle, since: AuditEntry) -> dict[str, str]:
    """What the first archive built after an entry printed: from then on it is taken as kept."""
    keys = [str(key) for key in cycle.archives.values_list("pk", flat=True)]
    builds = AuditEntry.objects.filter(
        object_type=AnnualArchive._meta.label_lower, object_id__in=keys, number__gt=since.number, succeeded=True
    )
    found = (entry.said(KEPT_FILES) for entry in builds.order_by("number"))
    return next((kept for kept in found if kept is not None), {})


def acts_in(cycle: Cycle) -> QuerySet[AuditEntry]:
    """Entries of this installation's trail about the year's tables; reading them and importing the year are none."""
    about = Q(object_type=Cycle._meta.label_lower, object_id=str(cycle.pk))
    for rows in (ControlTable.objects.filter(cycle=cycle), TableVersion.objects.filter(table__cycle=cycle)):
        keys = [str(key) for key in rows.values_list("pk", flat=True)]
        about |= Q(object_type=rows.model._meta.label_lower, object_id__in=keys)
    # Reading leaves entries, too; they don't move the end of a running year's extract.
    return AuditEntry.objects.filter(about).not_of(IMPORTED, *verbs.reading())


def closing_entry(cycle: Cycle) -> AuditEntry | None:
    """The entry that says when the year was closed here; None for an open or an imported year."""
    return next(iter(_entries([cycle], CLOSED)), None)


def extracts(cycle: Cycle | None = None) -> list[str]:
    """The SHA-256 of the pieces of other trails that came with imports, of one year or of all."""
    found = AuditEntry.objects.of(IMPORTED).filter(succeeded=True).order_by("number")
    entries = _entries([cycle], IMPORTED) if cycle else found
    return [sha256 for entry in entries for sha256 in entry.said(EXTRACTS, [])]


def imported_versions() -> set[str]:
    """The keys of all versions that came with imports, as audit entries write them."""
    entries = AuditEntry.objects.of(IMPORTED).filter(succeeded=True)
    records = [json.loads(files.content(entry.said(RECORD))) for entry in entries]
    return {str(row["version_id"]) for record in records for row in record["versions"]}


def _entries(cycles: Iterable[Cycle], *wanted: RegisterVerb) -> Iterable[AuditEntry]:
    keys = [str(cycle.pk) for cycle in cycles]
    about = AuditEntry.objects.filter(object_type=Cycle._meta.label_lower, object_id__in=keys, succeeded=True)
    return about.of(*wanted).order_by("number")
