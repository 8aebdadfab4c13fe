"""The years of the register: what stands in each, and what the office changes in one besides opening and closing it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, ProtectedError, Q, Subquery
from django.utils import timezone

from departments.models import Actor, Department, User
from riskcontrol import audit
from riskcontrol.text import is_blank, stripped
from riskpoints import wings
from riskpoints.enums import Status
from riskpoints.models import AnnualArchive, ControlTable, Cycle, TableVersion
from riskpoints.models.archive import ArchiveState
from riskpoints.permissions import RegisterAction, can, require_still, visible_versions
from riskpoints.tables import historical, starting
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterVerb

REMOVAL = ["removed_at", "removed_by", "removed_reason"]
DATES = ("fill_from", "fill_until", "review_until", "publish_until")
# 校内默认: the document gives no spans; a month to fill in, two weeks each to review and to publish and sign.
FILLING, REVIEWING, PUBLISHING = (datetime.timedelta(days=days) for days in (30, 14, 14))


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


@dataclass(frozen=True)
class Closing:
    """What closing a year finds: tables on their way (they block it), drafts that would stay, tables never begun,
    tables in force whose signed and sealed sheet was not scanned; `readable` are what the person may open;
    `matters` are what the wings have to finish first."""

    cycle: Cycle
    waiting: list[TableVersion]
    drafts: list[TableVersion]
    removed: list[ControlTable]
    without: list[ControlTable]
    unscanned: list[TableVersion]
    in_force: int
    readable: set[int]
    matters: list[str]

    @property
    def is_blocked(self) -> bool:
        return bool(self.waiting or self.matters)


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


def suggested_year() -> int:
    """This year, or the one after the newest."""
    newest = Cycle.objects.order_by("-year").values_list("year", flat=True).first()
    return max(timezone.localdate().year, newest + 1) if newest else timezone.localdate().year


def suggested_dates(year: int) -> dict[str, datetime.date]:
    """Dates to begin with: from today, or from March of a year to come, with the school's usual spans."""
    today = timezone.localdate()
    begin = today if today.year >= year else datetime.date(year, 3, 1)
    fill_until = begin + FILLING
    review_until = fill_until + REVIEWING
    dates = (begin, fill_until, review_until, review_until + PUBLISHING)
    return dict(zip(DATES, dates, strict=True))


def dates_state(cycle: Cycle) -> str:
    """The dates of a year as one text; their form carries it to notice that somebody else changed them."""
    return " ".join(getattr(cycle, name).isoformat() for name in DATES)


def change_dates(cycle: Cycle, dates: Mapping[str, datetime.date], *, seen: str | None = None, actor: Actor) -> Cycle:
    """Change an open year's dates. ValidationError where they are not in order, or somebody changed them since the
    writer saw them (`seen`, a dates_state()); WorkflowError once the year is closed.
    """
    if not can(actor, RegisterAction.OPEN_YEAR):
        raise PermissionDenied("只有领导小组办公室能修改年度日程。")
    with transaction.atomic():
        locked = starting.lock_year(cycle)
        require_still(actor, RegisterAction.OPEN_YEAR)
        if locked.is_closed:
            raise WorkflowError(f"{locked}已经归档关闭，日程不能再改。")
        if seen and seen != dates_state(locked):
            labels = {field.name: field.verbose_name for field in Cycle._meta.concrete_fields}
            now = "、".join(f"{labels[name]}{getattr(locked, name)}" for name in DATES)
            raise ValidationError(f"您填写期间别人改过日程，您的还没有保存。现在是：{now}。请对照后再保存。")
        before = audit.field_values(locked, *DATES)
        for name in DATES:
            setattr(locked, name, dates[name])
        locked.full_clean()
        changes = audit.changed_fields(before, audit.field_values(locked, *DATES))
        if changes:
            locked.save(update_fields=[*DATES])
            audit.record(RegisterVerb.YEAR_CHANGE, actor=actor, target=locked, detail=changes)
    return locked


def withdraw(cycle: Cycle, *, actor: Actor) -> None:
    """Take back a year that was opened by mistake, while nobody has begun a table in it; WorkflowError otherwise."""
    if not can(actor, RegisterAction.OPEN_YEAR):
        raise PermissionDenied("只有领导小组办公室能撤销年度。")
    with transaction.atomic():
        locked = starting.lock_year(cycle)
        require_still(actor, RegisterAction.OPEN_YEAR)
        tables = list(ControlTable.objects.select_for_update(of=("self",)).filter(cycle=locked))
        if locked.is_closed:
            raise WorkflowError(f"{locked}已经归档关闭，不能撤销。")
        begun = TableVersion.objects.filter(table__in=tables).values("table").distinct().count()
        if begun:
            raise WorkflowError(f"{locked}已有 {begun} 张表开始填报，不能撤销。")
        detail = {name: [value, None] for name, value in audit.field_values(locked, "year", *DATES).items()}
        audit.record(RegisterVerb.YEAR_WITHDRAW, actor=actor, target=locked, detail=detail | {"未填的表": len(tables)})
        try:
            ControlTable.objects.filter(cycle=locked).delete()
            locked.delete()
        except ProtectedError as error:
            raise WorkflowError(f"{locked}已有内容，不能撤销。") from error


