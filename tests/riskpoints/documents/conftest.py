"""Values to print, and what a reader of the printed file sees."""

import io
import re
import subprocess
from dataclasses import dataclass

import openpyxl
import pikepdf
import pytest

from riskpoints.documents.data import DepartmentPaper, SchoolPaper
from tests.riskpoints.documents import cases
from tests.riskpoints.documents.album import Album


@dataclass(frozen=True)
class Printed:
    """A PDF as read back: its pages' text in the order of the rows, without white space."""

    content: bytes
    pages: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(self.pages)

    def has_in_order(self, *lines: str) -> bool:
        """Whether the lines follow one another, other text between them allowed."""
        place = 0
        for line in lines:
            wanted = "".join(line.split())
            found = self.text.find(wanted, place)
            if found < 0:
                return False
            place = found + len(wanted)
        return True

    def open(self) -> pikepdf.Pdf:
        return pikepdf.open(io.BytesIO(self.content))


@pytest.fixture
def read():
    """Return a function that reads a PDF back with poppler."""

    def read_pdf(content: bytes) -> Printed:
        text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True).stdout
        pages = text.decode().split("\f")[:-1]
        return Printed(content, tuple("".join(page.split()) for page in pages))

    return read_pdf


@dataclass(frozen=True)
class Word:
    """A piece of text between spaces with its place on the page, in mm from the top left corner."""

    page: int
    text: str
    left: float
    top: float
    bottom: float


@pytest.fixture
def words_of():
    """Return a function that finds where the words of a PDF stand."""

    def find(content: bytes) -> list[Word]:
        page, words = -1, []
        made = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=content, capture_output=True, check=True).stdout
        for line in made.decode().splitlines():
            page += "<page " in line
            found = re.search(r'<word xMin="(.+)" yMin="(.+)" xMax=".+" yMax="(.+)">(.*)</word>', line)
            if found:
                left, top, bottom = (float(number) / 72 * 25.4 for number in found.groups()[:3])
                words.append(Word(page, found[4], left, top, bottom))
        return words

    return find


@pytest.fixture
def cells():
    """Return a function that reads a workbook's first sheet (or the one named) as {address: value}."""

    def read_sheet(content: bytes, name: str | None = None):
        book = openpyxl.load_workbook(io.BytesIO(content))
        return book[name] if name else book.worksheets[0]

    return read_sheet


@pytest.fixture
def album(request, tmp_path):
    """Return a function that opens a folder of kept pictures; --update-pictures takes them anew."""
    return lambda name: Album(name, tmp_path, request.config.getoption("--update-pictures"))


@pytest.fixture
def department_form() -> DepartmentPaper:
    """Return a final 附件4 that fits one page."""
    return cases.department_form()


@pytest.fixture
def school_form() -> SchoolPaper:
    """Return 附件2 of 2011 as in the founding document."""
    return cases.school_form()
