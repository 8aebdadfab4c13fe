"""Reads a year's records as one moment saw them: what is in force, what was decided, what the audit trail says."""

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from departments.models import School
from riskcontrol import files
from riskcontrol.audit import canonical_json
from riskcontrol.models import AuditEntry
from riskpoints.archives import fonds
from riskpoints.archives.disclosure import SHOWN_BY, Disclosure, decision_row, told_by
from riskpoints.enums import Status
from riskpoints.evidence import record, verification, year_facts
from riskpoints.models import ControlTable, Cycle, Decision, TableVersion
from riskpoints.register import numbers

SCHOOL_TABLE = "学校"
# An audit entry as a line: what its hash covers, and the hash. Seals stay here, where their key is.
ENTRY = [
    field.name
    for field in AuditEntry._meta.concrete_fields
    if not field.primary_key and field.name not in ("seal_key", "seal", "marks")
]


class ArchiveError(Exception):
    """The archive can't be built or read back; the message is Chinese and says what to do."""


@dataclass(frozen=True)
class AuditExtract:
    """An unbroken piece of an audit trail as JSON lines, with its two ends."""

    lines: bytes
    entries: int
    first: int
    previous_hash: str
    head: dict[str, Any]

    @classmethod
    def of(cls, lines: bytes) -> "AuditExtract":
        """A piece with its ends, as its first and its last line tell them."""
        entries = lines.decode().split("\n")[:-1]
        first, last = json.loads(entries[0]), json.loads(entries[-1])
        head = {"number": last["number"], "hash": last["hash"], "at": last.get("at", "")}
        return cls(lines, len(entries), first["number"], first["previous_hash"], head)

    def said(self) -> Iterator[dict[str, Any]]:
        """What its entries say; a covered one says nothing."""
        return (json.loads(line) for line in self.lines.decode().split("\n") if '"action":' in line)

    @property
    def ends(self) -> dict[str, Any]:
        """What the manifest says of it."""
        return {
            "entries": self.entries,
            "first": self.first,
            "previous_hash": self.previous_hash,
            "head": self.head,
        }


@dataclass(frozen=True)
class YearRecords:
    """Everything of a year that goes into its archive, read in one transaction.

    `facts` are the year's metadata (see year_record), `school` is made of them: a closed year's are those of its
    closing. `printed` has what was printed from them before, SHA-256 by path.
    """

    cycle: Cycle
    facts: dict[str, Any]
    printed: dict[str, str]
    school: School
    in_force: list[TableVersion]
    owners: dict[int, str]
    absent: list[str]
    decisions: list[dict[str, Any]]
    audits: list[AuditExtract]
    last_day: datetime.date

    def content_hash(self, version: TableVersion) -> str:
        """The hash of what was decided when this version was put in force."""
        return next(row["content_hash"] for row in reversed(self.decisions) if row["version_id"] == version.pk)

    @property
    def absent_because(self) -> list[str]:
        """Why there is no table of these departments: taken out of the year, closed, taken over by another one."""
        departments = {row["id"]: row for row in self.facts["departments"]}
        rows = [row for row in self.facts["tables"] if row["in_force"] is None and row["department"] is not None]
        said = [_reasons(row, departments) for row in sorted(rows, key=lambda row: self._place(row["department"]))]
        return [text for text in said if text]

    def _place(self, department: int) -> int:
        return [row["id"] for row in self.facts["departments"]].index(department)

    def day_of(self, version: TableVersion) -> datetime.date:
        """The day of the signature, which each confirmed version has."""
        return version.signed_on or self.last_day

    def leaders_of(self, version: TableVersion) -> str | dict[str, str]:
        """Who answered for the version's points, by level; years kept before that was a rule have 分管领导 alone."""
        rows = self.facts["departments"]
        found = next((row for row in rows if row["id"] == version.table.department_id), {"leader": ""})
        return found.get("answers") or found["leader"]

    def leader_of(self, department: int | None, level: int | None) -> str:
        """责任领导 of a department's points of a level; of the school's table without a department."""
        said = self._answers[department]
        return said if isinstance(said, str) else said.get(str(level), "")

    @property
    def knows_duties(self) -> bool:
        """Whether the year's record says who answers for each level."""
        return any("answers" in row for row in self.facts["departments"])

    @cached_property
    def _answers(self) -> dict[int | None, str | dict[str, str]]:
        return {version.table.department_id: self.leaders_of(version) for version in self.in_force}


def _reasons(table: dict[str, Any], departments: dict[int, dict[str, Any]]) -> str:
    department = departments[table["department"]]
    said = []
    if table.get("removed_at"):
        day = local_time(table["removed_at"])[:10]
        said.append(f"{day} 由{table['removed_by']['name']}移出年度，理由：{table['removed_reason']}")
    if department.get("active_to"):
        successor = departments.get(department.get("successor") or 0)
        taken = f"，由{successor['name']}接管" if successor else ""
        said.append(f"部门自 {department['active_to']} 起停用{taken}")
    return f"{department['name']}：{'；'.join(said)}。" if said else ""


