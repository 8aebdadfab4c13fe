"""What becomes of each row of a workbook: the words for the preview, and what is beside each cell."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from departments.importing import values
from departments.importing.book import Row, cell_name
from departments.importing.columns import SheetKind
from riskcontrol.templatetags.ui import cn_date

# A cell with more than that is typed into a field of several lines.
LONG = 30


class State(models.TextChoices):
    """What becomes of a row."""

    NEW = "new", "新增"
    CHANGED = "changed", "有变化"
    SAME = "same", "没有变化"
    DOUBLE = "double", "与上面重复"
    WRONG = "wrong", "需要修改"
    WAITING = "waiting", "等别的行改好"
    LEFT = "left", "不导入"


@dataclass(frozen=True)
class Change:
    """One difference between what exists and what the workbook says, in words."""

    column: str
    title: str
    old: str
    new: str


@dataclass(frozen=True)
class Question:
    """Something that only the person who imports knows: whether two equal names are one person."""

    name: str
    text: str
    answer: str = ""


@dataclass(eq=False)
class Line:
    """One row and what becomes of it; `wrong` says by column what has to be mended."""

    kind: SheetKind
    row: Row
    state: State = State.SAME
    wrong: dict[str, list[str]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    question: Question | None = None
    values: dict[str, Any] = field(default_factory=dict)
    edited: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What its tick is called."""
        return f"{self.kind.name}-{self.row.number}"

    def text(self, column: str) -> str:
        """The words of a cell."""
        return self.row.words.get(column, "")

    @property
    def is_open(self) -> bool:
        """Whether nothing speaks yet against saving it."""
        return self.state not in (State.WRONG, State.WAITING, State.LEFT, State.DOUBLE)

    @property
    def needs_attention(self) -> bool:
        """Whether somebody has to mend, answer or decide something, or has done so and may do otherwise."""
        return self.question is not None or self.state in (State.WRONG, State.WAITING, State.LEFT, State.CHANGED)

    def refuse(self, column: str, *messages: str) -> None:
        """Nothing is imported as long as this stands there."""
        known = {found.name for found in self.kind.columns}
        self.state = State.WRONG
        self.wrong.setdefault(column if column in known else self.kind.key, []).extend(messages)

    def note(self, column: str, old: Any, new: Any) -> bool:
        """Whether what the workbook says differs from what exists; a difference is noted for the preview."""
        before, after = words(old), words(new)
        if values.same(before, after):
            return False
        title = self.kind.column(column).title
        self.changes.append(Change(column, title, before or "（空）", after))
        self.state = State.CHANGED
        return True

    def read(self, column: str, parse: Callable[[str], Any], default: Any = None) -> Any:
        """The value of a cell: `default` where it is empty or can't be read, which is then said beside it."""
        text = self.text(column)
        if not text:
            found = self.kind.column(column)
            if found.is_needed:
                self.refuse(column, f"请填写{found.title}。")
            return default
        try:
            return parse(text)
        except ValidationError as error:
            self.refuse(column, *error.messages)
            return default

    def refuse_error(self, error: ValidationError, columns: Mapping[str, str]) -> None:
        """Say what a service refused, beside the column that holds the field; `columns` translates field names."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for name, errors in by_field.items():
            messages = [text for found in errors for text in found.messages]
            self.refuse(columns.get(name, name), *messages)

    def cells(self) -> list["Cell"]:
        """The row as the preview shows it."""
        changes = {change.column: change for change in self.changes}
        return [
            Cell(
                name := cell_name(self.kind.name, self.row.number, column.name),
                column.title,
                self.text(column.name),
                tuple(self.wrong.get(column.name, ())),
                changes.get(column.name),
                column.choices,
                bool(self.wrong.get(column.name)) or name in self.edited,
            )
            for column in self.kind.columns
        ]


@dataclass(frozen=True)
class Cell:
    """A cell of the preview: the name of its field, its title and words, what is wrong, what would change, whether
    it can be typed into: what is wrong, and what was typed before."""

    name: str
    title: str
    text: str
    wrong: tuple[str, ...]
    change: Change | None
    choices: str
    is_open: bool

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.text or self.change or self.is_open)

    @property
    def is_long(self) -> bool:
        """Whether its text needs more than a line."""
        return len(self.text) > LONG or "\n" in self.text


@dataclass(frozen=True)
class SheetLines:
    """The rows of one sheet, in the order of the file."""

    kind: SheetKind
    lines: list[Line]
    is_there: bool = True

    @property
    def shown(self) -> list[Line]:
        """What somebody has to do something about, new rows left out."""
        return [line for line in self.lines if line.needs_attention]

    @property
    def changed(self) -> int:
        """How many rows differ from what exists."""
        return count_of(self.lines, State.CHANGED)

    @property
    def all_name(self) -> str:
        """What the tick for all changes of the sheet is called."""
        return f"all-{self.kind.name}"

    @property
    def new(self) -> list[Line]:
        return [line for line in self.lines if line.state == State.NEW and not line.needs_attention]

    @property
    def counts(self) -> list[tuple[State, int]]:
        """How many rows of each state there are, those without any left out."""
        return [(state, count) for state in State if (count := count_of(self.lines, state))]


def words(value: Any) -> str:
    """A value as a cell says it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime.date):
        return cn_date(value)
    return str(value)


def count_of(lines: Iterable[Line], *states: State) -> int:
    """How many lines are in one of the states."""
    return sum(line.state in states for line in lines)
