"""Rows of a sheet as the text of its file, their heights computed from their texts; openpyxl is not known here.

With an object for each cell, a register of 5,000 points would take five times as long and ten times the memory.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from math import ceil

from riskcontrol.paper.cell_text import escaped, in_pieces, line_count, mark_cuts
from riskcontrol.paper.cells import Cell, Style, safe_cell, with_edges

# What a row may hold: Excel's limits on height (points) and text (characters).
MOST_HEIGHT = 408.75
MOST_CHARACTERS = 32_767
FORMULA_STARTS = ("=", "+", "-", "@")
CELL_PADDING = 4.0
# A text too high for one row is cut into rows of up to this height: a page fills better with them.
PIECE_HEIGHT = 240.0
# Excel counts heights in pixels: one of its own rounding would shift where pages break.
PIXEL = 0.75
# Lines break before punctuation and between words, so not every one is full.
FILLING = 0.95
# Texts that come again and again in a column are no longer.
KEPT_CHARACTERS = 24


class SheetRows:
    """Rows are added from the top; their heights are computed, since merged and wrapped cells do not grow.

    Who inherits it knows the styles of the workbook and merges cells.
    """

    def __init__(self, widths: Sequence[float], letters: Sequence[str]) -> None:
        self._points = [width / 25.4 * 72 for width in widths]
        self._letters = letters
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

    def add_rows(
        self, rows: Iterable[Sequence[str | int]], styles: Sequence[Style], *, as_printed: Callable[[str], str]
    ) -> None:
        """Many rows of one cell a column, in these styles: the same as add_row() of each, in a third of the time. What
        a short text takes is found out once a column: most are levels, names and categories."""
        known: list[dict[str | int, tuple[float, str]]] = [{} for _ in styles]
        for values in rows:
            height, written = 0.0, []
            number = self.next_row
            for column, value in enumerate(values):
                entry = known[column].get(value)
                if entry is None:
                    entry = self._looked_up(column, value, styles[column], as_printed)
                    if isinstance(value, str) and len(value) <= KEPT_CHARACTERS:
                        known[column][value] = entry
                if entry[0] > height:
                    height = entry[0]
                written.append(f'<c r="{self._letters[column]}{number}"{entry[1]}')
            if height > MOST_HEIGHT:
                texts = [value if isinstance(value, int) else as_printed(value) for value in values]
                self.add_row([Cell(text, style) for text, style in zip(texts, styles, strict=True)])
                continue
            self.heights.append(ceil(height / PIXEL) * PIXEL)
            self.rows.append(f"{self._row_tag(number)}{''.join(written)}</row>")

    def _looked_up(
        self, column: int, value: str | int, style: Style, as_printed: Callable[[str], str]
    ) -> tuple[float, str]:
        """How high a cell is, and how it is written behind its place."""
        cell = Cell(value, style) if isinstance(value, int) else safe_cell(Cell(as_printed(value), style))
        return self._height(column, cell), self._cell("", cell).removeprefix('<c r=""')

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

    def _height(self, column: int, cell: Cell) -> float:
        lines = 1
        if not isinstance(cell.value, int):
            lines = line_count(cell.value, self._width(column, cell), cell.style.size)
        return lines * cell.style.line_height + CELL_PADDING

    def _width(self, column: int, cell: Cell) -> float:
        return sum(self._points[column : column + cell.span]) * FILLING - 5 - cell.style.indent * 9

    def _style_id(self, style: Style, *, is_quoted: bool) -> int:
        raise NotImplementedError

    def _merge(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        raise NotImplementedError