def remove_table(table: ControlTable, reason: str, *, actor: Actor) -> ControlTable:
    """Take the table of a closed department out of an open year, with a reason: nobody fills it in or misses it.

    What was written in it stays. WorkflowError where the department is in use, the table is on its way or signed.
    """
    if not can(actor, RegisterAction.OPEN_YEAR):
        raise PermissionDenied("只有领导小组办公室能把防控表移出年度。")
    reason = stripped(reason)
    if is_blank(reason):
        raise ValidationError({"reason": "请写明理由，例如：部门撤并，职能并入哪个部门。"})
    with transaction.atomic():
        locked = _lock_table(table)
        require_still(actor, RegisterAction.OPEN_YEAR)
        if locked.is_removed:
            raise WorkflowError(f"{locked}已经移出，没有再次办理。")
        if locked.department is None or locked.is_asked_for(timezone.localdate()):
            raise WorkflowError(f"{locked.owner_name}还在用，不能移出。请先由系统管理员停用部门。")
        if locked.in_force_id is not None:
            raise WorkflowError(f"{locked}已签字确定，是本年度的内容，不用移出。")
        if locked.versions.filter(status__in=[Status.SUBMITTED, Status.REVIEWED]).exists():
            raise WorkflowError(f"{locked}正在审核或等待签字，请先办完或退回。")
        locked.removed_at, locked.removed_by, locked.removed_reason = timezone.now(), actor, reason
        locked.full_clean()
        locked.save(update_fields=REMOVAL)
        audit.record(RegisterVerb.TABLE_REMOVE, actor=actor, target=locked, detail={"理由": reason})
    return locked


def restore_table(table: ControlTable, *, actor: Actor) -> ControlTable:
    """Bring a table back into its open year, with whatever was written in it."""
    if not can(actor, RegisterAction.OPEN_YEAR):
        raise PermissionDenied("只有领导小组办公室能把防控表恢复到年度里。")
    with transaction.atomic():
        locked = _lock_table(table)
        require_still(actor, RegisterAction.OPEN_YEAR)
        if not locked.is_removed:
            raise WorkflowError(f"{locked}没有移出，不用恢复。")
        detail = {"原移出理由": locked.removed_reason}
        locked.removed_at, locked.removed_by, locked.removed_reason = None, None, ""
        locked.save(update_fields=REMOVAL)
        audit.record(RegisterVerb.TABLE_RESTORE, actor=actor, target=locked, detail=detail)
    return locked


def _lock_table(table: ControlTable) -> ControlTable:
    cycle = starting.lock_year(table.cycle)
    if cycle.is_closed:
        raise WorkflowError(f"{cycle}已经归档关闭，不能再改。")
    found = ControlTable.objects.select_for_update(of=("self",)).select_related("cycle", "department")
    return found.get(pk=table.pk)


def add_missing_table(cycle: Cycle, department: Department, *, actor: Actor) -> ControlTable:
    """The table of a department that was founded (or forgotten) after the year was opened (R58)."""
    if not can(actor, RegisterAction.OPEN_YEAR):
        raise PermissionDenied("只有领导小组办公室能补建防控表。")
    if not department.is_active_on(timezone.localdate()):
        raise ValidationError({"department": "这个部门已停用，不能补建防控表。"})
    with transaction.atomic():
        cycle = starting.lock_year(cycle)
        require_still(actor, RegisterAction.OPEN_YEAR)
        if cycle.is_closed:
            raise WorkflowError(f"{cycle}已经归档关闭，不能再补建防控表。")
        if cycle.is_historical:
            raise WorkflowError(f"{cycle}是补录的历史年度，请按纸质表补录。")
        if ControlTable.objects.filter(cycle=cycle, department=department).exists():
            raise ValidationError({"department": "这个部门在本年度已有防控表。"})
        table = starting.add_table(cycle, department)
        audit.record(RegisterVerb.TABLE_ADD, actor=actor, target=table)
    return table


def closing(cycle: Cycle, user: User) -> Closing:
    """What the confirmation page says to this person before a year is closed."""
    versions = TableVersion.objects.filter(table__cycle=cycle).select_related("table__department", "table__cycle")
    tables = ControlTable.objects.filter(cycle=cycle).select_related("department", "cycle")
    drafts = list(versions.filter(status=Status.DRAFT, table__removed_at__isnull=True))
    signed = versions.filter(table__in_force=F("pk"), is_historical=False)
    return Closing(
        cycle=cycle,
        waiting=list(versions.filter(status__in=[Status.SUBMITTED, Status.REVIEWED])),
        drafts=drafts,
        removed=list(tables.filter(removed_at__isnull=False)),
        without=list(
            tables.filter(in_force__isnull=True, removed_at__isnull=True).exclude(
                pk__in=[draft.table_id for draft in drafts]
            )
        ),
        unscanned=list(signed.filter(scans__isnull=True)),
        in_force=tables.filter(in_force__isnull=False).count(),
        readable=set(visible_versions(user).filter(table__cycle=cycle).values_list("pk", flat=True)),
        matters=wings.open_matters(cycle),
    )
