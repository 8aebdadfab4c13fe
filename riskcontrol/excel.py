"""The only door to openpyxl: sheets that print as forms do, are safe to open, and have the same bytes each time."""

import unicodedata
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from itertools import zip_longest
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.writer.excel import ExcelWriter

A3, A4 = 8, 9
# What a row may hold: Excel's limits on height (points) and text (characters).
MOST_HEIGHT = 409.0
MOST_CHARACTERS = 32_767
NAME_CHARACTERS = 31
FORMULA_STARTS = ("=", "+", "-", "@")
# Faces differ in their line height between Excel, WPS and LibreOffice: the tallest that was met, so nothing is hidden.
LINE_SPACING = 1.45
CELL_PADDING = 4.0
HALF_WIDTH = 0.56
# Lines break before punctuation and between words, so not every one is full.
FILLING = 0.95
# A zip entry needs a date; the content's own is in docProps.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
NO_DATE = datetime(2000, 1, 1)  # noqa: DTZ001 - the format stores dates without a zone


@dataclass(frozen=True)
class Style:
    """How a cell looks; `edges` are the sides with a line: l, r, t, b, or T and B for a hairline."""

    font: str
    size: float
    is_bold: bool = False
    horizontal: str = "left"
    vertical: str = "center"
    edges: str = "lrtb"
    indent: int = 0

    @property
    def line_height(self) -> float:
        """Height of a line in points."""
        return self.size * LINE_SPACING


@dataclass(frozen=True)
class Cell:
    """One cell, over `span` columns. A number is stored as a number, any text as text, never as a formula."""

    value: str | int
    style: Style
    span: int = 1


@dataclass(frozen=True)
class Page:
    """Paper and its furniture: margins in mm (top, right, bottom, left); texts of header and footer."""

    size: int = A4
    is_landscape: bool = False
    margins: tuple[float, float, float, float] = (37, 26, 35, 28)
    header_left: str = ""
    header_right: str = ""
    footer_left: str = ""
    footer_right: str = ""
    font: str = "仿宋_GB2312"


class Workbook:
    """A workbook in the making; `made_on` is the content's date, never the clock's."""

    def __init__(self, *, title: str, author: str, made_on: date | None = None, document_code: str = "") -> None:
        self._book = openpyxl.Workbook()
        self._book.remove(self._book.active)
        self._styles: dict[tuple[Style, bool], Any] = {}
        made_at = datetime.combine(made_on, datetime.min.time()) if made_on else NO_DATE
        properties = self._book.properties
        properties.title, properties.creator, properties.lastModifiedBy = safe_text(title), author, author
        properties.created = properties.modified = made_at
        properties.keywords, properties.language = document_code or None, "zh-CN"

    def add_sheet(self, name: str, *, widths: Sequence[float], page: Page) -> "Sheet":
        """A new sheet with columns of so many mm; its name is made valid and unique."""
        taken = [sheet.title for sheet in self._book.worksheets]
        return Sheet(self._book.create_sheet(sheet_name(name, taken)), self._styles, widths, page)

    def to_bytes(self) -> bytes:
        """The .xlsx file; entries carry a fixed date."""
        stream = BytesIO()
        ExcelWriter(self._book, _DatelessZip(stream, "w", ZIP_DEFLATED, allowZip64=True)).save()
        return stream.getvalue()


