"""附件2 and 附件4 as .xlsx: the same form as the printed one, in cells."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from riskcontrol.paper.cell_text import INNER
from riskcontrol.paper.excel import Cell, Sheet, Style, Workbook
from riskpoints.documents import wording
from riskpoints.documents.bands import Band, Segment, category_segment, wide_segment
from riskpoints.documents.data import DepartmentPaper, FormRow, LevelPosts, Mark, SchoolPaper, printed_date
from riskpoints.documents.forms import level_text
from riskpoints.documents.sheet_pages import PagePlan, label_rows, page_starts, stretched
from riskpoints.documents.sheets import BODY, HEADING, TITLE, draft_mark, new_book, new_page

ANNEX = Style(HEADING, 16, edges="")
HEAD = Style(TITLE, 22, horizontal="center", edges="")
MARK = Style(HEADING, 12, horizontal="right", edges="")
LINE = Style(BODY, 12, edges="")
LINE_RIGHT = replace(LINE, horizontal="right")
NOTE = Style(BODY, 10.5, edges="")
# Columns in mm, as on paper: label | wide | half | half | wide.
WIDTHS = (28, 43.4, 14, 14, 56.6)
ANNEX_WIDTHS = (28, 20, 108)
BLANK_ROW, BLANK_DUTIES = 52.5, 57.0
ROOMY, SMALL = 12.0, 10.5
SIGNATURE_ROW = 71.25  # room to sign and to seal: 25 mm


@dataclass(frozen=True)
class _Label:
    """What stands in the first column beside these rows."""

    first: int
    last: int
    text: str


class _Form:
    """The rows of one form, in 小四 or 五号 as on paper."""

    def __init__(self, book: Workbook, form: DepartmentPaper | SchoolPaper, *, name: str, running: str, size: float):
        self._form, self._size = form, size
        self.sheet = book.add_sheet(name, widths=WIDTHS, page=new_page(form, running), is_read_back=True)
        self.label = Style(HEADING, size, horizontal="center")
        self.value = Style(BODY, size)
        self.centred = replace(self.value, horizontal="center")
        self._least = 40.5 if size == ROOMY else 30.0
        self._labels: list[_Label] = []
        self._heading = self._last = 0

    def head(self, annex: str, titles: Sequence[str], signer: str) -> None:
        mark = draft_mark(self._form) if self._form.mark is Mark.DRAFT else ""
        self.sheet.add_row((Cell(annex, ANNEX, span=2), Cell(mark, MARK, span=3)), least_height=26)
        for line in titles:
            self.sheet.add_row((Cell(line, HEAD, span=5),), least_height=34)
        self.sheet.skip(9)
        filled_on = wording.FILLED_ON + printed_date(self._form.filled_on, wording.BLANK_DATE.replace(" ", "　"))
        self.sheet.add_row((Cell(signer, LINE, span=3), Cell(filled_on, LINE_RIGHT, span=2)), least_height=24)

    def wide(self, segment: Segment) -> None:
        least = BLANK_DUTIES if self._form.mark is Mark.BLANK else self._least
        text = "\n".join(_paragraphs(segment.bands[0], 0))
        label = Cell("\n".join(segment.label_lines), self.label)
        self.sheet.add_row((label, Cell(text, self.value, span=4)), least_height=least)

    def categories(self, rows: Sequence[FormRow], *, is_numbered: bool) -> None:
        """The categories below their heading, which is repeated in print."""
        self._heading = self.sheet.next_row
        titles = ((wording.CATEGORY, 1), (wording.POINTS, 2), (wording.MEASURES, 2))
        self.sheet.add_row([Cell(text, self.label, span=span) for text, span in titles], least_height=27)
        self.sheet.repeat(self._heading, self._heading)
        for place, row in enumerate(rows):
            self._category(category_segment(f"row{place}", row, label_lines=(row.category,), is_numbered=is_numbered))
        self._last = self.sheet.next_row - 1

    def _category(self, segment: Segment) -> None:
        """One category: a sheet row for each band, hairlines between the bands."""
        first, count = self.sheet.next_row, len(segment.bands)
        least = BLANK_ROW if self._form.mark is Mark.BLANK else self._least
        style = self.value if segment.is_nil else replace(self.value, vertical="top")
        for place, band in enumerate(segment.bands):
            edges = "lr" + ("t" if place == 0 else "T") + ("b" if place == count - 1 else "B")
            sides = [Cell("\n".join(_paragraphs(band, side)), replace(style, edges=edges), span=2) for side in (0, 1)]
            self.sheet.add_row((Cell("", self.label), *sides), least_height=least if count == 1 else 0.0)
        self._note_label(first, segment.label_lines)

    def level(self, lines: Sequence[str], signature: str) -> None:
        """单位确定风险等级: its lines over the whole width, under them 签字： with room."""
        first, top = self.sheet.next_row, "t"
        if lines:
            text = Cell("\n".join(lines), replace(self.value, edges="lrt"), span=4)
            self.sheet.add_row((Cell("", self.label), text), can_split=False)
            top = ""
        left = Cell("", replace(self.value, edges="lb" + top), span=2)
        right = Cell(signature, replace(self.value, edges="rb" + top), span=2)
        self.sheet.add_row((Cell("", self.label), left, right), least_height=SIGNATURE_ROW)
        self._note_label(first, wording.DEPARTMENT_LEVEL)

    def notes(self, notes: Sequence[tuple[str, str]]) -> None:
        self.sheet.skip(6)
        for place, (number, text) in enumerate(notes):
            prefix = wording.NOTES if place == 0 else "　　"
            self.sheet.add_row((Cell(prefix + number + text, NOTE, span=5),))

    def finish(self) -> int:
        """Keep together what closes the form, write the labels, with （续） on each further page; return the pages."""
        for number, height in stretched(self.sheet.heights, PagePlan(self._heading, self._last)).items():
            self.sheet.stretch(number, height)
        starts = page_starts(self.sheet.heights, self._heading)
        self.sheet.break_before(starts[1:])
        for label in self._labels:
            for begin, end in label_rows(starts, label.first, label.last):
                text = label.text if begin == label.first else f"{label.text}\n{wording.CONTINUED}"
                self.sheet.label(begin, end, text, self.label)
        return len(starts)

    def _note_label(self, first: int, lines: Sequence[str]) -> None:
        self._labels.append(_Label(first, self.sheet.next_row - 1, "\n".join(lines)))


def department_form_xlsx(form: DepartmentPaper) -> bytes:
    """附件4 as a workbook; too many posts for the level cell stand on a second sheet (附页)."""
    book, pages = _department_book(form, ROOMY)
    return (book if pages == 1 else _department_book(form, SMALL)[0]).to_bytes()


def school_form_xlsx(form: SchoolPaper) -> bytes:
    """附件2 as a workbook."""
    book, pages = _school_book(form, ROOMY)
    return (book if pages == 1 else _school_book(form, SMALL)[0]).to_bytes()


def _department_book(form: DepartmentPaper, size: float) -> tuple[Workbook, int]:
    title = "".join(form.title_lines)
    book = new_book(form, f"{title}（{form.department_name}）" if form.department_name else title)
    running = f"{title}　{form.department_name}".strip("　")
    paper = _Form(book, form, name=form.department_name or "空白表", running=running, size=size)
    paper.head(wording.DEPARTMENT_ANNEX, form.title_lines, wording.DEPARTMENT_SIGNER)
    cells = (
        Cell(wording.DEPARTMENT_NAME, paper.label),
        Cell(form.department_name, paper.centred),
        Cell(wording.DEPARTMENT_HEAD, paper.label, span=2),
        Cell(form.head_name, paper.centred),
    )
    paper.sheet.add_row(cells, least_height=31)
    paper.wide(wide_segment("duties", wording.DEPARTMENT_DUTIES, form.duties))
    paper.categories(form.rows, is_numbered=True)
    lines, annex = level_text(form.level)
    paper.level([line.text for line in lines], form.signature)
    paper.notes(wording.DEPARTMENT_NOTES)
    if annex:
        _level_annex(book, form, annex, running)
    return book, paper.finish()


def _school_book(form: SchoolPaper, size: float) -> tuple[Workbook, int]:
    book = new_book(form, form.title)
    paper = _Form(book, form, name=form.school_name, running=form.title, size=size)
    paper.head(wording.SCHOOL_ANNEX, (form.title,), wording.SCHOOL_SIGNER)
    cells = (Cell("\n".join(wording.SCHOOL_NAME), paper.label), Cell(form.school_name, paper.centred, span=4))
    paper.sheet.add_row(cells, least_height=45)
    paper.wide(wide_segment("function", wording.SCHOOL_FUNCTION, form.business_function))
    paper.categories(form.rows, is_numbered=False)
    paper.notes(wording.SCHOOL_NOTES)
    return book, paper.finish()


def _paragraphs(band: Band, side: int) -> list[str]:
    """The paragraphs of a cell; a line break inside of one carries the mark that tells it from the next one's."""
    texts = (paragraph.number + paragraph.text + paragraph.tag for paragraph in band.cells[side])
    return [text.replace("\n", f"{INNER}\n") for text in texts]


def _level_annex(book: Workbook, form: DepartmentPaper, groups: Sequence[LevelPosts], running: str) -> None:
    sheet: Sheet = book.add_sheet(wording.EXTRA_PAGE, widths=ANNEX_WIDTHS, page=new_page(form, running))
    label = Style(HEADING, ROOMY, horizontal="center")
    sheet.add_row((Cell(wording.EXTRA_PAGE, ANNEX, span=3),), least_height=26)
    title = Style(HEADING, 16, horizontal="center", edges="")
    sheet.add_row((Cell(f"{form.department_name}各岗位廉政风险等级", title, span=3),), least_height=34)
    heading = sheet.next_row
    sheet.add_row([Cell(text, label) for text in ("风险等级", "岗位数", "岗位")], least_height=27)
    sheet.repeat(heading, heading)
    for group in groups:
        figure = Cell(len(group.posts), Style(BODY, ROOMY, horizontal="center"))
        sheet.add_row((Cell(group.level, label), figure, Cell("、".join(group.posts), Style(BODY, ROOMY))))
