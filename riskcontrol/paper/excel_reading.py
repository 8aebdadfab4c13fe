"""Workbooks that people send, as rows of plain texts: the second door to openpyxl, for a confined process only.

A file is refused before openpyxl sees it where it is no .xlsx or not safe to unpack (riskcontrol/paper/packages.py).
"""

import re
import warnings
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils import get_column_letter

from riskcontrol.paper.cell_shown import UnknownFormatError, shown
from riskcontrol.paper.cell_text import safe_text
from riskcontrol.paper.packages import DOCUMENT_PART, Package, check
from riskcontrol.processes.confinement import RefusedError

# What a school's table never has; where there is more, the file is refused with the place.
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 10, 3_000, 40, 600_000

NO_WORKBOOK = "这不是 Excel 的 .xlsx 文件。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
OLD_OR_LOCKED = (
    "这是旧版的 .xls 或 .et 文件，或者设了打开密码。请用 Excel 或 WPS 打开，取消密码，另存为 .xlsx 后再上传。"
)
DAMAGED = "这个文件已经损坏。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
TOO_LONG = "这个文件的文字太多。请只留下一张防控表，另存后再上传。"
TOO_FAR = f"最多读到第 {MOST_ROWS} 行、第 {MOST_COLUMNS} 列。请把它移近，或另存为一个文件再上传。"
WORD = "这是 Word 文档（.docx），这里读 Excel 的 .xlsx。请下载防控表（Excel）或导入模板，填好后再上传。"
MACROS = "这个文件带有宏。请另存为不带宏的 .xlsx 后再上传。"
LINKS = "这个文件链接着别的文件。请断开链接（数据—编辑链接），另存后再上传。"
WORKBOOK = Package(
    other=NO_WORKBOOK, old=OLD_OR_LOCKED, damaged=DAMAGED, macros=MACROS, links=LINKS, refused=((DOCUMENT_PART, WORD),)
)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def read_workbook(content: bytes) -> list[dict[str, Any]]:
    """The sheets as they are seen: [{"name": …, "hidden": is it a hidden sheet, "rows": [[number of the row, [text of
    each cell]], …] without empty rows, "hidden_rows": numbers, "hidden_columns": places from 0, "merged": [first row,
    first column, last row, last column], "marks": [row, column, "formula" | "struck" | "comment" | "format", words]}].
    """
    check(content, WORKBOOK)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl leaves out is nothing that is read here
            return _sheets(content)
    except (RefusedError, MemoryError):
        raise
    except Exception as error:  # whatever a broken file brings out of the XML and of openpyxl
        raise RefusedError(DAMAGED) from error


def _sheets(content: bytes) -> list[dict[str, Any]]:
    content = _plain_package(content)
    book = openpyxl.load_workbook(BytesIO(content), data_only=True, keep_links=False)
    if len(book.worksheets) > MOST_SHEETS:
        raise RefusedError(f"这个文件有 {len(book.worksheets)} 张工作表，最多读 {MOST_SHEETS} 张。请删去不用的再上传。")
    formulas, rich = _formulas(content), _rich(content)
    found, left = [], MOST_CHARACTERS
    for sheet in book.worksheets:
        read = _Sheet(sheet, formulas.get(sheet.title, set()), rich.get(sheet.title, {}))
        left -= read.length
        if left < 0:
            raise RefusedError(TOO_LONG)
        found.append(read.plain())
    return found


def _formulas(content: bytes) -> dict[str, set[tuple[int, int]]]:
    """Where the sheets have formulas: one without a kept result is an empty cell otherwise."""
    book = openpyxl.load_workbook(BytesIO(content), read_only=True, keep_links=False)
    found: dict[str, set[tuple[int, int]]] = {}
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what the file says of its size may be a lie
        rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS)
        found[sheet.title] = {(cell.row, cell.column) for row in rows for cell in row if cell.data_type == "f"}
    return found


def _rich(content: bytes) -> dict[str, dict[tuple[int, int], CellRichText]]:
    """The cells of which a part is struck out, if any; openpyxl loses escapes where it keeps the parts of a text."""
    with ZipFile(BytesIO(content)) as package:
        texts = [name for name in package.namelist() if name.startswith(("xl/sharedStrings", "xl/worksheets/"))]
        if not any(b"strike" in package.read(name) for name in texts):
            return {}
    book = openpyxl.load_workbook(BytesIO(content), data_only=True, rich_text=True, keep_links=False)
    return {
        sheet.title: {
            place: cell.value
            for place, cell in sheet._cells.items()
            if isinstance(cell.value, CellRichText) and any(map(_is_struck, cell.value))
        }
        for sheet in book.worksheets
    }


def _is_struck(part: object) -> bool:
    return isinstance(part, TextBlock) and bool(part.font.strike)


