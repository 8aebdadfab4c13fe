"""The zip as a container: names that are right everywhere, the same bytes for the same content, never a half file."""

import hashlib
import os
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from riskpoints.archives.verifier import FORBIDDEN

MEDIA_TYPES = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/x-python",
    ".sha256": "text/plain",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What is compressed by its own format isn't compressed again.
PACKED = frozenset({".docx", ".jpeg", ".jpg", ".pdf", ".png", ".xlsx"})
# A folder and a file name together stay under the limit of the verifier (100 characters).
LONGEST_PART = 42
RESERVED = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{device}{number}" for device in ("COM", "LPT") for number in range(10))}
)


@dataclass(frozen=True)
class FileRecord:
    """One file of the archive as the manifest lists it; `item` is the 档号 of its 件, if it belongs to one."""

    path: str
    size: int
    sha256: str
    media_type: str
    item: str | None


def media_type(path: str) -> str:
    """What a file is, by its name."""
    return MEDIA_TYPES[Path(path).suffix.lower()]


def safe_name(text: str) -> str:
    """A file name part that Windows, Linux and zip tools take as it stands; two different texts may give one name."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    kept = "".join("_" if c in FORBIDDEN or c == "/" or unicodedata.category(c)[0] == "C" else c for c in plain)
    name = kept[:LONGEST_PART].strip(" .") or "_"
    return f"_{name}" if name.partition(".")[0].upper() in RESERVED else name


class ZipWriter:
    """Adds files to an archive one by one and remembers what the manifest will say of each."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self.records: list[FileRecord] = []

    def add(self, path: str, content: bytes, *, day: date, item: str | None = None) -> FileRecord:
        """Store one file with the content's own date; the order of the calls is the order in the zip."""
        suffix = Path(path).suffix.lower()
        entry = zipfile.ZipInfo(path, date_time=(max(day.year, 1980), day.month, day.day, 0, 0, 0))
        entry.create_system = 3  # Unix, so that the permissions below are read and no system's default slips in
        entry.external_attr = 0o100644 << 16
        entry.compress_type = zipfile.ZIP_STORED if suffix in PACKED else zipfile.ZIP_DEFLATED
        self._package.writestr(entry, content, compresslevel=9)
        record = FileRecord(path, len(content), hashlib.sha256(content).hexdigest(), media_type(path), item)
        self.records.append(record)
        return record


@contextmanager
def zip_writer(path: Path) -> Iterator[ZipWriter]:
    """A new zip at this path, on the disk to the last byte when the block ends; on an error it is removed."""
    try:
        with path.open("xb") as stream:
            with zipfile.ZipFile(stream, "w") as package:
                yield ZipWriter(package)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def write_synced(path: Path, content: bytes) -> None:
    """Write a file so that it is on the disk to the last byte."""
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def put_in_place(part: Path, target: Path) -> None:
    """Give a finished file its name: at once, and so that it is still there after a power cut."""
    part.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
