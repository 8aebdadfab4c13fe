"""补录: tables that were signed on paper before this program was used, typed in as they are (R32)."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from departments.models import Actor, Department
from riskcontrol.text import stripped
from riskpoints import fields
from riskpoints.content import content
from riskpoints.enums import Action, ConfirmationRule, ConfirmedBy, DateMode, Scope, Status
from riskpoints.models import ControlTable, Cycle, Decision, Measure, NilDeclaration, RiskPoint, TableVersion
from riskpoints.permissions import can, can_still
from riskpoints.tables import papers, starting, workflow
from riskpoints.tables.locking import lock_year
from riskpoints.tables.refusal import WorkflowError, require_length


@dataclass(frozen=True)
class RecordedRow:
    """One 风险类别 as the paper has it: points and measures in order, or 无."""

    category: str
    points: list[str]
    measures: list[str]

    @property
    def is_nil(self) -> bool:
        return not self.points


@dataclass(frozen=True)
class RecordedSheet:
    """What stands on the paper; `note` says where it is kept. Levels per point are not on it and are not invented."""

    head_name: str
    duties: str
    signer_name: str
    signed_on: datetime.date
    rows: list[RecordedRow]
    note: str
    scan: bytes
    scan_suffix: str


def is_open_for_recording(cycle: Cycle) -> bool:
    """Tables are recorded in a year that was opened for it, whatever the calendar says, until it is closed."""
    return not cycle.is_closed and cycle.is_historical


def recordable(cycle: Cycle) -> list[Department | None]:
    """Whose tables are missing in a year: the school (None), then all departments, closed ones too."""
    having = set(
        ControlTable.objects.filter(cycle=cycle, versions__in=_standing()).values_list("department_id", flat=True)
    )
    school: list[Department | None] = [] if None in having else [None]
    return school + [department for department in Department.objects.all() if department.pk not in having]


def _standing() -> QuerySet[TableVersion]:
    """The versions for which nothing is recorded again: all but those that were given up, as after a 核对不符."""
    return TableVersion.objects.exclude(status=Status.DISCARDED)


def last_refused(cycle: Cycle, department: Department | None) -> TableVersion | None:
    """What was typed in last for this owner and did not match its scan, so that nobody types it all again."""
    found = TableVersion.objects.filter(
        table__cycle=cycle, table__department=department, is_historical=True, status=Status.DISCARDED
    )
    return found.order_by("-number").first()


def typed_in(version: TableVersion) -> dict[str, Any]:
    """What was typed in before, by the names of the form's fields."""
    said = {name: getattr(version, name) for name in ("head_name", "duties", "signer_name", "signed_on")}
    for row in content.load(version).rows:
        said[f"{row.value}_points"] = "\n".join(point.text for point in row.points)
        said[f"{row.value}_measures"] = "\n".join(measure.text for measure in row.measures)
        said[f"{row.value}_nil"] = row.is_nil
    return said


def record_sheet(cycle: Cycle, department: Department | None, sheet: RecordedSheet, *, actor: Actor) -> TableVersion:
    """Type in a historical table with its scan; it is in force once a reviewer has compared the two."""
    if not can(actor, Action.RECORD):
        raise PermissionDenied("只有领导小组办公室能补录历史表。")
    if not is_open_for_recording(cycle):
        raise WorkflowError(f"{cycle}不能补录：只有开启时定为补录历史年度、没有关闭的年度可以补录。")
    if sheet.signed_on > timezone.localdate():
        raise WorkflowError("签字日期不能晚于今天。")
    scope = Scope.DEPARTMENT if department else Scope.SCHOOL
    with transaction.atomic():
        lock_year(cycle)
        table, _ = ControlTable.objects.get_or_create(cycle=cycle, department=department, scope=scope)
        if _standing().filter(table=table).exists():
            raise WorkflowError(f"{table}已有版本，不能再补录。")
        return record_historical(
            table,
            signer_name=sheet.signer_name,
            signed_on=sheet.signed_on,
            fill=lambda version: _write(version, sheet),
            comment=sheet.note,
            scan=sheet.scan,
            scan_suffix=sheet.scan_suffix,
            actor=actor,
        )


