"""归档文件目录: each 件 with its 档号, and how folders and files are named (DA/T 22-2015; domain.md §5.2)."""

import csv
import datetime
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from riskcontrol.paper.excel import Cell, Page, Style, Workbook
from riskpoints.archives.container import safe_name
from riskpoints.archives.verifier import plain_cell

# 文书档案. How long a 件 is kept is the school's to decide; these are defaults of this program (校内默认).
ARCHIVE_CLASS = "WS"
PERMANENT = "Y"
THIRTY_YEARS = "D30"
RETENTIONS = {PERMANENT: "永久", THIRTY_YEARS: " 30 年"}

SCHOOL_CODE = "00"
HEADINGS = ("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注")
# In mm on A4 landscape, 257 together; the faces are only named, the reader's Windows or WPS has them.
WIDTHS = (11, 51, 14, 38, 66, 20, 11, 11, 35)
TITLE = Style("方正小标宋简体", 18, horizontal="center", edges="")
HEADING = Style("黑体", 10.5, horizontal="center")
TEXT = Style("仿宋_GB2312", 10.5)
FIGURE = Style("仿宋_GB2312", 10.5, horizontal="center")
NOTE = Style("仿宋_GB2312", 9, edges="")
CENTRED = frozenset({"序号", "日期", "密级", "页数"})


@dataclass
class CatalogueItem:
    """一件: one form version or list, in all its formats; `pages` is known once it is rendered."""

    owner_code: str
    owner: str
    number: int
    retention: str
    responsible: str
    title: str
    day: datetime.date
    note: str = ""
    pages: int | None = None
    is_loose: bool = False
    paths: list[str] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """The folder of the department with its order number; the school's is 00. Records lie beside them."""
        return "" if self.is_loose else f"{safe_name(f'{self.owner_code}_{self.owner}')}/"

    def path(self, name: str, suffix: str) -> str:
        """Where a file of this 件 lies in the archive."""
        return f"{self.folder}{self.number:04d}_{safe_name(name)}{suffix}"


@dataclass(frozen=True)
class Catalogue:
    """The whole list, numbered for one fonds and year."""

    fonds_code: str
    year: int
    items: Sequence[CatalogueItem]

    def code(self, item: CatalogueItem) -> str:
        """档号: 全宗号-门类·年度-保管期限-机构-件号."""
        series = f"{self.fonds_code}-{ARCHIVE_CLASS}·{self.year}-{item.retention}-{item.owner_code}"
        return f"{series}-{item.number:04d}"

    def rows(self) -> list[tuple[str, ...]]:
        """The rows as printed; the date is written 20111115 (DA/T 22-2015)."""
        return [
            (
                str(place),
                self.code(item),
                "",
                item.responsible,
                item.title,
                f"{item.day:%Y%m%d}",
                "",
                str(item.pages or ""),
                item.note,
            )
            for place, item in enumerate(self.items, start=1)
        ]


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A .csv that Excel and WPS open right: UTF-8 with BOM, CRLF, no cell that becomes a formula."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(headings)
    writer.writerows([plain_cell(cell) for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def catalogue_xlsx(catalogue: Catalogue, *, title: str, author: str, made_on: datetime.date, head: str) -> bytes:
    """归档文件目录 as a workbook: A4 landscape, headings on every page; below the list the `head` of the audit trail,
    which is kept on paper with it (issue 17, "Anchors")."""
    book = Workbook(title=title, author=author, made_on=made_on)
    page = Page(is_landscape=True, margins=(25, 20, 20, 20), header_left=title)
    sheet = book.add_sheet("归档文件目录", widths=WIDTHS, page=page)
    sheet.add_row((Cell(title, TITLE, span=len(HEADINGS)),), least_height=36)
    heading = sheet.next_row
    sheet.add_row([Cell(name, HEADING) for name in HEADINGS], least_height=26)
    sheet.repeat(heading, heading)
    for row in catalogue.rows():
        cells = zip(HEADINGS, row, strict=True)
        sheet.add_row([Cell(text, FIGURE if name in CENTRED else TEXT) for name, text in cells], least_height=22)
    sheet.add_row((Cell(head, NOTE, span=len(HEADINGS)),), least_height=22)
    sheet.freeze_below(heading)
    return book.to_bytes()
