"""What a workbook says, as words by sheet, row and column; and its way from the preview to the saving, sealed."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core import signing

from departments.importing.columns import BY_NAME
from departments.models import User
from riskcontrol.paper.cell_text import safe_text
from riskcontrol.text import stripped

GOOD_FOR = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Row:
    """One row of a sheet: its number there, and its words by column name; empty cells are left out."""

    number: int
    words: Mapping[str, str]


@dataclass
class Book:
    """A workbook: its name, the SHA-256 of its bytes, the rows of its sheets; what is to be told of the reading, and
    the cells that show something else than could be read: [sheet, row, column, words]."""

    name: str
    sha256: str
    sheets: dict[str, list[Row]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    faults: list[list[Any]] = field(default_factory=list)

    def corrected(self, cells: Mapping[str, str]) -> "Book":
        """The same with other words in some cells, as they were typed in the preview; see cell_name()."""
        sheets = {}
        for sheet, rows in self.sheets.items():
            sheets[sheet] = [Row(row.number, _corrected(sheet, row, cells)) for row in rows]
        return Book(self.name, self.sha256, sheets, self.notes, self.faults)

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        sheets = {name: [[row.number, dict(row.words)] for row in rows] for name, rows in self.sheets.items()}
        return {"name": self.name, "sha256": self.sha256, "sheets": sheets, "notes": self.notes, "faults": self.faults}


def cell_name(sheet: str, row: int, column: str) -> str:
    """What a cell's field is called in the preview."""
    return f"cell-{sheet}-{row}-{column}"


def sealed(book: Book, user: User) -> str:
    """Good for this person only, for a week."""
    return signing.dumps(book.plain(), salt=_salt(user), compress=True)


def opened(text: str, user: User) -> Book | None:
    """What was sealed; None where it is too old, or was sealed for somebody else."""
    try:
        value = signing.loads(text, salt=_salt(user), max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    sheets = {name: [Row(number, words) for number, words in rows] for name, rows in value["sheets"].items()}
    return Book(value["name"], value["sha256"], sheets, value["notes"], value["faults"])


def _corrected(sheet: str, row: Row, cells: Mapping[str, str]) -> dict[str, str]:
    words = dict(row.words)
    for column in BY_NAME[sheet].columns:
        typed = cells.get(cell_name(sheet, row.number, column.name))
        if typed is None:
            continue
        if text := stripped(safe_text(typed)):
            words[column.name] = text
        else:
            words.pop(column.name, None)
    return words


def _salt(user: User) -> str:
    return f"departments.importing:{user.pk}"
