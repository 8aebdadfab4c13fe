"""The tables of a piece of HTML while they are read: cells, where they lie, and the lines of their texts."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from riskcontrol.paper.cell_text import INNER, safe_text
from riskcontrol.processes.confinement import RefusedError

MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 3_000, 40, 600_000

NO_TABLE = "粘贴的内容里没有表格。请在 Word、WPS 或 Excel 里选中整张表，复制后再粘贴。"
TOO_LONG = "粘贴的内容太多。请一次只粘贴一张防控表，或改为选择文件。"
_SPACE = re.compile(r"[ \t\r\n\f]+")
# Where a text breaks, while the white space of the source still stands in it.
BREAKS = {"\n": "\x01", "\v": "\x02"}
_MARKS = re.compile("[\x01\x02]")
_BEGINS_ITEM = re.compile(r"\s*(?:\d{1,3}[.．、]|[（(]\d{1,3}[)）]|[\u2460-\u2473])")


def sheet_of(number: int, rows: list[Any], **facts: Any) -> dict[str, Any]:
    """A table as riskcontrol.paper.excel_reading gives a sheet."""
    empty: dict[str, Any] = {"hidden_rows": [], "hidden_columns": [], "merged": [], "marks": [], "around": []}
    return {"name": f"表格 {number}", "hidden": False, "table": True, "rows": rows} | empty | facts


@dataclass
class OpenCell:
    """A cell as it is read: its pieces of text, and those that are struck out or hidden."""

    row_span: int
    column_span: int
    pieces: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


@dataclass
class OpenTable:
    """A table as it is read; columns are counted by its <col>."""

    rows: list[tuple[int, bool, list[OpenCell]]] = field(default_factory=list)  # (number, is it hidden, cells)
    hidden_columns: set[int] = field(default_factory=set)
    columns: int = 0


def placed(table: OpenTable) -> dict[str, Any]:
    """The rows with their cells in columns, with what is merged, hidden and struck out."""
    taken: set[tuple[int, int]] = set()
    rows: list[Any] = []
    merged, marks, hidden = [], [], []
    last = table.rows[-1][0] if table.rows else 0
    for number, is_hidden, cells in table.rows:
        texts: list[str] = []
        at = 0
        for cell in cells:
            while (number, at) in taken:
                at += 1
            below, right = min(number + cell.row_span - 1, last), at + cell.column_span - 1
            if right >= MOST_COLUMNS:
                raise RefusedError(TOO_LONG)
            taken |= {(row, column) for row in range(number, below + 1) for column in range(at, right + 1)}
            if below > number or right > at:
                merged.append([number, at, below, right])
            texts += [""] * (at + 1 - len(texts))
            texts[at] = safe_text(lines_of(cell.pieces))
            for kind, words in (("struck", "".join(cell.struck)), ("hidden", "".join(cell.hidden))):
                if words.strip():
                    marks.append([number, at, kind, safe_text(words).strip()[:200]])
        while texts and not texts[-1].strip():
            texts.pop()
        if texts:
            rows.append([number, texts])
            hidden += [number] if is_hidden else []
    columns = sorted(table.hidden_columns)
    return {"rows": rows, "merged": merged, "marks": marks, "hidden_rows": hidden, "hidden_columns": columns}


def lines_of(pieces: list[str]) -> str:
    """The lines of a cell; one that was broken inside of a paragraph (\\v) goes on with its text."""
    marked = (BREAKS[piece] if piece in BREAKS else _MARKS.sub("", piece) for piece in pieces)
    found = []
    for line in collapsed("".join(marked)).split(BREAKS["\n"]):
        parts = [part.strip(" ") for part in line.split(BREAKS["\v"])]
        for place, part in enumerate(parts[:-1]):
            parts[place] = part if not part or _BEGINS_ITEM.match(parts[place + 1]) else part + INNER
        whole = "\n".join(parts).strip("\n ")
        if whole.strip():
            found.append(whole)
    return "\n".join(found)


def collapsed(text: str) -> str:
    """White space of the source as one space, and as none where a line of Chinese was broken."""

    def one(found: re.Match[str]) -> str:
        before, after = text[: found.start()][-1:], text[found.end() :][:1]
        is_break = "\n" in found[0] and _is_wide(before) and _is_wide(after)
        return "" if is_break else " "

    return _SPACE.sub(one, text)


def _is_wide(character: str) -> bool:
    return bool(character) and unicodedata.east_asian_width(character) in "WF"
