"""The 登记汇总表 as .xlsx, and what all our workbooks have in common: faces, properties, the furniture of a page."""

from collections.abc import Iterator, Sequence
from typing import Any

from riskcontrol.paper.excel import A3, Cell, Page, Style, Workbook
from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.documents.columns import (
    REGISTER_COLUMNS,
    Column,
    register_summary,
    register_title,
    sheet_columns,
    totals_by_department,
)
from riskpoints.documents.data import Mark, Paper, Register

# The faces are only named: the reader's Windows or WPS has them.
BODY, HEADING, TITLE = "仿宋_GB2312", "黑体", "方正小标宋简体"
REGISTER_TITLE = Style(TITLE, 22, horizontal="center", edges="")
REGISTER_HEAD = Style(HEADING, 9, horizontal="center")
REGISTER_TEXT = Style(BODY, 9, vertical="top")
REGISTER_FIGURE = Style(BODY, 9, horizontal="center", vertical="top")
SUMMARY = Style(BODY, 12, edges="")
TOTAL_HEAD = Style(HEADING, 11, horizontal="center")
TOTAL_TEXT = Style(BODY, 11)
TOTAL_FIGURE = Style(BODY, 11, horizontal="center")


def register_xlsx(register: Register) -> bytes:
    """登记汇总表 as a workbook on A3 landscape: header row kept in view, with a filter, repeated in print (R30)."""
    title = register_title(register)
    book = new_book(register, title)
    page = new_page(register, title, size=A3, is_landscape=True, margins=(22, 20, 20, 20))
    columns = sheet_columns(register)
    span = sum(column in REGISTER_COLUMNS for column in columns)
    sheet = book.add_sheet(wording.REGISTER_TITLE, widths=[column.sheet_width for column in columns], page=page)
    sheet.add_row((Cell(title, REGISTER_TITLE, span=span),), least_height=40)
    summary = f"{register_summary(register)}打印到“{columns[span - 1].title}”为止，右面的各栏供查阅和筛选。"
    sheet.add_row((Cell(summary, SUMMARY, span=span),), least_height=24)
    heading = sheet.next_row
    sheet.add_row([Cell(column.title, REGISTER_HEAD) for column in columns], least_height=28)
    sheet.repeat(heading, heading)
    styles = [REGISTER_FIGURE if column.is_centred else REGISTER_TEXT for column in columns]
    sheet.add_rows(_register_values(register, columns), styles, as_printed=clean)
    sheet.freeze_below(heading, is_filtered=True)
    sheet.print_only(span)
    _add_totals(book, register, title)
    return book.to_bytes()


def _register_values(register: Register, columns: Sequence[Column]) -> Iterator[list[str | int]]:
    for place, row in enumerate(register.rows, start=1):
        yield [place, *(column.text(place, row) for column in columns[1:])]


def _add_totals(book: Workbook, register: Register, title: str) -> None:
    """按部门汇总 on a sheet of its own; figures are numbers."""
    headings, rows = totals_by_department(register)
    widths = [50, *[22 for _ in headings[1:]]]
    page = new_page(register, title, margins=(25, 20, 20, 20))
    sheet = book.add_sheet(wording.TOTALS_TITLE, widths=widths, page=page)
    sheet.add_row((Cell(f"{title}：{wording.TOTALS_TITLE}", SUMMARY, span=len(headings)),), least_height=30)
    first = sheet.next_row
    sheet.add_row([Cell(heading, TOTAL_HEAD) for heading in headings], least_height=24)
    sheet.repeat(first, first)
    for name, *counts in rows:
        figures = [Cell(int(count) if count.isdecimal() else count, TOTAL_FIGURE) for count in counts]
        sheet.add_row((Cell(clean(name), TOTAL_TEXT), *figures), least_height=20)


def new_book(paper: Paper, title: str) -> Workbook:
    """A workbook that says whose paper it is."""
    return Workbook(title=title, author=paper.author, made_on=paper.made_on, document_code=paper.content_code)


def new_page(paper: Paper, running: str, **options: Any) -> Page:
    """The page of a paper: what it is called on top from the second page on, its code and version at the foot."""
    is_draft, is_final = paper.mark is Mark.DRAFT, paper.mark is Mark.FINAL
    return Page(
        header_left=running,
        header_right=draft_mark(paper) if is_draft else "",
        footer_left=f"校验码 {paper.content_code}" if is_final and paper.content_code else "",
        footer_right=paper.version_label if is_final else "",
        font=BODY,
        **options,
    )


def draft_mark(paper: Paper) -> str:
    """What a draft says of itself."""
    return f"{wording.DRAFT}　{paper.version_label}".strip("　")
