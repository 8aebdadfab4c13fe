"""附件2 and 附件4 as .docx: the printed form again, for departments and the authority, who live in Word."""

from collections.abc import Iterator, Sequence

from riskcontrol.paper.word import TAB, Cell, Paragraph, Run, Table, Word
from riskpoints.documents import wording
from riskpoints.documents.bands import BandParagraph as Item
from riskpoints.documents.bands import Segment, category_segment, clean, wide_segment
from riskpoints.documents.data import DepartmentPaper, LevelPosts, Mark, Paper, SchoolPaper, printed_date
from riskpoints.documents.estimate import fits_roomy
from riskpoints.documents.forms import level_text
from riskpoints.documents.word_pages import dealt

# The faces are only named: the reader's Windows or WPS has them.
BODY, HEADING, TITLE, KAI = "仿宋_GB2312", "黑体", "方正小标宋简体", "楷体_GB2312"
# Columns in mm, as on paper: label | wide | half | half | wide.
WIDTHS = (28, 43.4, 14, 14, 56.6)
SMALL, ROOMY = 10.5, 12.0
# Lines are as high as on paper, whatever face a machine has.
LINES = {SMALL: 15.5, ROOMY: 18.0}
# A row of more characters than this may be parted between pages, or it would leave too large a gap.
LONG_ROW = 260
BLANK_ROW = 57.0
SIGNATURE_ROOM = 71.0


def department_form_docx(form: DepartmentPaper) -> bytes:
    """附件4 for Word; too many posts for the level cell stand on a page of their own (附页)."""
    title = "".join(form.title_lines)
    segments = (wide_segment("duties", wording.DEPARTMENT_DUTIES, form.duties), *_categories(form, is_numbered=True))
    lines, annex = level_text(form.level)
    size = ROOMY if fits_roomy(segments, titles=len(form.title_lines), level_lines=lines) else SMALL
    running = f"{title}　{form.department_name}".strip("　")
    paper = _Paper(form, f"{title}（{form.department_name}）" if form.department_name else title, running, size)
    paper.head(wording.DEPARTMENT_ANNEX, form.title_lines, wording.DEPARTMENT_SIGNER, form)
    top = paper.document.add_table(WIDTHS)
    top.add_row(
        (
            paper.label((wording.DEPARTMENT_NAME,)),
            paper.value(form.department_name),
            paper.label((wording.DEPARTMENT_HEAD,), span=2),
            paper.value(form.head_name),
        ),
        least_height=31,
    )
    table = paper.rows(top, segments, dealt(segments, titles=len(form.title_lines), level_lines=lines))
    label = paper.label(wording.DEPARTMENT_LEVEL)
    level = tuple(paper.text(line.text, hang=8 * size, keeps_next=True) for line in lines)
    room = (SIGNATURE_ROOM - size) / 2
    indent = 68 / 25.4 * 72
    signature = paper.text(form.signature, before=room, after=room, indent=indent, keeps_next=True)
    table.add_row((label, Cell((*level, signature), span=4)))
    paper.notes(wording.DEPARTMENT_NOTES)
    if annex:
        paper.annex(form, annex)
    return paper.document.to_bytes()


def school_form_docx(form: SchoolPaper) -> bytes:
    """附件2 for Word."""
    segments = (
        wide_segment("function", wording.SCHOOL_FUNCTION, form.business_function),
        *_categories(form, is_numbered=False),
    )
    size = ROOMY if fits_roomy(segments, titles=1, level_lines=None) else SMALL
    paper = _Paper(form, form.title, form.title, size)
    paper.head(wording.SCHOOL_ANNEX, (form.title,), wording.SCHOOL_SIGNER, form)
    top = paper.document.add_table(WIDTHS)
    top.add_row((paper.label(wording.SCHOOL_NAME), paper.value(form.school_name, span=4)), least_height=45)
    paper.rows(top, segments, dealt(segments, titles=1, level_lines=None))
    paper.notes(wording.SCHOOL_NOTES)
    return paper.document.to_bytes()


def _categories(form: DepartmentPaper | SchoolPaper, *, is_numbered: bool) -> Iterator[Segment]:
    for place, row in enumerate(form.rows):
        yield category_segment(f"row{place}", row, label_lines=(row.category,), is_numbered=is_numbered)


