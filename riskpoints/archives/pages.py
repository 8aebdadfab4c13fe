"""Counts the pages of a PDF for the catalogue (页数)."""

import re
import zlib

# A stream object of ISO 32000-2, 7.5.7: objects packed together, as most writers of today do.
OBJECT_STREAM = re.compile(rb"/Type\s*/ObjStm\b.*?stream\r?\n(.*?)endstream", re.DOTALL)
PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
LARGEST = 64 * 1024 * 1024


def page_count(pdf: bytes) -> int | None:
    """How many pages a PDF has, or None where it can't be told (an encrypted file, for one)."""
    if b"/Encrypt" in pdf:
        return None
    packed = (_inflated(match.group(1)) for match in OBJECT_STREAM.finditer(pdf))
    return sum(len(PAGE.findall(part)) for part in (pdf, *packed)) or None


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, LARGEST)
    except zlib.error:
        return b""
