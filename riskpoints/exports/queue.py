"""The one queue of files to be made: joined, watched, left. No program waits for it; who looks at it keeps it going."""

import datetime
import logging
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from departments.models import User
from riskcontrol import audit
from riskcontrol.processes import detached
from riskpoints.exports.orders import ExportError, Order
from riskpoints.models import Export
from riskpoints.models.export import KEPT_FOR, UNDER_WAY, ExportState
from riskpoints.verbs import RegisterVerb

logger = logging.getLogger(__name__)
# How many of one person's files may wait or be made together; more would keep all others waiting.
MOST_UNDER_WAY = 3
# How many of one person's finished ones are kept; the oldest goes first.
MOST_KEPT = 10
# The process that makes a file gives a sign of life every second and a half (runner.py). After so long without one it
# is taken for gone, after so long without a process a new one is begun: together less than ten seconds.
GONE = datetime.timedelta(seconds=6)
STARTING = datetime.timedelta(seconds=5)
# A file that ended its process so often is not begun again; nor one that takes, or waits without any process, so long.
MOST_TRIES = 3
TOO_LONG = datetime.timedelta(minutes=10)
TOO_MANY = f"您已有 {MOST_UNDER_WAY} 份文件在排队或生成。请等一份完成，或先取消一份，再导出新的。"
BROKE = "生成这份文件的程序多次中断，已放弃。请缩小范围后重新导出；如还是这样，请联系管理员检查服务器。"
TOOK_TOO_LONG = f"生成超过 {TOO_LONG.seconds // 60} 分钟，已放弃。请缩小范围后重新导出。"
NOT_STARTED = "生成程序没有启动。请重新导出；如还是这样，请联系管理员检查服务器。"


def of(user: User) -> QuerySet[Export]:
    """A person's own files, the newest first: nobody sees another's."""
    return Export.objects.filter(person=user)


def ask(kind: str, asked: Mapping[str, str], order: Order, *, actor: User) -> Export:
    """Join the queue; the same file asked for again while it is under way is the same place. ExportError where the
    person has too many under way."""
    tend()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=actor.pk)  # two requests of one person count one after the other
        under_way = list(of(actor).filter(state__in=UNDER_WAY))
        for export in under_way:
            if (export.kind, export.asked) == (kind, dict(asked)):
                return export
        if len(under_way) >= MOST_UNDER_WAY:
            raise ExportError(TOO_MANY)
        export = Export.objects.create(
            person=actor, kind=kind, asked=dict(asked), name=order.name, total=order.points, detail=order.detail
        )
        audit.record(RegisterVerb.EXPORT_ASK, actor=actor, label=export.name, detail=order.detail)
        transaction.on_commit(start)
    return export


def leave(export_id: int, *, actor: User) -> bool:
    """Take back what waits, give up what is being made, remove what is finished; False where it is gone already."""
    with transaction.atomic():
        export = of(actor).filter(pk=export_id).select_for_update().first()
        if export is None:
            return False
        state = export.get_state_display()
        export.delete()
        audit.record(RegisterVerb.EXPORT_REMOVE, actor=actor, label=export.name, detail={"状态": state})
    return True


def start() -> None:
    """Begin a process that makes what waits, unless one is at it."""
    if not Export.objects.filter(state=ExportState.RUNNING).exists():
        _begin()


def _begin() -> None:
    try:
        detached.start("make_exports", name="exports")
    except OSError:  # it is tried again as long as somebody looks, and then said (NOT_STARTED)
        logger.exception("The process of the exports could not be begun.")


def tend() -> None:
    """Clear away what is over, take up again what a dead process left, begin a process where none is: called whenever
    somebody asks for a file or looks how far it is."""
    now = timezone.now()
    clear_old(now)
    _take_up(now)
    waiting = Export.objects.filter(state=ExportState.WAITING)
    if Export.objects.filter(state=ExportState.RUNNING).exists() or not waiting.exists():
        return
    if not Export.objects.filter(started_at__gte=now - TOO_LONG).exists():
        fail(waiting.filter(requested_at__lt=now - TOO_LONG), NOT_STARTED)
    # Of several who look at once, one begins the process.
    if waiting.filter(touched_at__lt=now - STARTING).update(touched_at=now):
        _begin()


def _take_up(now: datetime.datetime) -> None:
    running = Export.objects.filter(state=ExportState.RUNNING)
    if not running.exists():  # nothing is written by each look
        return
    fail(running.filter(started_at__lt=now - TOO_LONG), TOOK_TOO_LONG)
    gone = running.filter(touched_at__lt=now - GONE)
    fail(gone.filter(tries__gte=MOST_TRIES), BROKE)
    gone.update(state=ExportState.WAITING, touched_at=now - 2 * STARTING, done=0, step="")


def fail(found: QuerySet[Export], reason: str) -> int:
    """Say of these why there is no file; how many they were."""
    return found.update(state=ExportState.FAILED, error=reason, step="", finished_at=timezone.now())


def clear_old(now: datetime.datetime) -> None:
    """Remove what was kept long enough: as with texts that were typed, whoever comes next does it."""
    old = Export.objects.filter(finished_at__lt=now - KEPT_FOR)
    if old.exists():  # seldom, and a deletion takes the write lock
        old.delete()


def take_next() -> Export | None:
    """The next file to be made, now this process's; None where none waits, or one is being made.

    Turns go by persons: first who was served longest ago, so that nobody's many files keep others waiting.
    """
    served = dict(Export.objects.order_by().values_list("person").annotate(last=Max("started_at")))
    never = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    waiting = Export.objects.filter(state=ExportState.WAITING).order_by("requested_at", "pk")
    for export in sorted(waiting, key=lambda one: served[one.person_id] or never):
        now = timezone.now()
        try:
            with transaction.atomic():
                taken = Export.objects.filter(pk=export.pk, state=ExportState.WAITING).update(
                    state=ExportState.RUNNING, started_at=now, touched_at=now, tries=F("tries") + 1
                )
        except IntegrityError:  # another process makes one
            return None
        if taken:
            return Export.objects.select_related("person").get(pk=export.pk)
    return None
