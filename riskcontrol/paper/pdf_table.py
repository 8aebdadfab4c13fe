"""Long tables drawn onto pages that WeasyPrint lays out: its own layout of a cell takes a millisecond.

WeasyPrint lays out a specimen of the table with two rows. Where its columns, faces and lines are, is read off it; the
lines of every cell are broken by WeasyPrint's own function, and the rows shared out among pages. On each page the table
is one image, which draws itself: the same letters at the same places. For tables whose cells hold plain text from the
top, all in one style, and whose rows stay whole.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from weasyprint.draw.text import draw_first_line
from weasyprint.formatting_structure import boxes
from weasyprint.matrix import Matrix
from weasyprint.text.line_break import Layout, split_first_line, strut

# An image as high as the room it is for could be pushed to the next page by a rounding.
ROUNDING = 0.01


@dataclass(frozen=True)
class TextLine:
    """One line of text; lengths in CSS pixels, `baseline` from its top."""

    text: str
    width: float
    height: float
    baseline: float


@dataclass(frozen=True)
class Placed:
    """A line of text and where its baseline begins."""

    line: TextLine
    x: float
    y: float
    style: Any


@dataclass(frozen=True)
class GridColumn:
    """Where a column begins, and the text in it; `is_centred` as its cells are."""

    left: float
    text_left: float
    text_width: float
    is_centred: bool


@dataclass(frozen=True)
class Specimen:
    """What is read off a table with two rows: everything but what stands in its rows. Lengths in CSS pixels."""

    style: Any
    columns: tuple[GridColumn, ...]
    right: float
    heading: tuple[Placed, ...]
    heading_height: float
    above: float  # between the top of a row and its first line
    below: float
    edge: float  # half of the line around the table
    inner: float  # all of a line inside
    first_room: float
    room: float


def read_off(document: Any) -> Specimen:
    """Measure the first table of a document that was laid out with two rows under one heading row."""
    page = document.pages[0]._page_box
    table = next(box for box in page.descendants() if isinstance(box, boxes.TableBox))
    heading, row = (group.children[0] for group in table.children[:2])
    left, top = table.position_x, table.position_y
    cell = row.children[0]
    columns = tuple(
        GridColumn(
            left=place - left,
            text_left=each.content_box_x() - left,
            text_width=each.width,
            is_centred=each.style["text_align_all"] == "center",
        )
        for place, each in zip(table.column_positions, row.children, strict=True)
    )
    return Specimen(
        style=cell.style,
        columns=columns,
        right=table.column_positions[-1] + table.column_widths[-1] - left,
        heading=tuple(_placed(heading, left, top)),
        heading_height=heading.height,
        above=cell.border_top_width + cell.padding_top,
        # WeasyPrint makes a cell as high as its row below its text; the highest has only its own padding.
        below=cell.border_bottom_width + min(each.padding_bottom for each in row.children),
        edge=table.border_top_width,
        inner=cell.border_top_width * 2,
        first_room=page.content_box_y() + page.height - top,
        room=page.height,
    )


def _placed(row: Any, left: float, top: float) -> Iterator[Placed]:
    for box in row.descendants():
        if isinstance(box, boxes.TextBox):
            line = TextLine(box.text, box.width, box.height, box.baseline)
            yield Placed(line, box.position_x - left, box.position_y + box.baseline - top, box.style)


class Lines:
    """Texts broken into lines, each once; and the drawing of a line, found out once a document."""

    def __init__(self, style: Any) -> None:
        self._style = style
        self._height, self._baseline = strut(style)
        self._broken: dict[tuple[str, float], tuple[TextLine, ...]] = {}
        self._drawn: dict[tuple[str, int], list[tuple[Any, ...]]] = {}

    def broken(self, text: str, width: float) -> tuple[TextLine, ...]:
        """The lines of a text in so much room."""
        key = (text, width)
        if key not in self._broken:
            *before, last = text.split("\n")
            empty = TextLine("", 0.0, self._height, self._baseline)
            found = [line for one in before for line in (list(self._lines(one, width)) or [empty])]
            self._broken[key] = (*found, *self._lines(last, width))
        return self._broken[key]

    def _lines(self, paragraph: str, width: float) -> Iterator[TextLine]:
        rest: str | None = paragraph.lstrip(" ")
        while rest:
            _, length, resume, taken, height, baseline = split_first_line(rest, self._style, None, width, 0)
            content = rest.encode()
            # As WeasyPrint aligns a line of text with the strut of its box, see layout/inline.py.
            baseline += (self._height - height) / 2
            above = max(self._baseline, baseline)
            below = max(self._height - self._baseline, self._height - baseline)
            yield TextLine(content[:length].decode(), taken, above + below, above)
            rest = content[resume:].decode().lstrip(" ") if resume else None

    def draw(self, stream: Any, placed: Placed) -> None:
        """Draw a line of text; the stream is within a text object."""
        key = (placed.line.text, id(placed.style))
        if key not in self._drawn:
            layout = Layout(placed.style)
            layout.set_text(placed.line.text)
            told = _Told(stream)
            box = SimpleNamespace(text=placed.line.text, style=placed.style, pango_layout=layout)
            draw_first_line(told, box, "clip", "none", Matrix(d=-1))
            self._drawn[key] = told.calls
        stream.set_text_matrix(1, 0, 0, -1, placed.x, placed.y)
        for name, *arguments in self._drawn[key]:
            getattr(stream, name)(*arguments)


class _Told:
    """Notes how a line is drawn, with the fonts of the stream."""

    def __init__(self, stream: Any) -> None:
        self.ink_rect, self.logical_rect, self.add_font = stream.ink_rect, stream.logical_rect, stream.add_font
        self.calls: list[tuple[Any, ...]] = []

    def set_text_matrix(self, *values: float) -> None:
        """Each time at another place."""

    def set_font_size(self, font: str, size: float) -> None:
        self.calls.append(("set_font_size", font, size))

    def show_text(self, text: str) -> None:
        self.calls.append(("show_text", text))

    def set_text_rise(self, rise: float) -> None:
        self.calls.append(("set_text_rise", rise))


@dataclass(frozen=True)
class TableRow:
    """The lines of each cell, and how high the row is."""

    cells: tuple[tuple[TextLine, ...], ...]
    height: float


class DrawnTable:
    """The part of the table that is on one page; an image to WeasyPrint."""

    def __init__(self, specimen: Specimen, lines: Lines, rows: Sequence[TableRow], *, is_last: bool) -> None:
        self._specimen, self._lines, self._rows, self._is_last = specimen, lines, rows, is_last
        self.width = specimen.right + specimen.edge
        self.height = specimen.edge * 2 + specimen.heading_height + sum(row.height for row in rows)

    def get_intrinsic_size(self, resolution: float, font_size: float) -> tuple[float, float, float]:
        """Width and height in CSS pixels, as WeasyPrint asks any image."""
        height = self.height - (0 if self._is_last else ROUNDING)
        return self.width, height, self.width / height

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Draw texts, then lines, as WeasyPrint does a table."""
        specimen = self._specimen
        stream.set_color(specimen.style["color"])
        stream.begin_text()
        for placed in specimen.heading:
            self._lines.draw(stream, placed)
        top, tops = specimen.edge + specimen.heading_height, [specimen.edge]
        for row in self._rows:
            tops.append(top)
            for column, lines in zip(specimen.columns, row.cells, strict=True):
                self._draw_cell(stream, column, lines, top + specimen.above)
            top += row.height
        stream.end_text()
        stream.set_color(specimen.style["color"], stroke=True)
        self._draw_lines(stream, tops, top)

    def _draw_cell(self, stream: Any, column: GridColumn, lines: Sequence[TextLine], top: float) -> None:
        for line in lines:
            indent = (column.text_width - line.width) / 2 if column.is_centred else 0.0
            x, y = column.text_left + indent, top + line.baseline
            self._lines.draw(stream, Placed(line, x, y, self._specimen.style))
            top += line.height

    def _draw_lines(self, stream: Any, tops: Sequence[float], bottom: float) -> None:
        """The inner lines, then the stronger ones around; a page that is not the last is closed by an inner one."""
        specimen, half = self._specimen, self._specimen.inner / 2
        begin, end = tops[0], bottom + (specimen.edge if self._is_last else half)
        left, right = specimen.columns[0].left, specimen.right
        inside = [(column.left, begin, column.left, end) for column in specimen.columns[1:]]
        inside += [(left, top, right, top) for top in tops[1:]]
        around = [(left, begin - specimen.edge, left, end), (right, begin - specimen.edge, right, end)]
        around += [(left - specimen.edge, begin, right + specimen.edge, begin)]
        (around if self._is_last else inside).append((left - specimen.edge, bottom, right + specimen.edge, bottom))
        for width, strokes in ((specimen.inner, inside), (specimen.edge * 2, around)):
            stream.set_line_width(width)
            for from_x, from_y, to_x, to_y in strokes:
                stream.move_to(from_x, from_y)
                stream.line_to(to_x, to_y)
            stream.stroke()


