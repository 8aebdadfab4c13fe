"""From sheets and tables to their content: which of the layouts each has, and what is said where none has one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from riskcontrol.paper.html_reading import read_html
from riskcontrol.paper.html_tables import NO_TABLE
from riskcontrol.paper.tabbed_reading import read_tabbed
from riskcontrol.paper.table_reading import read_tables
from riskcontrol.processes.confined import RefusedError, confined
from riskpoints.documents.bands import clean
from riskpoints.enums import ALL_CATEGORIES
from riskpoints.importing import form_sheet, free_list, joining, row_sheet, seeing
from riskpoints.importing.columns import CODES
from riskpoints.importing.content import (
    FileContent,
    FileMeasure,
    FileNil,
    FilePoint,
    ListColumn,
    SheetPart,
    combined,
)
from riskpoints.importing.free_list import Titles
from riskpoints.importing.template import GUIDE, LISTS
from riskpoints.importing.values import category_of

OWN_SHEETS = frozenset({GUIDE, LISTS})
MOST_POINTS, MOST_MEASURES = 300, 900
UNKNOWN = "没有找到防控表：表里要有“风险点”“防范措施”这样一行标题，下面写内容。也可以用下载的防控表或导入模板填写。"
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
    """The sheets with the titles of a form, of the template or of a list, none of them dropped: what is hidden can be
    chosen, and where no sheet has titles that are known its columns can be."""
    joined = joining.join(sheets, _heading_of)
    found = [part for sheet in joined if (part := _part(sheet)) is not None]
    if not found:
        found = [part for sheet in joined if (part := _part(sheet, is_guessed=True)) is not None]
    if not found:
        raise RefusedError(UNKNOWN)
    if all((part.whole or part.seen).is_empty and not part.is_list for part in found):
        raise RefusedError(EMPTY)
    for part in found:
        content = part.whole or part.seen
        if len(content.points) > MOST_POINTS or len(content.measures) > MOST_MEASURES:
            raise RefusedError(TOO_MANY)
    found[0].seen.notes += _not_read(joined, {part.name for part in found})
    return found


def remapped(part: SheetPart, keys: Mapping[int, str]) -> SheetPart:
    """A list with the fields that somebody chose for its columns."""
    if part.raw is None:
        return part
    changed = _part(part.raw, is_guessed=True, keys=keys)
    return replace(changed, is_chosen=part.is_chosen) if changed is not None else part


def _not_read(sheets: Sequence[dict[str, Any]], known: set[str]) -> list[tuple[int, str]]:
    """Sheets with a text that have no titles of a table; those of our own template hold nothing else."""
    names = [sheet["name"] for sheet in sheets if sheet["rows"] and sheet["name"] not in known | OWN_SHEETS]
    return [(1, f"没有读“{'”“'.join(names)}”：没有找到防控表的标题。")] if names else []


def by_default(parts: Sequence[SheetPart]) -> FileContent:
    """What is taken of the parts as long as nobody chose: what a person sees."""
    return combined([(part.name, part.seen) for part in parts if part.is_chosen] or [("", FileContent())])


def _part(
    sheet: dict[str, Any], *, is_guessed: bool = False, keys: Mapping[int, str] | None = None
) -> SheetPart | None:
    sheet = _with_codes(sheet)
    rows, columns = sheet.get("hidden_rows", []), sheet.get("hidden_columns", [])
    visible = seeing.visible(sheet)
    read = partial(_read, is_guessed=is_guessed, keys=keys)
    seen, whole = read(visible), read(sheet) if rows or columns else None
    if seen is None and whole is None:
        return None
    titles = _list_titles(visible if seen is not None else sheet, is_guessed=is_guessed)
    seen = seen or FileContent()
    is_hidden = bool(sheet.get("hidden"))
    is_chosen = not is_hidden and not (seen.is_empty and titles is None) and _is_known(seen)
    return SheetPart(
        sheet["name"],
        is_hidden,
        is_chosen,
        seen,
        whole,
        seeing.hidden_words(rows, columns) if whole else "",
        raw=sheet if titles else None,
        columns=_columns(sheet, titles, keys) if titles else (),
    )


def _with_codes(sheet: dict[str, Any]) -> dict[str, Any]:
    """The sheet without hidden columns that hold nothing, or the codes of our template, which belong to its rows."""
    hidden = sheet.get("hidden_columns", [])
    filled = {at for _, cells in sheet["rows"] for at, text in enumerate(cells) if text.strip()}
    place = row_sheet.heading_of(sheet["rows"]) if hidden else None
    titles = sheet["rows"][place][1] if place is not None else ()
    codes = {at for at, title in enumerate(titles) if title.strip() in {column.title for column in CODES}}
    return sheet | {"hidden_columns": [at for at in hidden if at in filled - codes]}


def _columns(sheet: dict[str, Any], titles: Titles, keys: Mapping[int, str] | None) -> tuple[ListColumn, ...]:
    """The columns of a list that hold a title or a text, each with the first text below its title."""
    below = sheet["rows"][titles.place + 1 :]
    filled = titles.keys if keys is None else keys
    examples: dict[int, str] = {}
    for _, cells in below:
        for place, text in enumerate(cells):
            if text.strip():
                examples.setdefault(place, clean(text)[:30])
    return tuple(
        ListColumn(place, titles.names.get(place, ""), examples.get(place, ""), filled.get(place, ""))
        for place in sorted(examples.keys() | titles.names.keys())
    )


def _list_titles(sheet: dict[str, Any], *, is_guessed: bool) -> Titles | None:
    """The titles of a list of the school's own; None where it is a form, the template, or no table."""
    rows, _, _ = seeing.folded_rows(sheet["rows"])
    if row_sheet.heading_of(rows) is not None or form_sheet.heading_of(rows) is not None:
        return None
    found = free_list.titles_of(rows, sheet.get("merged", []))
    return free_list.guessed_titles(rows) if found is None and is_guessed else found


