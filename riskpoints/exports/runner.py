"""The process that makes the files of the queue, one after the other, and ends when none waits."""

import gc
import hashlib
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from departments.permissions import afresh
from riskcontrol.files import ChangedFileError
from riskcontrol.paper.pdf import DocumentError
from riskpoints.documents.progress import Report
from riskpoints.exports import orders, queue
from riskpoints.models import Export, ExportPiece
from riskpoints.models.export import ExportState

logger = logging.getLogger(__name__)
BEAT_SECONDS = 1.5
# Progress is written down so often at most: a write waits for the disk.
QUIET_SECONDS = 0.3
# A process whose file nobody wants any more ends its work at the next report; so long after, it is ended.
PATIENCE_SECONDS = 20.0
PIECE_BYTES = 512 * 1024
NO_RIGHT = "您现在没有这份文件的权限了，没有生成。"


class SupersededError(Exception):
    """The person left, or the file was given up for another reason: what is made of it is thrown away."""


def run_queue(*, hanging: Callable[[], None] = lambda: None) -> int:
    """Make what waits until nothing does; how many files were begun. `hanging` is called where the making of a file
    that was given up doesn't end by itself."""
    begun = 0
    while (export := queue.take_next()) is not None:
        make(export, hanging=hanging)
        begun += 1
    return begun


def make(export: Export, *, hanging: Callable[[], None] = lambda: None) -> None:
    """Make one file that take_next() gave, and keep it; where it can't be made, the row says why."""
    mine = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING, tries=export.tries)
    was_collecting = gc.isenabled()
    gc.disable()  # a document is full of cycles, and looking for them takes a fifth of the time
    try:
        with _Heart(export, hanging):
            _keep(export, _made(export))
    except SupersededError:
        pass
    except (orders.ExportError, DocumentError, ChangedFileError) as error:
        queue.fail(mine, str(error))
    except (PermissionDenied, ObjectDoesNotExist):
        queue.fail(mine, NO_RIGHT)
    except Exception as error:
        logger.exception("An export could not be made.")
        queue.fail(mine, f"程序出错（{type(error).__name__}）。请联系管理员。")
    except BaseException:  # the server is shut down: the next process begins it again
        mine.update(state=ExportState.WAITING, tries=export.tries - 1, done=0, step="")
        raise
    finally:
        if was_collecting:
            gc.enable()
        gc.collect()


def _made(export: Export) -> tuple[orders.Order, orders.Made]:
    user = afresh(export.person)
    if user is None or not user.is_active:
        raise PermissionDenied(NO_RIGHT)
    order = orders.read(export.kind, export.asked, user)
    return order, order.make(_reporter(export))


def _reporter(export: Export) -> Report:
    written = -QUIET_SECONDS

    def report(done: int, total: int, step: str) -> None:
        nonlocal written
        if time.monotonic() - written < QUIET_SECONDS:
            return
        written = time.monotonic()
        _still(export, done=done, total=total, step=step[:200])

    return report


def _still(export: Export, **facts: object) -> None:
    """Write down a sign of life with these facts. SupersededError where the file is not this process's any more."""
    mine = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING, tries=export.tries)
    if not mine.update(touched_at=timezone.now(), **facts):
        raise SupersededError


def _keep(export: Export, given: tuple[orders.Order, orders.Made]) -> None:
    order, made = given
    size, digest = 0, hashlib.sha256()
    now = timezone.now()
    with transaction.atomic():
        _still(export)  # takes the row, so that nobody gives it up between its pieces
        for place, piece in enumerate(_pieces(made.content)):
            ExportPiece.objects.create(export=export, place=place, content=piece)
            digest.update(piece)
            size += len(piece)
        _still(
            export,
            state=ExportState.DONE,
            name=order.name,
            shown={str(key): value for key, value in made.shown.items()},
            detail=order.detail,
            sha256=digest.hexdigest(),
            size=size,
            done=order.points,
            total=order.points,
            step="",
            finished_at=now,
        )
        kept = queue.of(export.person).filter(state=ExportState.DONE).order_by("-finished_at", "-pk")
        queue.of(export.person).filter(pk__in=list(kept.values_list("pk", flat=True)[queue.MOST_KEPT :])).delete()


def _pieces(content: bytes | BinaryIO) -> list[bytes]:
    if not isinstance(content, bytes):
        with content:
            content = content.read()
    return [content[place : place + PIECE_BYTES] for place in range(0, len(content), PIECE_BYTES)]


class _Heart:
    """Gives signs of life in a thread while a file is made, so that a process that is gone is told from a slow one."""

    def __init__(self, export: Export, hanging: Callable[[], None]) -> None:
        self._export, self._hanging = export, hanging
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="export-heart", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._over.wait(BEAT_SECONDS):
                with suppress(DatabaseError):  # busy just now: the next one will do
                    _still(self._export)
        except SupersededError:
            if not self._over.wait(PATIENCE_SECONDS):
                self._hanging()
        finally:
            connection.close()
