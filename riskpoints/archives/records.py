"""Reads a year's records as one moment saw them: what is in force, what was decided, what the audit trail says."""

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Prefetch, Q
from django.utils import timezone

from departments.models import LeadershipGroup, School, User
from riskcontrol.audit import canonical_json, entry_content
from riskcontrol.models import AuditEntry
from riskpoints.enums import Status
from riskpoints.models import ControlTable, Cycle, Decision, Remark, TableVersion

# Reading leaves entries, too; they don't move the end of a running year's extract.
READING = ("下载", "导出", "打印", "查看", "核验")


class ArchiveError(Exception):
    """The archive can't be built; the message is Chinese and says what to do."""


@dataclass(frozen=True)
class AuditExtract:
    """An unbroken piece of the audit trail as JSON lines, with its two ends."""

    lines: str
    entries: int
    first: int
    previous_hash: str
    head: dict[str, Any]


@dataclass(frozen=True)
class YearRecords:
    """Everything of a year that goes into its archive, read in one transaction."""

    cycle: Cycle
    school: School
    group: LeadershipGroup | None
    in_force: list[TableVersion]
    confirmed: list[TableVersion]
    absent: list[str]
    decisions: list[dict[str, Any]]
    metadata: dict[str, Any]
    audit: AuditExtract
    last_day: datetime.date

    def content_hash(self, version: TableVersion) -> str:
        """The hash of what was decided when this version was put in force."""
        return next(row["content_hash"] for row in reversed(self.decisions) if row["version_id"] == version.pk)

    def day_of(self, version: TableVersion) -> datetime.date:
        """The day of the signature, which each confirmed version has."""
        return version.signed_on or self.last_day


