"""Making a backup: copy, dump, files, seal; then tried out as a whole before it gets its name."""

import datetime
import fcntl
import getpass
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import DatabaseError

from riskcontrol import VERSION, anchors, audit, landmark
from riskcontrol.backup import canonical, container, copies, interrupted, stored, watch
from riskcontrol.backup.errors import BackupError
from riskcontrol.backup.examination import AuditHead, head
from riskcontrol.backup.rehearsal import CANONICAL, is_behind, rehearse
from riskcontrol.deploy import layout as places
from riskcontrol.deploy.machine import Machine
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemFact, SystemVerb

# With the number and the beginning of the hash of the trail's head; older backups have neither.
NAME = re.compile(r"register-(\d{8}T\d{6}Z)(?:-\d+-[0-9a-f]{16})?(?:-(\d+))?\.zip")
WORK, SECONDS_TO_A_LOCK = ".work-", 60


@dataclass(frozen=True)
class Made:
    """A finished backup; `faults` are those of the register itself, which a faithful copy has as well."""

    path: Path
    sha256: str
    size: int
    rows: int
    files: int
    head: AuditHead
    faults: list[str]


def folder_of_backups() -> Path:
    """Where backups go unless somebody says otherwise: the installation's folder, where these data are its data."""
    layout = places.remembered(Machine())
    is_ours = layout is not None and layout.data == Path(settings.VAR_DIR)
    return layout.backups if layout is not None and is_ours else Path(settings.VAR_DIR, "backups")


def make_backup(folder: Path, *, keep: int | None = None) -> Made:
    """Write one verified backup into a folder; `keep` of them stay in all. BackupError: none was made.

    A backup of a register with faults is kept (it is a true copy), told as such, and pushes no older one out.
    """
    with alone():
        return make_unlocked(folder, keep=keep)


def make_unlocked(folder: Path, *, keep: int | None = None) -> Made:
    """make_backup() for a caller that holds alone()."""
    try:
        with work_folder(folder) as work:
            interrupted.note()
            made = _make(folder, work)
    except (BackupError, DatabaseError, OSError) as error:
        reason = _reason(error)
        _note({"结果": "没有完成", watch.REASON: reason}, succeeded=False)
        raise BackupError(reason) from error
    except (KeyboardInterrupt, SystemExit):
        _note({"结果": "没有完成", watch.REASON: "备份进程被停止"}, succeeded=False)
        raise
    detail = {
        "文件": made.path.name,
        SystemFact.FILE_HASH: made.sha256,
        "字节数": made.size,
        "审计链首": str(made.head),
        **anchors.write(audit.Head(made.head.number, made.head.hash)),
    }
    _note(detail | ({watch.FAULTS: made.faults[:20]} if made.faults else {}), succeeded=not made.faults)
    if not made.faults:
        landmark.remember()
        if keep is not None:
            rotate(folder, keep, made=made.path)
    return made


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"备份没有做成：{error.strerror or error}（{error.filename or '写入时'}）。请检查磁盘空间和文件夹权限。"
    if isinstance(error, DatabaseError):
        with suppress(DatabaseError):
            if is_behind(canonical.applied_migrations()):
                return "数据库的表还是旧一版程序的。请用原来那一版程序备份（upgrade 就是这样做的），或先运行 migrate。"
        return f"备份没有做成：数据库不能读取（{type(error).__name__}）。请检查数据库是否在运行。"
    return str(error)


def _note(detail: dict[str, Any], *, succeeded: bool) -> None:
    """Leave an entry in the trail of the database in use; one that can't be written keeps no backup from its name."""
    try:
        audit.record(SystemVerb.BACKED_UP, detail={"系统账号": account(), **detail}, succeeded=succeeded)
    except DatabaseError:
        if succeeded:
            raise


