"""Files that belong to something registered: what they are by their content. For a confined process only.

PDF and pictures are read as scans are (scan_reading); .docx, .xlsx and OFD are packages, whose members are read to
their end. Macros, passwords and the binary formats of before 2007, in which macros can't be seen, are refused.
"""

import zlib
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from riskcontrol.paper import scan_reading
from riskcontrol.processes.confinement import RefusedError

ZIP_START, OLE_START = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# By the member that only this kind of package has.
PACKAGES = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ofd.xml": "ofd"}
MOST_PAGES, MOST_MEMBERS, LARGEST_INFLATED = 500, 2_000, 200 * 1024 * 1024

UNKNOWN = "这不是 PDF、.docx、.xlsx、OFD、JPG 或 PNG 文件。请另存为这几种格式后再上传。"
OLD_OR_LOCKED = "这是旧版的 .doc、.xls 文件，或者设了打开密码。请取消密码，另存为 .docx、.xlsx 或 PDF 后再上传。"
DAMAGED = "这个文件已经损坏，读不完整。请打开后另存，再上传。"
MACROS = "这个文件带有宏。请另存为不带宏的 .docx、.xlsx 或 PDF 后再上传。"
TOO_LARGE = "这个文件展开后太大。请压缩图片，或另存为 PDF 后再上传。"
TOO_MANY = f"这个 PDF 超过 {MOST_PAGES} 页，请分成几份上传。"
ACTIVE = "这个 PDF 带有脚本、程序或附件。请用“打印到 PDF”另存一份，再上传。"
# What is said of a scan, in the words for a file of any origin.
OTHER_WORDS = {
    scan_reading.BROKEN: DAMAGED,
    scan_reading.ACTIVE: ACTIVE,
    scan_reading.TOO_MANY: TOO_MANY,
    scan_reading.EMPTY: "这个文件是空的，请换一个文件。",
    scan_reading.LOCKED: "这个 PDF 设了密码，别人打不开。请取消密码后再上传。",
    scan_reading.NO_PAGE: "这个 PDF 里没有一页，请换一个文件。",
}


def read_attachment(content: bytes) -> dict[str, Any]:
    """{"kind": "pdf", "jpg", "png", "docx", "xlsx" or "ofd"}. RefusedError says what is wrong with the file."""
    if content.startswith(OLE_START):
        raise RefusedError(OLD_OR_LOCKED)
    if content.startswith(ZIP_START):
        return {"kind": _package(content)}
    if content and not content.startswith(tuple(scan_reading.SIGNATURES)):
        raise RefusedError(UNKNOWN)
    try:
        return {"kind": scan_reading.read_scan(content, most_pages=MOST_PAGES)["kind"]}
    except RefusedError as error:
        raise RefusedError(OTHER_WORDS.get(str(error), str(error))) from error


def _package(content: bytes) -> str:
    try:
        with ZipFile(BytesIO(content)) as package:
            members = package.infolist()
            kind = _kind(members)
            if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > LARGEST_INFLATED:
                raise RefusedError(TOO_LARGE)
            _inflate(package, members)
            return kind
    except (BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise RefusedError(DAMAGED) from error


def _kind(members: list[ZipInfo]) -> str:
    names = [member.filename.casefold() for member in members]
    kind = next((kind for name, kind in PACKAGES.items() if name in names), None)
    if kind is None:
        raise RefusedError(UNKNOWN)
    if any(name.endswith("vbaproject.bin") for name in names):
        raise RefusedError(MACROS)
    if any(member.flag_bits & 1 for member in members):
        raise RefusedError(OLD_OR_LOCKED)
    if len(set(names)) < len(names):
        raise RefusedError(DAMAGED)
    return kind


def _inflate(package: ZipFile, members: list[ZipInfo]) -> None:
    """Read each member once, to its real end and checksum: what the package says of its size may be a lie."""
    left = LARGEST_INFLATED
    for member in members:
        with package.open(member) as stream:
            while piece := stream.read(1 << 16):
                left -= len(piece)
                if left < 0:
                    raise RefusedError(TOO_LARGE)