def read_year(year: int) -> YearRecords:
    """Read a year. ArchiveError where there is nothing to archive or what was kept is damaged."""
    with _one_moment():
        cycle = Cycle.objects.filter(year=year).first()
        if cycle is None:
            raise ArchiveError(f"没有 {year} 年度。请核对年份。")
        if not ControlTable.objects.filter(cycle=cycle, in_force__isnull=False).exists():
            raise ArchiveError(f"{year} 年度还没有确定的表，没有可归档的内容。请先办完审核和签字确定。")
        disclosure = Disclosure.of(cycle)
        kept = record.kept_year(cycle)
        every = list(year_facts.decisions_of(cycle))
        facts = disclosure.facts(kept.facts if kept else year_facts.facts_of_year(cycle), every)
        code = fonds.code_of(cycle, facts["school"].get("fonds_code", ""))
        if not code:
            raise ArchiveError(fonds.UNKNOWN)
        facts = facts | {"school": facts["school"] | {"fonds_code": code}}
        decisions = [decision for decision in every if disclosure.includes(decision)]
        owners = _owners(facts)
        audits = _audits(cycle, disclosure)
        tables = _tables(cycle, facts)
        return YearRecords(
            cycle=cycle,
            facts=facts,
            printed=kept.files if kept else {},
            school=School(pk=1, **year_facts.from_plain(School, facts["school"])),
            in_force=_in_force(tables),
            owners=owners,
            absent=[owners[table.pk] for table in tables if table.in_force_id is None],
            decisions=_decision_rows(decisions, facts, owners, audits),
            audits=audits,
            last_day=timezone.localdate(decisions[-1].at),
        )


@contextmanager
def _one_moment() -> Iterator[None]:
    """A transaction that sees one state: SQLite's always does, PostgreSQL's has to be asked."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _owners(facts: dict[str, Any]) -> dict[int, str]:
    """Whose table it is, by the table's key."""
    names = {department["id"]: department["name"] for department in facts["departments"]}
    return {table["id"]: names.get(table["department"], SCHOOL_TABLE) for table in facts["tables"]}


def _tables(cycle: Cycle, facts: dict[str, Any]) -> list[ControlTable]:
    """The year's tables in the order of the catalogue: the school's, then the departments' in their order."""
    departments = [department["id"] for department in facts["departments"]]
    return numbers.in_order(ControlTable.objects.filter(cycle=cycle), departments)


def _in_force(tables: list[ControlTable]) -> list[TableVersion]:
    """The versions in force, in the order of their tables."""
    keys = [table.in_force_id for table in tables]
    found = TableVersion.objects.filter(status=Status.CONFIRMED).select_related("table__cycle", "table__department")
    versions = found.in_bulk([key for key in keys if key])
    return [versions[key] for key in keys if key]


def _decision_rows(
    decisions: list[Decision], facts: dict[str, Any], owners: dict[int, str], audits: list[AuditExtract]
) -> list[dict[str, Any]]:
    told = told_by(entry for piece in audits for entry in piece.said())
    brought = record.imported_versions()
    rows = []
    for decision, more in zip(decisions, facts["decisions"], strict=True):
        shown = decision_row(decision, told)
        if not verification.has_its_hash(decision, shown["open_hash"], is_brought=str(decision.version_id) in brought):
            raise ArchiveError(f"{decision}当时的内容与校验值不符。请运行 manage.py verify_register 查明。")
        row = {
            "table_id": decision.version.table_id,
            "version_id": decision.version_id,
            "table": owners[decision.version.table_id],
            "version": decision.version.number,
            "action": decision.action,
            "action_label": decision.get_action_display(),
            "actor": decision.actor_name,
            "actor_number": (more["actor"] or {}).get("number", ""),
            "at": decision.at,
            "content_hash": decision.content_hash,
        }
        # A snapshot is canonical JSON already, and by far the longest.
        rows.append(year_facts.plain(row | shown | {"snapshot": None}) | {"snapshot": shown["snapshot"]})
    return rows


def _audits(cycle: Cycle, disclosure: Disclosure) -> list[AuditExtract]:
    """What came with an import, then this installation's own piece if anything was put in force in the year here."""
    imported = [_covered(files.content(sha256), disclosure) for sha256 in record.extracts(cycle)]
    own = _own_extract(cycle, disclosure)
    if own is None and not imported:
        raise ArchiveError(f"审计记录里没有 {cycle.year} 年度的任何一条，与办理记录不符。请先核对数据库是否完整。")
    return imported if own is None else [*imported, own]


def _covered(lines: bytes, disclosure: Disclosure) -> AuditExtract:
    """A piece of another trail, of which an older package may have shown more."""
    entries = [disclosure.entry(json.loads(line)) for line in lines.decode().split("\n")[:-1]]
    return AuditExtract.of("".join(canonical_json(entry) + "\n" for entry in entries).encode())


def _own_extract(cycle: Cycle, disclosure: Disclosure) -> AuditExtract | None:
    """From the first to the last entry that is shown, every entry between them covered, so that the chain is whole.

    A closed year's ends with its closing, so that its archive stays what it is.
    """
    acts = record.acts_in(cycle)
    closing = record.closing_entry(cycle)
    if closing is not None:
        acts = acts.filter(number__lte=closing.number)
    shown = [
        entry["number"]
        for entry in acts.values("number", *SHOWN_BY).iterator(chunk_size=1000)
        if disclosure.shows(entry)
    ]
    if not shown:
        return None
    piece = AuditEntry.objects.filter(number__range=(min(shown), max(shown))).order_by("number")
    entries = (disclosure.entry(_as_hashed(entry)) for entry in piece.values(*ENTRY).iterator(chunk_size=1000))
    return AuditExtract.of("".join(canonical_json(entry) + "\n" for entry in entries).encode())


def _as_hashed(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry without an empty salt: entries from before there were salts are hashed without one."""
    return entry if entry["salt"] else {name: value for name, value in entry.items() if name != "salt"}


def head_text(head: dict[str, Any]) -> str:
    """A head as it is printed, and given to commands: 128:9f86d0…"""
    return f"{head['number']}:{head['hash']}"


def local_time(moment: str) -> str:
    """The same moment in the school's time, to be read; empty where an older trail's last entry is covered."""
    return moment and f"{timezone.localtime(datetime.datetime.fromisoformat(moment)):%Y-%m-%d %H:%M:%S}"
