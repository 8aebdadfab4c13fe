"""Cells, their style and their page as plain values, and names that a sheet may have; openpyxl is not known here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from riskcontrol.paper.cell_text import safe_text

A3, A4 = 8, 9
# The number format of text (ECMA-376 part 1, 18.8.30: number 49).
AS_TEXT = "@"
NAME_CHARACTERS = 31
# Faces differ in their line height between Excel, WPS and LibreOffice: the tallest that was met, so nothing is hidden.
LINE_SPACING = 1.45


@dataclass(frozen=True)
class Style:
    """How a cell looks; `edges` are the sides with a line: l, r, t, b, or T and B for a hairline.

    Of a cell that `is_typed_in` what somebody types stays as typed: 3-5 is no date there, 001 no 1 (number format @).
    """

    font: str
    size: float
    is_bold: bool = False
    horizontal: str = "left"
    vertical: str = "center"
    edges: str = "lrtb"
    indent: int = 0
    is_typed_in: bool = False

    @property
    def line_height(self) -> float:
        """Height of a line in points."""
        return self.size * LINE_SPACING


@dataclass(frozen=True)
class Cell:
    """One cell, over `span` columns. A number is stored as a number, any text as text, never as a formula."""

    value: str | int
    style: Style
    span: int = 1


@dataclass(frozen=True)
class Page:
    """Paper and its furniture: margins in mm (top, right, bottom, left); texts of header and footer."""

    size: int = A4
    is_landscape: bool = False
    margins: tuple[float, float, float, float] = (37, 26, 35, 28)
    header_left: str = ""
    header_right: str = ""
    footer_left: str = ""
    footer_right: str = ""
    font: str = "仿宋_GB2312"


def sheet_name(name: str, taken: Sequence[str] = ()) -> str:
    """A name that Excel accepts: none of []:*?/\\, no quote at an end, at most 31 characters, not used twice."""
    plain = "".join(" " if character in "[]:*?/\\" else character for character in safe_text(name).replace("\n", " "))
    plain = plain.strip().strip("'").strip() or "表"
    used = {other.casefold() for other in taken} | {"history"}
    candidate, number = _at_most(plain, NAME_CHARACTERS), 2
    while candidate.casefold() in used:
        suffix = f"（{number}）"
        candidate, number = _at_most(plain, NAME_CHARACTERS - len(suffix)) + suffix, number + 1
    return candidate


def _at_most(name: str, units: int) -> str:
    """Excel counts UTF-16 units: a rare character may be two."""
    while len(name.encode("utf-16-le")) // 2 > units:
        name = name[:-1]
    return name


def safe_cell(cell: Cell) -> Cell:
    text = safe_text(str(cell.value))
    return cell if text is cell.value else replace(cell, value=text)


def with_edges(cell: Cell, *, is_first: bool, is_last: bool) -> Cell:
    edges = cell.style.edges
    if not is_first:
        edges = edges.replace("t", "").replace("T", "")
    if not is_last:
        edges = edges.replace("b", "").replace("B", "")
    return cell if edges == cell.style.edges else replace(cell, style=replace(cell.style, edges=edges))
