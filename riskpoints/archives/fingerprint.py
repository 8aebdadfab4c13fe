"""Tells whether an archive or a printed part would come out the same: by what it is made of, and by the program."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings

from riskcontrol import VERSION
from riskcontrol.audit import canonical_json, sha256
from riskpoints.archives.records import YearRecords

# What decides how values become bytes: the code and templates of documents and archives, the libraries, the faces.
SOURCES = (
    "riskpoints/archives/*.py",
    "riskpoints/documents/*.py",
    "riskpoints/register/numbers.py",
    "riskcontrol/*.py",
    "riskcontrol/paper/*.py",
    "templates/riskpoints/print/*",
    "static/css/print.css",
)
LIBRARIES = ("weasyprint", "openpyxl", "fonttools", "pydyf")


def key_of(kind: str, values: Any) -> str:
    """The key of one printed part."""
    return sha256(canonical_json([program(), kind, values]))


def archive_key(year: YearRecords, files: list[tuple[str, str]]) -> str:
    """The key of a whole archive: the year's records, and for each file by path the hash or key it has."""
    heads = [row | {"snapshot": sha256(row["snapshot"])} for row in year.decisions]
    audits = [hashlib.sha256(piece.lines).hexdigest() for piece in year.audits]
    values = [
        year.facts,
        year.cycle.closed_at,
        heads,
        year.absent,
        [piece.ends for piece in year.audits],
        audits,
        files,
    ]
    return key_of("zip", values)


@cache
def program() -> str:
    """The hash of everything that is not content; it stays the same as long as the process."""
    digest = hashlib.sha256(VERSION.encode())
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in _sources():
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    for path in sorted(Path(settings.FONT_DIR).glob("*")):
        digest.update(f"{path.name} {path.stat().st_size}\n".encode())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for pattern in SOURCES:
        yield from sorted(Path(settings.BASE_DIR).glob(pattern))
