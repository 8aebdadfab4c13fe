"""风险分布图: how many points of each department stand at each level, as bars with numbers. Counts in, places out.

Lengths are in the drawing's own units, one Chinese character of a name being 14 of them wide. It is drawn twice, for a
desk and for a phone, so that its letters are as large as those around it on both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from departments.enums import Level
from riskcontrol.drawing import wrapped
from riskpoints.figures.counts import NO_COUNTS, LevelCounts, summed

NAME_SIZE, LINE, LEAST_HEIGHT, HEAD, ABOVE_FIRST = 14, 19, 32, 26, 21
# Room for a number of four digits beside the longest bar.
NUMBER = 46
SHORTEST_BAR = 3.0
UNSET = 0
WORDS = {**{int(level): str(level.label) for level in Level}, UNSET: "未定级"}


@dataclass(frozen=True)
class OwnerLevels:
    """One department (0: the school) and its points at each level; None where nothing of it is in force."""

    owner: int
    name: str
    levels: LevelCounts | None


@dataclass(frozen=True)
class Layout:
    """How wide the drawing is, and its names; on a phone the bars stand below the name."""

    width: float
    name_width: float
    total_width: float
    is_stacked: bool = False


DESK = Layout(width=880, name_width=226, total_width=54)
PHONE = Layout(width=340, name_width=260, total_width=0, is_stacked=True)


@dataclass(frozen=True)
class Cell:
    """The points of one department at one level: where its field, its bar and its number stand."""

    level: int
    words: str
    count: int
    x: float
    y: float
    width: float
    height: float
    bar: float

    @property
    def base(self) -> float:
        """The number's base line, in the middle of the field."""
        return self.y + self.height / 2 + 5

    @property
    def number_x(self) -> float:
        return self.x + self.bar + (7 if self.bar else 0)

    @property
    def bar_y(self) -> float:
        return self.y + self.height / 2 - 7


@dataclass(frozen=True)
class NameLine:
    """One line of a name with its base line."""

    words: str
    y: float


@dataclass(frozen=True)
class Row:
    """One department: its name in lines, its cells (none where nothing is in force), its total."""

    owner: int
    name: str
    names: tuple[NameLine, ...]
    cells: tuple[Cell, ...]
    total: int | None
    total_y: float
    y: float
    height: float

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def missing_y(self) -> float:
        """The base line of the words that nothing is in force."""
        return self.names[0].y if self.names else self.bottom


@dataclass(frozen=True)
class Drawing:
    """The whole: headings with their places, rows, and the sums below them."""

    layout: Layout
    headings: tuple[tuple[str, float], ...]
    rows: tuple[Row, ...]
    sums: Row

    @property
    def width(self) -> float:
        return self.layout.width

    @property
    def height(self) -> float:
        return self.sums.bottom

    @property
    def head(self) -> float:
        """Where the headings' line lies."""
        return float(HEAD)

    @property
    def missing_x(self) -> float:
        """Where it is said that nothing is in force: beginning there, on a phone ending there."""
        return self.width if self.layout.is_stacked else self.layout.name_width


@dataclass(frozen=True)
class LevelMap:
    """The figures, and the same drawn; `year` narrows what a press finds (None: what is in force today).

    `signed_word` is what its tables are that count, as the page calls them: 现行 or 已确定.
    """

    lines: tuple[OwnerLevels, ...]
    year: int | None = None
    signed_word: str = "现行"

    @cached_property
    def total(self) -> LevelCounts:
        return summed(line.levels for line in self.lines if line.levels)

    @property
    def missing(self) -> int:
        """How many have nothing in force."""
        return sum(line.levels is None for line in self.lines)

    @property
    def levels(self) -> list[int]:
        """一级, 二级, 三级, and 未定级 where a point has no level (the school's form has no such cell)."""
        return [*map(int, Level), *([UNSET] if self.total.unset else [])]

    @property
    def headings(self) -> list[str]:
        return [WORDS[level] for level in self.levels]

    @property
    def drawings(self) -> list[tuple[str, Drawing]]:
        """For a desk and for a phone; a style sheet shows one of them."""
        return [("desk", drawn(self, DESK)), ("phone", drawn(self, PHONE))]

    @property
    def table(self) -> list[tuple[OwnerLevels, list[tuple[int, str, int]]]]:
        """The same figures for a table: each department with (level, words, count)."""
        return [(line, _counts(line.levels or NO_COUNTS, self.levels)) for line in self.lines]

    @property
    def sums(self) -> list[tuple[int, str, int]]:
        return _counts(self.total, self.levels)


def _counts(levels: LevelCounts, wanted: Sequence[int]) -> list[tuple[int, str, int]]:
    return [(level, WORDS[level], levels.by_level.get(level or None, 0)) for level in wanted]


def drawn(found: LevelMap, layout: Layout) -> Drawing:
    """The figures in a layout; bars of all departments have one measure, the sums have none."""
    columns = len(found.levels)
    begin = 0 if layout.is_stacked else layout.name_width
    width = (layout.width - begin - layout.total_width) / columns
    counts = [n for line in found.lines if line.levels for n in line.levels.by_level.values()]
    unit = (width - NUMBER) / max(counts, default=1)
    places = [begin + number * width for number in range(columns)]
    rows: list[Row] = []
    y = float(HEAD)
    for line in found.lines:
        rows.append(_row(line, _counts(line.levels or NO_COUNTS, found.levels), layout, places, width, unit, y))
        y = rows[-1].bottom
    whole = OwnerLevels(UNSET, "合计", found.total)
    sums = _row(whole, found.sums, layout, places, width, 0, y)
    return Drawing(layout, tuple(zip(found.headings, places, strict=True)), tuple(rows), sums)


def _row(
    line: OwnerLevels,
    counts: Sequence[tuple[int, str, int]],
    layout: Layout,
    places: Sequence[float],
    width: float,
    unit: float,
    y: float,
) -> Row:
    is_there = line.levels is not None
    words = wrapped(line.name, layout.name_width - 16, NAME_SIZE)
    names = tuple(NameLine(name, y + ABOVE_FIRST + number * LINE) for number, name in enumerate(words))
    of_names = len(words) * LINE + LEAST_HEIGHT - LINE
    is_below = layout.is_stacked and is_there
    top = y + of_names - 6 if is_below else y
    field = LEAST_HEIGHT if is_below else max(LEAST_HEIGHT, of_names)
    cells = (
        Cell(
            level, label, count, x, top, width, field, round(max(count * unit, SHORTEST_BAR), 2) if count * unit else 0
        )
        for (level, label, count), x in zip(counts, places, strict=True)
    )
    return Row(
        owner=line.owner,
        name=line.name,
        names=names,
        cells=tuple(cells) if is_there else (),
        total=line.levels.total if line.levels is not None else None,
        total_y=names[0].y if is_below else top + field / 2 + 5,
        y=y,
        height=top + field - y,
    )
