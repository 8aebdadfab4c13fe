"""登记汇总表 as PDF: on A3 or A4 landscape, in parts where it is long, so that its memory doesn't grow with them."""

import gc
from collections.abc import Iterator, Sequence
from typing import Any

from riskcontrol.paper.pdf import Attachment, Layout, lay_out
from riskcontrol.paper.pdf_join import joined
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
# Rows laid out at once: a third of a megabyte each while they are.
PART_ROWS = 250
TEMPLATE, NUMBERS_TEMPLATE = "riskpoints/print/register.html", "riskpoints/print/page_numbers.html"

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
    if len(rows) <= PART_ROWS:
        return _lay_out(register, columns, rows, paper).pdf(attachments)
    parts: list[bytes] = []
    count = 0
    for pages, part in _parts(register, columns, rows, paper, attachments):
        parts.append(part)
        count += pages
        report(min(len(parts) * PART_ROWS, len(rows)) * len(register.rows) // len(rows), len(register.rows), "排版")
    numbers = lay_out(
        NUMBERS_TEMPLATE, {"paper": register, "size": paper, "pages": range(count)}, title="", author=""
    ).pdf()
    return joined(parts, numbers)


def register_file(register: Register, kind: str, *, paper: str = A3, report: Report = silent) -> bytes:
    """登记汇总表 as pdf or xlsx (documents.KINDS)."""
    return register_xlsx(register) if kind == "xlsx" else register_pdf(register, paper=paper, report=report)


def _parts(
    register: Register,
    columns: Sequence[Column],
    rows: Sequence[Row],
    paper: str,
    attachments: Sequence[Attachment],
) -> Iterator[tuple[int, bytes]]:
    """The pages of each part and how many they are; a part ends with a full page, and the next goes on after it."""
    start = 0
    while start < len(rows):
        these = rows[start : start + PART_ROWS]
        is_last = start + len(these) >= len(rows)
        layout = _lay_out(register, columns, these, paper, is_first=start == 0, is_last=is_last, is_part=True)
        pages, taken = layout.page_count, len(these)
        if start + taken < len(rows):
            places = layout.parts()
            pages -= 1
            taken = next(place for place in range(taken) if places[f"row.{place}"].pages[0] == pages)
        yield pages, layout.pdf(attachments if start == 0 else (), pages=pages)
        start += taken
        del layout
        gc.collect()


def _lay_out(
    register: Register,
    columns: Sequence[Column],
    rows: Sequence[Row],
    paper: str,
    *,
    is_first: bool = True,
    is_last: bool = True,
    is_part: bool = False,
) -> Layout:
    title = register_title(register)
    context: dict[str, Any] = {
        "paper": register,
        "size": paper,
        "columns": columns,
        "totals": totals_by_department(register) if is_last and _has_departments(register) else None,
        "rows": rows,
        "summary": register_summary(register) + (wording.REGISTER_A4 if paper == A4 else ""),
        "running_title": title,
        "is_first": is_first,
        "is_part": is_part,
        "words": wording,
    }
    return lay_out(
        TEMPLATE,
        context,
        title=title,
        author=register.author,
        document_code=register.content_code,
        made_on=register.made_on,
    )


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
