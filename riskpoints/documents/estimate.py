"""How high a form will be, reckoned from its characters: most forms are then laid out once instead of four times.

The lengths repeat those of static/css/print.css. A wrong one costs time, never a wrong page: every plan is checked
against the layout, and measured where it doesn't hold (forms.py).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from riskcontrol.paper.pdf import Line, Part
from riskpoints.documents.bands import Band, BandParagraph, LevelLine, Segment
from riskpoints.documents.paging import Frame

MM = 96 / 25.4
# 版心 225 mm high (GB/T 9704-2012, 5.1.1), in CSS pixels; rounding of row borders takes up to 2.
PAGE_HEIGHT = 225 * MM - 2
ROOMY_SIZE = 16
HALF_WIDTH = 0.54
HANG = 1.5
# Punctuation that may not begin a line, and such as may not end one.
NEVER_FIRST = frozenset("，。、；：！？）】》〉」』〕”’…·%％℃,.;:!?)]}")
NEVER_LAST = frozenset("（【《〈「『〔“‘([{")
# Inside widths of the cells: the whole row, points, measures.
WHOLE, POINTS, MEASURES = 125.4 * MM, 54.8 * MM, 68 * MM
# A line of 单位确定风险等级 hangs by its label, and its items are not broken.
LEVEL_HANG = 8
EDGE, INNER, BETWEEN = 1.6 * MM, 0.7 * MM, 0.8 * MM


@dataclass(frozen=True)
class Setting:
    """Sizes of one fit, in CSS pixels: characters, tags, lines; least heights of rows; fixed rows; room to sign."""

    size: float
    tag: float
    line: float
    least_wide: float
    least_row: float
    name: float
    heading: float
    signature: float
    notes: float
    head: float


SETTINGS = {
    "roomy": Setting(16, 16, 24, 14 * MM, 14 * MM, 42, 37, 28 * MM, 88, 90),
    "compact": Setting(14, 14, 62 / 3, 0, 0, 34, 34, 25 * MM, 83, 83),
    "long": Setting(14, 14, 62 / 3, 0, 0, 34, 34, 25 * MM, 83, 90),
}
TITLE_LINE = 32 * 4 / 3


def reckoned_parts(segments: Sequence[Segment], fit: str) -> dict[str, Part]:
    """Heights and lines of all paragraphs and bands, under their keys, as a layout would measure them."""
    setting = SETTINGS[fit]
    parts: dict[str, Part] = {}
    for segment in segments:
        last = len(segment.bands) - 1
        for place, band in enumerate(segment.bands):
            heights = [_cell(cell, _width(segment, side), setting, parts) for side, cell in enumerate(band.cells)]
            padding = (EDGE if place == 0 else INNER) + (EDGE if place == last else INNER) + 0.5
            parts[band.key] = Part(max(heights, default=0.0) + padding)
    return parts


def reckoned_frame(
    segments: Sequence[Segment], fit: str, *, page: float, titles: int, level_lines: Sequence[LevelLine] | None
) -> Frame:
    """The fixed heights around the rows; `level_lines` is None for a form without 单位确定风险等级."""
    setting = SETTINGS[fit]
    closing = setting.notes
    if level_lines is not None:
        room = WHOLE / setting.size - LEVEL_HANG
        lines = sum(listed_lines(line, room) for line in level_lines)
        closing += setting.signature + lines * setting.line + 2 * EDGE + 1
    return Frame(
        page=page,
        head=setting.head + titles * TITLE_LINE + setting.name,
        heading=setting.heading,
        closing=closing,
        labels={segment.key: len(segment.label_lines) * setting.line for segment in segments},
    )


def reckoned_height(segments: Sequence[Segment], fit: str, frame: Frame) -> float:
    """Height of the form on one page."""
    setting, parts = SETTINGS[fit], reckoned_parts(segments, fit)
    height = frame.head + frame.heading + frame.closing
    for segment in segments:
        least = setting.least_wide if segment.is_wide else setting.least_row
        rows = [parts[band.key].height for band in segment.bands]
        height += sum(rows[:-1]) + max(rows[-1], least)
    return height


def fits_roomy(segments: Sequence[Segment], *, titles: int, level_lines: Sequence[LevelLine] | None) -> bool:
    """Whether the form has room on one page in 小四."""
    frame = reckoned_frame(segments, "roomy", page=PAGE_HEIGHT, titles=titles, level_lines=level_lines)
    return reckoned_height(segments, "roomy", frame) <= PAGE_HEIGHT


def line_count(paragraph: BandParagraph, width: float, setting: Setting) -> int:
    """Lines of a paragraph in so many pixels, by the rules of Chinese line breaking."""
    room = width / setting.size - (HANG if paragraph.hangs else 0)
    lines, used = 0, 0.0
    for text in paragraph.text.split("\n"):
        taken, used = _wrapped(text, room)
        lines += taken
    if paragraph.tag:
        scale = setting.tag / setting.size
        if paragraph.tag_class == "whole" or (paragraph.tag_class and setting.size < ROOMY_SIZE):
            lines += int(used + sum(map(_advance, paragraph.tag)) * scale > room)
        else:
            lines += _wrapped(paragraph.tag, room, used=used, scale=scale)[0] - 1
    return lines


def _wrapped(text: str, room: float, *, used: float = 0.0, scale: float = 1.0) -> tuple[int, float]:
    """Lines of a text that begins after `used` em, and how much of the last one it takes."""
    lines = 1
    units = _units(text)
    for place, unit in enumerate(units):
        width = sum(map(_advance, unit)) * scale
        # A unit goes to the next line with what may not be parted from it.
        following = units[place + 1] if place + 1 < len(units) else ""
        needed = width + (sum(map(_advance, following)) * scale if following and following[0] in NEVER_FIRST else 0)
        if used and used + needed > room and unit[0] not in NEVER_FIRST:
            lines, used = lines + 1, 0.0
        used += width
        if used > room:
            lines, used = lines + int(used // room), used % room
    return lines, used


def listed_lines(line: LevelLine, room: float) -> int:
    """Lines that a list takes in so many full-width characters: its items stay whole, each with the 、 behind it."""
    lines, used = 1, 0.0
    for item in line.items:
        width = sum(map(_advance, item)) + 1
        if used and used + width > room:
            lines, used = lines + 1, 0.0
        used += width
        if used > room + 1:
            lines, used = lines + int(used // room), used % room
    return lines


def _units(text: str) -> list[str]:
    """Pieces that are not broken: Latin words and figures, a bracket with what it opens, any other character."""
    units: list[str] = []
    for character in text:
        is_word = character.isascii() and not character.isspace()
        joins = units and (
            (is_word and units[-1][-1].isascii() and not units[-1][-1].isspace()) or units[-1][-1] in NEVER_LAST
        )
        if joins:
            units[-1] += character
        else:
            units.append(character)
    return units


def _advance(character: str) -> float:
    return 1.0 if unicodedata.east_asian_width(character) in "WFA" else HALF_WIDTH


def _width(segment: Segment, side: int) -> float:
    return WHOLE if segment.is_wide else (POINTS, MEASURES)[side]


def _cell(cell: Sequence[BandParagraph], width: float, setting: Setting, parts: dict[str, Part]) -> float:
    height = 0.0
    for place, paragraph in enumerate(cell):
        count = line_count(paragraph, width, setting)
        margin = BETWEEN if place else 0.0
        parts[paragraph.key] = Part(count * setting.line + margin, (Line("", setting.line),) * count)
        height += count * setting.line + margin
    return height


def is_cut(segments: Sequence[Segment], pieces: Sequence[Segment]) -> bool:
    """Whether a paragraph was parted between pages: then its lines have to be measured."""
    return _paragraphs(segments) != _paragraphs(pieces)


def _paragraphs(segments: Sequence[Segment]) -> int:
    bands: list[Band] = [band for segment in segments for band in segment.bands]
    return sum(len(cell) for band in bands for cell in band.cells)