def _is_known(content: FileContent) -> bool:
    """Whether one of the categories is one of a form: a guide has the titles, too, with other words below them."""
    items: list[FilePoint | FileMeasure | FileNil] = [*content.points, *content.measures, *content.nils]
    named = [item.category for item in items if item.category]
    return not named or any(category_of(name, dict(ALL_CATEGORIES)) for name in named)


def _heading_of(rows: Sequence[Any], merged: Sequence[Sequence[int]]) -> int | None:
    """The place of the titles, whatever the layout."""
    for heading in (row_sheet.heading_of(rows), form_sheet.heading_of(rows)):
        if heading is not None:
            return heading
    found = free_list.titles_of(rows, merged)
    return None if found is None else found.place


def _read(
    sheet: dict[str, Any], *, is_guessed: bool = False, keys: Mapping[int, str] | None = None
) -> FileContent | None:
    named = seeing.cell_of_table if sheet.get("table") else seeing.cell_of_sheet
    rows, problems, notes = seeing.folded_rows(sheet["rows"], named)
    read = _laid_out(rows, sheet, is_guessed=is_guessed, keys=keys)
    if read is None:
        return None
    heading, content = read
    told = seeing.marks_told(sheet.get("marks", []), named)
    content.problems += [item for item in (*problems, *told.problems) if item[0] >= heading]
    content.notes += [item for item in (*notes, *told.notes) if item[0] >= heading]
    content.notes += seeing.around_told(sheet.get("around", []), heading)
    return content


def _laid_out(
    rows: list[Any], sheet: dict[str, Any], *, is_guessed: bool, keys: Mapping[int, str] | None
) -> tuple[int, FileContent] | None:
    """The number of the row of titles, and the content below it, by the layout that the titles are those of."""
    merged = sheet.get("merged", [])
    place = row_sheet.heading_of(rows)
    if place is not None:
        return rows[place][0], row_sheet.read_rows(rows, place, merged)
    place = form_sheet.heading_of(rows)
    if place is not None:
        return rows[place][0], form_sheet.read_form(rows, place, merged)
    titles = _list_titles(sheet, is_guessed=is_guessed)
    if titles is None:
        return None
    titles = titles if keys is None else free_list.mapped(titles, keys)
    return rows[titles.place][0], free_list.read_list(rows, titles, merged)
