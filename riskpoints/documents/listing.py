"""Plain lists as PDF and .xlsx on A4 landscape: the progress of a year, what is bound together; the mark of a copy."""

from dataclasses import dataclass

from riskcontrol.paper.excel import Cell
from riskcontrol.paper.pdf import render_pdf
from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.documents.data import Paper
from riskpoints.documents.sheets import (
    REGISTER_HEAD,
    REGISTER_TITLE,
    SUMMARY,
    TOTAL_FIGURE,
    TOTAL_TEXT,
    new_book,
    new_page,
)


@dataclass(frozen=True)
class ListColumn:
    """A heading, how wide its column is (mm, 267 together), and whether figures or dates stand in it."""

    title: str
    width: int
    is_centred: bool = False


@dataclass(frozen=True, kw_only=True)
class Listing(Paper):
    """A title, a sentence, and rows of texts."""

    title: str
    summary: str
    columns: tuple[ListColumn, ...]
    rows: tuple[tuple[str, ...], ...]


def listing_pdf(listing: Listing, *, has_room: bool = False) -> bytes:
    """The list as PDF/A-3u; `has_room`: with lines high enough to be written into by hand."""
    rows = [
        list(zip(listing.columns, (clean(text) for text in row), strict=True)) for row in listing.rows
    ]  # a row of cells that know their column
    return render_pdf(
        "riskpoints/print/listing.html",
        {"paper": listing, "rows": rows, "running_title": listing.title, "words": wording, "has_room": has_room},
        title=listing.title,
        author=listing.author,
        made_on=listing.made_on,
    )


def listing_xlsx(listing: Listing) -> bytes:
    """The list as a workbook, to be filtered; whole numbers in columns of figures are numbers."""
    book = new_book(listing, listing.title)
    page = new_page(listing, listing.title, is_landscape=True, margins=(20, 15, 18, 15))
    sheet = book.add_sheet(listing.title, widths=[column.width for column in listing.columns], page=page)
    span = len(listing.columns)
    sheet.add_row((Cell(listing.title, REGISTER_TITLE, span=span),), least_height=40)
    sheet.add_row((Cell(listing.summary, SUMMARY, span=span),), least_height=24)
    heading = sheet.next_row
    sheet.add_row([Cell(column.title, REGISTER_HEAD) for column in listing.columns], least_height=28)
    sheet.repeat(heading, heading)
    styles = [TOTAL_FIGURE if column.is_centred else TOTAL_TEXT for column in listing.columns]
    for row in listing.rows:
        values = [_value(column, text) for column, text in zip(listing.columns, row, strict=True)]
        sheet.add_row([Cell(value, style) for value, style in zip(values, styles, strict=True)])
    sheet.freeze_below(heading, is_filtered=True)
    return book.to_bytes()


def _value(column: ListColumn, text: str) -> int | str:
    """A figure as a number; what people wrote, and what a number would not keep (007, １２), as text."""
    is_figure = column.is_centred and text.isascii() and text.isdecimal() and str(int(text)) == text
    return int(text) if is_figure else clean(text)


def listing_document(listing: Listing, kind: str) -> bytes:
    """The list as pdf or xlsx (documents.KINDS)."""
    return {"pdf": listing_pdf, "xlsx": listing_xlsx}[kind](listing)


def copy_mark_pdf(text: str, *, author: str) -> bytes:
    """A page with nothing but a copy's mark at the top, to be drawn over the pages of a form."""
    return render_pdf("riskpoints/print/copy_mark.html", {"mark": text}, title=text, author=author)
