"""What the school prints: 附件1, 附件2, 附件4, the sheets of the posts, the register, the 公示稿.

From values to bytes: `department_form_pdf` and its like. From the register's rows: `version_document` and its like.
"""

from riskpoints.documents.files import (
    FORM_KINDS,
    KINDS,
    blank_form,
    group_document,
    notice_document,
    post_sheets_document,
    version_document,
)
from riskpoints.documents.form_sheets import department_form_xlsx, school_form_xlsx
from riskpoints.documents.forms import department_form_pdf, school_form_pdf
from riskpoints.documents.lists import (
    group_list_pdf,
    notice_pdf,
    post_sheet_pdf,
    post_sheets_pdf,
    publication_result_pdf,
)
from riskpoints.documents.register import register_pdf
from riskpoints.documents.sheets import register_xlsx
from riskpoints.documents.word_forms import department_form_docx, school_form_docx

__all__ = [
    "FORM_KINDS",
    "KINDS",
    "blank_form",
    "department_form_docx",
    "department_form_pdf",
    "department_form_xlsx",
    "group_document",
    "group_list_pdf",
    "notice_document",
    "notice_pdf",
    "post_sheet_pdf",
    "post_sheets_document",
    "post_sheets_pdf",
    "publication_result_pdf",
    "register_pdf",
    "register_xlsx",
    "school_form_docx",
    "school_form_pdf",
    "school_form_xlsx",
    "version_document",
]
