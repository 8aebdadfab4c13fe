"""登记汇总表 as PDF: on A3 landscape, in parts where it is long, so that its memory does not grow with the points."""

import gc
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from riskcontrol.child import in_child
from riskcontrol.pdf import Attachment, Layout, lay_out
from riskcontrol.pdf_join import joined
from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.documents.columns import REGISTER_COLUMNS, Column, register_summary, register_title
from riskpoints.documents.data import Register
from riskpoints.documents.rows import low_rows
from riskpoints.documents.sheets import register_xlsx

# Rows stay whole on their page; one that would be higher than so many lines is cut into several.
MOST_LINES = 16
# Rows laid out at once: a third of a megabyte each while they are.
PART_ROWS = 250
# From so many points on, the memory of the process that asks is spared.
LARGE = 300
TEMPLATE, NUMBERS_TEMPLATE = "riskpoints/print/register.html", "riskpoints/print/page_numbers.html"

Row = list[tuple[Column, str]]


def register_pdf(register: Register, attachments: Sequence[Attachment] | None = None) -> bytes:
    """登记汇总表 as PDF/A-3u, all points in all columns (R30), with the same table as .xlsx inside unless told."""
    if attachments is None:
        name = f"{register_title(register)}.xlsx"
        attachments = [Attachment(name, register_xlsx(register), "同一张表，可筛选", made_on=register.made_on)]
    rows = list(_rows(register))
    if len(rows) <= PART_ROWS:
        return _lay_out(register, rows).pdf(attachments)
    parts: list[bytes] = []
    count = 0
    for pages, part in _parts(register, rows, attachments):
        parts.append(part)
        count += pages
    numbers = lay_out(NUMBERS_TEMPLATE, {"paper": register, "pages": range(count)}, title="", author="").pdf()
    return joined(parts, numbers)


def register_file(register: Register, kind: str) -> bytes | BinaryIO:
    """登记汇总表 as pdf or xlsx; a long PDF is made in a process of its own and comes as an open file."""
    if kind == "xlsx":
        return register_xlsx(register)
    return in_child(register_pdf, register) if len(register.rows) > LARGE else register_pdf(register)


def _parts(register: Register, rows: Sequence[Row], attachments: Sequence[Attachment]) -> Iterator[tuple[int, bytes]]:
    """The pages of each part and how many they are; a part ends with a full page, and the next goes on after it."""
    start = 0
    while start < len(rows):
        these = rows[start : start + PART_ROWS]
        layout = _lay_out(register, these, is_first=start == 0, is_part=True)
        pages, taken = layout.page_count, len(these)
        if start + taken < len(rows):
            places = layout.parts()
            pages -= 1
            taken = next(place for place in range(taken) if places[f"row.{place}"].pages[0] == pages)
        yield pages, layout.pdf(attachments if start == 0 else (), pages=pages)
        start += taken
        del layout
        gc.collect()


def _lay_out(register: Register, rows: Sequence[Row], *, is_first: bool = True, is_part: bool = False) -> Layout:
    title = register_title(register)
    context: dict[str, Any] = {
        "paper": register,
        "columns": REGISTER_COLUMNS,
        "rows": rows,
        "summary": register_summary(register),
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


def _rows(register: Register) -> Iterator[Row]:
    capacities = [_capacity(column) for column in REGISTER_COLUMNS]
    for place, row in enumerate(register.rows, start=1):
        texts = [clean(column.printed(place, row)) for column in REGISTER_COLUMNS]
        for cells in low_rows(texts, capacities, MOST_LINES):
            yield list(zip(REGISTER_COLUMNS, cells, strict=True))


def _capacity(column: Column) -> int:
    """Characters of 9 pt (3.2 mm) on a line of a column."""
    return max(int((column.width - 2) / 3.2), 1)
