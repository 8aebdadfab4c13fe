"""The way back: a backup is tried out first, what it replaces is backed up first, and then it takes its place."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, connections

from riskcontrol import audit, landmark, sealing, seals, triggers
from riskcontrol.backup import container, copies, interrupted, rehearsal, scratch, stored
from riskcontrol.backup.canonical import dumped_models
from riskcontrol.backup.container import BackupPackage
from riskcontrol.backup.errors import BackupError
from riskcontrol.backup.examination import AuditHead, head
from riskcontrol.backup.making import account, alone, make_unlocked, work_folder
from riskcontrol.models import AuditEntry
from riskcontrol.processes import serving
from riskcontrol.verbs import SystemFact, SystemVerb

# What `migrate` itself writes into a new database.
OF_THE_SET_UP = frozenset(
    {
        "contenttypes.contenttype",
        "auth.permission",
        "riskcontrol.audithead",
        "departments.postfunction",
        "library.typicalrisk",
        "library.typicalrisk_functions",
        "library.typicalmeasure",
        "library.guidingquestion",
    }
)


@dataclass(frozen=True)
class RestorePlan:
    """How to deal with what is there: may it be replaced, is it whole, was it backed up already."""

    is_replacing: bool = False
    is_damaged: bool = False
    saved: Path | None = None
    accepts_faults: bool = False


@dataclass(frozen=True)
class Restored:
    """What was restored, the backup of what it replaced (if anything was there), and how many files were written."""

    manifest: dict[str, Any]
    replaced: Path | None
    files: int
    faults: list[str]


def check(file: Path, folder: Path) -> tuple[BackupPackage, list[str]]:
    """Try a backup out in a scratch database; `folder` has room for it. Returns it with the faults of its register."""
    with alone(), work_folder(folder) as work:
        package = container.read(file)
        return package, rehearsal.rehearse(package, work, is_ours=False)


def restore(file: Path, folder: Path, plan: RestorePlan) -> Restored:
    """Put a backup in the place of the configured database and its files; backups of what was there go to `folder`.

    BackupError leaves everything as it was; a message that doesn't say so names the backup to go back to.
    """
    with alone(), work_folder(folder) as work:
        package = container.read(file)
        if package.manifest["is_sample"] and not (settings.DEMO or settings.DEBUG):
            raise BackupError("这是示范学校的备份，口令是公开的，不能恢复到正式系统。")
        faults = rehearsal.rehearse(package, work, is_ours=False)
        if faults and not plan.accepts_faults:
            listed = "".join(f"\n  {fault}" for fault in faults[:10])
            raise BackupError(f"备份里的登记册本身有 {len(faults)} 处不符，仍要恢复的请加 --accept-faults：{listed}")
        _require_nobody_served(plan)
        broken_off = interrupted.said()
        before, replaced = _make_room(folder, plan)
        connections.close_all()
        interrupted.begin(detail := _detail(file, package, before, replaced) | _broken_off(broken_off))
        try:
            rehearsal.put(package, connection.settings_dict, work, url=None)
            connections.close_all()
            scratch.manage(None, "migrate", "--no-input", "--verbosity=0")
            files = stored.put_back(package)
            _require_arrived(package)
        except (BackupError, DatabaseError, OSError) as error:
            back = f"原来的内容在备份“{replaced}”里。" if replaced else ""
            raise BackupError(f"恢复没有完成：{error} {back}") from error
        is_covered = sealing.is_covered()
        audit.record(SystemVerb.RESTORED, detail=detail)
        interrupted.end()
        if not is_covered and seals.current() is not None:
            sealing.begin(sealing.RESTORED, account=account())
        landmark.remember()
    return Restored(package.manifest, replaced, files, faults)


def known(file: Path) -> str:
    """Whether the trail in use names this very file: the one thing that a forged but consistent backup can't show."""
    digest = container.file_sha256(file)
    try:
        entry = (
            AuditEntry.objects.of(SystemVerb.BACKED_UP).stating(SystemFact.FILE_HASH, digest).order_by("number").first()
        )
    except DatabaseError:
        return "现有数据库读不出来，不知道是否登记过这个文件。"
    return f"审计记录第 {entry.number} 条登记过这个文件。" if entry else "现有的审计记录里没有登记过这个文件。"


