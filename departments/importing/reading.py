"""From an uploaded workbook to its words: which sheets and columns it has, and what of it was not read."""

import hashlib
from collections.abc import Sequence
from typing import Any

from departments.importing.book import Book, Row
from departments.importing.columns import GUIDE, LISTS, SHEETS, Column, SheetKind
from riskcontrol.paper.excel_reading import read_workbook
from riskcontrol.processes.confined import RefusedError, confined
from riskcontrol.text import folded, stripped

NAME_LENGTH = 100
# The row of titles stands near the top: above it a heading, a note, an empty row.
TITLES_WITHIN = 10
MOST_ROWS = 1500
UNKNOWN = "没有找到可以导入的工作表：要有名为“部门、岗位、人员、任职、角色、领导小组”的工作表。请用下载的模板填写。"
EMPTY = "这些工作表里都没有内容。请填写后再上传。"
NO_TITLES = "“{sheet}”工作表里没有找到标题行：要有“{titles}”。请用下载的模板填写。"
TOO_MANY = f"一次最多导入 {MOST_ROWS} 行。请分几个文件导入。"

# What a cell shows otherwise than can be read: it has to be typed.
NOT_READ = {
    "formula": "这一格是没有算出结果的公式，请直接填写。",
    "format": "这一格的显示格式不认识，请直接填写。",
}

Rows = Sequence[Any]


def read(content: bytes, name: str) -> Book:
    """What a workbook says, read in a confined process. RefusedError with words for its sender."""
    plain = "".join(character for character in name if character.isprintable())[-NAME_LENGTH:]
    return read_sheets(confined(read_workbook, content), plain, hashlib.sha256(content).hexdigest())


def read_sheets(sheets: Sequence[dict[str, Any]], name: str, sha256: str) -> Book:
    """The content of the sheets that are ours; others are named, none is dropped in silence."""
    book, kinds = Book(name, sha256), {kind.title: kind for kind in SHEETS}
    for sheet in sheets:
        title = squeezed(sheet["name"])
        kind = kinds.pop(title, None)
        if kind is not None and not sheet["hidden"]:
            _read_sheet(kind, sheet, book)
        elif sheet["rows"] and kind is not None:
            book.notes.append(f"“{kind.title}”工作表是隐藏的，没有读取。要导入它，请取消隐藏后重新上传。")
        elif sheet["rows"] and title not in (GUIDE, LISTS):
            book.notes.append(f"工作表“{sheet['name']}”不认识，没有读取。")
    if len(kinds) == len(SHEETS):
        raise RefusedError(UNKNOWN)
    if not any(book.sheets.values()):
        raise RefusedError(EMPTY)
    if sum(map(len, book.sheets.values())) > MOST_ROWS:
        raise RefusedError(TOO_MANY)
    return book


def _read_sheet(kind: SheetKind, sheet: dict[str, Any], book: Book) -> None:
    rows: Rows = sheet["rows"]
    place = _titles_of(kind, rows)
    if place is None:
        if rows:
            needed = "、".join(column.title for column in kind.columns if column.is_needed)
            raise RefusedError(NO_TITLES.format(sheet=kind.title, titles=needed))
        return
    titles = [squeezed(cell) for cell in rows[place][1]]
    places = {column: titles.index(column.title) for column in kind.columns if column.title in titles}
    own = set(places.values())
    _fill_merged(rows, sheet["merged"], first=rows[place][0] + 1)
    found, above, strange = [], dict[str, str](), set[int]()
    for number, cells in rows[place + 1 :]:
        words = {column.name: text for column, at in places.items() if at < len(cells) and (text := tidy(cells[at]))}
        strange |= {at for at, cell in enumerate(cells) if at not in own and tidy(cell)}
        if not words:
            continue
        for column in kind.columns:
            if column.goes_down:
                words.setdefault(column.name, above.get(column.name, ""))
                above[column.name] = words[column.name]
        found.append(Row(number, {name: text for name, text in words.items() if text}))
    book.sheets[kind.name] = found
    for at in sorted(strange):
        title = titles[at] if at < len(titles) and titles[at] else f"第 {at + 1} 列"
        book.notes.append(f"“{kind.title}”工作表的“{title}”一栏不认识，没有读取。")
    _tell(kind, sheet, {at: column for column, at in places.items()}, {row.number for row in found}, book)


def _fill_merged(rows: Rows, areas: Sequence[Sequence[int]], *, first: int) -> None:
    """A merged cell is seen in each of its rows."""
    by_number = dict(rows)
    for top, left, bottom, _ in areas:
        text = by_number[top][left] if top >= first and left < len(by_number.get(top, ())) else ""
        for number in range(top + 1, bottom + 1) if text else ():
            cells = by_number.get(number)
            if cells is None:
                continue
            cells.extend([""] * (left + 1 - len(cells)))
            cells[left] = cells[left] or text


def _tell(kind: SheetKind, sheet: dict[str, Any], columns: dict[int, Column], numbers: set[int], book: Book) -> None:
    """What a reader of the sheet sees otherwise: hidden rows and columns, cells that say nothing, words struck out."""
    hidden = [str(number) for number in sheet["hidden_rows"] if number in numbers]
    if hidden:
        book.notes.append(f"“{kind.title}”工作表的第 {'、'.join(hidden[:20])} 行是隐藏的，同样读取了。")
    titles = [columns[at].title for at in sheet["hidden_columns"] if at in columns]
    if titles:
        book.notes.append(f"“{kind.title}”工作表的“{'、'.join(titles)}”一栏是隐藏的，同样读取了。")
    for number, at, mark, text in sheet["marks"]:
        if at not in columns or number not in numbers:
            continue
        if mark in NOT_READ:
            book.faults.append([kind.name, number, columns[at].name, NOT_READ[mark]])
        else:
            what = {"struck": "有删除线的文字", "comment": "批注"}[mark]
            where = f"“{kind.title}”工作表第 {number} 行“{columns[at].title}”"
            book.notes.append(f"{where}的{what}没有读取：{text[:40]}")


def _titles_of(kind: SheetKind, rows: Rows) -> int | None:
    """The place of the row that has all titles without which nothing can be read."""
    for place, (_, cells) in enumerate(rows[:TITLES_WITHIN]):
        if kind.needed_titles <= {squeezed(cell) for cell in cells}:
            return place
    return None


def squeezed(text: str) -> str:
    """A title without blanks, in plain width, without the mark of what has to be filled in."""
    return folded(text).strip("*")


def tidy(text: str) -> str:
    """A cell without what nobody sees around it, full-width blanks included; its line breaks stay."""
    return stripped("\n".join(stripped(line) for line in text.splitlines()))