class _Paper:
    """What both forms are made of, in one size of type."""

    def __init__(self, paper: Paper, title: str, running: str, size: float) -> None:
        self._paper, self._size = paper, size
        self.document = Word(title=title, author=paper.author, made_on=paper.made_on, document_code=paper.content_code)
        self.document.set_up(font=BODY, size=size)
        draft = f"{wording.DRAFT}　{paper.version_label}".strip("　") if paper.mark is Mark.DRAFT else ""
        # No 校验码 on the page: what it vouches for can be changed here.
        version = paper.version_label if paper.mark is Mark.FINAL else ""
        self.document.set_margins_text(header=(running, draft), footer=("", version), font=BODY, size=SMALL)

    def text(self, text: str, *, font: str = BODY, size: float = 0, **facts: float | str | bool) -> Paragraph:
        return Paragraph((Run(text, font, size or self._size),), **facts)  # type: ignore[arg-type]

    def label(self, lines: Sequence[str], *, span: int = 1, joined: str = "", edges: str = "lrtb") -> Cell:
        paragraphs = tuple(self.text(line, font=HEADING, align="center") for line in lines)
        return Cell(paragraphs, span=span, vertical="center", joined=joined, edges=edges, is_tight=True)

    def value(self, text: str, *, span: int = 1) -> Cell:
        return Cell((self.text(text, align="center"),), span=span, vertical="center")

    def head(self, annex: str, titles: Sequence[str], signer: str, form: DepartmentPaper | SchoolPaper) -> None:
        self.document.add(self.text(annex, font=HEADING, size=16))
        for place, line in enumerate(titles):
            last = place == len(titles) - 1
            title = self.text(line, font=TITLE, size=22, align="center", line=32, after=14 if last else 0)
            self.document.add(title)
        filled_on = printed_date(form.filled_on, wording.BLANK_DATE.replace(" ", "　"))
        pieces = (signer, TAB, wording.FILLED_ON + filled_on)
        runs = tuple(Run(piece, BODY, ROOMY) for piece in pieces)
        self.document.add(Paragraph(runs, tab=sum(WIDTHS) - 1, after=4, keeps_next=True))

    def rows(self, top: Table, segments: Sequence[Segment], pages: Sequence[Sequence[Segment]]) -> Table:
        """The wide rows, then in a table of its own (only so its heading can be repeated) the categories of each page.

        Returns the last table.
        """
        least = BLANK_ROW if self._paper.mark is Mark.BLANK else 40
        for segment in segments:
            if segment.is_wide:
                items = tuple(self.item(item) for item in segment.bands[0].cells[0])
                # The next table draws the line below.
                value = Cell(items, span=4, vertical="center", edges="lrt")
                top.add_row((self.label(segment.label_lines, edges="lrt"), value), least_height=least)
        heading = (wording.CATEGORY,), (wording.POINTS,), (wording.MEASURES,)
        cells = [self.label(text, span=span) for text, span in zip(heading, (1, 2, 2), strict=True)]
        for place, page in enumerate(pages):
            self.document.add(Paragraph((Run("", BODY, 1),), line=1, keeps_next=True, breaks_page=place > 0))
            table = self.document.add_table(WIDTHS)
            table.add_row(cells, least_height=27, is_heading=True)
            for segment in page:
                self.category(table, segment)
        return table

    def category(self, table: Table, segment: Segment) -> None:
        """One category: a row for each band without a line between them, the label beside all of them."""
        count = len(segment.bands)
        least = BLANK_ROW if self._paper.mark is Mark.BLANK else 40.0
        for place, band in enumerate(segment.bands):
            edges = "lr" + ("t" if place == 0 else "T") + ("b" if place == count - 1 else "B")
            joined = "" if count == 1 else "continue" if place else "restart"
            lines = (*segment.label_lines, *((wording.CONTINUED,) if segment.continues else ())) if place == 0 else ()
            label = self.label(lines, joined=joined, edges=edges.replace("T", ""))
            vertical = "center" if segment.is_nil else "top"
            sides = [Cell(tuple(map(self.item, items)), span=2, vertical=vertical, edges=edges) for items in band.cells]
            length = max(sum(len(item.text) for item in items) for items in band.cells)
            table.add_row((label, *sides), least_height=least if count == 1 else 0, can_split=length > LONG_ROW)

    def item(self, item: Item) -> Paragraph:
        """One point or measure: its number, its text, behind it in 楷体 what belongs to it."""
        runs = [Run(item.number, BODY, self._size), Run(TAB, BODY, self._size)] if item.number else []
        runs.append(Run(item.text, BODY, self._size))
        if item.tag:
            runs.append(Run(item.tag, KAI, self._size))
        hang = 2.0 if len(item.number) > 2 else 1.5
        return Paragraph(
            tuple(runs), line=LINES[self._size], before=1, after=1, hang=hang * self._size if item.hangs else 0
        )

    def notes(self, notes: Sequence[tuple[str, str]]) -> None:
        """The numbered notes, on the page of the row above them."""
        for place, (number, text) in enumerate(notes):
            prefix = wording.NOTES if place == 0 else "　　"
            is_last = place == len(notes) - 1
            note = self.text(prefix + number + text, size=SMALL, before=0 if place else 5, keeps_next=not is_last)
            self.document.add(note)

    def annex(self, form: DepartmentPaper, groups: Sequence[LevelPosts]) -> None:
        """附页: the posts by level."""
        self.document.add(self.text(wording.EXTRA_PAGE, font=HEADING, size=16, breaks_page=True))
        title = f"{form.department_name}各岗位廉政风险等级"
        self.document.add(self.text(title, font=HEADING, size=16, align="center", after=10, keeps_next=True))
        table = self.document.add_table((28, 20, 108))
        headings = [self.label((text,)) for text in ("风险等级", "岗位数", "岗位")]
        table.add_row(headings, least_height=27, is_heading=True)
        for group in groups:
            posts = Cell((self.text("、".join(map(clean, group.posts))),), vertical="center")
            table.add_row((self.label((group.level,)), self.value(str(len(group.posts))), posts), can_split=True)
