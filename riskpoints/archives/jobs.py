"""One build at a time and year: asked for, run in a process of its own, watched to its end."""

import datetime
import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone

from departments.models import Actor
from riskcontrol import audit, files
from riskcontrol.files import ChangedFileError
from riskcontrol.paper.pdf import DocumentError
from riskcontrol.processes import detached
from riskcontrol.verbs import SystemFact
from riskpoints.archives import builder, fonds
from riskpoints.archives.container import media_type
from riskpoints.archives.parts import Parts
from riskpoints.archives.records import ArchiveError, head_text
from riskpoints.archives.shelf import folder, require_allowed
from riskpoints.models import AnnualArchive, Cycle
from riskpoints.models.archive import ArchiveState
from riskpoints.verbs import RegisterFact, RegisterVerb

UNDER_WAY = (ArchiveState.WAITING, ArchiveState.RUNNING)
# A process that holds its lock but reported nothing for so long hangs; one without a lock never started or is gone: it
# has one from the moment it is begun, so that a dead one never keeps a year from the next build (issue 17).
HANGING = datetime.timedelta(minutes=15)
GONE = datetime.timedelta(seconds=3)

# Progress is written down so often at most, and before each step that takes longer: a write waits for the disk.
QUIET_SECONDS = 0.3
TAKEN_AGAIN = "请重新生成，已完成的部分会接着用。"


class SupersededError(ArchiveError):
    """Somebody gave this build up while it ran; what it made is thrown away."""


def printed_parts(cycle: Cycle) -> Parts:
    """What was printed for the archives of a year: taken again after a kill, and by the next build."""
    return Parts(folder() / f"{cycle.year}.parts")


def request_build(year: int, *, actor: Actor) -> AnnualArchive:
    """Start a build in a process of its own. ArchiveError while one of the same year is under way."""
    require_allowed(actor)
    archive = open_build(year, actor=actor)
    transaction.on_commit(lambda: _start_process(archive))
    return archive


def open_build(year: int, *, actor: Actor | None = None) -> AnnualArchive:
    """Take the year's one place for a build; `actor` None is the command line."""
    cycle = Cycle.objects.filter(year=year).first()
    if cycle is None:
        raise ArchiveError(f"没有 {year} 年度。请核对年份。")
    code = fonds.known()
    if not code:
        raise ArchiveError(fonds.UNKNOWN)
    fail_dead_builds()
    try:
        with transaction.atomic():
            archive = AnnualArchive.objects.create(cycle=cycle, requested_by=actor, fonds_code=code)
            audit.record(RegisterVerb.ARCHIVE_BUILD, actor=actor, target=archive, detail={"结果": "开始"})
    except IntegrityError as error:
        raise ArchiveError(f"{cycle}的档案正在生成，请等它完成后再试。") from error
    return archive


def _start_process(archive: AnnualArchive) -> None:
    try:
        with _begun_path(archive).open("ab") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            job = ("build_archive", "--job", str(archive.pk))
            detached.start(*job, name=f"archive-{archive.pk}", keeps=[stream.fileno()])
    except OSError as error:
        _fail(archive, f"不能启动生成程序：{error.strerror}。请联系管理员检查服务器。")


def run(archive: AnnualArchive, *, watcher: builder.Report | None = None) -> AnnualArchive:
    """Build in this process, with progress in the row; the archive is whole and checked, or there is none."""
    with _lock(archive) as is_held:
        if not is_held or not AnnualArchive.objects.filter(pk=archive.pk, state=ArchiveState.WAITING).update(
            state=ArchiveState.RUNNING, touched_at=timezone.now()
        ):
            raise ArchiveError("这次生成已由另一个进程在做，或已经结束。")
        parts = printed_parts(archive.cycle)
        try:
            report = _reporter(archive, watcher)
            return _finish(archive, builder.build(archive.cycle.year, _part(archive), report, parts=parts), parts)
        except SupersededError:
            raise
        except (ArchiveError, ChangedFileError, DocumentError) as error:
            _fail(archive, str(error))
            raise ArchiveError(str(error)) from error
        except BaseException as error:
            stopped = isinstance(error, KeyboardInterrupt | SystemExit)
            _fail(
                archive,
                f"生成被中断。{TAKEN_AGAIN}" if stopped else f"程序出错（{type(error).__name__}）。请联系管理员。",
            )
            raise
        finally:
            _part(archive).unlink(missing_ok=True)


