"""The other papers as PDF: 附件1, the sheet of one post, the 登记汇总表 and the 公示稿."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from riskcontrol.pdf import Attachment, DocumentError, render_pdf
from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.documents.columns import REGISTER_COLUMNS, Column
from riskpoints.documents.data import GroupList, Notice, NoticeRow, Paper, PostRow, PostSheet, Register

POST_HEADINGS = ("序号", "风险类别", "风险点及表现形式", "风险等级", "防范措施", "责任人")
NOTICE_HEADINGS = ("部门", "岗位", "风险类别", "风险点", "防范措施", "风险等级")
# A name of three characters takes one place of 附件1's six a line; longer ones take more.
NAME_CHARACTERS = 3.5
# Rows stay whole on their page; one that would be higher than so many lines is cut into several.
REGISTER_LINES = 16
NOTICE_LINES = POST_LINES = 18
# Characters on a line of each text, in the order of notice_texts and post_texts.
NOTICE_CAPACITIES = (4, 5, 4, 10, 11, 4)
NARROW_NOTICE_CAPACITIES = (5, 4, 10, 15, 4)
POST_CAPACITIES = (2, 4, 9, 11, 4, 5, 5, 15, 3)
STOPS = "。；！？.;，,、"


@dataclass(frozen=True)
class Name:
    """A name as 附件1 prints it, and how many places of the line it takes."""

    text: str
    places: int


def group_list_pdf(group: GroupList, attachments: Sequence[Attachment] = ()) -> bytes:
    """附件1 as PDF/A-3u: names of two characters padded to three, as in the document (T16)."""
    title = "".join(group.title_lines)
    lines = [
        (label, [printed_name(name) for name in names])
        for label, names in (
            (wording.CHIEF, group.chiefs),
            (wording.DEPUTY, group.deputies),
            (wording.MEMBERS, group.members),
        )
        if names
    ]
    return _render("group_list", {"paper": group, "lines": lines, "running_title": title}, title, attachments)


def post_sheet_pdf(sheet: PostSheet, attachments: Sequence[Attachment] = ()) -> bytes:
    """岗位廉政风险防控一览表 of one post as PDF/A-3u; the school's own paper, without an annex number."""
    return post_sheets_pdf([sheet], attachments)


def post_sheets_pdf(sheets: Sequence[PostSheet], attachments: Sequence[Attachment] = ()) -> bytes:
    """The 一览表 of several posts of a department in one file, each from a new page."""
    if not sheets:
        raise DocumentError("没有可打印的岗位。请先在“组织机构”里建立本部门的岗位。")
    rows = [
        [
            cells
            for place, row in enumerate(sheet.rows, start=1)
            for cells in low_rows(post_texts(place, row), POST_CAPACITIES, POST_LINES)
        ]
        for sheet in sheets
    ]
    first = sheets[0]
    context = {"paper": first, "headings": POST_HEADINGS, "sheets": list(zip(sheets, rows, strict=True))}
    whose = first.department_name + (f"　{first.post_name}" if len(sheets) == 1 else "")
    return _render("post_sheet", context, f"{wording.POST_SHEET_TITLE}（{whose}）", attachments)


def register_pdf(register: Register, attachments: Sequence[Attachment] = ()) -> bytes:
    """登记汇总表 as PDF/A-3u on A3 landscape, all points of the year in all columns (R30)."""
    title = register_title(register)
    context = {
        "paper": register,
        "columns": REGISTER_COLUMNS,
        "rows": _register_rows(register),
        "summary": register_summary(register),
        "running_title": title,
    }
    return _render("register", context, title, attachments)


def notice_pdf(notice: Notice, attachments: Sequence[Attachment] = ()) -> bytes:
    """公示稿 as PDF/A-3u: only what may be published."""
    headings: Sequence[str] = NOTICE_HEADINGS
    capacities: Sequence[int] = NOTICE_CAPACITIES
    if len({row.department for row in notice.rows}) == 1:
        # The title names the only department: its column's room goes to the measures.
        headings, capacities = headings[1:], NARROW_NOTICE_CAPACITIES
    first = -len(headings)
    rows = [cells for row in notice.rows for cells in low_rows(notice_texts(row)[first:], capacities, NOTICE_LINES)]
    context = {"paper": notice, "rows": rows, "headings": headings, "running_title": notice.title}
    return _render("notice", context, notice.title, attachments)


