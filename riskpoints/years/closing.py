"""A year is closed: what stands in the way or would stay behind, then nothing in it changes any more."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from departments import notices
from departments.enums import Role
from departments.models import Actor, User
from riskcontrol import audit
from riskpoints import wings
from riskpoints.enums import Status
from riskpoints.evidence import record as year_record
from riskpoints.models import ControlTable, Cycle, TableVersion
from riskpoints.permissions import RegisterAction, can, can_still, visible_versions
from riskpoints.tables.locking import lock_year
from riskpoints.tables.refusal import WorkflowError
from riskpoints.verbs import RegisterFact, RegisterVerb


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


def before_closing(cycle: Cycle, user: User) -> Closing:
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


def close_year(cycle: Cycle, *, actor: Actor) -> Cycle:
    """Close a year: nothing in it changes any more. WorkflowError while a table is still on its way."""
    if not can(actor, RegisterAction.CLOSE_YEAR):
        raise PermissionDenied("只有领导小组办公室能关闭年度。")
    with transaction.atomic():
        locked = lock_year(cycle)
        if not can_still(actor, RegisterAction.CLOSE_YEAR):
            raise PermissionDenied("只有领导小组办公室能关闭年度。")
        waiting = TableVersion.objects.filter(
            table__cycle=locked, status__in=[Status.SUBMITTED, Status.REVIEWED]
        ).count()
        if waiting:
            raise WorkflowError(f"还有 {waiting} 张表在审核或待签字，办完后才能关闭年度。")
        if locked.closed_at is None and (matters := wings.open_matters(locked)):
            raise WorkflowError(f"现在还不能关闭{locked}：{'；'.join(matters)}。")
        if locked.closed_at is None:
            locked.closed_at = timezone.now()
            locked.save(update_fields=["closed_at"])
            record = {RegisterFact.YEAR_RECORD.value: year_record.keep_record(locked).sha256}
            audit.record(RegisterVerb.YEAR_CLOSE, actor=actor, target=locked, detail=record)
            # Who may build the archive is told in the same transaction: a closed year without one is easily forgotten.
            notices.notify(
                text=f"{locked}已由{actor.real_name}归档关闭，请生成年度档案并离线保存。",
                link=reverse("riskpoints:years"),
                roles=[Role.ADMIN],
                actor=actor,
                target=locked,
            )
    return locked
