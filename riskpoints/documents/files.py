"""One call from the register's rows to the bytes of a file, for pages, archives and commands."""

from collections.abc import Sequence

from departments.models import LeadershipGroup
from riskcontrol.pdf import Attachment
from riskpoints.documents import build, build_lists
from riskpoints.documents.data import Mark, Paper
from riskpoints.documents.forms import department_form_pdf, school_form_pdf
from riskpoints.documents.lists import group_list_pdf, notice_pdf, post_sheets_pdf, register_pdf
from riskpoints.documents.sheets import department_form_xlsx, register_xlsx, school_form_xlsx
from riskpoints.models import TableVersion

KINDS = ("pdf", "xlsx")


def version_document(version: TableVersion, kind: str) -> bytes:
    """附件2 or 附件4 of a version: `kind` is pdf (with the .xlsx inside) or xlsx. DocumentError if it can't be made."""
    _require(kind)
    name = f"{version.owner_name}廉政风险点防控表.xlsx"
    if version.table.is_school:
        school = build.school_form(version)
        sheet = school_form_xlsx(school)
        return sheet if kind == "xlsx" else school_form_pdf(school, [_same_form(name, sheet, school)])
    form = build.department_form(version)
    sheet = department_form_xlsx(form)
    return sheet if kind == "xlsx" else department_form_pdf(form, [_same_form(name, sheet, form)])


def blank_form(kind: str = "pdf") -> bytes:
    """附件4 without content, for handwriting."""
    _require(kind)
    form = build.blank_department_form()
    return department_form_pdf(form) if kind == "pdf" else department_form_xlsx(form)


def group_document(group: LeadershipGroup) -> bytes:
    """附件1 as PDF."""
    return group_list_pdf(build_lists.group_list(group))


def register_document(
    versions: Sequence[TableVersion], kind: str, *, scope: str = "", mark: Mark = Mark.FINAL
) -> bytes:
    """登记汇总表 of these versions; each comes with its table, cycle and department selected."""
    _require(kind)
    register = build_lists.register(versions, scope=scope, mark=mark)
    return register_pdf(register) if kind == "pdf" else register_xlsx(register)


def post_sheets_document(version: TableVersion, post_id: int | None = None) -> bytes:
    """岗位廉政风险防控一览表 of a department's version as PDF: of one post, or of all, each from a new page."""
    return post_sheets_pdf(build.post_sheets(version, post_id))


def notice_document(version: TableVersion) -> bytes:
    """公示稿 of a department's version as PDF."""
    return notice_pdf(build.notice(version))


def _same_form(name: str, sheet: bytes, paper: Paper) -> Attachment:
    """The workbook that a PDF carries: the same form, to be edited or counted."""
    return Attachment(name, sheet, "可编辑的同一张表", made_on=paper.made_on)


def _require(kind: str) -> None:
    if kind not in KINDS:
        raise ValueError(f"Unknown kind of document: {kind}")