def notice_texts(row: NoticeRow) -> list[str]:
    """Texts of one row of the 公示稿, in the order of its columns."""
    measures = "\n".join(clean(measure) for measure in row.measures)
    return [clean(row.department), clean(row.post), row.category, clean(row.point), measures, row.level]


def post_texts(place: int, row: PostRow) -> list[str]:
    """Texts of one row of the 一览表: number, category, point, 表现形式, level, 机率, 危害, measures, who."""
    measures = "\n".join(
        (f"〔{measure.stage}〕" if measure.stage else "") + clean(measure.text) for measure in row.measures
    )
    shown = (row.category, row.point, row.manifestation, row.level, row.likelihood, row.harm, measures, row.responsible)
    return [str(place), *(clean(text) for text in shown)]


def printed_name(name: str) -> Name:
    """于梅 becomes 于　梅: two characters take the room of three."""
    plain = clean(name).replace(" ", "").replace("\u3000", "")
    text = "\u3000".join(plain) if len(plain) == 2 else plain
    return Name(text, max(1, -(-len(text) * 2 // int(NAME_CHARACTERS * 2))))


def register_title(register: Register) -> str:
    """Title of the register: school, year, name."""
    return f"{register.school_name}{register.year}年度{wording.REGISTER_TITLE}"


def register_summary(register: Register) -> str:
    """Totals by level, counted from the rows (hand-counted totals are wrong in real life: domain.md §1.1)."""
    levels = Counter(row.level or "未定级" for row in register.rows)
    parts = "，".join(f"{level} {count} 个" for level, count in sorted(levels.items(), key=_level_order))
    scope = f"{register.scope}：" if register.scope else ""
    return f"{scope}共 {len(register.rows)} 个风险点" + (f"，其中{parts}。" if parts else "。")


def _level_order(entry: tuple[str, int]) -> tuple[int, str]:
    first = entry[0][0]
    return ("一二三".find(first) if first in "一二三" else 3, entry[0])


def _capacity(column: Column) -> int:
    """Characters of 9 pt (3.2 mm) on a line of a column."""
    return max(int((column.width - 2) / 3.2), 1)


def _register_rows(register: Register) -> Iterator[list[tuple[Column, str]]]:
    capacities = [_capacity(column) for column in REGISTER_COLUMNS]
    for place, row in enumerate(register.rows, start=1):
        texts = [clean(column.printed(place, row)) for column in REGISTER_COLUMNS]
        for cells in low_rows(texts, capacities, REGISTER_LINES):
            yield list(zip(REGISTER_COLUMNS, cells, strict=True))


def low_rows(texts: Sequence[str], capacities: Sequence[int], most_lines: int) -> list[list[str]]:
    """Cut a row whose texts would make it higher than a good part of a page into rows that can stay whole.

    The first cell (its number) says on each further row that it goes on; other short cells are not repeated.
    """
    pieces = [pieces_of(text, capacity * most_lines) for text, capacity in zip(texts, capacities, strict=True)]
    rows = [list(cells) for cells in zip_longest(*pieces, fillvalue="")]
    for row in rows[1:]:
        row[0] = texts[0] + "\n续"
    return rows


def pieces_of(text: str, most: int) -> list[str]:
    """The text in pieces of at most so many characters, cut after a sentence or a comma where there is one."""
    pieces = []
    while len(text) > most:
        window = text[most * 2 // 3 : most]
        place = max((window.rfind(mark) for mark in STOPS), default=-1)
        end = most * 2 // 3 + place + 1 if place >= 0 else most
        pieces.append(text[:end])
        text = text[end:]
    return [*pieces, text]


def _render(template: str, context: Mapping[str, Any], title: str, attachments: Sequence[Attachment]) -> bytes:
    paper: Paper = context["paper"]
    return render_pdf(
        f"riskpoints/print/{template}.html",
        {**context, "words": wording},
        title=title,
        author=paper.author,
        document_code=paper.content_code,
        made_on=paper.made_on,
        attachments=attachments,
    )
