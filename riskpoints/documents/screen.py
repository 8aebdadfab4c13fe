"""The register on the screen: the columns of the 登记汇总表 that a screen has room for, and its rows in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from riskpoints.documents.columns import ASSESSMENT, SCREEN_COLUMNS, OnScreen
from riskpoints.documents.data import RegisterRow
from riskpoints.documents.selection import shown_rows
from riskpoints.register.filters import Heading, RegisterFilter, heading
from riskpoints.register.lines import RegisterLine


@dataclass(frozen=True)
class ScreenColumn:
    """A column with its heading as it is sorted now (None where it doesn't sort)."""

    shown: OnScreen
    title: str
    heading: Heading | None


@dataclass(frozen=True)
class ScreenCell:
    """One cell: its column, and the texts of the 登记汇总表 that belong into it."""

    column: ScreenColumn
    text: str


@dataclass(frozen=True)
class ScreenRow:
    """One risk point with its cells."""

    line: RegisterLine
    cells: list[ScreenCell]


def screen_columns(chosen: RegisterFilter, *, shows_assessment: bool) -> list[ScreenColumn]:
    """The columns for this person: those of the assessment only where some row may show it."""
    return [
        ScreenColumn(shown, shown.title, heading(chosen, shown.sort, shown.title) if shown.sort else None)
        for shown in SCREEN_COLUMNS
        if shows_assessment or not ASSESSMENT.issuperset(shown.keys)
    ]


def screen_rows(lines: Sequence[RegisterLine], columns: Sequence[ScreenColumn]) -> list[ScreenRow]:
    """The rows in their order."""
    rows = zip(lines, shown_rows(lines), strict=True)
    return [ScreenRow(line, [ScreenCell(column, _text(column, row)) for column in columns]) for line, row in rows]


def _text(column: ScreenColumn, row: RegisterRow) -> str:
    return "、".join(filter(None, (row.more.get(key) or getattr(row, key, "") for key in column.shown.keys)))
