"""Tables as Word, WPS, Excel and LibreOffice put them on the clipboard, as rows of plain texts.

For a confined process only. Nothing of the HTML is ever shown or run: its texts are taken, and what a reader sees of
them: merged cells, lines, the numbers of lists, what is struck out or hidden.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from riskcontrol.paper.html_tables import (
    MOST_CHARACTERS,
    MOST_COLUMNS,
    MOST_ROWS,
    NO_TABLE,
    TOO_LONG,
    OpenCell,
    OpenTable,
    collapsed,
    lines_of,
    placed,
    sheet_of,
)
from riskcontrol.processes.confinement import RefusedError

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr"}
)
_BLOCKS = frozenset({"p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "dd", "dt", "pre"})
_STRUCK = frozenset({"s", "strike", "del"})
_UNSEEN = frozenset({"rt", "comment", "template"})
_SKIPPED = frozenset({"script", "title", "head", "xml"})
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_FIGURES = re.compile(r"\s*0*([0-9]+)\s*")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_MARKER = re.compile(r"[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[A-Za-z]{1,4})[.．、)）]|[\u2460-\u2473]")


def read_html(content: bytes) -> list[dict[str, Any]]:
    """The tables in a piece of HTML (UTF-8), as riskcontrol.paper.word_reading gives those of a document."""
    parser = _Parser()
    parser.feed(content.decode(errors="replace"))
    parser.close()
    parser.end()
    if not parser.sheets:
        raise RefusedError(NO_TABLE)
    parser.sheets[-1]["around"] += parser.around
    return parser.sheets


@dataclass(frozen=True)
class _Open:
    """An element that is open, and what holds for the text in it."""

    tag: str
    is_struck: bool = False
    is_hidden: bool = False
    is_marker: bool = False  # the number or bullet that Word writes before a paragraph of a list


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sheets: list[dict[str, Any]] = []
        self.around: list[str] = []
        self.open: list[_Open] = []
        self.lists: list[int | None] = []  # the next number of each open list; None without numbers
        self.styles: dict[str, tuple[bool, bool]] = {}  # (struck, hidden) by class
        self.table: OpenTable | None = None
        self.cell: OpenCell | None = None
        self.depth = 0  # of tables in a cell
        self.outside: list[str] = []
        self.row = self.length = 0
        self.marker = ""  # the number of a list's item, on its way to the text

    # ---- elements ------------------------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "br":
            self._add("\v" if any(item.tag == "p" for item in self.open) else "\n")
        elif tag == "col":
            self._column(given)
        if tag in _VOID:
            return
        if tag == "table":
            self._begin_table()
        elif tag == "tr" and not self.depth:
            self._begin_row(given)
        elif tag in ("td", "th"):
            self._begin_cell(given)
        elif tag in ("ol", "ul"):
            self.lists.append(_count(given.get("start"), 1, 9999) if tag == "ol" else None)
        elif tag in _BLOCKS or tag == "tr":
            self._add("\n")
        self._push(tag, given)
        if tag == "li" and self.lists and self.lists[-1] is not None:
            self.marker = f"{self.lists[-1]}."
            self.lists[-1] += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or tag not in [item.tag for item in self.open]:
            return
        while self.open.pop().tag != tag:
            pass
        if tag == "table":
            self._end_table()
        elif tag in ("td", "th") and not self.depth:
            self.cell = None
        elif tag in ("ol", "ul") and self.lists:
            self.lists.pop()
        elif tag in _BLOCKS:
            self._add("\n")

    def handle_data(self, data: str) -> None:
        state = self.open[-1] if self.open else _Open("")
        if state.tag == "style":
            self._read_styles(data)
        if state.tag == "style" or any(item.tag in _SKIPPED for item in self.open):
            return
        self.length += len(data)
        if self.length > MOST_CHARACTERS:
            raise RefusedError(TOO_LONG)
        if state.is_marker and not _MARKER.match(data.strip()):
            data = ""  # a bullet, or the space behind a number
        if self.marker and data.strip():
            self._add(self.marker)
            self.marker = ""
        if self.cell is not None and (state.is_hidden or state.is_struck) and data.strip():
            (self.cell.hidden if state.is_hidden else self.cell.struck).append(collapsed(data))
        elif not state.is_hidden:
            self._add(data)

    def _push(self, tag: str, given: dict[str, str]) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close_optional(tag)
        above = self.open[-1] if self.open else _Open("")
        style = _squeezed(given.get("style", ""))
        struck, hidden = _facts(style)
        for name in given.get("class", "").split():
            of_class = self.styles.get(name, (False, False))
            struck, hidden = struck or of_class[0], hidden or of_class[1]
        self.open.append(
            _Open(
                tag,
                above.is_struck or struck or tag in _STRUCK,
                # A hidden row is one that can be chosen; a hidden piece of a text is only told.
                above.is_hidden or (tag not in ("tr", "table") and (hidden or "hidden" in given)) or tag in _UNSEEN,
                above.is_marker or "mso-list:ignore" in style,
            )
        )

    def _close_optional(self, tag: str) -> None:
        """End tags of cells and rows may be left out (HTML 13.1.2.4)."""
        ends = {"td": ("td", "th"), "th": ("td", "th"), "tr": ("td", "th", "tr"), "table": ()}[tag]
        while any(item.tag in ends for item in self._inner()):
            self.open.pop()

    def _inner(self) -> list[_Open]:
        """What is open in the innermost table."""
        tables = [place for place, item in enumerate(self.open) if item.tag == "table"]
        return self.open[tables[-1] + 1 :] if tables else []

    def _read_styles(self, text: str) -> None:
        for names, rules in _RULE.findall(text):
            facts = _facts(_squeezed(rules))
            if any(facts):
                self.styles |= dict.fromkeys(re.findall(r"\.([\w-]+)", names), facts)

    # ---- tables --------------------------------------------------------------------------------------------------

    def _begin_table(self) -> None:
        if self.cell is not None:
            self.depth += 1
            return
        self._end_outside()
        self.table = OpenTable()

    def _end_table(self) -> None:
        if self.depth:
            self.depth -= 1
            return
        if self.table is not None:
            plain = placed(self.table)
            if plain["rows"]:
                self.sheets.append(sheet_of(len(self.sheets) + 1, **plain, around=self.around))
                self.around = []
        self.table = self.cell = None

    def _begin_row(self, given: dict[str, str]) -> None:
        self.cell = None
        if self.table is None:
            return
        self.row += 1
        if self.row > MOST_ROWS:
            raise RefusedError(TOO_LONG)
        self.table.rows.append((self.row, _facts(_squeezed(given.get("style", "")))[1] or "hidden" in given, []))

    def _begin_cell(self, given: dict[str, str]) -> None:
        if self.depth:
            self._add("　")
            return
        if self.table is None:
            return
        if not self.table.rows:
            self._begin_row({})
        rows, columns = _count(given.get("rowspan"), 1, MOST_ROWS), _count(given.get("colspan"), 1, MOST_COLUMNS)
        self.cell = OpenCell(rows, columns)
        self.table.rows[-1][2].append(self.cell)

    def _column(self, given: dict[str, str]) -> None:
        if self.table is None:
            return
        first, span = self.table.columns, _count(given.get("span"), 1, MOST_COLUMNS)
        self.table.columns += span
        if _facts(_squeezed(given.get("style", "")))[1] or given.get("width") == "0":
            self.table.hidden_columns |= set(range(first, min(first + span, MOST_COLUMNS)))

    # ---- texts ---------------------------------------------------------------------------------------------------

    def _add(self, text: str) -> None:
        (self.outside if self.cell is None else self.cell.pieces).append(text)

    def _end_outside(self) -> None:
        found = lines_of(self.outside)
        self.around += [line for line in found.split("\n") if line.strip()]
        self.outside = []

    def end(self) -> None:
        """Take what was left open."""
        if self.table is not None:
            self.depth = 0
            self._end_table()
        self._end_outside()


def _squeezed(style: str) -> str:
    return _SPACE.sub("", style).lower()


def _facts(style: str) -> tuple[bool, bool]:
    """(struck out, hidden) by a style without spaces."""
    struck = re.search(r"text-decoration(?:-line)?:[^;]*line-through", style)
    return bool(struck), "display:none" in style or "mso-hide:all" in style


def _count(text: str | None, least: int, most: int) -> int:
    found = _FIGURES.fullmatch(text or "")
    return min(max(int(found[1][:7]), least), most) if found else least
