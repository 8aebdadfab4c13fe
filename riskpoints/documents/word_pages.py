"""Where a form for Word begins a new page, so that each page has the heading and the label of its rows.

Word and LibreOffice repeat a heading row, but never the label that stands beside several rows. So the rows are dealt
out beforehand, by the heights that are reckoned for paper. Figures and Latin letters are counted wider than there, and
some room is left: each program has other faces, and a page that overflows would leave a few rows on one of their own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from riskcontrol.paper.pdf import Part
from riskpoints.documents.bands import Band, BandParagraph, LevelLine, Segment
from riskpoints.documents.estimate import (
    BETWEEN,
    EDGE,
    PAGE_HEIGHT,
    SETTINGS,
    reckoned_frame,
    reckoned_height,
    reckoned_parts,
)
from riskpoints.documents.paging import Frame

# Of the height of a page: the rest is for lines that other faces break otherwise.
FILLED = 0.85
NARROW = re.compile("[!-~]+")
LINE = SETTINGS["long"].line
# A row of up to so many lines moves to the next page whole.
KEEP_LINES = 8


@dataclass
class _Dealer:
    """Rows one after the other, onto pages."""

    frame: Frame
    parts: dict[str, Part]
    room: float
    pages: list[list[Segment]]

    def take(self, segment: Segment, band: Band, *, is_first: bool) -> None:
        """Put a row on this page; what doesn't fit goes to the next, whole or from one of its paragraphs on."""
        while self._height(band) > self.room:
            here, rest = self._cut(band)
            if here is not None and self._height(band) > KEEP_LINES * LINE:
                self._place(segment, here, is_first=is_first)
                band, is_first = rest, False
            elif not self.pages[-1] or self._height(band) > PAGE_HEIGHT * FILLED - self.frame.heading:
                break  # a text that is longer than a page flows on by itself
            self._turn()
        self._place(segment, band, is_first=is_first)

    def close(self, height: float) -> None:
        """Leave room for what closes the form; where there is none, it goes on a new page below the last row."""
        last = self.pages[-1][-1]
        if height <= self.room or (len(self.pages[-1]) == 1 and len(last.bands) == 1):
            return
        self.pages[-1].pop()
        if len(last.bands) > 1:
            self.pages[-1].append(replace(last, bands=last.bands[:-1]))
            last = replace(last, bands=last.bands[-1:], continues=True)
        self._turn()
        self.pages[-1].append(last)

    def _place(self, segment: Segment, band: Band, *, is_first: bool) -> None:
        self.room -= self._height(band)
        while self.room < 0:  # it flowed on to further pages
            self.room += PAGE_HEIGHT * FILLED - self.frame.heading
        page = self.pages[-1]
        if page and page[-1].key == segment.key:
            page[-1] = replace(page[-1], bands=(*page[-1].bands, band))
        else:
            page.append(replace(segment, bands=(band,), continues=not is_first))

    def _turn(self) -> None:
        self.pages.append([])
        self.room = PAGE_HEIGHT * FILLED - self.frame.heading

    def _cut(self, band: Band) -> tuple[Band | None, Band]:
        """As many paragraphs of each cell as have room, and the others; None where a cell would begin with nothing."""
        cells = []
        for cell in band.cells:
            used, count = 2 * EDGE, 0
            while count < len(cell) and used + self._paragraph(cell[count]) <= self.room:
                used += self._paragraph(cell[count])
                count += 1
            cells.append((cell[:count], cell[count:]))
        here, rest = tuple(cell[0] for cell in cells), tuple(cell[1] for cell in cells)
        is_whole = all(part or not cell for part, cell in zip(here, band.cells, strict=True))
        return (replace(band, cells=here) if is_whole and any(rest) else None), replace(band, cells=rest)

    def _height(self, band: Band) -> float:
        return 2 * EDGE + max(sum(map(self._paragraph, cell)) for cell in band.cells)

    def _paragraph(self, paragraph: BandParagraph) -> float:
        return self.parts[paragraph.key].height + BETWEEN


def dealt(segments: Sequence[Segment], *, titles: int, level_lines: Sequence[LevelLine] | None) -> list[list[Segment]]:
    """The categories' rows by page; all on one where the form fits a page. A label that goes on says so."""
    compact = reckoned_frame(segments, "compact", page=PAGE_HEIGHT, titles=titles, level_lines=level_lines)
    rows = [segment for segment in segments if not segment.is_wide]
    if reckoned_height(segments, "compact", compact) <= PAGE_HEIGHT:
        return [rows]
    frame = reckoned_frame(segments, "long", page=PAGE_HEIGHT, titles=titles, level_lines=level_lines)
    parts = reckoned_parts([_widened(segment) for segment in segments], "long")
    above = sum(parts[band.key].height for segment in segments if segment.is_wide for band in segment.bands)
    dealer = _Dealer(frame, parts, PAGE_HEIGHT * FILLED - frame.head - frame.heading - above, [[]])
    for segment in rows:
        for place, band in enumerate(segment.bands):
            dealer.take(segment, band, is_first=place == 0)
    dealer.close(frame.closing)
    return dealer.pages


def _widened(segment: Segment) -> Segment:
    """The segment with a third more figures and Latin letters, to be reckoned with and never printed."""
    bands = [
        replace(band, cells=tuple(tuple(map(_widened_text, cell)) for cell in band.cells)) for band in segment.bands
    ]
    return replace(segment, bands=tuple(bands))


def _widened_text(paragraph: BandParagraph) -> BandParagraph:
    return replace(paragraph, text=NARROW.sub(lambda found: found[0] + "0" * (len(found[0]) // 3 + 1), paragraph.text))
