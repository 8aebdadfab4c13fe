"""The only door to openpyxl: sheets that print as forms do, are safe to open, and have the same bytes each time."""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from itertools import zip_longest
from math import ceil
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.writer.excel import ExcelWriter

from riskcontrol.paper.cell_text import escaped, in_pieces, line_count, mark_cuts, safe_text, wrapped
from riskcontrol.paper.cells import A3, A4, AS_TEXT, Cell, Page, Style, safe_cell, sheet_name, with_edges
from riskcontrol.paper.zip_entries import SheetPackage

__all__ = ["A3", "A4", "Cell", "Page", "Sheet", "Style", "Workbook", "safe_text", "sheet_name", "wrapped"]

# What a row may hold: Excel's limits on height (points) and text (characters).
MOST_HEIGHT = 408.75
MOST_CHARACTERS = 32_767
FORMULA_STARTS = ("=", "+", "-", "@")
# Columns are measured by its digits. Those of most faces are rounded to pixels by one program and not by another; in
# this one, which every Chinese Windows has, a digit is half as wide as the size: 8 pixels in all of them.
DEFAULT_FACE, DIGIT_PIXELS = Font(name="宋体", size=12), 8
CELL_PADDING = 4.0
# A text too high for one row is cut into rows of up to this height: a page fills better with them.
PIECE_HEIGHT = 240.0
# Excel counts heights in pixels: one of its own rounding would shift where pages break.
PIXEL = 0.75
# Lines break before punctuation and between words, so not every one is full.
FILLING = 0.95
# Where the content has no date of its own.
NO_DATE = datetime(2000, 1, 1)  # noqa: DTZ001 - the format stores dates without a zone


class Workbook:
    """A workbook in the making; `made_on` is the content's date, never the clock's."""

    def __init__(self, *, title: str, author: str, made_on: date | None = None, document_code: str = "") -> None:
        self._book = openpyxl.Workbook()
        self._book.remove(self._book.active)
        self._book._fonts = IndexedList([DEFAULT_FACE])
        self._book._named_styles["Normal"].font = copy(DEFAULT_FACE)
        self._sheets: list[Sheet] = []
        self._styles: dict[tuple[Style, bool], int] = {}
        made_at = datetime.combine(made_on, datetime.min.time()) if made_on else NO_DATE
        properties = self._book.properties
        properties.title, properties.creator, properties.lastModifiedBy = safe_text(title), author, author
        properties.created = properties.modified = made_at
        properties.keywords, properties.language = document_code or None, "zh-CN"

    def add_sheet(self, name: str, *, widths: Sequence[float], page: Page, is_read_back: bool = False) -> "Sheet":
        """A new sheet with columns of so many mm; its name is made valid and unique.

        In one that is read back, a text that goes on in the next row ends with marks of it (see cell_text.mark_cuts).
        """
        taken = [sheet.title for sheet in self._book.worksheets]
        sheet = Sheet(self._book.create_sheet(sheet_name(name, taken)), self._styles, widths, page)
        sheet.is_read_back = is_read_back
        self._sheets.append(sheet)
        return sheet

    def to_bytes(self) -> bytes:
        """The .xlsx file; entries carry a fixed date."""
        stream = BytesIO()
        rows = {f"xl/worksheets/sheet{place}.xml": sheet.rows for place, sheet in enumerate(self._sheets, start=1)}
        ExcelWriter(self._book, SheetPackage(stream, rows)).save()
        return stream.getvalue()


