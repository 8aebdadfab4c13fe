"""From sheets and tables to their content: which of the layouts each has, and what is said where none has one."""

from collections.abc import Sequence
from typing import Any

from riskcontrol.paper.html_reading import read_html
from riskcontrol.paper.html_tables import NO_TABLE
from riskcontrol.paper.tabbed_reading import read_tabbed
from riskcontrol.paper.table_reading import read_tables
from riskcontrol.processes.confined import RefusedError, confined
from riskpoints.enums import ALL_CATEGORIES
from riskpoints.importing import form_sheet, joining, row_sheet, seeing
from riskpoints.importing.content import FileContent, FileMeasure, FileNil, FilePoint, SheetPart, combined
from riskpoints.importing.values import category_of

MOST_POINTS, MOST_MEASURES = 300, 900
UNKNOWN = "没有找到防控表：表里要有“风险类别、风险点、防范措施”这一行标题。请用下载的防控表或导入模板填写。"
EMPTY = "这个文件里没有风险点，也没有措施。请填写后再上传。"
TOO_MANY = f"一次最多导入 {MOST_POINTS} 个风险点、{MOST_MEASURES} 条措施。请分几个文件导入。"


def read_parts(content: bytes) -> list[SheetPart]:
    """What the sheets or tables of a file say, read in a confined process. RefusedError with words for its sender."""
    return parts_of(confined(read_tables, content))


def read_pasted(html: str, text: str) -> list[SheetPart]:
    """What a copied table says: as the clipboard has it with its formats, else as plain text with tabs."""
    if html:
        try:
            return parts_of(confined(read_html, html.encode(errors="replace")))
        except RefusedError as error:
            if str(error) != NO_TABLE or not text:
                raise
    return parts_of(confined(read_tabbed, text.encode(errors="replace")))


def read(content: bytes) -> FileContent:
    """What a file says as long as nobody chose among its sheets."""
    return by_default(read_parts(content))


def read_sheets(sheets: Sequence[dict[str, Any]]) -> FileContent:
    """The content of sheets as the readers in riskcontrol.paper give them."""
    return by_default(parts_of(sheets))


def parts_of(sheets: Sequence[dict[str, Any]]) -> list[SheetPart]:
    """The sheets with the titles of a form or of the template, none of them dropped: what is hidden can be chosen."""
    found = [part for sheet in joining.join(sheets, _heading_of) if (part := _part(sheet)) is not None]
    if not found:
        raise RefusedError(UNKNOWN)
    if all((part.whole or part.seen).is_empty for part in found):
        raise RefusedError(EMPTY)
    for part in found:
        content = part.whole or part.seen
        if len(content.points) > MOST_POINTS or len(content.measures) > MOST_MEASURES:
            raise RefusedError(TOO_MANY)
    return found


def by_default(parts: Sequence[SheetPart]) -> FileContent:
    """What is taken of the parts as long as nobody chose: what a person sees."""
    return combined([(part.name, part.seen) for part in parts if part.is_chosen] or [("", FileContent())])


def _part(sheet: dict[str, Any]) -> SheetPart | None:
    rows, columns = sheet.get("hidden_rows", []), sheet.get("hidden_columns", [])
    seen = _read(seeing.visible(sheet))
    whole = _read(sheet) if rows or columns else None
    if seen is None and whole is None:
        return None
    seen = seen or FileContent()
    is_hidden = bool(sheet.get("hidden"))
    is_chosen = not is_hidden and not seen.is_empty and _is_known(seen)
    return SheetPart(
        sheet["name"], is_hidden, is_chosen, seen, whole, seeing.hidden_words(rows, columns) if whole else ""
    )


def _is_known(content: FileContent) -> bool:
    """Whether one of the categories is one of a form: a guide has the titles, too, with other words below them."""
    items: list[FilePoint | FileMeasure | FileNil] = [*content.points, *content.measures, *content.nils]
    named = [item.category for item in items if item.category]
    return not named or any(category_of(name, dict(ALL_CATEGORIES)) for name in named)


def _heading_of(rows: Sequence[Any], merged: Sequence[Sequence[int]]) -> int | None:
    """The place of the titles, whatever the layout."""
    place = row_sheet.heading_of(rows)
    return form_sheet.heading_of(rows) if place is None else place


def _read(sheet: dict[str, Any]) -> FileContent | None:
    named = seeing.cell_of_table if sheet.get("table") else seeing.cell_of_sheet
    rows, problems, notes = seeing.folded_rows(sheet["rows"], named)
    merged = sheet.get("merged", [])
    place = row_sheet.heading_of(rows)
    if place is not None:
        content = row_sheet.read_rows(rows, place, merged)
    else:
        place = form_sheet.heading_of(rows)
        if place is None:
            return None
        content = form_sheet.read_form(rows, place, merged)
    heading = rows[place][0]
    told = seeing.marks_told(sheet.get("marks", []), named)
    content.problems += [item for item in (*problems, *told.problems) if item[0] >= heading]
    content.notes += [item for item in (*notes, *told.notes) if item[0] >= heading]
    content.notes += seeing.around_told(sheet.get("around", []), heading)
    return content