def record_historical(
    table: ControlTable,
    *,
    signer_name: str,
    signed_on: datetime.date,
    fill: Any,
    comment: str,
    scan: bytes,
    scan_suffix: str,
    replaces: TableVersion | None = None,
    actor: Actor,
) -> TableVersion:
    """Record a table that was signed before this program was used: `fill(version)` writes its content through services.
    The decision says 补录. It is in force, as of its date, once a reviewer has compared it with the scan
    (workflow.perform with COMPARE); until then it waits, 待核对.

    What is in force already is replaced only where it is named (`replaces`): WorkflowError otherwise. ValidationError
    by field without a signer or a scan.
    """
    if not can(actor, Action.RECORD, table):
        raise PermissionDenied("只有领导小组办公室能补录历史表。")
    signer_name = stripped(signer_name)
    _require_evidence(signer_name, scan, comment)
    with transaction.atomic():
        _require_recordable(starting.lock_in_open_year(table), replaces, actor)
        version = starting.new_version(
            table, actor=actor, date_mode=DateMode.TYPED, filled_on=signed_on, is_historical=True
        )
        fill(version)
        version.authors.add(actor)
        _sign(version, signer_name, signed_on, actor)
        version.refresh_from_db()
        papers.keep_scan(version, scan, scan_suffix, actor=actor)
        workflow.decide(Action.RECORD, version, actor=actor, comment=comment)
    return version


def _require_evidence(signer_name: str, scan: bytes, comment: str) -> None:
    if not signer_name:
        raise ValidationError({"signer_name": "请填写签字人。"})
    if not scan:
        raise ValidationError({"scan": "请上传签字盖章的纸质表的扫描件，由纪委对照核对。"})
    require_length(TableVersion, "signer_name", signer_name)
    require_length(Decision, "comment", comment)


def _require_recordable(locked: ControlTable, replaces: TableVersion | None, actor: Actor) -> None:
    if not can_still(actor, Action.RECORD, locked):
        raise PermissionDenied("只有领导小组办公室能补录历史表。")
    if not locked.cycle.is_historical:
        raise WorkflowError(f"{locked.cycle}不是补录的历史年度，这张表要由部门填报、纪委审核、公示后签字确定。")
    if locked.in_force_id != getattr(replaces, "pk", None):
        raise WorkflowError(f"{locked}已有现行版，补录会取代它，没有办理。请先核对是否重复补录。")


def _sign(version: TableVersion, signer_name: str, signed_on: datetime.date, actor: Actor) -> None:
    """What was typed in is signed already: it waits for nothing but to be compared with its scan."""
    changed = TableVersion.objects.filter(pk=version.pk, status=Status.DRAFT).update(
        status=Status.REVIEWED,
        confirmed_at=timezone.now(),
        confirmed_by=actor,
        confirmed_how=ConfirmedBy.PAPER,
        signer_name=signer_name,
        signed_on=signed_on,
        confirmation_rule=ConfirmationRule.PRESENT,
        snapshot_format=fields.CURRENT,
    )
    if changed != 1:
        raise WorkflowError("补录没有完成，请重试。")


def _write(version: TableVersion, sheet: RecordedSheet) -> None:
    """The paper's content as rows; the decision's snapshot and its audit entry say that it was typed in."""
    version.head_name, version.duties = sheet.head_name, sheet.duties
    version.full_clean(exclude=["table", "base", "created_by"], validate_constraints=False)
    version.save(update_fields=["head_name", "duties"])
    for row in sheet.rows:
        if row.is_nil:
            _save(NilDeclaration(version=version, category=row.category))
        for order, text in enumerate(row.points, start=1):
            _save(RiskPoint(version=version, category=row.category, order=order, text=text, is_latent=False))
        for order, text in enumerate(row.measures, start=1):
            _save(Measure(version=version, category=row.category, order=order, text=text))


def _save(row: RiskPoint | Measure | NilDeclaration) -> None:
    row.full_clean(exclude=["version"])
    row.save()
