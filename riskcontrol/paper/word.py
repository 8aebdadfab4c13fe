"""The only door to python-docx: papers to be edited in Word, with the same bytes each time.

Text only ever becomes text: no field, link or style is made from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr  # it writes, and reads nothing  # nosec B406
from zipfile import ZipFile

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from riskcontrol.paper.cell_text import safe_text
from riskcontrol.paper.zip_entries import dateless

NO_DATE = datetime(2000, 1, 1)  # noqa: DTZ001 - the format stores dates without a zone
PAGE_FIELD, PAGES_FIELD = "PAGE", "NUMPAGES"
TAB = "\t"
# Parts of python-docx's template that no reader needs: a picture of a page, styles of Word 2010, a list of sources.
SPARE_PARTS = ("/thumbnail", "/stylesWithEffects", "/customXml")


@dataclass(frozen=True)
class Run:
    """A piece of text in one face and size (points). A tab alone leads to the next stop, one in a text is a space."""

    text: str
    font: str
    size: float


@dataclass(frozen=True)
class Paragraph:
    """Runs on lines of `line` points (0: as high as the face); distances are in points.

    `hang` is how far all lines but the first stand in; `tab` where a tab leads to, from the left, in mm.
    """

    runs: tuple[Run, ...] = ()
    align: str = "left"
    line: float = 0.0
    before: float = 0.0
    after: float = 0.0
    indent: float = 0.0
    hang: float = 0.0
    tab: float = 0.0
    keeps_next: bool = False
    breaks_page: bool = False


@dataclass(frozen=True)
class Cell:
    """Paragraphs over `span` columns. `joined` is "restart" or "continue" in a cell that stands beside several rows.

    `edges` are the sides with a line: l, r, t, b, or T and B for a dotted one. A tight cell has hardly a margin inside.
    """

    paragraphs: tuple[Paragraph, ...]
    span: int = 1
    vertical: str = "top"
    joined: str = ""
    edges: str = "lrtb"
    is_tight: bool = False


@dataclass(frozen=True)
class Margins:
    """Margins of the page in mm."""

    top: float = 37
    right: float = 26
    bottom: float = 35
    left: float = 28


class Word:
    """A document in the making, on A4; `made_on` is the content's date, never the clock's."""

    def __init__(self, *, title: str, author: str, made_on: date | None = None, document_code: str = "") -> None:
        self._document = docx.Document()
        made_at = datetime.combine(made_on, datetime.min.time()) if made_on else NO_DATE
        properties = self._document.core_properties
        properties.title, properties.author, properties.last_modified_by = safe_text(title), author, author
        properties.created = properties.modified = made_at
        properties.keywords, properties.language, properties.comments = document_code, "zh-CN", ""
        properties.revision = 1
        self._width = 0.0
        self._drop_spare_parts()

    def set_up(self, *, font: str, size: float, margins: Margins | None = None) -> None:
        """Paper, margins and the face of whatever is added in Word later."""
        margins = margins or Margins()
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(margins.top), Mm(margins.bottom)
        section.left_margin, section.right_margin = Mm(margins.left), Mm(margins.right)
        section.header_distance, section.footer_distance = Mm(margins.top / 2), Mm(margins.bottom / 2)
        self._width = 210 - margins.left - margins.right
        styles = self._document.styles.element
        defaults = styles.find(qn("w:docDefaults"))
        styles.replace(defaults, parse_xml(_defaults_xml(font, size)))
        for style in styles.findall(qn("w:style")):
            if style.get(qn("w:default")) != "1":
                styles.remove(style)

    def set_margins_text(self, *, header: tuple[str, str], footer: tuple[str, str], font: str, size: float) -> None:
        """Header and footer at left and right; the page's number in the middle. The first page has no left header."""
        section = self._document.sections[0]
        section.different_first_page_header_footer = True
        middle = (("第", ""), ("", PAGE_FIELD), ("页　共", ""), ("", PAGES_FIELD), ("页", ""))
        for top, left in ((section.header, header[0]), (section.first_page_header, "")):
            self._fill(top, ((left, ""), (TAB, ""), (TAB, ""), (header[1], "")), font, size)
        for foot in (section.footer, section.first_page_footer):
            self._fill(foot, ((footer[0], ""), (TAB, ""), *middle, (TAB, ""), (footer[1], "")), font, size)

    def add(self, paragraph: Paragraph) -> None:
        """A paragraph below what is there."""
        self._append(_paragraph_xml(paragraph))

    def add_table(self, widths: Sequence[float]) -> "Table":
        """A table with columns of so many mm, in the middle of the page."""
        return Table(self._append(_table_xml(widths)), widths)

    def to_bytes(self) -> bytes:
        """The .docx file; entries carry a fixed date."""
        made, stream = BytesIO(), BytesIO()
        self._document.save(made)
        with ZipFile(made) as source, ZipFile(stream, "w") as target:
            for entry in source.infolist():
                target.writestr(dateless(entry.filename), source.read(entry))
        return stream.getvalue()

    def _append(self, xml: str) -> Any:
        element = parse_xml(xml)
        self._document.element.body.insert_element_before(element, "w:sectPr")
        return element

    def _fill(self, part: Any, pieces: Sequence[tuple[str, str]], font: str, size: float) -> None:
        runs = "".join(_field_xml(field, font, size) if field else _run_xml(Run(t, font, size)) for t, field in pieces)
        middle, right = (round(width / 25.4 * 1440) for width in (self._width / 2, self._width))
        tabs = f'<w:tabs><w:tab w:val="center" w:pos="{middle}"/><w:tab w:val="right" w:pos="{right}"/></w:tabs>'
        part.is_linked_to_previous = False
        element = part._element
        for paragraph in list(element):
            element.remove(paragraph)
        element.append(parse_xml(f"<w:p {nsdecls('w')}><w:pPr>{tabs}</w:pPr>{runs}</w:p>"))

    def _drop_spare_parts(self) -> None:
        for relations in (self._document.part.rels, self._document.part.package.rels):
            for key, relation in list(relations.items()):
                if relation.reltype.endswith(SPARE_PARTS):
                    del relations[key]


