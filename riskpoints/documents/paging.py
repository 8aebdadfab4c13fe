"""Cuts the rows of a form into pages by their measured lines, so that labels repeat and nothing is torn badly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from riskcontrol.paper.pdf import Line, Part
from riskpoints.documents.bands import Band, BandParagraph, Segment

# A band of up to this many lines moves to the next page whole; a longer one is cut.
KEEP_LINES = 4


@dataclass(frozen=True)
class PagedSheet:
    """What one page holds of the table; the first has the head, the last the closing rows and notes."""

    segments: tuple[Segment, ...] = ()
    is_first: bool = False
    is_last: bool = False

    @property
    def wide(self) -> tuple[Segment, ...]:
        """Rows above the heading row 风险类别｜风险点｜防范措施."""
        return tuple(segment for segment in self.segments if segment.is_wide)

    @property
    def categories(self) -> tuple[Segment, ...]:
        """Rows under the heading row; without them the page has none."""
        return tuple(segment for segment in self.segments if not segment.is_wide)


@dataclass(frozen=True)
class Frame:
    """Heights in CSS pixels: the room of a page; the head, the heading row, the closing rows; each row's label."""

    page: float
    head: float
    heading: float
    closing: float
    labels: Mapping[str, float]


def one_sheet(segments: Sequence[Segment]) -> tuple[PagedSheet, ...]:
    """Everything on one page, as it is tried first."""
    return (PagedSheet(tuple(segments), is_first=True, is_last=True),)


def cut_into_sheets(segments: Sequence[Segment], parts: Mapping[str, Part], frame: Frame) -> tuple[PagedSheet, ...]:
    """Fill page after page in order. `parts` are the measures of every paragraph and band by its key."""
    pager = _Pager(frame)
    for segment in segments:
        pager.place(segment, [_measured(band, parts) for band in segment.bands])
    return pager.finish()


@dataclass(frozen=True)
class _Item:
    """A paragraph, or what is left of it, with its lines."""

    paragraph: BandParagraph
    lines: tuple[Line, ...]
    margin: float

    @property
    def height(self) -> float:
        return sum(line.height for line in self.lines) + self.margin

    def cut(self, room: float) -> tuple["_Item | None", "_Item | None"]:
        """Split so that the first part fits; never leave one line alone, never part a tag from its text."""
        if self.height <= room:
            return self, None
        fitting, used = 0, self.margin
        while used + self.lines[fitting].height <= room:
            used += self.lines[fitting].height
            fitting += 1
        visible = len("".join(self.paragraph.text.split()))
        fitting = min(fitting, len(self.lines) - 2)
        while fitting >= 2 and _visible(self.lines[:fitting]) >= visible:
            fitting -= 1
        if fitting < 2:
            return None, self
        here, there = _split_text(self.paragraph.text, _visible(self.lines[:fitting]))
        first = replace(self.paragraph, text=here, tag="")
        rest = replace(self.paragraph, text=there, number="")
        return (
            replace(self, paragraph=first, lines=self.lines[:fitting]),
            replace(self, paragraph=rest, lines=self.lines[fitting:]),
        )


@dataclass(frozen=True)
class _Row:
    """A band, or what is left of it; `padding` is what the row adds to its tallest cell."""

    key: str
    cells: tuple[tuple[_Item, ...], ...]
    padding: float

    @property
    def height(self) -> float:
        return max((sum(item.height for item in cell) for cell in self.cells), default=0.0) + self.padding

    @property
    def line_count(self) -> int:
        return max((sum(len(item.lines) for item in cell) for cell in self.cells), default=0)

    def cut(self, room: float) -> tuple["_Row | None", "_Row"]:
        """Split every cell at the same height; None if it is short or one of its cells would begin with nothing."""
        halves = [_cut_cell(cell, room - self.padding) for cell in self.cells]
        here, there = tuple(half[0] for half in halves), tuple(half[1] for half in halves)
        if self.line_count <= KEEP_LINES or not all(
            part or not cell for part, cell in zip(here, self.cells, strict=True)
        ):
            return None, self
        return replace(self, cells=here), replace(self, cells=there)

    def band(self) -> Band:
        return Band(self.key, tuple(tuple(item.paragraph for item in cell) for cell in self.cells))


