"""Workbooks that people send, as rows of plain texts: the second door to openpyxl, for a confined process only.

A file is refused before openpyxl sees it where it is no .xlsx, where it would grow too large, where it carries macros
or links to other files (libraries' advice on uploads: ≤ 200 members, ≤ 60 MB inflated).
"""

import datetime
import re
import warnings
import zlib
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import openpyxl

from riskcontrol.cell_text import safe_text
from riskcontrol.confinement import RefusedError

ZIP_START, OLE_START = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LARGEST_FILE = 5 * 1024 * 1024
MOST_MEMBERS, LARGEST_INFLATED = 200, 60 * 1024 * 1024
# What a school's table never has; the rest of a sheet is not looked at.
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 10, 3_000, 40, 600_000

NO_WORKBOOK = "这不是 Excel 的 .xlsx 文件。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
OLD_OR_LOCKED = "这是旧版的 .xls 文件，或者设了打开密码。请用 Excel 或 WPS 打开，取消密码，另存为 .xlsx 后再上传。"
DAMAGED = "这个文件已经损坏。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
TOO_LARGE = "这个文件展开后太大。请删去图片和多余的工作表，另存后再上传。"
TOO_LONG = "这个文件的文字太多。请只留下一张防控表，另存后再上传。"
MACROS = "这个文件带有宏。请另存为不带宏的 .xlsx 后再上传。"
LINKS = "这个文件链接着别的文件。请断开链接（数据—编辑链接），另存后再上传。"
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def read_workbook(content: bytes) -> list[dict[str, Any]]:
    """The visible sheets: [{"name": …, "rows": [[number of the row, [text of each cell]], …]}], empty rows left out."""
    _check(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl leaves out is nothing that is read here
            return _sheets(content)
    except (RefusedError, MemoryError):
        raise
    except Exception as error:  # whatever a broken file brings out of the XML and of openpyxl
        raise RefusedError(DAMAGED) from error


def _check(content: bytes) -> None:
    if content.startswith(OLE_START):
        raise RefusedError(OLD_OR_LOCKED)
    if not content.startswith(ZIP_START):
        raise RefusedError(NO_WORKBOOK)
    if len(content) > LARGEST_FILE:
        raise RefusedError(TOO_LARGE)
    try:
        with ZipFile(BytesIO(content)) as package:
            members = package.infolist()
            _check_names(members)
            if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > LARGEST_INFLATED:
                raise RefusedError(TOO_LARGE)
            _inflate(package, members)
    except (BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise RefusedError(DAMAGED) from error


def _check_names(members: list[ZipInfo]) -> None:
    names = [member.filename.casefold() for member in members]
    if "[content_types].xml" not in names:
        raise RefusedError(NO_WORKBOOK)
    if any(name.endswith("vbaproject.bin") for name in names):
        raise RefusedError(MACROS)
    if any("externallinks/" in name for name in names):
        raise RefusedError(LINKS)
    if any(member.flag_bits & 1 for member in members):
        raise RefusedError(OLD_OR_LOCKED)
    if len(set(names)) < len(names) or any(m.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for m in members):
        raise RefusedError(DAMAGED)


def _inflate(package: ZipFile, members: list[ZipInfo]) -> None:
    """Read each member once, to its real end and checksum: what the package says of its size may be a lie."""
    left = LARGEST_INFLATED
    for member in members:
        with package.open(member) as stream:
            while piece := stream.read(1 << 16):
                left -= len(piece)
                if left < 0:
                    raise RefusedError(TOO_LARGE)


def _sheets(content: bytes) -> list[dict[str, Any]]:
    book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    found, left = [], MOST_CHARACTERS
    for sheet in visible[:MOST_SHEETS]:
        sheet.reset_dimensions()  # what the file says of its size may be a lie, too
        rows = []
        for number, cells in enumerate(
            sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True), start=1
        ):
            texts = [_text(value) for value in cells]
            while texts and not texts[-1].strip():
                texts.pop()
            if not texts:
                continue
            left -= sum(map(len, texts))
            if left < 0:
                raise RefusedError(TOO_LONG)
            rows.append([number, texts])
        found.append({"name": sheet.title, "rows": rows})
    return found


def _text(value: object) -> str:
    """A cell as a person reads it; a formula is its last result."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return safe_text(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value)))
