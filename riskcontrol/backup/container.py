"""The backup's file: a zip that any program opens, with a manifest of every part and a seal over every byte."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from riskcontrol.backup.errors import BackupError

FORMAT = "register-backup 1"
MANIFEST = "manifest.json"
# The zip's comment is the last thing in the file: these words, then the SHA-256 of all bytes before its 64 digits.
SEAL = b"SHA-256 "
DIGITS = 64
CHUNK = 1024 * 1024
# What is compressed by its own format isn't compressed again.
PACKED = frozenset({".pgdump", ".zip", ".pdf", ".png", ".jpg", ".jpeg", ".xlsx"})


@dataclass(frozen=True)
class BackupPart:
    """One file in a backup."""

    path: str
    size: int
    sha256: str


class PackageWriter:
    """Adds files one by one and remembers what they were."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self.parts: list[BackupPart] = []

    def add(self, name: str, source: Path) -> None:
        """Copy a file in, in pieces."""
        digest, size = hashlib.sha256(), 0
        info = zipfile.ZipInfo.from_file(source, name, strict_timestamps=False)
        info.compress_type = zipfile.ZIP_STORED if source.suffix.lower() in PACKED else zipfile.ZIP_DEFLATED
        with source.open("rb") as stream, self._package.open(info, "w", force_zip64=True) as member:
            while piece := stream.read(CHUNK):
                digest.update(piece)
                size += len(piece)
                member.write(piece)
        self.parts.append(BackupPart(name, size, digest.hexdigest()))

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest, the last member."""
        listed = [{"path": part.path, "size": part.size, "sha256": part.sha256} for part in self.parts]
        text = json.dumps({"format": FORMAT, **manifest, "files": listed}, ensure_ascii=False, indent=1)
        self._package.writestr(MANIFEST, text, zipfile.ZIP_DEFLATED)


@contextmanager
def written(path: Path) -> Iterator[PackageWriter]:
    """Make a sealed package at `path`, flushed to the disk; on an error nothing stays."""
    try:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b") as stream:
            with zipfile.ZipFile(stream, "w", allowZip64=True, compresslevel=6) as package:
                package.comment = SEAL + b"0" * DIGITS
                yield PackageWriter(package)
            _seal(stream)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _seal(stream: IO[bytes]) -> None:
    end = stream.seek(0, os.SEEK_END) - DIGITS
    digest = _digest(stream, end)
    stream.seek(end)
    stream.write(digest.encode())


def _digest(stream: IO[bytes], end: int) -> str:
    """SHA-256 of the first `end` bytes."""
    digest, left = hashlib.sha256(), end
    stream.seek(0)
    while left and (piece := stream.read(min(CHUNK, left))):
        digest.update(piece)
        left -= len(piece)
    return digest.hexdigest()


def put_in_place(part: Path, target: Path) -> None:
    """Give a finished file its name, and flush the name to the disk."""
    part.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@dataclass(frozen=True)
class BackupPackage:
    """A backup whose every byte was found to be what was written."""

    path: Path
    manifest: dict[str, Any]

    def extract(self, name: str, target: Path) -> Path:
        """Write one part to a file."""
        target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        with zipfile.ZipFile(self.path) as package, package.open(name) as member, target.open("wb") as stream:
            while piece := member.read(CHUNK):
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        return target

    @contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        """Read one part without a copy on the disk."""
        with zipfile.ZipFile(self.path) as package, package.open(name) as member:
            yield member

    def names(self, prefix: str = "") -> list[str]:
        """The parts whose name begins so."""
        return [part["path"] for part in self.manifest["files"] if part["path"].startswith(prefix)]


def read(path: Path) -> BackupPackage:
    """Open a backup and check the seal and each part; BackupError says what is wrong with it."""
    try:
        _check_seal(path)
        with zipfile.ZipFile(path) as package:
            manifest = json.loads(package.read(MANIFEST))
            if manifest.get("format") != FORMAT:
                raise BackupError(f"“{path.name}”是另一种格式的备份，请用做备份的那一版程序。")
            _check_parts(package, manifest)
    except FileNotFoundError as error:
        raise BackupError(f"找不到“{path}”。请核对路径。") from error
    except OSError as error:
        raise BackupError(f"“{path}”读不出来：{error.strerror}。") from error
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise BackupError(f"“{path.name}”不是备份，或已损坏。请换一个备份。") from error
    return BackupPackage(path, manifest)


def head_inside(path: Path) -> tuple[int, str] | None:
    """Number and hash of the head of the trail in a backup, as its manifest says; None where it can't be read.

    Quick: neither seal nor parts are checked.
    """
    try:
        with zipfile.ZipFile(path) as package:
            head = json.loads(package.read(MANIFEST))["audit_head"]
        return int(head["number"]), str(head["hash"])
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError):
        return None


def _check_seal(path: Path) -> None:
    with path.open("rb") as stream:
        end = stream.seek(0, os.SEEK_END) - DIGITS
        stream.seek(max(0, end - len(SEAL)))
        tail = stream.read()
        if end <= 0 or not tail.startswith(SEAL):
            raise BackupError(f"“{path.name}”不是本程序的备份，或没有写完。请换一个备份。")
        if _digest(stream, end).encode() != tail[len(SEAL) :]:
            raise BackupError(f"“{path.name}”与封存时的校验值不符，已损坏。请换一个备份。")


def _check_parts(package: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    names = [part["path"] for part in manifest["files"]]
    if sorted(package.namelist()) != sorted([*names, MANIFEST]):
        raise BackupError("备份里的文件与清单不符，已损坏。请换一个备份。")
    for part in manifest["files"]:
        path = PurePosixPath(part["path"])
        if path.is_absolute() or ".." in path.parts or "\\" in part["path"]:
            raise BackupError(f"备份里有不允许的文件名“{path}”，不能恢复。")
        with package.open(part["path"]) as member:
            if hashlib.file_digest(member, "sha256").hexdigest() != part["sha256"]:  # type: ignore[arg-type]
                raise BackupError(f"备份里的“{path}”与清单的校验值不符，已损坏。请换一个备份。")


def file_sha256(path: Path) -> str:
    """Hex SHA-256 of a whole file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
