"""The door to WeasyPrint: a template and its values become a PDF/A-3u file, with the same bytes each time.

WeasyPrint itself is loaded with the first document (pdf_press.py): most commands print nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from riskcontrol.paper.fonts import font_set

STYLESHEET = "css/print.css"
# Code points that draw nothing by themselves: white space, joiners, direction marks, variation selectors.
INVISIBLE = frozenset(
    map(chr, [*range(0x21), 0xA0, 0x3000, 0xFEFF, *range(0x2000, 0x2010), *range(0x2028, 0x2030)])
) | {
    *map(chr, range(0xFE00, 0xFE10)),
    *map(chr, range(0xE0100, 0xE01F0)),
}


class DocumentError(Exception):
    """The document can't be made as it should be; the message (Chinese) says why and what to do."""


@dataclass(frozen=True)
class Attachment:
    """A file carried inside the PDF; `relationship` as in ISO 32000-2, 7.11.3 (Source, Data, Alternative …)."""

    name: str
    content: bytes
    description: str = ""
    relationship: str = "Alternative"
    made_on: date | None = None


@dataclass(frozen=True)
class Line:
    """One laid-out line of text; lengths in CSS pixels (96 an inch)."""

    text: str
    height: float


@dataclass(frozen=True)
class Part:
    """What the layout made of an element marked with `data-part`: outer height, lines of text, pages (from 0)."""

    height: float = 0.0
    lines: tuple[Line, ...] = ()
    pages: tuple[int, ...] = ()


class Layout:
    """A document that is laid out but not yet written: it can be measured, and turned into bytes."""

    def __init__(self, document: Any) -> None:
        self._document = document

    @property
    def page_count(self) -> int:
        """Number of pages."""
        return len(self._document.pages)

    def parts(self) -> dict[str, Part]:
        """Elements with `data-part`, by its value; an element spread over pages is put together again."""
        from riskcontrol.paper.pdf_parts import measured

        return measured(page._page_box for page in self._document.pages)

    def pdf(self, attachments: Sequence[Attachment] = ()) -> bytes:
        """Write the file. Raise DocumentError if anything it names can't be embedded."""
        from riskcontrol.paper import pdf_press

        return pdf_press.written(self._document, attachments)


def render_pdf(
    template: str,
    context: Mapping[str, Any],
    *,
    title: str,
    author: str,
    language: str = "zh-CN",
    document_code: str = "",
    made_on: date | None = None,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """Return the PDF/A-3u file of a template; fonts are embedded and subset, nothing is fetched from outside.

    Raise DocumentError for a missing face, a character that no face can draw, a missing or forbidden asset.
    """
    layout = lay_out(
        template,
        context,
        title=title,
        author=author,
        language=language,
        document_code=document_code,
        made_on=made_on,
    )
    return layout.pdf(attachments)


def lay_out(
    template: str,
    context: Mapping[str, Any],
    *,
    title: str,
    author: str,
    language: str = "zh-CN",
    document_code: str = "",
    made_on: date | None = None,
) -> Layout:
    """Lay a template out; the arguments go to the file's metadata. Raise DocumentError as `render_pdf` does.

    `document_code` becomes the keyword, `made_on` the date of creation (left out if None, never the clock's).
    """
    from riskcontrol.paper import pdf_press

    document = pdf_press.laid_out(template, {**context, "title": title, "language": language})
    return _titled(document, title, author, language, document_code, made_on)


def lay_out_table(
    template: str,
    context: Mapping[str, Any],
    texts: Sequence[Sequence[str]],
    *,
    title: str,
    author: str,
    language: str = "zh-CN",
    document_code: str = "",
    made_on: date | None = None,
    told: Callable[[int], None] = lambda count: None,
) -> Layout:
    """The same for a template with one long table, `rows` in its context, two at least: drawn instead of laid out cell
    by cell (pdf_table.py). `texts` are what its cells hold; `told` is called with how many rows are done."""
    from riskcontrol.paper import pdf_press

    document = pdf_press.laid_out_table(template, {**context, "title": title, "language": language}, texts, told)
    return _titled(document, title, author, language, document_code, made_on)


def _titled(document: Any, title: str, author: str, language: str, document_code: str, made_on: date | None) -> Layout:
    metadata = document.metadata
    metadata.title, metadata.authors, metadata.lang = title, [author] if author else [], language
    metadata.keywords = [document_code] if document_code else []
    metadata.created = metadata.modified = made_on.isoformat() if made_on else None
    return Layout(document)


def unprintable(text: str) -> list[str]:
    """Characters of a text that no installed face can draw: ask before a text is accepted, not when it is printed."""
    return font_set(Path(settings.FONT_DIR)).undrawable(set(text) - INVISIBLE)