class Sheet:
    """Rows are added from the top; their heights are computed, since merged and wrapped cells do not grow."""

    def __init__(self, sheet: Any, styles: dict[tuple[Style, bool], Any], widths: Sequence[float], page: Page) -> None:
        self._sheet, self._styles = sheet, styles
        self._points = [width / 25.4 * 72 for width in widths]
        for place, width in enumerate(widths, start=1):
            # Width is counted in digits of the default face: 7 pixels each and 5 of padding.
            sheet.column_dimensions[get_column_letter(place)].width = round((width / 25.4 * 96 - 5) / 7, 2)
        sheet.sheet_view.showGridLines = False
        self._set_page(page)
        self.next_row = 1

    def add_row(self, cells: Sequence[Cell], *, least_height: float = 0.0, can_split: bool = True) -> int:
        """Add a row, or several where a text would make it higher than a row may be; return how many.

        A cell of a further row goes on where the text stopped, without a line between them.
        """
        pieces = [self._pieces(cell, column) if can_split else [cell] for column, cell in self._placed(cells)]
        rows = list(zip_longest(*pieces))
        for place, row in enumerate(rows):
            is_first, is_last = place == 0, place == len(rows) - 1
            filled = [
                _with_edges(piece or replace(cell, value=""), is_first=is_first, is_last=is_last)
                for piece, cell in zip(row, cells, strict=True)
            ]
            self._write(filled, least_height if is_first else 0.0)
        return len(rows)

    def skip(self, height: float) -> None:
        """Leave an empty row of so many points."""
        self._sheet.row_dimensions[self.next_row].height = height
        self.next_row += 1

    def join_rows(self, first: int, last: int, *, column: int = 1) -> None:
        """Merge the cells of a column from row to row (a label beside several rows)."""
        if last > first:
            self._merge(first, column, last, column)

    def repeat(self, first: int, last: int) -> None:
        """Print these rows on top of every page."""
        self._sheet.print_title_rows = f"{first}:{last}"

    def freeze_below(self, row: int, *, is_filtered: bool = False) -> None:
        """Keep the rows up to this one in view, with a filter on it if asked for."""
        self._sheet.freeze_panes = f"A{row + 1}"
        if is_filtered:
            last = get_column_letter(len(self._points))
            self._sheet.auto_filter.ref = f"A{row}:{last}{max(self.next_row - 1, row)}"

    def _placed(self, cells: Sequence[Cell]) -> list[tuple[int, Cell]]:
        column, placed = 1, []
        for cell in cells:
            placed.append((column, cell))
            column += cell.span
        return placed

    def _pieces(self, cell: Cell, column: int) -> list[Cell]:
        if isinstance(cell.value, int):
            return [cell]
        most = int((MOST_HEIGHT - CELL_PADDING) // cell.style.line_height)
        lines = wrapped(safe_text(cell.value), self._width(column, cell), cell.style.size)
        parts = ["".join(lines[start : start + most]).strip("\n") for start in range(0, len(lines), most)]
        return [replace(cell, value=part) for part in parts or [""]]

    def _write(self, cells: Sequence[Cell], least_height: float) -> None:
        height = least_height
        for column, cell in self._placed(cells):
            height = max(height, self._height(column, cell))
            for place in range(column, column + cell.span):
                self._put(self.next_row, place, cell.value if place == column else None, cell.style)
            if cell.span > 1:
                self._merge(self.next_row, column, self.next_row, column + cell.span - 1)
        self._sheet.row_dimensions[self.next_row].height = round(min(height, MOST_HEIGHT), 1)
        self.next_row += 1

    def _put(self, row: int, column: int, value: str | int | None, style: Style) -> None:
        text = safe_text(value) if isinstance(value, str) else ""
        cell = self._sheet.cell(row, column)
        is_quoted = text.startswith(FORMULA_STARTS)
        key = (style, is_quoted)
        if key not in self._styles:
            self._styles[key] = _applied(cell, style, is_quoted=is_quoted)
        cell._style = copy(self._styles[key])
        if text:
            cell._value, cell.data_type = text[:MOST_CHARACTERS], "s"
        elif isinstance(value, int):
            cell.value = value

    def _height(self, column: int, cell: Cell) -> float:
        if isinstance(cell.value, int):
            return cell.style.line_height + CELL_PADDING
        lines = wrapped(safe_text(cell.value), self._width(column, cell), cell.style.size)
        return len(lines) * cell.style.line_height + CELL_PADDING

    def _width(self, column: int, cell: Cell) -> float:
        return sum(self._points[column - 1 : column - 1 + cell.span]) * FILLING - 5 - cell.style.indent * 9

    def _merge(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        # The cells inside keep their style: a merged range without it loses its lines in WPS.
        self._sheet.merged_cells.add(
            CellRange(min_row=first_row, min_col=first_column, max_row=last_row, max_col=last_column)
        )

    def _set_page(self, page: Page) -> None:
        sheet = self._sheet
        sheet.page_setup.paperSize = page.size
        sheet.page_setup.orientation = "landscape" if page.is_landscape else "portrait"
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
        top, right, bottom, left = (margin / 25.4 for margin in page.margins)
        sheet.page_margins = openpyxl.worksheet.page.PageMargins(
            left=left, right=right, top=top, bottom=bottom, header=top / 2, footer=bottom / 2
        )
        sheet.print_options.horizontalCentered = True
        sheet.HeaderFooter.differentFirst = True
        for is_first in (True, False):
            header = sheet.firstHeader if is_first else sheet.oddHeader
            footer = sheet.firstFooter if is_first else sheet.oddFooter
            texts = [
                (header.left, "" if is_first else _literal(page.header_left)),
                (header.right, _literal(page.header_right)),
                (footer.left, _literal(page.footer_left)),
                (footer.center, "第&P页　共&N页"),
                (footer.right, _literal(page.footer_right)),
            ]
            for part, text in texts:
                if text:
                    part.text, part.font, part.size = text, f"{page.font},Regular", 10


class _DatelessZip(ZipFile):
    """A zip whose entries all carry the same date and rights."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *args: Any, **kwargs: Any) -> None:
        info = ZipInfo(getattr(zinfo_or_arcname, "filename", zinfo_or_arcname), ZIP_DATE)
        info.compress_type, info.external_attr, info.create_system = ZIP_DEFLATED, 0o600 << 16, 3
        super().writestr(info, data, *args, **kwargs)

    def write(self, filename: Any, arcname: Any = None, *args: Any, **kwargs: Any) -> None:
        with open(filename, "rb") as file:
            self.writestr(str(arcname), file.read())


def safe_text(text: str) -> str:
    """Text that XML can hold: no control character but the line break, no half surrogate pair; a tab is a space."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(
        character
        for character in kept
        if character == "\n"
        or (unicodedata.category(character) not in ("Cc", "Cs") and character not in "\ufffe\uffff")
    )


def sheet_name(name: str, taken: Sequence[str] = ()) -> str:
    """A name that Excel accepts: none of []:*?/\\, no quote at an end, at most 31 characters, not used twice."""
    plain = "".join(" " if character in "[]:*?/\\" else character for character in safe_text(name).replace("\n", " "))
    plain = plain.strip().strip("'").strip() or "表"
    used = {other.casefold() for other in taken} | {"history"}
    candidate, number = _at_most(plain, NAME_CHARACTERS), 2
    while candidate.casefold() in used:
        suffix = f"（{number}）"
        candidate, number = _at_most(plain, NAME_CHARACTERS - len(suffix)) + suffix, number + 1
    return candidate


def _at_most(name: str, units: int) -> str:
    """Excel counts UTF-16 units: a rare character may be two."""
    while len(name.encode("utf-16-le")) // 2 > units:
        name = name[:-1]
    return name


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Lines of a text in `width` points, each with its line break if it had one; a full-width character is one em."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0.0
        for character in paragraph:
            advance = size * (1.0 if unicodedata.east_asian_width(character) in "WFA" else HALF_WIDTH)
            if line and used + advance > width:
                lines.append(line)
                line, used = "", 0.0
            line += character
            used += advance
        lines.append(line + "\n")
    return lines


def _literal(text: str) -> str:
    """Header and footer text in which & means nothing."""
    return safe_text(text).replace("&", "&&")


def _with_edges(cell: Cell, *, is_first: bool, is_last: bool) -> Cell:
    edges = cell.style.edges
    if not is_first:
        edges = edges.replace("t", "").replace("T", "")
    if not is_last:
        edges = edges.replace("b", "").replace("B", "")
    return cell if edges == cell.style.edges else replace(cell, style=replace(cell.style, edges=edges))


def _applied(cell: Any, style: Style, *, is_quoted: bool) -> Any:
    """Give the style to a cell and return openpyxl's own record of it, to be copied to the others."""
    cell.font = Font(name=style.font, size=style.size, bold=style.is_bold)
    cell.alignment = Alignment(
        horizontal=style.horizontal, vertical=style.vertical, wrap_text=True, indent=style.indent
    )
    cell.border = Border(**{side: _side(style.edges, side[0]) for side in ("left", "right", "top", "bottom")})
    cell.quotePrefix = is_quoted
    return copy(cell._style)


def _side(edges: str, letter: str) -> Side:
    if letter in edges:
        return Side(style="thin", color="000000")
    return Side(style="hair", color="000000") if letter.upper() in edges else Side()
