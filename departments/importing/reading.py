"""From an uploaded workbook to its words: which sheets and columns it has, and what of it was not read."""

import hashlib
from collections.abc import Sequence
from typing import Any

from departments.importing.book import Book, Row
from departments.importing.columns import GUIDE, LISTS, SHEETS, SheetKind
from riskcontrol.confined import RefusedError, confined
from riskcontrol.excel_reading import read_workbook
from riskcontrol.text import folded, stripped

NAME_LENGTH = 100
# The row of titles stands near the top: above it a heading, a note, an empty row.
TITLES_WITHIN = 10
MOST_ROWS = 1500
UNKNOWN = "没有找到可以导入的工作表：要有名为“部门、岗位、人员、任职、角色、领导小组”的工作表。请用下载的模板填写。"
EMPTY = "这些工作表里都没有内容。请填写后再上传。"
NO_TITLES = "“{sheet}”工作表里没有找到标题行：要有“{titles}”。请用下载的模板填写。"
TOO_MANY = f"一次最多导入 {MOST_ROWS} 行。请分几个文件导入。"

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
        if kind is not None:
            _read_sheet(kind, sheet["rows"], book)
        elif title not in (GUIDE, LISTS) and sheet["rows"]:
            book.unread.append(f"工作表“{sheet['name']}”不认识，没有读取。")
    if len(kinds) == len(SHEETS):
        raise RefusedError(UNKNOWN)
    if not any(book.sheets.values()):
        raise RefusedError(EMPTY)
    if sum(map(len, book.sheets.values())) > MOST_ROWS:
        raise RefusedError(TOO_MANY)
    return book


def _read_sheet(kind: SheetKind, rows: Rows, book: Book) -> None:
    place = _titles_of(kind, rows)
    if place is None:
        if rows:
            needed = "、".join(column.title for column in kind.columns if column.is_needed)
            raise RefusedError(NO_TITLES.format(sheet=kind.title, titles=needed))
        return
    titles = [squeezed(cell) for cell in rows[place][1]]
    places = {column: titles.index(column.title) for column in kind.columns if column.title in titles}
    own = set(places.values())
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
        book.unread.append(f"“{kind.title}”工作表的“{title}”一栏不认识，没有读取。")


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
