"""权力运行流程图: the steps of a power as boxes, top-down, the same on the page and on paper. Text in, places out.

Lengths are in the drawing's own units, one Chinese character of the facts being 13 of them wide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from riskcontrol.drawing import wrapped

NAME_SIZE, FACT_SIZE, NOTE_SIZE = 15, 13, 12
LEADING = 1.45
PADDING, GAP, TURN = 12, 28, 13
# One column as long as it can be read on a page, more of them beside it.
MOST_IN_COLUMN, WIDTHS, BETWEEN = 9, {1: 340, 2: 270, 3: 230, 4: 210}, 44
END_WIDTH, END_HEIGHT = 84, 28
TAG_WIDTH, TAG_HEIGHT = 66, 20
HEAD = 5


class Step(Protocol):
    """What is drawn of a step, stored or only written."""

    @property
    def name(self) -> str: ...
    @property
    def post_name(self) -> str: ...
    @property
    def time_limit(self) -> str: ...
    @property
    def is_risk_node(self) -> bool: ...
    @property
    def note(self) -> str: ...


@dataclass(frozen=True)
class Text:
    """One line: its middle and its base line."""

    words: str
    x: float
    y: float
    kind: str
    size: int


@dataclass(frozen=True)
class Box:
    """One step; a risk node has a thicker edge and says so in words."""

    x: float
    y: float
    width: float
    height: float
    texts: tuple[Text, ...]
    is_risk: bool = False
    is_end: bool = False

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def tag_x(self) -> float:
        """Where the tag of a risk node begins, on the upper edge of the box."""
        return self.x + self.width - TAG_WIDTH - 8

    @property
    def tag_y(self) -> float:
        return self.y - TAG_HEIGHT / 2

    @property
    def tag_middle(self) -> float:
        return self.tag_x + TAG_WIDTH / 2

    @property
    def tag_base(self) -> float:
        return self.tag_y + 14.5


@dataclass(frozen=True)
class Arrow:
    """A line from box to box, and the triangle at its end, as SVG writes points."""

    line: str
    head: str


@dataclass(frozen=True)
class Flow:
    """A whole chart, and what it shows in words for those who hear it."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    words: str

    @property
    def is_wide(self) -> bool:
        """Whether there are several columns, which a small screen scrolls instead of shrinking them."""
        return self.width > WIDTHS[1] + 3


def flow_of(steps: Sequence[Step]) -> Flow | None:
    """The chart of these steps; None where there are none."""
    if not steps:
        return None
    columns = min(-(-len(steps) // MOST_IN_COLUMN), max(WIDTHS))
    width, per_column = WIDTHS[columns], -(-len(steps) // columns)
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    last: Box | None = None
    bottoms = []
    for column in range(columns):
        x, y = column * (width + BETWEEN) + 1.5, TAG_HEIGHT / 2 + 8
        found: list[Box] = []
        if column == 0:
            found.append(_end("开始", x + width / 2, y))
            y = found[-1].bottom + GAP
        for place in range(column * per_column, min((column + 1) * per_column, len(steps))):
            found.append(_box(steps[place], place + 1, x, y, width))
            y = found[-1].bottom + GAP
        if column == columns - 1:
            found.append(_end("结束", x + width / 2, y))
        for box in found:
            if last is not None:
                arrows.append(_down(last, box) if box is not found[0] else _over(last, box))
            boxes.append(box)
            last = box
        bottoms.append(found[-1].bottom + (TURN + 2 if column < columns - 1 else 2))
    whole = columns * width + (columns - 1) * BETWEEN + 3
    return Flow(whole, max(bottoms), tuple(boxes), tuple(arrows), "→".join(_said(step) for step in steps))


def _said(step: Step) -> str:
    facts = [step.post_name, step.time_limit, "风险节点" if step.is_risk_node else ""]
    rest = "，".join(fact for fact in facts if fact)
    return f"{step.name}（{rest}）" if rest else step.name


def _end(words: str, middle: float, y: float) -> Box:
    text = Text(words, middle, y + 19, "fact", FACT_SIZE)
    return Box(middle - END_WIDTH / 2, y, END_WIDTH, END_HEIGHT, (text,), is_end=True)


def _box(step: Step, place: int, x: float, y: float, width: float) -> Box:
    lines = [("name", NAME_SIZE, words) for words in wrapped(f"{place}. {step.name}", width - 2 * PADDING, NAME_SIZE)]
    facts = "　".join(fact for fact in (step.post_name, step.time_limit) if fact)
    lines += [("fact", FACT_SIZE, words) for words in wrapped(facts, width - 2 * PADDING, FACT_SIZE)]
    lines += [("note", NOTE_SIZE, words) for words in wrapped(step.note, width - 2 * PADDING, NOTE_SIZE)]
    texts, base = [], y + PADDING - 2
    for kind, size, words in lines:
        base += size * LEADING
        texts.append(Text(words, x + width / 2, round(base - size * 0.3, 2), kind, size))
    return Box(x, y, width, round(base - y + PADDING - 2, 2), tuple(texts), is_risk=step.is_risk_node)


def _down(upper: Box, lower: Box) -> Arrow:
    return _arrow([(upper.middle, upper.bottom), (lower.middle, lower.y)])


def _over(left: Box, right: Box) -> Arrow:
    """From the end of a column up to the head of the next one."""
    between = right.x - BETWEEN / 2
    top = 3.0
    points = [(left.middle, left.bottom), (left.middle, left.bottom + TURN), (between, left.bottom + TURN)]
    return _arrow([*points, (between, top), (right.middle, top), (right.middle, right.y)])


def _arrow(points: list[tuple[float, float]]) -> Arrow:
    x, y = points[-1]
    line = " ".join(f"{a:g},{b:g}" for a, b in [*points[:-1], (x, y - HEAD)])
    head = f"{x:g},{y:g} {x - HEAD:g},{y - HEAD * 1.6:g} {x + HEAD:g},{y - HEAD * 1.6:g}"
    return Arrow(line, head)
