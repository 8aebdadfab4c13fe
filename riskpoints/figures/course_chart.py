"""The line chart of a year: steps that rise from day to day, dates of the plan across them. Days in, places out.

Lengths are in the drawing's own units. Every line has its own stroke and its words at its end, so that no colour has to
be told from another.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from riskcontrol.drawing import length_of

LABEL, ROW, GAP, BELOW = 13, 18, 17, 26
STEPS = (1, 2, 5)
# Widths of a heading of months, and of the words at the end of a line.
TICK_WIDTH = 66


@dataclass(frozen=True)
class Size:
    """How large the chart is, its margins left and right included."""

    width: float
    plot_height: float
    left: float
    right: float


CHART_DESK = Size(width=880, plot_height=230, left=34, right=92)
CHART_PHONE = Size(width=340, plot_height=190, left=26, right=78)


@dataclass(frozen=True)
class Line:
    """One line as SVG writes points, with the words at its end; they may stand a little above or below it."""

    code: str
    points: str
    words: str
    x: float
    y: float


@dataclass(frozen=True)
class Tick:
    """One mark of an axis."""

    words: str
    at: float

    @property
    def base(self) -> float:
        """The base line of words beside it."""
        return self.at + 4.5


@dataclass(frozen=True)
class Mark:
    """A day across the chart, with its words above: where the line stands, where they are centred."""

    code: str
    words: str
    x: float
    middle: float
    y: float

    @property
    def below(self) -> float:
        """Where its line begins."""
        return self.y + 4


@dataclass(frozen=True)
class Chart:
    """A whole chart."""

    size: Size
    top: float
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    counts: tuple[Tick, ...]
    dates: tuple[Tick, ...]

    @property
    def width(self) -> float:
        return self.size.width

    @property
    def bottom(self) -> float:
        return self.top + self.size.plot_height

    @property
    def height(self) -> float:
        return self.bottom + BELOW

    @property
    def dates_y(self) -> float:
        """The base line of the days below the chart."""
        return self.height - 5

    @property
    def tick_end(self) -> float:
        return self.bottom + 5

    @property
    def left(self) -> float:
        return self.size.left

    @property
    def count_x(self) -> float:
        """Where the counts beside the chart end."""
        return self.left - 7

    @property
    def right(self) -> float:
        return self.size.width - self.size.right


def chart_of(
    lines: Sequence[tuple[str, str, Sequence[datetime.date]]],
    marks: Sequence[tuple[datetime.date, str, str]],
    *,
    span: tuple[datetime.date, datetime.date, datetime.date],
    most: int,
    size: Size,
) -> Chart:
    """`lines` are (code, words at the end, the days on which each rises by one); `marks` are (day, words, code);
    `span` is the first day, the last that is known, and the last that is shown; the upper edge is `most`."""
    first, until, last = span
    days = max((last - first).days, 1)
    wide = size.width - size.left - size.right

    def across(day: datetime.date) -> float:
        return round(size.left + wide * (day - first).days / days, 2)

    placed = list(_placed([(across(day), words, code) for day, words, code in sorted(marks)], size.width))
    top = (max((row for *_, row in placed), default=-1) + 1) * ROW + 10
    bottom = top + size.plot_height
    highest = max([most, 1, *(len(rises) for _, _, rises in lines)])

    def up(count: int) -> float:
        return round(bottom - size.plot_height * count / highest, 2)

    ends = _apart([up(len(rises)) for _, _, rises in lines], top, bottom)
    drawn = (
        Line(code, _steps([(across(day), up(place + 1)) for place, day in enumerate(rises)], size.left, bottom,
                          across(until)), words, across(until) + 8, end)
        for (code, words, rises), end in zip(lines, ends, strict=True)
    )  # fmt: skip
    return Chart(
        size=size,
        top=top,
        lines=tuple(drawn),
        marks=tuple(Mark(code, words, x, middle, (row + 1) * ROW - 4) for x, words, code, middle, row in placed),
        counts=tuple(Tick(str(count), up(count)) for count in counted(highest)),
        dates=tuple(Tick(words, across(day)) for day, words in dated(first, last, int(wide // TICK_WIDTH))),
    )


def _steps(rises: Sequence[tuple[float, float]], left: float, bottom: float, right: float) -> str:
    """From the ground on the first day, up on each day, on to the last one that is known."""
    points, height = [(left, bottom)], bottom
    for x, y in rises:
        points += [(x, height), (x, y)]
        height = y
    points.append((right, height))
    return " ".join(f"{x:g},{y:g}" for x, y in dict.fromkeys(points))


def _placed(marks: Sequence[tuple[float, str, str]], width: float) -> Iterator[tuple[float, str, str, float, int]]:
    """Each mark with the middle of its words and the row above the chart in which they touch no others."""
    ends: list[float] = []
    for x, words, code in marks:
        half = sum(map(length_of, words)) * LABEL / 2
        middle = min(max(x, half), width - half)
        row = next((place for place, end in enumerate(ends) if end + 8 <= middle - half), len(ends))
        ends[row : row + 1] = [middle + half]
        yield x, words, code, round(middle, 2), row


def _apart(heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """Base lines of words beside these heights, far enough apart to be read, from the lowest upwards."""
    found: dict[int, float] = {}
    limit = bottom + 4
    for place in sorted(range(len(heights)), key=lambda place: (-heights[place], -place)):
        found[place] = min(heights[place] + 4.5, limit)
        limit = found[place] - GAP
    lift = min(0.0, min(found.values(), default=0.0) - top - 4)
    return [found[place] - lift if lift else found[place] for place in range(len(heights))]


def counted(highest: int) -> list[int]:
    """Counts to be written beside the chart: four or five round ones, and the highest of all."""
    step = next(
        unit * power for power in (10**place for place in range(9)) for unit in STEPS if highest <= 5 * unit * power
    )
    return [*(count for count in range(0, highest, step) if highest - count >= step / 2 or not count), highest]


def dated(first: datetime.date, last: datetime.date, most: int) -> list[tuple[datetime.date, str]]:
    """Days to be written below the chart, at most so many: weeks, else months, as close as there is room for."""
    days = (last - first).days
    for weeks in (1, 2):
        found = [first + datetime.timedelta(days=place) for place in range(0, days + 1, 7 * weeks)]
        if len(found) <= most:
            return [(day, f"{day.month}月{day.day}日") for day in found]
    months = [
        datetime.date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= datetime.date(year, month, 1) <= last
    ]
    every = next((step for step in (1, 2, 3, 4, 6) if len(months) <= most * step), 12)
    chosen = [day for day in months if (day.month - 1) % every == 0]
    return [(day, f"{day.year}年" if day.month == 1 else f"{day.month}月") for day in chosen]
