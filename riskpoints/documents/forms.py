"""附件2 and 附件4 as PDF: one page if they fit, otherwise pages cut so that every row keeps its label."""

from collections.abc import Mapping, Sequence
from typing import Any

from riskcontrol.paper.pdf import Attachment, DocumentError, Layout, Part, lay_out
from riskcontrol.paper.qr import Code, code_of
from riskpoints.documents import wording
from riskpoints.documents.bands import LevelLine, Segment, category_segment, clean, wide_segment
from riskpoints.documents.data import DepartmentPaper, LevelCell, LevelPosts, Mark, Paper, SchoolPaper
from riskpoints.documents.estimate import (
    PAGE_HEIGHT,
    is_cut,
    listed_lines,
    reckoned_frame,
    reckoned_height,
    reckoned_parts,
)
from riskpoints.documents.paging import Frame, PagedSheet, cut_into_sheets, one_sheet

# The level cell holds 29 characters a line at 12 pt, 8 of them the label; beyond this many lines its posts go to an
# extra page.
LEVEL_CHARACTERS = 21
LEVEL_LINES = 9
# A form that is reckoned to be up to a line too high is tried all the same.
TOLERANCE = 20.0


def department_form_pdf(form: DepartmentPaper, attachments: Sequence[Attachment] = ()) -> bytes:
    """附件4, filled or blank (mark BLANK), as PDF/A-3u. Raise DocumentError if it can't be printed as it is."""
    level_lines, annex_groups = level_text(form.level)
    segments = (
        wide_segment("duties", wording.DEPARTMENT_DUTIES, form.duties),
        *_categories(form, is_numbered=True),
    )
    context = {
        "paper": form,
        "level_lines": level_lines,
        "annex_groups": annex_groups,
        "notes": wording.DEPARTMENT_NOTES,
        "running_title": "".join(form.title_lines),
        "running_unit": form.department_name,
    }
    title = "".join(form.title_lines) + (f"（{form.department_name}）" if form.department_name else "")
    return _paged("riskpoints/print/department_form.html", context, segments, title).pdf(attachments)


def school_form_pdf(form: SchoolPaper, attachments: Sequence[Attachment] = ()) -> bytes:
    """附件2 as PDF/A-3u; points and measures stand side by side as lists, unnumbered as in the document."""
    segments = (
        wide_segment("function", wording.SCHOOL_FUNCTION, form.business_function),
        *_categories(form, is_numbered=False),
    )
    context = {"paper": form, "notes": wording.SCHOOL_NOTES, "running_title": form.title}
    return _paged("riskpoints/print/school_form.html", context, segments, form.title).pdf(attachments)


def level_text(cell: LevelCell | None) -> tuple[tuple[LevelLine, ...], tuple[LevelPosts, ...]]:
    """Lines of 单位确定风险等级, and the groups that go to the 附页 because there are too many posts."""
    if cell is None or not cell.level:
        return (), ()
    first = LevelLine("部门拟定等级：" if cell.is_proposed else "部门风险等级：", (cell.level,))
    lines = tuple(LevelLine(f"{group.level}岗位：", tuple(map(clean, group.posts))) for group in cell.groups)
    meeting = (LevelLine(wording.MEETING, (cell.meeting,)),) if cell.meeting else ()
    if sum(listed_lines(line, LEVEL_CHARACTERS) for line in lines) > LEVEL_LINES:
        return (first, LevelLine("", (wording.SEE_ANNEX,)), *meeting), cell.groups
    return (first, *lines, *meeting), ()


def _categories(form: DepartmentPaper | SchoolPaper, *, is_numbered: bool) -> list[Segment]:
    return [
        category_segment(f"row{place}", row, label_lines=(row.category,), is_numbered=is_numbered)
        for place, row in enumerate(form.rows)
    ]


def _code_picture(paper: Paper) -> Code | None:
    """The printed code as a QR code, outside the form: signed sheets that are scanned in one go are sorted by it, and
    whoever holds one learns whether it still holds."""
    return (
        code_of(paper.code_address or paper.content_code) if paper.mark == Mark.FINAL and paper.content_code else None
    )


def _paged(template: str, context: Mapping[str, Any], segments: Sequence[Segment], title: str) -> Layout:
    """Lay the form out on one page if it fits, else cut it into pages; check that each page holds what was planned.

    The plan is reckoned from the characters. Where a text is parted, or the plan doesn't hold, lines are measured.
    """
    paper: Paper = context["paper"]
    titles = len(getattr(paper, "title_lines", ("",)))
    level_lines = context.get("level_lines")

    def attempt(sheets: Sequence[PagedSheet], fit: str) -> Layout:
        return lay_out(
            template,
            {**context, "sheets": sheets, "fit": fit, "words": wording, "picture": _code_picture(paper)},
            title=title,
            author=paper.author,
            document_code=paper.content_code,
            made_on=paper.made_on,
        )

    for fit in ("roomy", "compact"):
        frame = reckoned_frame(segments, fit, page=PAGE_HEIGHT, titles=titles, level_lines=level_lines)
        if reckoned_height(segments, fit, frame) <= PAGE_HEIGHT + TOLERANCE:
            layout = attempt(one_sheet(segments), fit)
            if _is_as_planned(layout, 1):
                return layout
    frame = reckoned_frame(segments, "long", page=PAGE_HEIGHT, titles=titles, level_lines=level_lines)
    sheets = cut_into_sheets(segments, reckoned_parts(segments, "long"), frame)
    if not is_cut(segments, [segment for sheet in sheets for segment in sheet.segments]):
        layout = attempt(sheets, "long")
        if _is_as_planned(layout, len(sheets)):
            return layout
    parts = attempt(one_sheet(segments), "long measuring").parts()
    for shrinking in (0, 24, 48):
        sheets = cut_into_sheets(segments, parts, _frame(segments, parts, shrinking))
        layout = attempt(sheets, "long")
        if _is_as_planned(layout, len(sheets)):
            return layout
    raise DocumentError(f"“{title}”无法按页排版。请缩短最长的一条内容后重试。")


def _frame(segments: Sequence[Segment], parts: Mapping[str, Part], shrinking: float) -> Frame:
    return Frame(
        page=PAGE_HEIGHT - shrinking,
        head=parts["head"].height + parts["name"].height,
        heading=parts["heading"].height,
        closing=sum(parts[key].height for key in ("level", "notes") if key in parts),
        labels={segment.key: parts[f"label.{segment.key}"].height for segment in segments},
    )


def _is_as_planned(layout: Layout, count: int) -> bool:
    parts = layout.parts()
    return all(parts[f"sheet.{number}"].pages == (number,) for number in range(count))
