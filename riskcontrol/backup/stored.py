"""The files beside the database that belong to the school: archives, uploads, fonts of its own."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from riskcontrol import checks
from riskcontrol.backup.container import BackupPackage, file_sha256, put_in_place

# The secret key isn't kept: nothing is lost without it (everybody logs in again), and whoever finds a backup
# can't sign with it. Fonts that the set-up brings along come back with the set-up.
PREFIX = "files/"


def folders() -> dict[str, Path]:
    """Name in the backup to folder on this machine."""
    return {
        "archives": Path(settings.VAR_DIR, "archives"),
        "media": Path(settings.MEDIA_ROOT),
        "fonts": Path(settings.FONT_DIR),
    }


def kept() -> Iterator[tuple[str, Path]]:
    """Each file to keep with its name in the backup; what is being written just now isn't finished and waits."""
    for name, folder in folders().items():
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not path.is_file() or path.suffix in {".part", ".lock"}:
                continue
            if name == "fonts" and path.name in checks.FONTS:
                continue
            yield f"{PREFIX}{name}/{path.relative_to(folder).as_posix()}", path


def put_back(package: BackupPackage) -> int:
    """Write the files that are missing or differ, each whole or not at all; returns how many. Others stay."""
    count = 0
    for part in package.manifest["files"]:
        if not part["path"].startswith(PREFIX):
            continue
        folder, _, name = part["path"].removeprefix(PREFIX).partition("/")
        target = folders()[folder] / name
        if target.is_file() and file_sha256(target) == part["sha256"]:
            continue
        unfinished = target.with_name(f"{target.name}.part")
        put_in_place(package.extract(part["path"], unfinished), target)
        count += 1
    return count
