"""From a workbook's rows to its content: which of the layouts it has, and what is said where it has none."""

from collections.abc import Sequence
from typing import Any

from riskcontrol.confined import RefusedError, confined
from riskcontrol.excel_reading import read_workbook
from riskpoints.importing import form_sheet, row_sheet
from riskpoints.importing.content import FileContent

MOST_POINTS, MOST_MEASURES = 300, 900
UNKNOWN = "没有找到防控表：表里要有“风险类别、风险点、防范措施”这一行标题。请用下载的防控表或导入模板填写。"
EMPTY = "这个文件里没有风险点，也没有措施。请填写后再上传。"
TOO_MANY = f"一次最多导入 {MOST_POINTS} 个风险点、{MOST_MEASURES} 条措施。请分几个文件导入。"


def read(content: bytes) -> FileContent:
    """What a workbook says, read in a confined process. RefusedError with words for its sender."""
    return read_sheets(confined(read_workbook, content))


def read_sheets(sheets: Sequence[dict[str, Any]]) -> FileContent:
    """The content of the first sheet that has the titles of a form or of the template."""
    for sheet in sheets:
        rows = sheet["rows"]
        found = _read(rows)
        if found is None:
            continue
        if found.is_empty:
            raise RefusedError(EMPTY)
        if len(found.points) > MOST_POINTS or len(found.measures) > MOST_MEASURES:
            raise RefusedError(TOO_MANY)
        return found
    raise RefusedError(UNKNOWN)


def _read(rows: form_sheet.Rows) -> FileContent | None:
    place = row_sheet.heading_of(rows)
    if place is not None:
        return row_sheet.read_rows(rows, place)
    place = form_sheet.heading_of(rows)
    return None if place is None else form_sheet.read_form(rows, place)