class Sheet:
    """Rows are added from the top; their heights are computed, since merged and wrapped cells do not grow.

    openpyxl writes what surrounds the rows. The rows are written here as text: with an object for each cell, a
    register of 5,000 points would take five times as long and ten times the memory.
    """

    def __init__(self, sheet: Any, styles: dict[tuple[Style, bool], int], widths: Sequence[float], page: Page) -> None:
        self._sheet, self._styles = sheet, styles
        self._points = [width / 25.4 * 72 for width in widths]
        self._letters = [get_column_letter(place) for place in range(1, len(widths) + 1)]
        for letter, width in zip(self._letters, widths, strict=True):
            # Width is counted in digits of the default face, and has to be of whole pixels (ECMA-376, 18.3.1.13).
            sheet.column_dimensions[letter].width = int(width / 25.4 * 96) / DIGIT_PIXELS
        sheet.sheet_view.showGridLines = False
        sheet.calculate_dimension = self._dimension
        self._set_page(page)
        self.is_read_back = False
        self.rows: list[str] = []
        self.heights: list[float] = []

    @property
    def next_row(self) -> int:
        """Number of the row that is added next."""
        return len(self.rows) + 1

    def add_row(self, cells: Sequence[Cell], *, least_height: float = 0.0, can_split: bool = True) -> int:
        """Add a row, or several where a text would make it higher than a row may be; return how many.

        A cell of a further row goes on where the text stopped, without a line between them.
        """
        cells = [cell if isinstance(cell.value, int) else safe_cell(cell) for cell in cells]
        height = max(least_height, *(self._height(column, cell) for column, cell in self._placed(cells)))
        if height <= MOST_HEIGHT or not can_split:
            self._write(cells, min(height, MOST_HEIGHT))
            return 1
        rows = list(zip_longest(*(self._pieces(cell, column) for column, cell in self._placed(cells))))
        for place, row in enumerate(rows):
            filled = [
                with_edges(piece or replace(cell, value=""), is_first=place == 0, is_last=place == len(rows) - 1)
                for piece, cell in zip(row, cells, strict=True)
            ]
            self._write(filled, max(self._height(column, cell) for column, cell in self._placed(filled)))
        return len(rows)

    def hide(self, column: int) -> None:
        """Hide a column, counted from 0: what stands in it is for the program that reads the sheet back."""
        self._sheet.column_dimensions[self._letters[column]].hidden = True

    def keep_as_typed(self) -> None:
        """Make the columns text all the way down, below the rows that are there as well (see Style.is_typed_in)."""
        for letter in self._letters:
            self._sheet.column_dimensions[letter].number_format = AS_TEXT

    def skip(self, height: float) -> None:
        """Leave an empty row of so many points."""
        self._write((), height)

    def label(self, first: int, last: int, text: str, style: Style) -> None:
        """Merge the empty cells of the first column from row to row, with lines around, and write a text into them."""
        for number in range(first, last + 1):
            edges = "lr" + "t" * (number == first) + "b" * (number == last)
            cell = safe_cell(Cell(text if number == first else "", replace(style, edges=edges)))
            row, _, rest = self.rows[number - 1].partition("<c ")
            self.rows[number - 1] = row + self._cell(f"{self._letters[0]}{number}", cell) + rest.partition("/>")[2]
        if last > first:
            self._merge(first, 1, last, 1)

    def stretch(self, number: int, height: float) -> None:
        """Make a row higher than its texts need."""
        _, _, rest = self.rows[number - 1].partition(">")
        self.heights[number - 1] = ceil(height / PIXEL) * PIXEL
        self.rows[number - 1] = self._row_tag(number) + rest

    def break_before(self, rows: Sequence[int]) -> None:
        """Begin a page of the print with each of these rows."""
        for number in rows:
            self._sheet.row_breaks.append(Break(id=number - 1))

    def repeat(self, first: int, last: int) -> None:
        """Print these rows on top of every page."""
        self._sheet.print_title_rows = f"{first}:{last}"

    def print_only(self, columns: int) -> None:
        """Print the first columns of the rows that are there; the others are to be looked at on the screen."""
        self._sheet.print_area = f"A1:{self._letters[columns - 1]}{max(len(self.rows), 1)}"

    def freeze_below(self, row: int, *, is_filtered: bool = False) -> None:
        """Keep the rows up to this one in view, with a filter on it if asked for."""
        self._sheet.freeze_panes = f"A{row + 1}"
        if is_filtered:
            self._sheet.auto_filter.ref = f"A{row}:{self._letters[-1]}{max(len(self.rows), row)}"

    def offer(self, column: int, source: "Sheet", source_column: int, first: int, last: int) -> None:
        """Offer cells of another sheet (its column, its rows) as a list for a column from the second row on.

        What is not in the list may be typed all the same.
        """
        letter, own = source._letters[source_column], self._letters[column]
        formula = f"'{source._sheet.title}'!${letter}${first}:${letter}${last}"
        rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=False)
        rule.add(f"{own}2:{own}{len(self.rows)}")
        self._sheet.add_data_validation(rule)

    def _placed(self, cells: Sequence[Cell]) -> list[tuple[int, Cell]]:
        """The cells with the columns (from 0) in which they begin."""
        column, placed = 0, []
        for cell in cells:
            placed.append((column, cell))
            column += cell.span
        return placed

    def _pieces(self, cell: Cell, column: int) -> list[Cell]:
        if isinstance(cell.value, int) or self._height(column, cell) <= PIECE_HEIGHT:
            return [cell]
        most = int((PIECE_HEIGHT - CELL_PADDING) // cell.style.line_height)
        pieces = in_pieces(cell.value, self._width(column, cell), cell.style.size, most=most)
        if self.is_read_back:
            pieces = mark_cuts(cell.value, pieces)
        return [replace(cell, value=piece) for piece in pieces]

    def _write(self, cells: Sequence[Cell], height: float) -> None:
        number, written = self.next_row, []
        for column, cell in self._placed(cells):
            written.append(self._cell(f"{self._letters[column]}{number}", cell))
            if cell.span > 1:
                style = self._style_id(cell.style, is_quoted=False)
                inside = self._letters[column + 1 : column + cell.span]
                written += [f'<c r="{letter}{number}" s="{style}"/>' for letter in inside]
                self._merge(number, column + 1, number, column + cell.span)
        self.heights.append(ceil(height / PIXEL) * PIXEL)
        self.rows.append(f"{self._row_tag(number)}{''.join(written)}</row>")

    def _row_tag(self, number: int) -> str:
        return f'<row r="{number}" ht="{self.heights[number - 1]}" customHeight="1">'

    def _cell(self, place: str, cell: Cell) -> str:
        value = cell.value
        if isinstance(value, int):
            return f'<c r="{place}" s="{self._style_id(cell.style, is_quoted=False)}"><v>{value}</v></c>'
        style = self._style_id(cell.style, is_quoted=value.startswith(FORMULA_STARTS))
        if not value:
            return f'<c r="{place}" s="{style}"/>'
        text = escaped(value[:MOST_CHARACTERS])
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'

    def _style_id(self, style: Style, *, is_quoted: bool) -> int:
        key = (style, is_quoted)
        if key not in self._styles:
            self._styles[key] = _registered(self._sheet, style, is_quoted=is_quoted)
        return self._styles[key]

    def _height(self, column: int, cell: Cell) -> float:
        lines = 1
        if not isinstance(cell.value, int):
            lines = line_count(cell.value, self._width(column, cell), cell.style.size)
        return lines * cell.style.line_height + CELL_PADDING

    def _dimension(self) -> str:
        return f"A1:{self._letters[-1]}{max(len(self.rows), 1)}"

    def _width(self, column: int, cell: Cell) -> float:
        return sum(self._points[column : column + cell.span]) * FILLING - 5 - cell.style.indent * 9

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


def _literal(text: str) -> str:
    """Header and footer text in which & means nothing."""
    return safe_text(text).replace("&", "&&")


def _registered(sheet: Any, style: Style, *, is_quoted: bool) -> int:
    """Make the style known to the workbook and return its number there."""
    cell = openpyxl.cell.Cell(sheet, row=1, column=1)
    cell.font = Font(name=style.font, size=style.size, bold=style.is_bold)
    cell.alignment = Alignment(
        horizontal=style.horizontal, vertical=style.vertical, wrap_text=True, indent=style.indent
    )
    cell.border = Border(**{side: _side(style.edges, side[0]) for side in ("left", "right", "top", "bottom")})
    cell.quotePrefix = is_quoted
    if style.is_typed_in:
        cell.number_format = AS_TEXT
    return int(cell.style_id)


def _side(edges: str, letter: str) -> Side:
    if letter in edges:
        return Side(style="thin", color="000000")
    return Side(style="hair", color="000000") if letter.upper() in edges else Side()