class _Pager:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._sheets: list[PagedSheet] = []
        self._pieces: list[tuple[Segment, list[_Row]]] = []
        self._room = frame.page - frame.head

    def place(self, segment: Segment, waiting: list[_Row]) -> None:
        """Put a row of the form on this page and, where it ends, on the next ones."""
        continues = False
        while waiting:
            room = self._room - self._heading_cost(segment)
            floor = self._label_height(segment, continues) + waiting[0].padding
            placed, waiting = _fill(waiting, room) if floor <= room else ([], waiting)
            if not placed and self._is_fresh():
                # Not even the least part fits an empty page: print it whole rather than not at all.
                placed, waiting = waiting[:1], waiting[1:]
            if placed:
                self._room = room - max(sum(row.height for row in placed), floor)
                self._pieces.append((replace(segment, continues=continues), placed))
                continues = True
            if waiting:
                self._turn()

    def finish(self) -> tuple[PagedSheet, ...]:
        """Put the closing rows on the last page; if they don't fit whole, on a new one, with a row above them."""
        if self._frame.closing > self._room:
            carried = self._take_last_row()
            self._turn()
            if carried:
                self._pieces.append(carried)
        self._turn()
        self._sheets[0] = replace(self._sheets[0], is_first=True)
        self._sheets[-1] = replace(self._sheets[-1], is_last=True)
        return tuple(self._sheets)

    def _take_last_row(self) -> tuple[Segment, list[_Row]] | None:
        """A signature never stands alone on its page: the last row that fits above it, if another one stays here."""
        rows = [(place, row) for place, (_, placed) in enumerate(self._pieces) for row in placed]
        if len(rows) < 2:
            return None
        place, row = rows[-1]
        segment, placed = self._pieces[place]
        is_rest = len(placed) > 1 or segment.continues
        needed = max(row.height, self._label_height(segment, is_rest) + row.padding) + self._frame.heading
        if segment.is_wide or needed + self._frame.closing > self._frame.page:
            return None
        if len(placed) > 1:
            self._pieces[place] = (segment, placed[:-1])
        else:
            self._pieces.pop()
        return replace(segment, continues=is_rest), [row]

    def _turn(self) -> None:
        """Begin a new page."""
        segments = (replace(s, bands=tuple(row.band() for row in rows)) for s, rows in self._pieces)
        self._sheets.append(PagedSheet(tuple(segments)))
        self._pieces = []
        self._room = self._frame.page

    def _is_fresh(self) -> bool:
        return not self._pieces and bool(self._sheets)

    def _label_height(self, segment: Segment, continues: bool) -> float:
        height = self._frame.labels[segment.key]
        return height * (1 + 1 / len(segment.label_lines)) if continues else height

    def _heading_cost(self, segment: Segment) -> float:
        is_there = any(not placed.is_wide for placed, _ in self._pieces)
        return 0.0 if segment.is_wide or is_there else self._frame.heading


def _fill(waiting: list[_Row], room: float) -> tuple[list[_Row], list[_Row]]:
    """Rows, the last perhaps cut, that fit into the room; and the rest."""
    placed: list[_Row] = []
    for place, row in enumerate(waiting):
        if row.height <= room:
            placed.append(row)
            room -= row.height
            continue
        here, there = row.cut(room)
        return ([*placed, here], [there, *waiting[place + 1 :]]) if here else (placed, waiting[place:])
    return placed, []


def _cut_cell(cell: tuple[_Item, ...], room: float) -> tuple[tuple[_Item, ...], tuple[_Item, ...]]:
    placed: list[_Item] = []
    for place, item in enumerate(cell):
        here, there = item.cut(room)
        if here:
            placed.append(here)
            room -= here.height
        if there:
            return tuple(placed), (there, *cell[place + 1 :])
    return tuple(placed), ()


def _measured(band: Band, parts: Mapping[str, Part]) -> _Row:
    cells = tuple(tuple(_item(paragraph, parts[paragraph.key]) for paragraph in cell) for cell in band.cells)
    tallest = max((sum(item.height for item in cell) for cell in cells), default=0.0)
    return _Row(band.key, cells, max(parts[band.key].height - tallest, 0.0))


def _item(paragraph: BandParagraph, part: Part) -> _Item:
    return _Item(paragraph, part.lines, part.height - sum(line.height for line in part.lines))


def _visible(lines: tuple[Line, ...]) -> int:
    """Characters on the lines, spaces not counted: the layout drops those at line ends."""
    return sum(len("".join(line.text.split())) for line in lines)


def _split_text(text: str, visible: int) -> tuple[str, str]:
    """Cut the text after so many visible characters."""
    place = 0
    while visible:
        visible -= not text[place].isspace()
        place += 1
    return text[:place].rstrip(), text[place:].lstrip()