def _reporter(archive: AnnualArchive, watcher: builder.Report | None) -> builder.Report:
    written = -QUIET_SECONDS

    def report(progress: builder.BuildProgress) -> None:
        nonlocal written
        if watcher is not None:
            watcher(progress)
        if progress.takes < QUIET_SECONDS and time.monotonic() - written < QUIET_SECONDS:
            return
        written = time.monotonic()
        changed = AnnualArchive.objects.filter(pk=archive.pk, state=ArchiveState.RUNNING).update(
            done=progress.done, total=progress.total, step=progress.step[:200], touched_at=timezone.now()
        )
        if not changed:
            raise SupersededError("这次生成已被放弃。")
        if progress.left is not None:
            _lock_path(archive).write_text(str(time.time() + progress.left), encoding="ascii")

    return report


def seconds_left(archive: AnnualArchive) -> int | None:
    """Seconds until a build is likely to end, as its process last foresaw it; None where it doesn't say."""
    try:
        end = float(_lock_path(archive).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):  # not started, over, or just being written
        return None
    return max(1, round(end - time.time()))


def _finish(archive: AnnualArchive, built: builder.Built, parts: Parts) -> AnnualArchive:
    name = f"{archive.cycle.year}-{built.sha256[:16]}.zip"
    builder.put_in_place(_part(archive), folder() / name)
    if not built.is_same:
        parts.put_file(built.key, folder() / name)
    now = timezone.now()
    with transaction.atomic():
        if not AnnualArchive.objects.filter(pk=archive.pk, state=ArchiveState.RUNNING).update(
            state=ArchiveState.DONE,
            done=built.files,
            total=built.files,
            step="",
            file=name,
            sha256=built.sha256,
            size=built.size,
            touched_at=now,
            finished_at=now,
        ):
            raise SupersededError("这次生成已被放弃。")
        archive.refresh_from_db()
        result = "完成，内容没有变化" if built.is_same else "完成"
        detail = {
            "结果": result,
            "新打印": len(built.fresh),
            SystemFact.FILE_HASH: built.sha256,
            "字节数": built.size,
            "审计链首": head_text(built.audit_head),
        }
        if archive.cycle.is_closed and built.printed:
            detail[RegisterFact.KEPT_FILES] = _keep_printed(built, parts)
        audit.record(RegisterVerb.ARCHIVE_BUILD, actor=archive.requested_by, target=archive, detail=detail)
    parts.keep_only({built.key, *built.printed.values()})
    return archive


def _keep_printed(built: builder.Built, parts: Parts) -> dict[str, str]:
    """A closed year's lists are kept for good with its first archive: no later template or font changes them."""
    kept = {}
    for path, key in built.printed.items():
        content = parts.get(key)
        if content is None:
            raise ArchiveError(f"刚打印的“{path}”不见了。请检查数据目录所在的磁盘，再重新生成。")
        kept[path] = files.keep(content, media_type(path)).sha256
    return kept


def _fail(archive: AnnualArchive, reason: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        changed = AnnualArchive.objects.filter(pk=archive.pk, state__in=UNDER_WAY).update(
            state=ArchiveState.FAILED, error=reason, touched_at=now, finished_at=now
        )
        if changed:
            audit.record(
                RegisterVerb.ARCHIVE_BUILD,
                actor=archive.requested_by,
                target=archive,
                detail={"结果": reason},
                succeeded=False,
            )
    archive.refresh_from_db()


def fail_dead_builds() -> None:
    """Mark builds whose process is gone or hangs as failed, so that they can be started again."""
    for archive in AnnualArchive.objects.filter(state__in=UNDER_WAY).select_related("cycle", "requested_by"):
        # A sign of life in the future is of a clock that was set back since; it is no younger than one of the past.
        silence = abs(timezone.now() - archive.touched_at)
        if silence > HANGING:
            reason = f"生成程序超过 {HANGING.seconds // 60} 分钟没有进展，已放弃。请重新生成。"
        elif silence <= GONE or _is_locked(_lock_path(archive)) or _is_locked(_begun_path(archive)):
            continue
        elif _lock_path(archive).exists():
            reason = f"生成程序已中断（服务器重启或进程被结束）。{TAKEN_AGAIN}"
        else:
            reason = "生成程序没有启动。请重新生成；如还是这样，请联系管理员检查服务器。"
        _fail(archive, reason)
        for path in (_part(archive), _lock_path(archive), _begun_path(archive)):
            path.unlink(missing_ok=True)


def _part(archive: AnnualArchive) -> Path:
    return folder() / f"build-{archive.pk}.part"


def _lock_path(archive: AnnualArchive) -> Path:
    return folder() / f"build-{archive.pk}.lock"


def _begun_path(archive: AnnualArchive) -> Path:
    """Locked by the process from its first moment on, before it can take its lock itself."""
    return folder() / f"build-{archive.pk}.begun"


@contextmanager
def _lock(archive: AnnualArchive) -> Iterator[bool]:
    """Held as long as the process lives, however it ends: the system gives it back."""
    path = _lock_path(archive)
    with path.open("ab") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            path.unlink(missing_ok=True)
            _begun_path(archive).unlink(missing_ok=True)


def _is_locked(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
