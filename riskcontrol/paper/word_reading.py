"""Word documents that people send, their tables as rows of plain texts: for a confined process only.

python-docx, which writes ours, gives no cell's struck or hidden text and no automatic number; what is read here is the
document's own XML (ECMA-376 part 1, 17.4), with defusedxml.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from defusedxml import ElementTree

from riskcontrol.paper.cell_text import INNER, safe_text
from riskcontrol.paper.packages import Package, check
from riskcontrol.paper.word_numbers import Numbering, W
from riskcontrol.processes.confinement import RefusedError

MOST_TABLES, MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 60, 3_000, 40, 600_000
# Columns of a grid nearer to each other than 1.5 mm are one that was not drawn exactly (twentieths of a point).
NARROWEST = 85

NO_DOCUMENT = "这不是 Word 的 .docx 文件。请用 Word 或 WPS 打开，另存为 .docx 后再上传。"
OLD = "这是旧版的 .doc 或 .wps 文件，或者设了打开密码。请用 Word 或 WPS 打开，取消密码，另存为 .docx 后再上传。"
DAMAGED = "这个文件已经损坏。请用 Word 或 WPS 打开，另存为 .docx 后再上传。"
MACROS = "这个文件带有宏。请另存为不带宏的 .docx 后再上传。"
NO_TABLE = "这个 Word 文档里没有表格。请把风险点写在表格里，另存后再上传。"
TOO_LONG = "这个文件的文字太多。请只留下一张防控表，另存后再上传。"
DOCUMENT = Package(other=NO_DOCUMENT, old=OLD, damaged=DAMAGED, macros=MACROS, links=DAMAGED)
_BEGINS_ITEM = re.compile(r"\s*(?:\d{1,3}[.．、]|[（(]\d{1,3}[)）]|[\u2460-\u2473])")
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_PICTURES = {f"{W}drawing", f"{W}pict", f"{W}object", "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
             "AlternateContent"}  # fmt: skip


def read_document(content: bytes) -> list[dict[str, Any]]:
    """The tables as riskcontrol.paper.excel_reading gives sheets, with "table": True and the texts "around" each.

    Rows are counted through the whole document. Marks are of the kinds struck, hidden, comment and picture.
    """
    check(content, DOCUMENT)
    try:
        return _Document(content).sheets()
    except (RefusedError, MemoryError):
        raise
    except Exception as error:  # whatever a broken file brings out of the XML
        raise RefusedError(DAMAGED) from error


@dataclass
class _Told:
    """What a cell says besides its text: (kind, words)."""

    found: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, text: str) -> None:
        words = safe_text(text).strip()
        if words:
            self.found.append((kind, words[:200]))


class _Document:
    def __init__(self, content: bytes) -> None:
        with ZipFile(BytesIO(content)) as package:
            parts = {name.casefold(): name for name in package.namelist()}

            def part(name: str) -> Any | None:
                found = parts.get(f"word/{name}.xml")
                if not found:
                    return None
                return ElementTree.fromstring(package.read(found).replace(_STRICT, W[1:-1].encode()))

            self.body = part("document").find(f"{W}body")  # type: ignore[union-attr]
            self.numbering = Numbering(part("numbering"), part("styles"))
            comments = part("comments")
        self.comments = (
            {item.get(f"{W}id"): _plain_text(item) for item in comments.iter(f"{W}comment")}
            if comments is not None
            else {}
        )
        self.row, self.length = 0, 0

    def sheets(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        around: list[str] = []
        for block in _blocks(self.body):
            if block.tag == f"{W}tbl":
                found.append(self._table(block, len(found) + 1, around))
                around = []
            elif words := self._paragraph(block, _Told()).strip():
                around.append(safe_text(words))
            if len(found) > MOST_TABLES:
                raise RefusedError(f"这个文件有 {MOST_TABLES} 张以上的表格。请只留下要导入的，另存后再上传。")
        if not found:
            raise RefusedError(NO_TABLE)
        found[-1]["around"] += around
        return found

    def _table(self, table: Any, number: int, around: list[str]) -> dict[str, Any]:
        reader = _Table(self, table)
        for row in _within(table, f"{W}tr"):
            self.row += 1
            if self.row > MOST_ROWS:
                raise RefusedError(f"最多读 {MOST_ROWS} 行表格。请分几个文件导入。")
            reader.read(row, self.row)
        return {
            "name": f"表格 {number}",
            "hidden": False,
            "table": True,
            "rows": [[number, texts] for number, texts in reader.rows if texts],
            "hidden_rows": reader.hidden,
            "hidden_columns": [],
            "merged": reader.areas(),
            "marks": reader.marks,
            "around": list(around),
        }

    def cell(self, cell: Any, told: _Told) -> str:
        """The text of a cell: a line for each paragraph, and for each row of a table inside of it."""
        lines = []
        for block in _blocks(cell):
            if block.tag == f"{W}tbl":
                for row in _within(block, f"{W}tr"):
                    lines.append("　".join(self.cell(inner, told) for inner in _within(row, f"{W}tc")))
            else:
                lines.append(self._paragraph(block, told))
        text = safe_text("\n".join(lines))
        self.length += len(text)
        if self.length > MOST_CHARACTERS:
            raise RefusedError(TOO_LONG)
        return text

    def _paragraph(self, paragraph: Any, told: _Told) -> str:
        text = "".join(self._runs(paragraph, told))
        number = self.numbering.before(paragraph) if text.strip() else ""
        lines = text.split("\v")
        for place, line in enumerate(lines[:-1]):
            # A line break inside of a paragraph belongs to its text, unless the next line is counted.
            lines[place] = line + ("" if _BEGINS_ITEM.match(lines[place + 1]) else INNER)
        return number + "\n".join(lines)

    def _runs(self, parent: Any, told: _Told) -> Iterator[str]:
        for child in parent:
            if child.tag == f"{W}r":
                yield self._run(child, told)
            elif child.tag in (f"{W}del", f"{W}moveFrom"):
                told.add("struck", _plain_text(child))
            elif child.tag in _PICTURES:
                told.add("picture", _plain_text(child) or "图片")
            elif child.tag not in (f"{W}pPr", f"{W}rPr"):
                yield from self._runs(child, told)

    def _run(self, run: Any, told: _Told) -> str:
        text = "".join(self._pieces(run, told))
        facts = run.find(f"{W}rPr")
        if facts is None:
            return text
        for name, kind in (("strike", "struck"), ("dstrike", "struck"), ("vanish", "hidden")):
            if _is_on(facts.find(f"{W}{name}")):
                told.add(kind, text.replace("\v", " "))
                return ""
        return text

    def _pieces(self, run: Any, told: _Told) -> Iterator[str]:
        for piece in run:
            if piece.tag == f"{W}t":
                yield (piece.text or "").replace("\n", " ")
            elif piece.tag in (f"{W}tab", f"{W}ptab"):
                yield " "
            elif piece.tag in (f"{W}br", f"{W}cr"):
                yield "\v"
            elif piece.tag == f"{W}noBreakHyphen":
                yield "-"
            elif piece.tag == f"{W}commentReference":
                told.add("comment", self.comments.get(piece.get(f"{W}id"), ""))
            elif piece.tag in _PICTURES:
                told.add("picture", _plain_text(piece) or "图片")


class _Table:
    """The cells of one table in the columns of its grid."""

    def __init__(self, document: _Document, table: Any) -> None:
        self.document = document
        self.places = _places(table.find(f"{W}tblGrid"))
        self.rows: list[tuple[int, list[str]]] = []
        self.hidden: list[int] = []
        self.marks: list[list[Any]] = []
        self._merged: list[list[int]] = []
        self._open: dict[int, list[int]] = {}  # the area that a cell below may go on with, by its first column

    def read(self, row: Any, number: int) -> None:
        """Take one row."""
        facts = row.find(f"{W}trPr")
        at = int(_value_of(facts, "gridBefore") or 0)
        texts: list[str] = []
        begun: dict[int, list[int]] = {}
        for cell in _within(row, f"{W}tc"):
            span = int(_value_of(cell.find(f"{W}tcPr"), "gridSpan") or 1)
            first, last = self._place(at), self._place(at + span) - 1
            at += span
            if last >= MOST_COLUMNS:
                raise RefusedError(f"第 {number} 行超过 {MOST_COLUMNS} 列。请删去不用的列，另存后再上传。")
            told = _Told()
            text = self.document.cell(cell, told)
            self.marks += [[number, first, kind, words] for kind, words in told.found]
            texts += [""] * (first + 1 - len(texts))
            texts[first] = f"{texts[first]}\n{text}" if texts[first].strip() else text
            self._merge(cell, number, first, max(first, last), begun)
        self._open = begun
        if facts is not None and facts.find(f"{W}del") is not None:
            self.marks.append([number, 0, "struck", "　".join(filter(None, texts))[:200]])
            texts = []
        if facts is not None and _is_on(facts.find(f"{W}hidden")):
            self.hidden.append(number)
        while texts and not texts[-1].strip():
            texts.pop()
        self.rows.append((number, texts))

    def _merge(self, cell: Any, number: int, first: int, last: int, begun: dict[int, list[int]]) -> None:
        facts = cell.find(f"{W}tcPr")
        merge = None if facts is None else facts.find(f"{W}vMerge")
        goes_on = merge is not None and merge.get(f"{W}val", "continue") == "continue"
        if goes_on and first in self._open:
            begun[first] = self._open[first]
            begun[first][2] = number
        elif merge is not None or last > first:
            area = [number, first, number, last]
            self._merged.append(area)
            if merge is not None:
                begun[first] = area

    def _place(self, column: int) -> int:
        """The place of a column of the grid; beyond it, a place for each."""
        known = len(self.places) - 1
        return self.places[column] if column <= known else self.places[known] + column - known

    def areas(self) -> list[list[int]]:
        """The areas of more than one cell."""
        return [area for area in self._merged if area[0] < area[2] or area[1] < area[3]]


def _places(grid: Any | None) -> list[int]:
    """The place of each column of the grid, and the one behind the last: those as good as none share their place."""
    found, place = [0], 0
    for column in grid if grid is not None else ():
        width = column.get(f"{W}w") or ""
        place += not (width.isdigit() and 0 < int(width) < NARROWEST)
        found.append(place)
    return found


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables, whatever they are wrapped in."""
    for child in parent:
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag not in (f"{W}sectPr", f"{W}tcPr", f"{W}sdtPr"):
            yield from _blocks(child)


def _within(parent: Any, tag: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, whatever they are wrapped in, but not those of a table inside."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag not in (f"{W}tc", f"{W}p", f"{W}tbl"):
            yield from _within(child, tag)


def _value_of(facts: Any | None, name: str) -> str:
    child = None if facts is None else facts.find(f"{W}{name}")
    return "" if child is None else child.get(f"{W}val", "")


def _is_on(flag: Any | None) -> bool:
    return flag is not None and flag.get(f"{W}val", "true") not in ("0", "false", "off")


def _plain_text(element: Any) -> str:
    """Every text in it, deleted ones included; that of a picture's fallback only once."""
    return "".join(item.text or "" for item in element.iter() if item.tag in (f"{W}t", f"{W}delText"))
