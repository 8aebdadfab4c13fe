"""The only door to pikepdf: documents bound into one file; pages are counted."""

import io
from collections.abc import Sequence

import pikepdf


def page_count(content: bytes) -> int | None:
    """How many pages a PDF has, or None where it can't be told (an encrypted or damaged file, for one)."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return len(pdf.pages) or None
    except (pikepdf.PdfError, pikepdf.PasswordError):
        return None


def bound(parts: Sequence[tuple[bytes, bytes | None]]) -> bytes:
    """Whole documents one after the other; the first page of a mark is drawn on top of each page of its document.

    Metadata and attachments are those of the first. The same parts give the same bytes.
    """
    with pikepdf.open(io.BytesIO(parts[0][0])) as whole:
        ends = [len(whole.pages)]
        for content, _ in parts[1:]:
            with pikepdf.open(io.BytesIO(content)) as pdf:
                whole.pages.extend(pdf.pages)
            ends.append(len(whole.pages))
        for place, (_, mark) in enumerate(parts):
            if mark is not None:
                with pikepdf.open(io.BytesIO(mark)) as over:
                    for number in range(ends[place - 1] if place else 0, ends[place]):
                        _draw_over(whole, whole.pages[number], over.pages[0], number)
        return _saved(whole)


def _draw_over(whole: pikepdf.Pdf, page: pikepdf.Page, mark: pikepdf.Page, number: int) -> None:
    # Pages of a part share their resources, so each mark has a name of its own. A page's content is enclosed, that the
    # mark begins with a clean state.
    name = pikepdf.Name(f"/Over{number}")
    page.add_resource(whole.copy_foreign(mark.as_form_xobject()), pikepdf.Name.XObject, name)
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(f"\nQ\nq {name} Do Q".encode())


def _saved(whole: pikepdf.Pdf) -> bytes:
    stream = io.BytesIO()
    whole.save(stream, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return stream.getvalue()
