"""Whatever people keep their tables in, read by the reader of its kind: for a confined process only."""

from typing import Any

from riskcontrol.paper.excel_reading import OLD_OR_LOCKED, read_workbook
from riskcontrol.paper.packages import DOCUMENT_PART, OLE_START, ZIP_START, has_part
from riskcontrol.paper.word_reading import OLD as OLD_DOCUMENT
from riskcontrol.paper.word_reading import read_document
from riskcontrol.processes.confinement import RefusedError

OTHER = (
    "这不是 Word 的 .docx，也不是 Excel 的 .xlsx 文件。请用 Word、Excel 或 WPS 打开，另存为 .docx 或 .xlsx 后再上传，"
    "或者把表格复制后粘贴。"
)
LOCKED = "这个文件设了打开密码。请用 Word、Excel 或 WPS 打开，取消密码，另存为 .docx 或 .xlsx 后再上传。"


def read_tables(content: bytes) -> list[dict[str, Any]]:
    """The tables of a .docx or the sheets of an .xlsx, as riskcontrol.paper.excel_reading gives them."""
    if content.startswith(OLE_START):
        raise RefusedError(_words_of_ole(content))
    if not content.startswith(ZIP_START):
        raise RefusedError(OTHER)
    return read_document(content) if has_part(content, DOCUMENT_PART) else read_workbook(content)


def _words_of_ole(content: bytes) -> str:
    """What is said of a file of before 2007, by the stream it has ([MS-CFB] 2.6.1: names are UTF-16)."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return LOCKED
    return OLD_DOCUMENT if "WordDocument".encode("utf-16-le") in content else OLD_OR_LOCKED
