"""Trying a backup out: restored into a scratch database, read as a whole, compared with what it says of itself."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.migrations.loader import MigrationLoader

from riskcontrol.backup import canonical, copies, scratch
from riskcontrol.backup.container import BackupPackage
from riskcontrol.backup.errors import BackupError
from riskcontrol.backup.examination import AuditHead, Examination

CANONICAL = "canonical.jsonl"


def rehearse(package: BackupPackage, work: Path, *, is_ours: bool) -> list[str]:
    """Restore into a scratch database of the configured kind; returns the faults that the register itself had.

    Of one that is ours, not from elsewhere, this installation's keys have to confirm all seals.

    BackupError where the copy is not what the manifest says: such a backup is worth nothing.
    """
    with scratch.scratch(work) as place:
        put(package, place.config, work, url=place.url)
        if is_older(package):
            scratch.manage(place.url, "migrate", "--no-input", "--verbosity=0")
            found = scratch.examine(place.url)
            return found.faults + (found.unconfirmed if is_ours else [])
        found = scratch.examine(place.url)
    for difference in _differences(package, found):
        raise BackupError(f"试恢复的结果与备份时不一致（{difference}），这个备份不能用。")
    return found.faults + (found.unconfirmed if is_ours else [])


def _differences(package: BackupPackage, found: Examination) -> Iterator[str]:
    manifest = package.manifest
    if found.migrations != manifest["migrations"]:
        yield "数据表版本不同"
    for label, count in manifest["counts"].items():
        if found.counts.get(label) != count:
            yield f"{label} 应有 {count} 行，得到 {found.counts.get(label)} 行"
    if found.canonical_sha256 != manifest["canonical"]["sha256"]:
        yield "内容校验值不同"
    if found.head != AuditHead(**manifest["audit_head"]):
        yield "审计链首不同"


def put(package: BackupPackage, config: dict[str, Any], work: Path, *, url: str | None) -> None:
    """Restore the database of a backup into one of the configured kind; from another kind by way of the dump.

    `config` and `url` (None: DATABASE_URL as it is) both name the database that is overwritten.
    """
    require_known_tables(package)
    vendor, source = connections["default"].vendor, package.manifest["database"]
    if source["kind"] == vendor:
        copy = package.extract(source["file"], work / source["file"])
        try:
            copies.PUT[vendor](copy, config, work)
        finally:
            copy.unlink()
        return
    scratch.manage(url, "migrate", "--no-input", "--verbosity=0")
    expected = canonical.Dumped(package.manifest["canonical"]["sha256"], package.manifest["counts"])
    with copies.opened(config, "target") as using, package.opened(CANONICAL) as lines:
        canonical.load(lines, expected, sequences=package.manifest["sequences"], using=using)


def _known_migrations() -> dict[str, set[str]]:
    """Each migration of this program, with those that it replaces."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {
        f"{app}.{name}": {f"{app}.{name}" for app, name in migration.replaces}
        for (app, name), migration in loader.disk_migrations.items()
    }


def require_known_tables(package: BackupPackage) -> None:
    """A backup of a newer program has tables that this one would not understand."""
    known = _known_migrations()
    unknown = set(package.manifest["migrations"]) - known.keys() - set().union(*known.values())
    if unknown:
        version = package.manifest["program"]["version"]
        raise BackupError(f"这个备份出自更新的程序（{version} 版）。请先把程序升级到那一版，再恢复。")


def is_older(package: BackupPackage) -> bool:
    """Whether this program has migrations that the backup's database has not seen."""
    return is_behind(package.manifest["migrations"])


def is_behind(migrations: Iterable[str]) -> bool:
    """Whether a database with these migrations has tables of an older program than this one."""
    applied, known = set(migrations), _known_migrations()
    replaced = set().union(*known.values())
    return any(
        name not in applied and not (replaces and replaces <= applied) and name not in replaced
        for name, replaces in known.items()
    )
