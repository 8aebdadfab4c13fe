"""附件2, 附件4 and the 登记汇总表 as .xlsx: the same form as the printed one, in cells."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from riskcontrol.cell_text import INNER
from riskcontrol.excel import A3, Cell, Page, Sheet, Style, Workbook
from riskpoints.documents import wording
from riskpoints.documents.bands import Band, Segment, category_segment, clean, wide_segment
from riskpoints.documents.columns import REGISTER_COLUMNS, register_summary, register_title
from riskpoints.documents.data import (
    DepartmentForm,
    FormRow,
    LevelPosts,
    Mark,
    Paper,
    Register,
    SchoolForm,
    printed_date,
)
from riskpoints.documents.forms import level_text

# The faces are only named: the reader's Windows or WPS has them.
BODY, HEADING, TITLE = "仿宋_GB2312", "黑体", "方正小标宋简体"
ANNEX = Style(HEADING, 16, edges="")
HEAD = Style(TITLE, 22, horizontal="center", edges="")
LINE = Style(BODY, 12, edges="")
LINE_RIGHT = Style(BODY, 12, horizontal="right", edges="")
LABEL = Style(HEADING, 12, horizontal="center")
TEXT = Style(BODY, 12, vertical="top")
VALUE = Style(BODY, 12)
CENTRED = Style(BODY, 12, horizontal="center")
DETERMINED = Style(BODY, 12, edges="lrt")
NOTE = Style(BODY, 10.5, edges="")
REGISTER_HEAD = Style(HEADING, 9, horizontal="center")
REGISTER_TEXT = Style(BODY, 9, vertical="top")
REGISTER_FIGURE = Style(BODY, 9, horizontal="center", vertical="top")
SUMMARY = Style(BODY, 12, edges="")

# Columns in mm, as on paper: label | wide | half | half | wide.
FORM_WIDTHS = (28, 44, 14, 14, 56)
BLANK_ROW, BLANK_DUTIES, LEAST_ROW = 58.0, 66.0, 40.0
# Room to sign and to seal: 25 mm. Rows on a page of A4: 225 mm less the heading row.
SIGNATURE_ROW, PAGE = 71.0, 600.0


def department_form_xlsx(form: DepartmentForm) -> bytes:
    """附件4 as a workbook; too many posts for the level cell stand on a second sheet (附页)."""
    title = "".join(form.title_lines)
    book = _workbook(form, f"{title}（{form.department_name}）" if form.department_name else title)
    running = f"{title}　{form.department_name}".strip("　")
    page = _page(form, running)
    sheet = book.add_sheet(form.department_name or "空白表", widths=FORM_WIDTHS, page=page, is_read_back=True)
    _head(sheet, form, wording.DEPARTMENT_ANNEX, form.title_lines)
    _sign_line(sheet, wording.DEPARTMENT_SIGNER, form)
    sheet.add_row(
        (
            Cell(wording.DEPARTMENT_NAME, LABEL),
            Cell(form.department_name, CENTRED),
            Cell(wording.DEPARTMENT_HEAD, LABEL, span=2),
            Cell(form.head_name, CENTRED),
        ),
        least_height=31,
    )
    _wide(sheet, wide_segment("duties", wording.DEPARTMENT_DUTIES, form.duties), form)
    _categories(sheet, form, form.rows, is_numbered=True)
    annex = _level(sheet, form)
    _notes(sheet, wording.DEPARTMENT_NOTES)
    if annex:
        _level_annex(book, form, annex, running)
    return book.to_bytes()


def school_form_xlsx(form: SchoolForm) -> bytes:
    """附件2 as a workbook."""
    book = _workbook(form, form.title)
    sheet = book.add_sheet(form.school_name, widths=FORM_WIDTHS, page=_page(form, form.title), is_read_back=True)
    _head(sheet, form, wording.SCHOOL_ANNEX, (form.title,))
    _sign_line(sheet, wording.SCHOOL_SIGNER, form)
    sheet.add_row(
        (Cell("\n".join(wording.SCHOOL_NAME), LABEL), Cell(form.school_name, CENTRED, span=4)), least_height=45
    )
    _wide(sheet, wide_segment("function", wording.SCHOOL_FUNCTION, form.business_function), form)
    _categories(sheet, form, form.rows, is_numbered=False)
    _notes(sheet, wording.SCHOOL_NOTES)
    return book.to_bytes()


def register_xlsx(register: Register) -> bytes:
    """登记汇总表 as a workbook on A3 landscape: header row kept in view, with a filter, repeated in print (R30)."""
    title = register_title(register)
    book = _workbook(register, title)
    page = _page(register, title, size=A3, is_landscape=True, margins=(22, 20, 20, 20))
    widths = [column.sheet_width for column in REGISTER_COLUMNS]
    sheet = book.add_sheet(wording.REGISTER_TITLE, widths=widths, page=page)
    span = len(REGISTER_COLUMNS)
    sheet.add_row((Cell(title, HEAD, span=span),), least_height=40)
    sheet.add_row((Cell(register_summary(register), SUMMARY, span=span),), least_height=24)
    heading = sheet.next_row
    sheet.add_row([Cell(column.title, REGISTER_HEAD) for column in REGISTER_COLUMNS], least_height=28)
    sheet.repeat(heading, heading)
    styles = [REGISTER_FIGURE if column.is_centred else REGISTER_TEXT for column in REGISTER_COLUMNS]
    for place, row in enumerate(register.rows, start=1):
        values: list[str | int] = [place, *(clean(column.text(place, row)) for column in REGISTER_COLUMNS[1:])]
        sheet.add_row([Cell(value, style) for value, style in zip(values, styles, strict=True)])
    sheet.freeze_below(heading, is_filtered=True)
    return book.to_bytes()


def _workbook(paper: Paper, title: str) -> Workbook:
    return Workbook(title=title, author=paper.author, made_on=paper.made_on, document_code=paper.content_code)


def _page(paper: Paper, running: str, **options: Any) -> Page:
    is_draft, is_final = paper.mark is Mark.DRAFT, paper.mark is Mark.FINAL
    return Page(
        header_left=running,
        header_right=_draft_mark(paper) if is_draft else "",
        footer_left=f"校验码 {paper.content_code}" if is_final and paper.content_code else "",
        footer_right=paper.version_label if is_final else "",
        font=BODY,
        **options,
    )


def _draft_mark(paper: Paper) -> str:
    return f"{wording.DRAFT}　{paper.version_label}".strip("　")


def _head(sheet: Sheet, paper: Paper, annex: str, title_lines: Sequence[str]) -> None:
    mark = _draft_mark(paper) if paper.mark is Mark.DRAFT else ""
    right = Style(HEADING, 12, horizontal="right", edges="")
    sheet.add_row((Cell(annex, ANNEX, span=2), Cell(mark, right, span=3)), least_height=26)
    for line in title_lines:
        sheet.add_row((Cell(line, HEAD, span=5),), least_height=34)
    sheet.skip(12)


def _sign_line(sheet: Sheet, signer: str, form: DepartmentForm | SchoolForm) -> None:
    filled_on = wording.FILLED_ON + printed_date(form.filled_on, wording.BLANK_DATE.replace(" ", "　"))
    sheet.add_row((Cell(signer, LINE, span=3), Cell(filled_on, LINE_RIGHT, span=2)), least_height=24)


def _wide(sheet: Sheet, segment: Segment, paper: Paper) -> None:
    least = BLANK_DUTIES if paper.mark is Mark.BLANK else LEAST_ROW
    text = "\n".join(_paragraphs(segment.bands[0], 0))
    label = "\n".join(segment.label_lines)
    sheet.add_row((Cell(label, LABEL), Cell(text, VALUE, span=4)), least_height=least)


def _categories(sheet: Sheet, paper: Paper, rows: Sequence[FormRow], *, is_numbered: bool) -> None:
    heading = sheet.next_row
    sheet.add_row(
        (Cell(wording.CATEGORY, LABEL), Cell(wording.POINTS, LABEL, span=2), Cell(wording.MEASURES, LABEL, span=2)),
        least_height=27,
    )
    sheet.repeat(heading, heading)
    least = BLANK_ROW if paper.mark is Mark.BLANK else LEAST_ROW
    for place, row in enumerate(rows):
        segment = category_segment(f"row{place}", row, label_lines=(row.category,), is_numbered=is_numbered)
        _category(sheet, segment, least)


def _category(sheet: Sheet, segment: Segment, least: float) -> None:
    """One category: a sheet row for each band, the label merged beside them, hairlines between the bands.

    Beside rows that fill more than a page the label is repeated with （续）, so that no page is without it.
    """
    first, count = sheet.next_row, len(segment.bands)
    style = VALUE if segment.is_nil else TEXT
    for place, band in enumerate(segment.bands):
        edges = "lr" + ("t" if place == 0 else "T") + ("b" if place == count - 1 else "B")
        cell_style = replace(style, edges=edges)
        label_style = replace(LABEL, edges=edges.replace("T", "").replace("B", ""))
        left, right = ("\n".join(_paragraphs(band, side)) for side in (0, 1))
        sheet.add_row(
            (Cell("", label_style), Cell(left, cell_style, span=2), Cell(right, cell_style, span=2)),
            least_height=least if count == 1 else 0.0,
        )
    label = "\n".join(segment.label_lines)
    for begin, end in _label_rows(sheet.heights[first - 1 :]):
        sheet.label(first + begin, first + end, label if begin == 0 else f"{label}\n{wording.CONTINUED}")


def _label_rows(heights: Sequence[float]) -> list[tuple[int, int]]:
    """First and last row beside each printing of the label: all of them, or half pages where that is more than one."""
    if sum(heights) <= PAGE:
        return [(0, len(heights) - 1)]
    starts, height = [0], 0.0
    for place, own in enumerate(heights):
        if place and height + own > PAGE / 2:
            starts.append(place)
            height = 0.0
        height += own
    return list(zip(starts, [start - 1 for start in starts[1:]] + [len(heights) - 1], strict=True))


def _level(sheet: Sheet, form: DepartmentForm) -> tuple[LevelPosts, ...]:
    """单位确定风险等级: its lines over the whole width, under them 签字： with room; return what goes to the 附页."""
    lines, annex = level_text(form.level)
    first, top = sheet.next_row, "t"
    if lines:
        text = "\n".join(line.text for line in lines)
        sheet.add_row((Cell("", replace(LABEL, edges="lrt")), Cell(text, DETERMINED, span=4)), can_split=False)
        top = ""
    sheet.add_row(
        (
            Cell("", replace(LABEL, edges="lrb" + top)),
            Cell("", Style(BODY, 12, edges="lb" + top), span=2),
            Cell(wording.LEVEL_SIGNATURE, Style(BODY, 12, edges="rb" + top), span=2),
        ),
        least_height=SIGNATURE_ROW,
    )
    sheet.label(first, sheet.next_row - 1, "\n".join(wording.DEPARTMENT_LEVEL))
    return annex


def _paragraphs(band: Band, side: int) -> list[str]:
    """The paragraphs of a cell; a line break inside of one carries the mark that tells it from the next one's."""
    texts = (paragraph.number + paragraph.text + paragraph.tag for paragraph in band.cells[side])
    return [text.replace("\n", f"{INNER}\n") for text in texts]


def _notes(sheet: Sheet, notes: Sequence[tuple[str, str]]) -> None:
    sheet.skip(6)
    for place, (number, text) in enumerate(notes):
        prefix = wording.NOTES if place == 0 else "　　"
        sheet.add_row((Cell(prefix + number + text, NOTE, span=5),))


def _level_annex(book: Workbook, form: DepartmentForm, groups: Sequence[LevelPosts], running: str) -> None:
    sheet = book.add_sheet(wording.EXTRA_PAGE, widths=(28, 20, 108), page=_page(form, running))
    sheet.add_row((Cell(wording.EXTRA_PAGE, ANNEX, span=3),), least_height=26)
    title = Style(HEADING, 16, horizontal="center", edges="")
    sheet.add_row((Cell(f"{form.department_name}各岗位廉政风险等级", title, span=3),), least_height=34)
    heading = sheet.next_row
    sheet.add_row([Cell(label, LABEL) for label in ("风险等级", "岗位数", "岗位")], least_height=27)
    sheet.repeat(heading, heading)
    for group in groups:
        posts = "、".join(group.posts)
        sheet.add_row((Cell(group.level, LABEL), Cell(len(group.posts), CENTRED), Cell(posts, VALUE)))
