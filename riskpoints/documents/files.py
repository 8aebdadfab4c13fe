"""One call from the register's rows to the bytes of a file, for pages, archives and commands."""

from collections.abc import Sequence

from departments.models import LeadershipGroup
from riskcontrol.paper.pdf import Attachment
from riskpoints.documents import build, build_lists, build_public
from riskpoints.documents.data import Paper
from riskpoints.documents.form_sheets import department_form_xlsx, school_form_xlsx
from riskpoints.documents.forms import department_form_pdf, school_form_pdf
from riskpoints.documents.lists import group_list_pdf, notice_pdf, post_sheets_pdf
from riskpoints.documents.word_forms import department_form_docx, school_form_docx
from riskpoints.models import TableVersion

# What is kept and archived; the forms are to be had for Word as well, to be worked on.
KINDS = ("pdf", "xlsx")
FORM_KINDS = (*KINDS, "docx")


def version_document(version: TableVersion, kind: str) -> bytes:
    """附件2 or 附件4 of a version: pdf (with the .xlsx inside), xlsx or docx. DocumentError if it can't be made."""
    _require(kind, FORM_KINDS)
    name = f"{version.owner_name}廉政风险点防控表.xlsx"
    if version.table.is_school:
        school = build.school_form(version)
        if kind == "docx":
            return school_form_docx(school)
        sheet = school_form_xlsx(school)
        return sheet if kind == "xlsx" else school_form_pdf(school, [_same_form(name, sheet, school)])
    form = build.department_form(version)
    if kind == "docx":
        return department_form_docx(form)
    sheet = department_form_xlsx(form)
    return sheet if kind == "xlsx" else department_form_pdf(form, [_same_form(name, sheet, form)])


def blank_form(kind: str = "pdf") -> bytes:
    """附件4 without content, for handwriting (as docx to be filled in with Word)."""
    _require(kind, FORM_KINDS)
    form = build.blank_department_form()
    makers = {"pdf": department_form_pdf, "xlsx": department_form_xlsx, "docx": department_form_docx}
    return makers[kind](form)


def group_document(group: LeadershipGroup) -> bytes:
    """附件1 as PDF."""
    return group_list_pdf(build_lists.group_list(group))


def post_sheets_document(version: TableVersion, post_id: int | None = None, *, shows_assessment: bool = True) -> bytes:
    """岗位廉政风险防控一览表 of a department's version as PDF: of one post, or of all, each from a new page."""
    return post_sheets_pdf(build_public.post_sheets(version, post_id, shows_assessment=shows_assessment))


def notice_document(version: TableVersion, address: str = "") -> bytes:
    """公示稿 of a department's version as PDF, with the address of its page as a QR code."""
    return notice_pdf(build_public.notice(version, address))


def _same_form(name: str, sheet: bytes, paper: Paper) -> Attachment:
    """The workbook that a PDF carries: the same form, to be edited or counted."""
    return Attachment(name, sheet, "可编辑的同一张表", made_on=paper.made_on)


def _require(kind: str, kinds: Sequence[str] = KINDS) -> None:
    if kind not in kinds:
        raise ValueError(f"Unknown kind of document: {kind}")