def account() -> str:
    """Whose hand it was on this machine, as far as the system knows."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


@contextmanager
def alone() -> Iterator[None]:
    """One backup or restore at a time on this machine; the system gives the lock back however the process ends."""
    with Path(settings.VAR_DIR, "backup.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError("另一个备份或恢复正在进行，请等它完成。") from error
        yield


@contextmanager
def work_folder(folder: Path) -> Iterator[Path]:
    """Room beside the backups: there is space where they go, if anywhere. What a killed process left there goes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    clear_work(folder)
    with tempfile.TemporaryDirectory(prefix=WORK, dir=folder) as work, Path(work, "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(work)


def clear_work(folder: Path) -> list[Path]:
    """Remove the work folders in which nobody works any more; returns them. Other servers may use this folder, too:
    whoever works holds the lock in it, and a killed process holds none."""
    left = [path for path in folder.glob(f"{WORK}*") if path.is_dir() and not _is_worked_in(path)]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return left


def _is_worked_in(path: Path) -> bool:
    try:
        with Path(path, "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # it has not made its lock yet, or was killed before it did
        return abs(time.time() - path.stat().st_mtime) < SECONDS_TO_A_LOCK
    return False


def _make(folder: Path, work: Path) -> Made:
    part = work / "backup.part"
    begun = datetime.datetime.now(datetime.UTC)
    with container.written(part) as package, copies.copied(work) as copy:
        manifest = _manifest(copy, begun)
        package.add(copy.path.name, copy.path)
        with (work / CANONICAL).open("wb") as stream:
            dumped = canonical.dump(stream.write, using=copy.using)
        package.add(CANONICAL, work / CANONICAL)
        # After the database: a row that names a file was written after the file.
        for name, path in stored.kept():
            package.add(name, path)
        manifest["canonical"] = {"sha256": dumped.sha256, "rows": dumped.rows}
        manifest["counts"] = dumped.counts
        package.finish(manifest)
    for leftover in (copy.path, work / CANONICAL):
        leftover.unlink()
    sealed = container.read(part)
    lost = landmark.fault()
    faults = [*([f"审计记录{lost}"] if lost else []), *rehearse(sealed, work, is_ours=True)]
    sha256, size = container.file_sha256(part), part.stat().st_size
    at_head = AuditHead(**manifest["audit_head"])
    target = _free_name(folder, begun, at_head)
    container.put_in_place(part, target)
    return Made(target, sha256, size, dumped.rows, len(sealed.names()), at_head, faults)


def _manifest(copy: copies.Copy, begun: datetime.datetime) -> dict[str, Any]:
    at_head = head(using=copy.using)
    return {
        "made_at": begun.isoformat(timespec="seconds"),
        "program": {"version": VERSION, "python": platform.python_version(), "django": django.get_version()},
        "is_sample": settings.DEMO,
        "database": {"kind": copy.vendor, "version": copy.version, "file": copy.path.name},
        "migrations": canonical.applied_migrations(copy.using),
        "audit_head": {"number": at_head.number, "hash": at_head.hash, "at": at_head.at},
        "sequences": canonical.read_sequences(using=copy.using),
        "left_out": ["sessions", "secret key", "fonts of the set-up"],
    }


def _free_name(folder: Path, begun: datetime.datetime, at_head: AuditHead) -> Path:
    stem = f"register-{begun:%Y%m%dT%H%M%SZ}-{anchors.named(audit.Head(at_head.number, at_head.hash))}"
    names = (f"{stem}{f'-{place}' if place else ''}.zip" for place in range(1000))
    return next(folder / name for name in names if not (folder / name).exists())


def rotate(folder: Path, keep: int, *, made: Path) -> list[Path]:
    """Remove all but `keep` backups of a folder: the one just made and the newest others; returns what was removed.

    Which one is newer is told by the head of the trail inside, not by the clock that gave the names. What isn't of the
    trail in use (its future, taken back by a restore; another register) is older than all that is.
    """
    found = [path for path in folder.iterdir() if NAME.fullmatch(path.name) and path.name != made.name]
    found = sorted((path for path in found if _is_readable(path)), key=_age)
    old = found[: max(0, len(found) - (keep - 1))] if keep > 0 else []
    for path in old:
        path.unlink()
    return old


def _is_readable(path: Path) -> bool:
    """A disk that gives an error today may give the backup tomorrow: it is neither counted nor removed."""
    try:
        with path.open("rb") as stream:
            stream.read(1)
    except OSError:
        return False
    return True


def _age(path: Path) -> tuple[bool, int, str, int]:
    """Whether its head is in the trail in use, its number, when it says it was made, and which one of that second."""
    match = NAME.fullmatch(path.name)
    stamp, place = (match[1], int(match[2] or 0)) if match else ("", 0)
    kept = container.head_inside(path)
    if kept is None or not AuditEntry.objects.filter(number=kept[0], hash=kept[1]).exists():
        return False, 0, stamp, place
    return True, kept[0], stamp, place