def read_year(year: int) -> YearRecords:
    """Read a year. ArchiveError where there is nothing to archive."""
    with _one_moment():
        cycle = Cycle.objects.filter(year=year).first()
        if cycle is None:
            raise ArchiveError(f"没有 {year} 年度。请核对年份。")
        tables = list(
            ControlTable.objects.filter(cycle=cycle)
            .select_related("department", "cycle")
            .order_by("-scope", "department__order", "id")
        )
        versions = _versions(cycle)
        in_force_ids = {table.in_force_id for table in tables}
        in_force = [version for version in versions if version.pk in in_force_ids]
        if not in_force:
            raise ArchiveError(f"{year} 年度还没有确定的表，没有可归档的内容。请先办完审核和签字确定。")
        group = LeadershipGroup.on(datetime.date(year, 12, 31))
        decisions = list(
            Decision.objects.filter(version__table__cycle=cycle)
            .select_related("version__table__department", "actor")
            .order_by("id")
        )
        return YearRecords(
            cycle=cycle,
            school=School.current(),
            group=group,
            in_force=in_force,
            confirmed=[version for version in versions if version.status == Status.CONFIRMED],
            absent=[table.owner_name for table in tables if table.in_force_id is None],
            decisions=_plain([_decision(decision) for decision in decisions]),
            metadata=_plain(_metadata(cycle, group, versions)),
            audit=_audit_extract(cycle),
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


def _versions(cycle: Cycle) -> list[TableVersion]:
    """The year's versions that were handed in at least once and not taken back, in the order of the catalogue."""
    return list(
        TableVersion.objects.filter(table__cycle=cycle)
        .exclude(status=Status.DRAFT)
        .select_related(
            "table__cycle", "table__department", "base", "created_by", "submitted_by", "reviewed_by", "confirmed_by"
        )
        .prefetch_related("authors", "scans", Prefetch("remarks", Remark.objects.select_related("author")))
        .order_by("-table__scope", "table__department__order", "table_id", "number")
    )


def _plain(value: Any) -> Any:
    """The value as canonical JSON holds it (NFC, moments as text), so that every file says it in the same letters."""
    return json.loads(canonical_json(value))


def _decision(decision: Decision) -> dict[str, Any]:
    version = decision.version
    return {
        "table_id": version.table_id,
        "version_id": version.pk,
        "table": version.table.owner_name,
        "version": version.number,
        "action": decision.action,
        "action_label": decision.get_action_display(),
        "actor": decision.actor_name,
        "actor_number": decision.actor.staff_number if decision.actor else "",
        "at": decision.at,
        "comment": decision.comment,
        "content_hash": decision.content_hash,
        "snapshot": decision.snapshot,
    }


def _fields(instance: models.Model, *without: str) -> dict[str, Any]:
    return {
        field.name: field.value_from_object(instance)
        for field in instance._meta.concrete_fields
        if not field.is_relation and field.name not in ("id", *without)
    }


def _person(user: User | None) -> dict[str, str] | None:
    return {"number": user.staff_number, "name": user.real_name} if user else None


def _metadata(cycle: Cycle, group: LeadershipGroup | None, versions: list[TableVersion]) -> dict[str, Any]:
    """Who is who and what stood where, enough to read the package back without the database."""
    departments = {v.table.department_id: v.table.department for v in versions if v.table.department}
    return {
        "cycle": _fields(cycle),
        "school": _fields(School.current()),
        "group": group
        and _fields(group)
        | {
            "office_director": group.office_director.person_name if group.office_director else None,
            "members": [_fields(member) for member in group.members.all()],
        },
        "departments": [
            _fields(department) | {"id": department.pk, "parent": department.parent_id}
            for department in sorted(departments.values(), key=lambda item: (item.order, item.pk))
        ],
        "versions": [_version(version) for version in versions],
    }


def _version(version: TableVersion) -> dict[str, Any]:
    return _fields(version, "saved_at", "lock") | {
        "version_id": version.pk,
        "table_id": version.table_id,
        "scope": version.table.scope,
        "department": version.table.department_id,
        "in_force": version.is_in_force,
        "base": version.base.number if version.base and version.base.table_id == version.table_id else None,
        "authors": [_person(author) for author in sorted(version.authors.all(), key=lambda user: user.staff_number)],
        "created_by": _person(version.created_by),
        "submitted_by": _person(version.submitted_by),
        "reviewed_by": _person(version.reviewed_by),
        "confirmed_by": _person(version.confirmed_by),
        "remarks": [
            {
                "point": remark.point_identity,
                "text": remark.text,
                "author": _person(remark.author),
                "at": remark.at,
                "sent_at": remark.sent_at,
            }
            for remark in version.remarks.all()
            if remark.sent_at is not None
        ],
    }


def _audit_extract(cycle: Cycle) -> AuditExtract:
    """From the first to the last entry about the year, every entry between them included, so that the chain is whole.

    About the year are acts on its tables, and, once the calendar year is over, all that happened in it.
    """
    about = Q(object_type=Cycle._meta.label_lower, object_id=str(cycle.pk))
    for rows in (ControlTable.objects.filter(cycle=cycle), TableVersion.objects.filter(table__cycle=cycle)):
        keys = [str(key) for key in rows.values_list("pk", flat=True)]
        about |= Q(object_type=rows.model._meta.label_lower, object_id__in=keys)
    for verb in READING:
        about &= ~Q(action__startswith=verb)
    if timezone.localdate().year > cycle.year:
        about |= Q(at__year=cycle.year)
    ends = AuditEntry.objects.filter(about).aggregate(first=models.Min("number"), last=models.Max("number"))
    if ends["first"] is None:
        raise ArchiveError(f"审计记录里没有 {cycle.year} 年度的任何一条，与办理记录不符。请先核对数据库是否完整。")
    piece = AuditEntry.objects.filter(number__range=(ends["first"], ends["last"])).order_by("number")
    lines = [
        canonical_json(entry_content(entry) | {"hash": entry.hash}) + "\n" for entry in piece.iterator(chunk_size=1000)
    ]
    first, last = piece[0], piece.reverse()[0]
    head = {"number": last.number, "hash": last.hash, "at": canonical_time(last.at)}
    return AuditExtract("".join(lines), len(lines), first.number, first.previous_hash, head)


def canonical_time(moment: datetime.datetime) -> str:
    """A moment as canonical JSON writes it: UTC with microseconds."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds")


def local_time(moment: str) -> str:
    """The same moment in the school's time, to be read."""
    return f"{timezone.localtime(datetime.datetime.fromisoformat(moment)):%Y-%m-%d %H:%M:%S}"