class Table:
    """Rows are added from the top."""

    def __init__(self, element: Any, widths: Sequence[float]) -> None:
        self._element, self._widths = element, widths

    def add_row(
        self, cells: Sequence[Cell], *, least_height: float = 0.0, is_heading: bool = False, can_split: bool = False
    ) -> None:
        """A row at least so many points high; a heading row is repeated on top of every page."""
        facts = "" if can_split else "<w:cantSplit/>"
        if least_height:
            facts += f'<w:trHeight w:val="{_twips(least_height)}" w:hRule="atLeast"/>'
        if is_heading:
            facts += "<w:tblHeader/>"
        written, column = [], 0
        for cell in cells:
            written.append(_cell_xml(cell, sum(self._widths[column : column + cell.span])))
            column += cell.span
        self._element.append(parse_xml(f"<w:tr {nsdecls('w')}><w:trPr>{facts}</w:trPr>{''.join(written)}</w:tr>"))


def _twips(points: float) -> int:
    return round(points * 20)


def _mm(length: float) -> int:
    return round(length / 25.4 * 1440)


def _fonts_xml(font: str) -> str:
    name = quoteattr(font)
    return f"<w:rFonts w:ascii={name} w:hAnsi={name} w:eastAsia={name} w:cs={name}/>"


def _defaults_xml(font: str, size: float) -> str:
    half_points = round(size * 2)
    return (
        f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr>{_fonts_xml(font)}"
        f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        "</w:docDefaults>"
    )


def _run_xml(run: Run) -> str:
    half_points = round(run.size * 2)
    facts = f'<w:rPr>{_fonts_xml(run.font)}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr>'
    lines = (f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in safe_text(run.text).split("\n"))
    return f"<w:r>{facts}{'<w:tab/>' if run.text == TAB else '<w:br/>'.join(lines)}</w:r>"


def _field_xml(code: str, font: str, size: float) -> str:
    """A field that Word works out itself; its code is one of this module's."""
    return f'<w:fldSimple w:instr=" {code} ">{_run_xml(Run("1", font, size))}</w:fldSimple>'


def _paragraph_xml(paragraph: Paragraph) -> str:
    facts = "<w:keepNext/>" if paragraph.keeps_next else ""
    facts += "<w:pageBreakBefore/>" if paragraph.breaks_page else ""
    if paragraph.tab:
        facts += f'<w:tabs><w:tab w:val="right" w:pos="{_mm(paragraph.tab)}"/></w:tabs>'
    # No room is added between Chinese and figures, as on paper.
    facts += '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
    line = f' w:line="{_twips(paragraph.line)}" w:lineRule="exact"' if paragraph.line else ""
    facts += f'<w:spacing w:before="{_twips(paragraph.before)}" w:after="{_twips(paragraph.after)}"{line}/>'
    if paragraph.indent or paragraph.hang:
        left, hanging = _twips(paragraph.indent + paragraph.hang), _twips(paragraph.hang)
        facts += f'<w:ind w:left="{left}" w:hanging="{hanging}"/>'
    facts += f'<w:jc w:val="{paragraph.align}"/>'
    runs = "".join(map(_run_xml, paragraph.runs))
    return f"<w:p {nsdecls('w')}><w:pPr>{facts}</w:pPr>{runs}</w:p>"


def _cell_xml(cell: Cell, width: float) -> str:
    facts = f'<w:tcW w:w="{_mm(width)}" w:type="dxa"/>'
    if cell.span > 1:
        facts += f'<w:gridSpan w:val="{cell.span}"/>'
    if cell.joined:
        facts += f'<w:vMerge w:val="{cell.joined}"/>'
    if set(cell.edges) != set("lrtb"):
        facts += f"<w:tcBorders>{''.join(_edge_xml(name, letter, cell.edges) for name, letter in _SIDES)}</w:tcBorders>"
    if cell.is_tight:
        facts += '<w:tcMar><w:left w:w="28" w:type="dxa"/><w:right w:w="28" w:type="dxa"/></w:tcMar>'
    facts += f'<w:vAlign w:val="{cell.vertical}"/>'
    paragraphs = "".join(map(_paragraph_xml, cell.paragraphs or (Paragraph(),)))
    return f"<w:tc><w:tcPr>{facts}</w:tcPr>{paragraphs}</w:tc>"


def _edge_xml(name: str, letter: str, edges: str) -> str:
    if letter in edges:
        return ""
    return f'<w:{name} w:val="{"dotted" if letter.upper() in edges else "nil"}" w:sz="4" w:color="808080"/>'


_SIDES = (("top", "t"), ("left", "l"), ("bottom", "b"), ("right", "r"))


def _table_xml(widths: Sequence[float]) -> str:
    outer = 'w:val="single" w:sz="8" w:space="0" w:color="000000"'
    inner = 'w:val="single" w:sz="4" w:space="0" w:color="000000"'
    borders = "".join(f"<w:{name} {outer}/>" for name, _ in _SIDES) + f"<w:insideH {inner}/><w:insideV {inner}/>"
    columns = "".join(f'<w:gridCol w:w="{_mm(width)}"/>' for width in widths)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{_mm(sum(widths))}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid></w:tbl>"
    )
