"""What a reader gets out of an answer: the text of a page, a PDF, a workbook or a package, without white space."""

import io
import re
import subprocess
import zipfile
from typing import Any

import openpyxl

from tests.access.asking import content_of

ZIP, PDF = b"PK\x03\x04", b"%PDF"
TAG = re.compile(r"<[^>]*>")
# What differs from one request to the next without meaning anything.
PASSING = re.compile(r'name="(?:csrfmiddlewaretoken|token)" value="[\w-]+"|\d\d?:\d\d(:\d\d)?')


def text_of(response: Any) -> str:
    """All words of an answer."""
    return "".join(words_in(content_of(response)).split())


def words_in(content: bytes) -> str:
    """All words of a file, whatever it is; names of files inside a package count as well."""
    if content.startswith(PDF):
        found = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=False)
        # The scans of the tests are no whole PDF: their bytes are their words.
        return found.stdout.decode() if found.returncode == 0 else content.decode("utf-8", "replace")
    if content.startswith(ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if "xl/workbook.xml" in package.namelist():
                return _cells(content)
            return "\n".join(name + "\n" + words_in(package.read(name)) for name in package.namelist())
    page = PASSING.sub("", content.decode("utf-8", "replace"))
    # As it is written, for what stands in attributes; and as it is read, where a tag may part a word.
    return f"{page}\n{TAG.sub('', page)}"


def _cells(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content))
    lines = [str(book.properties.title), str(book.properties.description)]
    for sheet in book.worksheets:
        lines.append(sheet.title)
        lines += [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        lines += [cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment]
    return "\n".join(lines)
