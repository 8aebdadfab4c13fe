"""How a row of 附件2 or 附件4 stands side by side: points left, measures right, not one-to-one by force (T11)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from riskpoints.documents import wording
from riskpoints.documents.data import FormRow, MeasureLine, PointLine

# Characters of a tag that fit the column of the points: in 小四 and in 五号.
WHOLE_TAG, WHOLE_SMALL_TAG = 11, 13
_SPACES = re.compile(r"[ \t\xa0]+")


@dataclass(frozen=True)
class BandParagraph:
    """One item in a cell: its number hangs, its tag stands behind it in another face.

    The rest of an item begun on the page before has no number, but still `hangs` as far in.
    """

    key: str
    text: str
    number: str = ""
    tag: str = ""
    hangs: bool = False

    @property
    def tag_class(self) -> str:
        """The class of a tag that stands on one line (or does so in 五号); one that is too long for it is broken."""
        length = len(self.tag)
        return "whole" if length <= WHOLE_TAG else "whole-small" if length <= WHOLE_SMALL_TAG else ""


@dataclass(frozen=True)
class Band:
    """Cells that stand side by side and belong together."""

    key: str
    cells: tuple[tuple[BandParagraph, ...], ...]


@dataclass(frozen=True)
class Segment:
    """One labelled row of the form, or the part of it that is on one page; `is_wide` has one cell, not two."""

    key: str
    label_lines: tuple[str, ...]
    bands: tuple[Band, ...]
    is_wide: bool = False
    is_nil: bool = False
    continues: bool = False


@dataclass(frozen=True)
class LevelLine:
    """One line of 单位确定风险等级: what it lists, and the items, none of which is broken at the end of a line."""

    label: str
    items: tuple[str, ...]

    @property
    def text(self) -> str:
        """The line as plain text."""
        return self.label + "、".join(self.items)


def clean(text: str) -> str:
    """Text as it can be printed: NFC, without control characters, with single spaces; line breaks stay."""
    if text.isprintable() and "  " not in text and unicodedata.is_normalized("NFC", text):
        return text.strip()  # most texts by far, and a register has a hundred thousand of them
    lines = (_SPACES.sub(" ", line).strip() for line in unicodedata.normalize("NFC", text).splitlines())
    kept = "\n".join(line for line in lines if line)
    return "".join(character for character in kept if character == "\n" or unicodedata.category(character) != "Cc")


def circled(number: int) -> str:
    """①, ②, … ㊿, then （51）: the numbers of measures, so that they aren't taken for those of points."""
    if number <= 20:
        return chr(0x2460 + number - 1)
    if number <= 35:
        return chr(0x3251 + number - 21)
    return chr(0x32B1 + number - 36) if number <= 50 else f"（{number}）"


def wide_segment(key: str, label_lines: tuple[str, ...], text: str) -> Segment:
    """A row with one cell across (业务工作职责, 业务职能)."""
    lines = clean(text).split("\n")
    cell = tuple(BandParagraph(f"{key}.0.0.{place}", line) for place, line in enumerate(lines) if line)
    return Segment(key, label_lines, (Band(f"{key}.0", (cell,)),), is_wide=True)


def category_segment(key: str, row: FormRow, *, label_lines: tuple[str, ...], is_numbered: bool) -> Segment:
    """A category's row; 无 fills both cells (T13, R63).

    A point stands beside the measures that answer it first of all; one that answers several says which. Measures of
    the whole category come last and say so, or beside the list of all points where none belongs to one (as in 附件2).
    """
    # In 附件2 as well, as soon as a measure answers some points and not others.
    is_numbered = is_numbered or any(measure.points for measure in row.measures)
    if row.is_nil:
        nil = [BandParagraph("", wording.NIL)]
        return Segment(key, label_lines, (_band(key, 0, nil, nil),), is_nil=True)
    points = [_point(point, number, row, is_numbered) for number, point in enumerate(row.points, start=1)]
    general = [measure for measure in row.measures if not measure.points]
    if len(general) == len(row.measures):
        return Segment(key, label_lines, (_band(key, 0, points, _measures(general, is_numbered)),))
    bands = []
    for number, point in enumerate(points, start=1):
        own = [measure for measure in row.measures if measure.points and min(measure.points) == number]
        bands.append(_band(key, number, [point], _measures(own, is_numbered)))
    if general:
        bands.append(_band(key, 0, [BandParagraph("", "", tag=wording.ALL_POINTS)], _measures(general, is_numbered)))
    return Segment(key, label_lines, tuple(bands))


def _point(point: PointLine, number: int, row: FormRow, is_numbered: bool) -> BandParagraph:
    label = f"{number}." if is_numbered and len(row.points) > 1 else ""
    inside = "，".join(part for part in (clean(point.post), point.level) if part)
    return BandParagraph("", clean(point.text), number=label, tag=f"〔{inside}〕" if inside else "", hangs=bool(label))


def _measures(measures: Sequence[MeasureLine], is_numbered: bool) -> list[BandParagraph]:
    paragraphs = []
    for order, measure in enumerate(measures, start=1):
        label = circled(order) if is_numbered and len(measures) > 1 else ""
        is_shared = is_numbered and len(measure.points) > 1
        tag = f"〔针对第{'、'.join(map(str, sorted(measure.points)))}项〕" if is_shared else ""
        paragraphs.append(BandParagraph("", clean(measure.text), number=label, tag=tag, hangs=bool(label)))
    return paragraphs


def _band(key: str, place: int, *cells: list[BandParagraph]) -> Band:
    name = f"{key}.{place}"
    return Band(
        name,
        tuple(
            tuple(replace(paragraph, key=f"{name}.{side}.{order}") for order, paragraph in enumerate(cell))
            for side, cell in enumerate(cells)
        ),
    )
