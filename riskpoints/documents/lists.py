"""The other papers as PDF: 附件1, the sheet of one post and the 公示稿."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from riskcontrol.paper import qr
from riskcontrol.paper.pdf import Attachment, DocumentError, render_pdf
from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.documents.data import (
    GroupList,
    NoticePaper,
    NoticeRow,
    Paper,
    PostSheet,
    PostSheetRow,
    PublicationResult,
)
from riskpoints.documents.rows import low_rows

POST_HEADINGS = ("序号", "风险类别", "风险点及表现形式", "风险等级", "防范措施", "责任人")
NOTICE_HEADINGS = ("序号", "部门", "岗位", "风险类别", "风险点", "防范措施", "风险等级")
RESULT_HEADINGS = ("部门", "意见", "办理情况", "结果")
RESULT_CAPACITIES = (8, 4, 14, 14)
# A name of three characters takes one place of 附件1's six a line; longer ones take more.
NAME_CHARACTERS = 3.5
# Rows stay whole on their page; one that would be higher than so many lines is cut into several.
POST_LINES = RESULT_LINES = 18
# Characters on a line of each text, in the order of post_texts.
POST_CAPACITIES = (2, 4, 9, 11, 4, 5, 5, 15, 3)


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


def notice_pdf(notice: NoticePaper, attachments: Sequence[Attachment] = ()) -> bytes:
    """公示稿 as PDF/A-3u: only what may be published."""
    headings, rows = list(NOTICE_HEADINGS), [notice_texts(row) for row in notice.rows]
    if len({row.department for row in notice.rows}) == 1:
        # The title names the only department: its column's room goes to the measures.
        for cells in (headings, *rows):
            del cells[1]
    context = {"paper": notice, "rows": rows, "headings": headings, "running_title": notice.title}
    context["code"] = qr.code_of(notice.address) if notice.address else None
    return _render("notice", context, notice.title, attachments)


def publication_result_pdf(result: PublicationResult) -> bytes:
    """公示结果 as PDF/A-3u."""
    rows = [
        cells
        for row in result.rows
        for cells in low_rows([clean(text) for text in row], RESULT_CAPACITIES, RESULT_LINES)
    ]
    context = {"paper": result, "rows": rows, "headings": RESULT_HEADINGS, "running_title": result.title}
    return _render("publication_result", context, result.title, ())


def notice_texts(row: NoticeRow) -> list[str]:
    """Texts of one row of the 公示稿, in the order of its columns."""
    measures = "\n".join(clean(measure) for measure in row.measures)
    return [row.number, clean(row.department), clean(row.post), row.category, clean(row.point), measures, row.level]


def post_texts(place: int, row: PostSheetRow) -> list[str]:
    """Texts of one row of the 一览表: number, category, point, notes, level, 机率, 危害, measures, who."""
    measures = "\n".join(
        (f"〔{measure.stage}〕" if measure.stage else "") + clean(measure.text) + _cited(measure.regulations)
        for measure in row.measures
    )
    shown = (
        row.category,
        row.point,
        "\n".join(row.notes),
        row.level,
        row.likelihood,
        row.harm,
        measures,
        row.responsible,
    )
    return [str(place), *(clean(text) for text in shown)]


def _cited(regulations: Sequence[str]) -> str:
    return f"\n依据：{clean('、'.join(regulations))}" if regulations else ""


def printed_name(name: str) -> Name:
    """于梅 becomes 于　梅: two characters take the room of three."""
    plain = clean(name).replace(" ", "").replace("\u3000", "")
    text = "\u3000".join(plain) if len(plain) == 2 else plain
    return Name(text, max(1, -(-len(text) * 2 // int(NAME_CHARACTERS * 2))))


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
