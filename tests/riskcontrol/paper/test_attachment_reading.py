"""Attachments are judged by their content; what hides a program or can't be read whole is refused with words."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from riskcontrol.paper import attachment_reading as reading
from riskcontrol.processes.confinement import RefusedError
from tests import scans


def package(*names: str, size: int = 1, pack: int = ZIP_DEFLATED) -> bytes:
    """Return a package with these members."""
    stream = BytesIO()
    with ZipFile(stream, "w", pack) as made:
        for name in names:
            made.writestr(name, b"x" * size)
    return stream.getvalue()


DOCX = package("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (scans.PDF, "pdf"),
        (scans.pdf(pages=61), "pdf"),  # a scan has no more than 60 pages, a regulation may
        (scans.JPEG, "jpg"),
        (scans.PNG, "png"),
        (DOCX, "docx"),
        (package("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        (package("OFD.xml", "Doc_0/Document.xml"), "ofd"),
    ],
)
def test_its_content_says_what_it_is(content, kind):
    assert reading.read_attachment(content) == {"kind": kind}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", reading.OTHER_WORDS[reading.scan_reading.EMPTY]),
        (b"MZ\x90", reading.UNKNOWN),
        (b"<html>", reading.UNKNOWN),
        (package("readme.txt"), reading.UNKNOWN),
        (reading.OLE_START + b"x" * 600, reading.OLD_OR_LOCKED),
        (package("word/document.xml", "word/vbaProject.bin"), reading.MACROS),
        (DOCX[:-40], reading.DAMAGED),
        (package("word/document.xml", size=900, pack=ZIP_STORED).replace(b"xxxx", b"xxxy"), reading.DAMAGED),
        (package("word/document.xml", size=reading.LARGEST_INFLATED + 1), reading.TOO_LARGE),
        (scans.PDF[: len(scans.PDF) // 2], reading.DAMAGED),
    ],
)
def test_what_is_wrong_is_said(content, words):
    with pytest.raises(RefusedError) as caught:
        reading.read_attachment(content)
    assert str(caught.value) == words
