"""What a monitor asks: does the process answer (/healthz), and is all there that it needs to work (/readyz)."""

import logging
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from riskcontrol import alarms, audit, checks, landmark, triggers
from riskcontrol.models import AuditEntry
from riskcontrol.web.addresses import address_of
from riskcontrol.web.limits import limited

logger = logging.getLogger(__name__)

# Anyone may ask, so the answer is kept for some seconds: asking often costs nothing.
KEPT_SECONDS = 5.0
PATIENCE_MS = 2000
WORSE = OK, WARNING, FAILED = ("ok", "warning", "failed")


class NotReadyError(Exception):
    """Something that the site needs isn't there; the message is for the log only."""


@login_not_required
@limited("")
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks no database: restarting a process doesn't mend one."""
    return JsonResponse({"status": "ok"})


@login_not_required
@limited("")
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when each part is there, else 503; names of parts only, the reasons stand in the log.

    What hinders nobody yet (a late backup, a clock that jumped) is a warning: 200, or 503 for a monitor that asks for
    `/readyz?strict`.

    The asker's own address is told as it arrived here: asked through the proxy, it shows whether visitors have one.
    """
    results = _recent.get()
    status = max(results.values(), key=WORSE.index)
    is_refused = status == FAILED or (status == WARNING and "strict" in request.GET)
    answer = {"status": status, "checks": results, "address": address_of(request)}
    return JsonResponse(answer, status=503 if is_refused else 200)


def examine() -> dict[str, str]:
    """Look at each part now: ok, warning or failed."""
    parts = {name: OK if _holds(name, check) else FAILED for name, check in CHECKS.items()}
    return parts | {name: _said(name, ask) for name, ask in alarms.ALARMS.items()}


def _said(name: str, ask: Callable[[], str | None]) -> str:
    """Nothing is known where the database is away, which has a check of its own."""
    try:
        words = ask()
    except DatabaseError:
        return OK
    if words is not None:
        logger.warning("To be mended: %s (%s)", name, words)
    return OK if words is None else WARNING


def _holds(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except NotReadyError as error:
        logger.error("Not ready: %s (%s)", name, error)
        return False
    except Exception:  # whatever it is, the part isn't there and the probe must answer
        logger.exception("Not ready: %s", name)
        return False
    return True


def _database_takes_writes() -> None:
    """A row goes in, and out again with its transaction. A busy SQLite is given two seconds, not twenty."""
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if is_sqlite:
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            with transaction.atomic():
                MigrationRecorder.Migration.objects.create(app="readyz", name="readyz")
                transaction.set_rollback(True)
        finally:
            if is_sqlite:
                patience = int(1000 * connection.settings_dict["OPTIONS"].get("timeout", 5))
                cursor.execute(f"PRAGMA busy_timeout = {patience}")


def _disk_has_room() -> None:
    free = shutil.disk_usage(settings.VAR_DIR).free
    if free < settings.MINIMUM_FREE_MB * 1024 * 1024:
        raise NotReadyError(f"{free} bytes free")
    if any(message.id == "riskcontrol.E001" for message in checks.data_folder_is_writable()):
        raise NotReadyError("the data folder can't be written")


def _migrations_are_applied() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReadyError("migrations are waiting")


def _fonts_are_there() -> None:
    missing = [name for name in checks.FONTS if not Path(settings.FONT_DIR, name).is_file()]
    if missing:
        raise NotReadyError(", ".join(missing))


def _triggers_are_installed() -> None:
    missing = [rule.name for rule in triggers.missing()]
    if missing:
        raise NotReadyError(", ".join(missing))


def _audit_head_is_readable() -> None:
    """The head is the last entry, and the trail has what it had; judging the whole chain is verify_register's work."""
    head = audit.stored_head()
    last = AuditEntry.objects.order_by("-number").first()
    if head != (audit.Head(last.number, last.hash) if last else audit.Head(0, audit.GENESIS)):
        raise NotReadyError(f"the head says {head.number}, the last entry is another one")
    if (lost := landmark.fault()) is not None:
        raise NotReadyError(lost)


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database_takes_writes,
    "disk": _disk_has_room,
    "migrations": _migrations_are_applied,
    "fonts": _fonts_are_there,
    "triggers": _triggers_are_installed,
    "audit": _audit_head_is_readable,
}


class _Recent:
    """The last answer of this process; whoever asks while it is being renewed waits for the new one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answer: dict[str, str] = {}
        self._until = 0.0

    def get(self) -> dict[str, str]:
        with self._lock:
            if time.monotonic() >= self._until:
                self._answer = examine()
                self._until = time.monotonic() + KEPT_SECONDS
            return self._answer

    def forget(self) -> None:
        self._until = 0.0


_recent = _Recent()
