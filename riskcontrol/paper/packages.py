"""Office files that people send, before anything reads them: what they are, and whether they are safe to unpack.

A file is refused before its XML is read where it is of another kind, where it would grow too large, where it carries
macros or links to other files (libraries' advice on uploads: ≤ 200 members, ≤ 60 MB inflated).
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from riskcontrol.processes.confinement import RefusedError

ZIP_START, OLE_START = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LARGEST_FILE = 5 * 1024 * 1024
MOST_MEMBERS, LARGEST_INFLATED = 200, 60 * 1024 * 1024

TOO_LARGE = "这个文件展开后太大。请删去图片和多余的工作表，另存后再上传。"
WORKBOOK_PART, DOCUMENT_PART = "xl/workbook.xml", "word/document.xml"


@dataclass(frozen=True)
class Package:
    """A kind of file by the ending of its name, and what is said of one that isn't it or can't be read."""

    other: str  # no Office file at all
    old: str  # of the time before 2007, or with a password
    damaged: str
    macros: str
    links: str
    refused: tuple[tuple[str, str], ...] = ()  # (a part that only another kind has, what is said of it)


def check(content: bytes, package: Package) -> None:
    """RefusedError with words for the sender, unless the file can be unpacked whole."""
    if content.startswith(OLE_START):
        raise RefusedError(package.old)
    if not content.startswith(ZIP_START):
        raise RefusedError(package.other)
    if len(content) > LARGEST_FILE:
        raise RefusedError(TOO_LARGE)
    try:
        with ZipFile(BytesIO(content)) as opened:
            members = opened.infolist()
            _check_names(members, package)
            if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > LARGEST_INFLATED:
                raise RefusedError(TOO_LARGE)
            _inflate(opened, members)
    except (BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise RefusedError(package.damaged) from error


def has_part(content: bytes, part: str) -> bool:
    """Whether the file is a package that holds this part."""
    try:
        with ZipFile(BytesIO(content)) as package:
            return part in {name.casefold() for name in package.namelist()}
    except (BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        return False


def _check_names(members: Sequence[ZipInfo], package: Package) -> None:
    names = [member.filename.casefold() for member in members]
    for part, words in package.refused:
        if part in names:
            raise RefusedError(words)
    if "[content_types].xml" not in names:
        raise RefusedError(package.other)
    if any(name.endswith("vbaproject.bin") for name in names):
        raise RefusedError(package.macros)
    if any("externallinks/" in name for name in names):
        raise RefusedError(package.links)
    if any(member.flag_bits & 1 for member in members):
        raise RefusedError(package.old)
    if len(set(names)) < len(names) or any(m.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for m in members):
        raise RefusedError(package.damaged)


def _inflate(package: ZipFile, members: Sequence[ZipInfo]) -> None:
    """Read each member once, to its real end and checksum: what the package says of its size may be a lie."""
    left = LARGEST_INFLATED
    for member in members:
        with package.open(member) as stream:
            while piece := stream.read(1 << 16):
                left -= len(piece)
                if left < 0:
                    raise RefusedError(TOO_LARGE)
