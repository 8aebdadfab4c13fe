"""年度对照 as PDF on A4 landscape and as .xlsx; its columns stand here once, for the screen, too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils import timezone

from departments.models import School
from riskcontrol.paper.excel import A4, Cell
from riskcontrol.paper.pdf import lay_out
from riskcontrol.processes.child import in_child
from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.documents.columns import Column
from riskpoints.documents.data import Paper
from riskpoints.documents.rows import low_rows
from riskpoints.documents.sheets import (
    REGISTER_FIGURE,
    REGISTER_HEAD,
    REGISTER_TEXT,
    REGISTER_TITLE,
    SUMMARY,
    new_book,
    new_page,
)
from riskpoints.figures.change_lines import KINDS, ChangeLine
from riskpoints.figures.year_changes import CountLine, YearChanges

# 267 mm together, the width of A4 landscape less 15 mm each side.
COLUMNS = (
    Column("place", "序号", 11, is_centred=True),
    Column("department", "部门", 24),
    Column("category", "风险类别", 24),
    Column("post", "岗位", 23),
    Column("change", "变化", 20, is_centred=True),
    Column("level", "等级", 25, is_centred=True),
    Column("before", "原来的风险点", 48),
    Column("after", "现在的风险点", 48),
    Column("measures", "措施变动", 44),
)
SHEET_WIDTHS = {"level": 34, "change": 28}
# A row of more lines is cut into several; from so many rows on, the PDF is made in a process of its own.
MOST_LINES, LARGE = 14, 300
NAME = "年度对照"


@dataclass(frozen=True, kw_only=True)
class ChangesPaper(Paper):
    """年度对照 as values: what the person who takes it away may see, and nothing else."""

    school_name: str
    old: int
    new: int
    scope: str
    rows: tuple[ChangeLine, ...]
    by_owner: tuple[CountLine, ...]
    by_category: tuple[CountLine, ...]
    total: CountLine
    pending: tuple[str, ...] = field(default=())

    @property
    def heading(self) -> str:
        return f"{self.school_name}{self.old} 年度与 {self.new} 年度廉政风险点对照"

    @property
    def summary(self) -> str:
        """Totals by kind, and whose tables are not compared."""
        counts = "，".join(f"{KINDS[kind]} {count}" for kind, count in self.total.counts)
        waiting = f"{self.new} 年度还没有现行表的：{'、'.join(self.pending)}。" if self.pending else ""
        scope = f"本表列出：{self.scope}。" if self.scope else ""
        return f"{counts}。{waiting}{scope}"


def changes_document(changes: YearChanges, lines: Sequence[ChangeLine], kind: str, *, scope: str) -> bytes | BinaryIO:
    """These lines of a comparison as pdf or xlsx, with the counts of the whole comparison before them."""
    school = School.current()
    paper = ChangesPaper(
        author=school.full_name,
        made_on=timezone.localdate(),
        school_name=school.full_name,
        old=changes.old,
        new=changes.new,
        scope=scope,
        rows=tuple(lines),
        by_owner=tuple(line for line in changes.by_owner if not line.is_empty),
        by_category=tuple(changes.by_category),
        total=changes.total,
        pending=tuple(changes.pending),
    )
    if kind == "xlsx":
        return changes_xlsx(paper)
    return in_child(changes_pdf, paper) if len(paper.rows) > LARGE else changes_pdf(paper)


def changes_pdf(paper: ChangesPaper) -> bytes:
    """The counts and the list on A4 landscape."""
    context: dict[str, Any] = {
        "paper": paper,
        "columns": COLUMNS,
        "kinds": KINDS,
        "rows": list(_rows(paper.rows)),
        "running_title": paper.heading,
        "words": wording,
    }
    template = "riskpoints/print/year_changes.html"
    return lay_out(template, context, title=paper.heading, author=paper.author, made_on=paper.made_on).pdf()


def changes_xlsx(paper: ChangesPaper) -> bytes:
    """The list with a filter, and the counts by department and category on a second sheet."""
    book = new_book(paper, paper.heading)
    page = new_page(paper, paper.heading, size=A4, is_landscape=True, margins=(20, 15, 18, 15))
    sheet = book.add_sheet(NAME, widths=[SHEET_WIDTHS.get(c.key, c.width) for c in COLUMNS], page=page)
    sheet.add_row((Cell(paper.heading, REGISTER_TITLE, span=len(COLUMNS)),), least_height=40)
    sheet.add_row((Cell(paper.summary, SUMMARY, span=len(COLUMNS)),), least_height=24)
    heading = sheet.next_row
    sheet.add_row([Cell(column.title, REGISTER_HEAD) for column in COLUMNS], least_height=28)
    sheet.repeat(heading, heading)
    styles = [REGISTER_FIGURE if column.is_centred else REGISTER_TEXT for column in COLUMNS]
    for place, row in enumerate(paper.rows, start=1):
        values: list[str | int] = [place, *(clean(column.text(place, row)) for column in COLUMNS[1:])]
        sheet.add_row([Cell(value, style) for value, style in zip(values, styles, strict=True)])
    sheet.freeze_below(heading, is_filtered=True)
    _add_counts(book, paper, page)
    return book.to_bytes()


def _add_counts(book: Any, paper: ChangesPaper, page: Any) -> None:
    sheet = book.add_sheet("按部门和类别", widths=[48, *(24 for _ in KINDS)], page=page)
    parts = (("部门", paper.by_owner), ("风险类别", paper.by_category))
    for title, lines in parts:
        sheet.add_row([Cell(text, REGISTER_HEAD) for text in (title, *KINDS.values())], least_height=24)
        for line in (*lines, paper.total):
            counts = [Cell(count, REGISTER_FIGURE) for _, count in line.counts]
            sheet.add_row([Cell(clean(line.label), REGISTER_TEXT), *counts])
        sheet.skip(18)


def _rows(lines: Sequence[ChangeLine]) -> Iterator[list[tuple[Column, str]]]:
    capacities = [max(int((column.width - 2) / 3.2), 1) for column in COLUMNS]
    for place, row in enumerate(lines, start=1):
        texts = [_printed(column, place, row) for column in COLUMNS]
        for cells in low_rows(texts, capacities, MOST_LINES):
            yield list(zip(COLUMNS, cells, strict=True))


def _printed(column: Column, place: int, row: ChangeLine) -> str:
    """A column's text for the page, where two levels stand below one another."""
    text = clean(column.text(place, row))
    return text.replace(" → ", "\n→ ") if column.key == "level" else text