def is_empty() -> bool:
    """Whether the configured database holds nothing but what the set-up writes."""
    tables = set(connection.introspection.table_names())
    models = [model for model in dumped_models() if model._meta.label_lower not in OF_THE_SET_UP]
    return not any(model._base_manager.exists() for model in models if model._meta.db_table in tables)


def _make_room(folder: Path, plan: RestorePlan) -> tuple[AuditHead | None, Path | None]:
    """Back up what is there; returns its head and where its backup lies."""
    if plan.is_damaged:
        return None, _set_aside()
    try:
        if is_empty():
            return None, None
        now = head()
    except DatabaseError as error:
        raise BackupError("现有的数据库读不出来。文件已损坏的，请停止服务，加 --replace --damaged。") from error
    if not plan.is_replacing:
        raise BackupError("这个数据库里已有内容，没有改动。要用备份替换它，请停止服务，加 --replace。")
    if plan.saved is None:
        return now, make_unlocked(folder).path
    kept = AuditHead(**container.read(plan.saved).manifest["audit_head"])
    if not _is_all_in(kept):
        raise BackupError(f"“{plan.saved.name}”不是现有内容的备份（链首 {kept}，现在 {now}），没有改动。")
    return now, plan.saved


def _is_all_in(kept: AuditHead) -> bool:
    """Whether nothing happened since a backup with this head but that backups were noted."""
    later = AuditEntry.objects.filter(number__gt=kept.number).not_of(SystemVerb.BACKED_UP)
    is_ours = kept.number == 0 or AuditEntry.objects.filter(number=kept.number, hash=kept.hash).exists()
    return is_ours and not later.exists()


def _set_aside() -> Path | None:
    """Give the files of a damaged SQLite database other names: nothing is deleted that may still be read one day.

    A PostgreSQL database has no such files; its server keeps what is left of it.
    """
    if connection.vendor != copies.SQLITE:
        return None
    path = Path(connection.settings_dict["NAME"])
    stamp = f"{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%SZ}"
    connections.close_all()
    aside = None
    for suffix in ("", "-wal", "-shm"):
        file = path.with_name(path.name + suffix)
        if file.exists():
            aside = file.rename(file.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}{suffix}"))
    return aside and aside.with_name(aside.name.removesuffix("-wal").removesuffix("-shm"))


def _require_arrived(package: BackupPackage) -> None:
    """The trail holds the backup's head, and the database guards itself again."""
    wanted = AuditHead(**package.manifest["audit_head"])
    if wanted.number and not AuditEntry.objects.filter(number=wanted.number, hash=wanted.hash).exists():
        raise BackupError("恢复后的审计记录里没有备份的链首。")
    if triggers.missing():
        raise BackupError("恢复后数据库保护没有装上，请运行 manage.py migrate。")


def _broken_off(said: dict[str, Any]) -> dict[str, Any]:
    """What the trail has to tell of an earlier restore that was killed: its entry is in what is replaced now."""
    return {"此前中断的恢复": {name: said.get(name) for name in ("文件", "备份的链首")}} if said else {}


def _require_nobody_served(plan: RestorePlan) -> None:
    """Whoever works meanwhile would write into what is replaced, and read both by turns."""
    if (plan.is_replacing or plan.is_damaged) and serving.is_served(Path(settings.VAR_DIR)):
        raise BackupError(
            "服务正在运行，没有改动。请先停止服务（systemctl stop riskcontrol）再恢复；"
            "用 sudo riskcontrol restore 恢复时，会自动停止和启动服务。"
        )


def _detail(file: Path, package: BackupPackage, before: AuditHead | None, replaced: Path | None) -> dict[str, Any]:
    return {
        "系统账号": account(),
        "文件": file.name,
        SystemFact.FILE_HASH.value: container.file_sha256(file),
        "备份时间": package.manifest["made_at"],
        "备份的链首": str(AuditHead(**package.manifest["audit_head"])),
        "被替换内容的链首": str(before) if before else None,
        "被替换内容的备份": replaced.name if replaced else None,
    }