class _Sheet:
    """One sheet as texts, with what a person sees of it besides: what is hidden, merged, struck out, noted."""

    def __init__(self, sheet: Any, formulas: set[tuple[int, int]], rich: dict[tuple[int, int], CellRichText]) -> None:
        self.sheet, self.formulas, self.rich, self.length = sheet, formulas, rich, 0
        self.marks: list[list[Any]] = []  # [row, column, kind, words]
        self.rows = [row for number in range(1, self._last_row() + 1) if (row := self._row(number))]

    def _last_row(self) -> int:
        """The last row with a text. RefusedError where one lies further away than this program reads."""
        last = 0
        for (row, column), cell in self.sheet._cells.items():
            if cell.value is None or not str(cell.value).strip():
                continue
            if row > MOST_ROWS or column > MOST_COLUMNS:
                place = f"{get_column_letter(column)}{row}"
                raise RefusedError(f"工作表“{self.sheet.title}”的 {place} 格还有内容。{TOO_FAR}")
            last = max(last, row)
        return max([last, *(row for row, _ in self.formulas)])

    def _row(self, number: int) -> list[Any] | None:
        texts = [self._text(number, column) for column in range(1, min(self.sheet.max_column, MOST_COLUMNS) + 1)]
        while texts and not texts[-1].strip():
            texts.pop()
        self.length += sum(map(len, texts))
        return [number, texts] if texts else None

    def _text(self, row: int, column: int) -> str:
        cell = self.sheet._cells.get((row, column))
        if cell is None:
            return ""
        if cell.comment is not None and cell.comment.text.strip():
            self.marks.append([row, column - 1, "comment", safe_text(cell.comment.text.strip())[:200]])
        value = cell.value
        if value is None and (row, column) in self.formulas:
            self.marks.append([row, column - 1, "formula", ""])
            return ""
        if (row, column) in self.rich:
            value = self._live_text(row, column, self.rich[row, column])
        elif isinstance(value, str) and value.strip() and cell.font is not None and cell.font.strike:
            self.marks.append([row, column - 1, "struck", _plain(value)[:200]])
            return ""
        try:
            return _plain(shown(value, cell.number_format))
        except UnknownFormatError as error:
            self.marks.append([row, column - 1, "format", str(error)[:40]])
            return ""

    def _live_text(self, row: int, column: int, value: CellRichText) -> str:
        """The text without what is struck out in it, which is told instead."""
        struck = "".join(part.text for part in value if _is_struck(part))
        if struck.strip():
            self.marks.append([row, column - 1, "struck", _plain(struck)[:200]])
        return "".join(part.text if isinstance(part, TextBlock) else part for part in value if not _is_struck(part))

    def plain(self) -> dict[str, Any]:
        sheet = self.sheet
        hidden = {letter for letter, column in sheet.column_dimensions.items() if column.hidden}
        columns = {
            index - 1
            for letter in hidden
            for index in range(sheet.column_dimensions[letter].min or 0, (sheet.column_dimensions[letter].max or 0) + 1)
            if 0 < index <= MOST_COLUMNS
        }
        return {
            "name": sheet.title,
            "hidden": sheet.sheet_state != "visible",
            "rows": self.rows,
            "hidden_rows": [row for row, _ in self.rows if sheet.row_dimensions[row].hidden],
            "hidden_columns": sorted(columns),
            "merged": [
                [area.min_row, area.min_col - 1, area.max_row, area.max_col - 1]
                for area in sheet.merged_cells.ranges
                if area.min_row <= MOST_ROWS and area.min_col <= MOST_COLUMNS
            ],
            "marks": self.marks,
        }


def _plain(text: str) -> str:
    return safe_text(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))


# The same parts in Strict Open XML (ISO/IEC 29500-1) and in the transitional one that openpyxl knows.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
_EMPTY_FILL = re.compile(rb"<((?:\w+:)?)fill\s*(?:/>|>\s*</(?:\w+:)?fill>)")


def _plain_package(content: bytes) -> bytes:
    """The package as openpyxl reads it: namespaces of the strict form replaced, fills without a content filled in."""
    with ZipFile(BytesIO(content)) as package:
        is_strict = any(
            b"purl.oclc.org/ooxml" in package.read(name) for name in package.namelist() if name.endswith(".rels")
        )
        styles = next((name for name in package.namelist() if name.casefold() == "xl/styles.xml"), "")
        if not is_strict and not (styles and _EMPTY_FILL.search(package.read(styles))):
            return content
        target = BytesIO()
        with ZipFile(target, "w", ZIP_DEFLATED) as plain:
            for name in package.namelist():
                data = package.read(name)
                if is_strict and name.endswith((".xml", ".rels")):
                    for strict, usual in _STRICT:
                        data = data.replace(strict, usual)
                if name == styles:
                    data = _EMPTY_FILL.sub(rb"<\1fill><\1patternFill/></\1fill>", data)
                plain.writestr(name, data)
        return target.getvalue()
