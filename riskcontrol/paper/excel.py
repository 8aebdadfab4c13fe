"""The only door to openpyxl: sheets that print as forms do, are safe to open, and have the same bytes each time."""

from collections.abc import Sequence
from copy import copy
from datetime import date, datetime
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.writer.excel import ExcelWriter

from riskcontrol.paper.cell_text import safe_text, wrapped
from riskcontrol.paper.cells import A3, A4, AS_TEXT, Cell, Page, Style, sheet_name
from riskcontrol.paper.sheet_rows import SheetRows
from riskcontrol.paper.zip_entries import SheetPackage

__all__ = ["A3", "A4", "Cell", "Page", "Sheet", "Style", "Workbook", "safe_text", "sheet_name", "wrapped"]

# Columns are measured by its digits. Those of most faces are rounded to pixels by one program and not by another; in
# this one, which every Chinese Windows has, a digit is half as wide as the size: 8 pixels in all of them.
DEFAULT_FACE, DIGIT_PIXELS = Font(name="宋体", size=12), 8
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


class Sheet(SheetRows):
    """One sheet: openpyxl writes what surrounds the rows, which are written as text (sheet_rows.py)."""

    def __init__(self, sheet: Any, styles: dict[tuple[Style, bool], int], widths: Sequence[float], page: Page) -> None:
        super().__init__(widths, [get_column_letter(place) for place in range(1, len(widths) + 1)])
        self._sheet, self._styles = sheet, styles
        for letter, width in zip(self._letters, widths, strict=True):
            # Width is counted in digits of the default face, and has to be of whole pixels (ECMA-376, 18.3.1.13).
            sheet.column_dimensions[letter].width = int(width / 25.4 * 96) / DIGIT_PIXELS
        sheet.sheet_view.showGridLines = False
        sheet.calculate_dimension = self._dimension
        self._set_page(page)

    def hide(self, column: int) -> None:
        """Hide a column, counted from 0: what stands in it is for the program that reads the sheet back."""
        self._sheet.column_dimensions[self._letters[column]].hidden = True

    def keep_as_typed(self) -> None:
        """Make the columns text all the way down, below the rows that are there as well (see Style.is_typed_in)."""
        for letter in self._letters:
            self._sheet.column_dimensions[letter].number_format = AS_TEXT

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

    def _style_id(self, style: Style, *, is_quoted: bool) -> int:
        key = (style, is_quoted)
        if key not in self._styles:
            self._styles[key] = _registered(self._sheet, style, is_quoted=is_quoted)
        return self._styles[key]

    def _dimension(self) -> str:
        return f"A1:{self._letters[-1]}{max(len(self.rows), 1)}"

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
