"""登记汇总表 as PDF, on A3 or A4 landscape."""

from collections.abc import Iterator, Sequence
from typing import Any

from riskcontrol.paper.pdf import Attachment, Layout, lay_out, lay_out_table
from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.documents.columns import (
    A3,
    A4,
    Column,
    paper_columns,
    register_summary,
    register_title,
    totals_by_department,
)
from riskpoints.documents.data import Register
from riskpoints.documents.progress import Report, silent
from riskpoints.documents.rows import low_rows
from riskpoints.documents.sheets import register_xlsx

# Rows stay whole on their page; one that would be higher than so many lines is cut into several.
MOST_LINES = 16
# From so many rows on the table is drawn instead of laid out cell by cell, in a tenth of the time.
DRAWN_ROWS = 2
TEMPLATE = "riskpoints/print/register.html"

Row = list[tuple[Column, str]]


def register_pdf(
    register: Register,
    attachments: Sequence[Attachment] | None = None,
    *,
    paper: str = A3,
    report: Report = silent,
) -> bytes:
    """登记汇总表 as PDF/A-3u, all points (R30), with the same table and all its fields as .xlsx inside unless told.

    On A3 in all columns, on A4 in those that are read at a meeting; then the totals by department.
    """
    if attachments is None:
        name = f"{register_title(register)}.xlsx"
        attachments = [Attachment(name, register_xlsx(register), "同一张表，可筛选", made_on=register.made_on)]
    columns = paper_columns(register, paper)
    rows = list(_rows(register, columns))
    layout = _lay_out(register, columns, rows, paper, report)
    report(len(register.rows), len(register.rows), "写入文件")
    return layout.pdf(attachments)


def register_file(register: Register, kind: str, *, paper: str = A3, report: Report = silent) -> bytes:
    """登记汇总表 as pdf or xlsx (documents.KINDS)."""
    return register_xlsx(register) if kind == "xlsx" else register_pdf(register, paper=paper, report=report)


def _lay_out(register: Register, columns: Sequence[Column], rows: Sequence[Row], paper: str, report: Report) -> Layout:
    title = register_title(register)
    context: dict[str, Any] = {
        "paper": register,
        "size": paper,
        "columns": columns,
        "totals": totals_by_department(register) if _has_departments(register) else None,
        "rows": rows,
        "summary": register_summary(register) + (wording.REGISTER_A4 if paper == A4 else ""),
        "running_title": title,
        "words": wording,
    }
    facts: dict[str, Any] = {
        "title": title,
        "author": register.author,
        "document_code": register.content_code,
        "made_on": register.made_on,
    }
    if len(rows) < DRAWN_ROWS:
        return lay_out(TEMPLATE, context, **facts)
    total = len(register.rows)

    def told(count: int) -> None:
        report(count * total // len(rows), total, "排版")

    return lay_out_table(TEMPLATE, context, [[text for _, text in row] for row in rows], told=told, **facts)


def _has_departments(register: Register) -> bool:
    """Whether there is more than one line to add up."""
    return len({row.department for row in register.rows}) > 1


def _rows(register: Register, columns: Sequence[Column]) -> Iterator[Row]:
    capacities = [_capacity(column) for column in columns]
    for place, row in enumerate(register.rows, start=1):
        texts = [clean(column.printed(place, row)) for column in columns]
        for cells in low_rows(texts, capacities, MOST_LINES):
            yield list(zip(columns, cells, strict=True))


def _capacity(column: Column) -> int:
    """Characters of 9 pt (3.2 mm) on a line of a column."""
    return max(int((column.width - 2) / 3.2), 1)
