"""The lines of an import: what the file says, and what becomes of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from riskcontrol import audit
from riskpoints.importing.columns import COLUMNS
from riskpoints.importing.content import FileHead, FileMeasure, FileNil, FilePoint
from riskpoints.importing.matching import Change
from riskpoints.importing.values import WordReader
from riskpoints.models import Measure, RiskPoint

FAULTY = "x"
# Between a word of the file and the one of ours that it means.
MEANT = "，即"
# Fields of the file that can be mended in the preview.
MENDED = frozenset(column.name for column in COLUMNS) - {"number", "also"}


class State(models.TextChoices):
    """What becomes of a line."""

    NEW = "new", "新增"
    CHANGED = "changed", "修改"
    NEAR = "near", "疑似重复"
    THERE = "there", "不变，草稿里已有"
    DOUBLE = "double", "与上面重复"
    KEPT = "kept", "草稿里已另有填写，不改动"
    WRONG = "wrong", "请改正"
    LEFT = "left", "不导入"


@dataclass(eq=False)
class Line:
    """One thing that the file says; `stored` is the point that is in the draft already."""

    row: int
    kind: str
    text: str
    state: State = State.NEW
    category: str = ""
    label: str = ""
    post: str = ""
    wrong: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    points: list["Line"] = field(default_factory=list)
    stored: RiskPoint | None = None
    measure: Measure | None = None  # the one of the draft that is changed
    changes: list[Change] = field(default_factory=list)
    near: RiskPoint | Measure | None = None  # the one of the draft that says nearly the same
    is_stale: bool = False  # the draft has changed since the template was made
    is_taken: bool = True  # whether a change is to be made
    sheet: str = ""
    details: list[tuple[str, str]] = field(default_factory=list)
    of_field: dict[str, list[str]] = field(default_factory=dict)  # what is wrong, by the field of the file
    item: FilePoint | FileMeasure | FileNil | FileHead | None = None
    ref: str = ""

    @property
    def unplaced(self) -> list[str]:
        """What is wrong with no field of its own to say it beside."""
        placed = {text for name, texts in self.of_field.items() if name in MENDED for text in texts}
        return [text for text in self.wrong if text not in placed]

    @property
    def shown_details(self) -> list[tuple[str, str]]:
        """What else the row says; of a change only what is changed is shown, in its own table."""
        return [] if self.changes else self.details

    @property
    def is_change(self) -> bool:
        """Whether a row of the draft would be changed."""
        return self.state == State.CHANGED and self.is_taken

    def refuse(self, *messages: str, name: str = "") -> None:
        """Nothing is added as long as this stands in the file; `name` is the field that has to be mended."""
        self.state, self.wrong = State.WRONG, [*self.wrong, *messages]
        if name:
            self.of_field.setdefault(name, []).extend(messages)

    def refuse_words(self, words: WordReader) -> None:
        """Refuse what a reader of words found wrong."""
        for name, messages in words.of_field.items():
            self.refuse(*messages, name=name)


@dataclass
class ImportPlan:
    """All lines in the order of the file."""

    heads: list[Line] = field(default_factory=list)
    points: list[Line] = field(default_factory=list)
    measures: list[Line] = field(default_factory=list)
    nils: list[Line] = field(default_factory=list)
    others: list[Line] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        """By row; what is said of a point before its measures."""
        found = [*self.heads, *self.points, *self.measures, *self.nils, *self.others]
        sheets = list(dict.fromkeys(line.sheet for line in found))
        return sorted(found, key=lambda line: (sheets.index(line.sheet), line.row))

    @property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.state == State.WRONG]

    @property
    def new(self) -> list[Line]:
        """What the draft would get: lines that are added, and changes that are made."""
        return [line for line in self.lines if line.state == State.NEW or line.is_change]

    @property
    def left_out(self) -> list[Line]:
        """What is in the draft already, or twice in the file."""
        taken = (State.NEW, State.CHANGED, State.NEAR, State.WRONG)
        return [line for line in self.lines if line.state not in taken]

    @property
    def is_savable(self) -> bool:
        """Whether there is something to add, and nothing wrong."""
        return bool(self.new) and not self.wrong

    def count(self, lines: Iterable[Line]) -> int:
        """How many of these would be added."""
        return sum(line.state == State.NEW for line in lines)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind would be added."""
        kinds = {"风险点": self.points, "防范措施": self.measures, "确认为无": self.nils, "表头": self.heads}
        found = {name: count for name, lines in kinds.items() if (count := self.count(lines))}
        changed = sum(line.is_change for line in self.lines)
        return found | ({"修改": changed} if changed else {})


def _said(line: Line) -> list[Any]:
    """What else it shows; a level in the file's words is the same as in ours: opening a line changes nothing."""
    details = [[title, words.rpartition(MEANT)[2]] for title, words in line.details]
    return [details, line.is_taken, *([change.title, change.old, change.new] for change in line.changes)]


def digest(found: ImportPlan) -> str:
    """What a preview shows, as a hash: nothing is saved that was not seen. It begins with FAULTY where something is
    wrong."""
    lines = [
        [line.ref, line.row, line.state.value, line.text, line.label, line.post, line.wrong, *_said(line)]
        for line in found.lines
    ]
    return (FAULTY if found.wrong else "") + audit.sha256(audit.canonical_json(lines))[:32]