class TooHighError(Exception):
    """A row has no room on its page: only WeasyPrint's own layout can cut it."""


def parted(specimen: Specimen, texts: Sequence[Sequence[str]], told: Callable[[int], None]) -> list[DrawnTable]:
    """The rows shared out among pages, as many on each as stay whole there; the first has less room. `told` is called
    with how many are done. TooHighError."""
    lines = Lines(specimen.style)
    pages: list[list[TableRow]] = [[]]
    used, room = 0.0, specimen.first_room
    furniture = specimen.edge + specimen.heading_height
    for place, cells in enumerate(texts, start=1):
        row = _row(specimen, lines, cells, is_last=place == len(texts))
        if pages[-1] and furniture + used + row.height > room:
            pages.append([])
            used, room = 0.0, specimen.room
        if furniture + used + row.height > room:
            raise TooHighError
        pages[-1].append(row)
        used += row.height
        told(place)
    last = len(pages) - 1
    return [DrawnTable(specimen, lines, rows, is_last=place == last) for place, rows in enumerate(pages)]


def _row(specimen: Specimen, lines: Lines, texts: Sequence[str], *, is_last: bool) -> TableRow:
    cells = tuple(lines.broken(text, column.text_width) for column, text in zip(specimen.columns, texts, strict=True))
    height = max(sum(line.height for line in cell) for cell in cells)
    closing = specimen.edge - specimen.inner / 2 if is_last else 0.0  # the line below it is the one around the table
    return TableRow(cells, specimen.above + height + specimen.below + closing)
