"""A list as schools keep it in a workbook: rows under titles, read in a confined process, and everything said that was
not taken: hidden rows, columns and sheets, further lists, struck out texts, notes, columns nobody knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core import signing

from departments.importing.reading import squeezed, tidy
from riskcontrol.paper.excel_reading import read_workbook
from riskcontrol.processes.confined import RefusedError, confined
from riskpoints.importing import seeing

# The titles stand in one of the first rows; a preview is good for a week.
TITLES_WITHIN = 10
GOOD_FOR = 7 * 24 * 3600
NAME_LENGTH = 100


@dataclass(frozen=True)
class ListKind:
    """What is expected: the key of each column by its title (squeezed), and which of them make a row the titles;
    titles that are passed over, sheets of our own that hold no list, columns that make no row by themselves (`beside`);
    what is said where it doesn't fit."""

    titles: Mapping[str, str]
    needed: frozenset[str]
    most_rows: int
    unknown: str
    empty: str
    too_many: str
    passed_over: frozenset[str] = frozenset()
    own_sheets: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SentList:
    """A workbook as words: its name, its rows as (number, words by column), the cells that can't be read as (row,
    column, what is wrong), and what was not taken."""

    name: str
    rows: list[tuple[int, dict[str, str]]]
    faults: list[tuple[int, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(content: bytes, name: str, kind: ListKind) -> SentList:
    """What a workbook says. RefusedError with words for its sender."""
    found: SentList | None = None
    notes: list[str] = []
    for sheet in confined(read_workbook, content):
        called = f"工作表“{sheet['name']}”"
        if not sheet["rows"] or sheet["name"] in kind.own_sheets:
            continue
        if sheet["hidden"]:
            notes.append(f"{called}是隐藏的，没有读取。要导入，请先取消隐藏。")
            continue
        seen = seeing.visible(sheet)
        place = _titles_of(seen["rows"], kind)
        if place is None:
            notes.append(f"{called}没有要找的标题，没有读取。")
        elif found is not None and found.rows:
            notes.append(f"{called}里也有内容，没有读取。请合到一张表里，或分开上传。")
        else:
            found = _list(sheet, seen, place, kind)
    if found is None:
        raise RefusedError(kind.unknown)
    if not found.rows:
        raise RefusedError(kind.empty)
    if len(found.rows) > kind.most_rows:
        raise RefusedError(kind.too_many)
    plain = "".join(character for character in name if character.isprintable())[-NAME_LENGTH:]
    return SentList(plain, found.rows, found.faults, [*found.notes, *notes])


def _titles_of(rows: Sequence[Any], kind: ListKind) -> int | None:
    for place, (_, cells) in enumerate(rows[:TITLES_WITHIN]):
        if kind.needed <= {kind.titles.get(squeezed(cell)) for cell in cells}:
            return place
    return None


def _list(sheet: Mapping[str, Any], seen: Mapping[str, Any], place: int, kind: ListKind) -> SentList:
    folded, problems, taken_out = seeing.folded_rows(seen["rows"])
    first, titles = folded[place][0], [squeezed(cell) for cell in folded[place][1]]
    columns = {at: kind.titles[title] for at, title in enumerate(titles) if title in kind.titles}
    rows, strange = [], set()
    for number, cells in folded[place + 1 :]:
        words = {columns[at]: tidy(cell) for at, cell in enumerate(cells) if at in columns and tidy(cell)}
        if words.keys() - kind.beside:
            rows.append((number, words))
        strange |= {at for at, cell in enumerate(cells) if at not in columns and tidy(cell)}
    marks = [mark for mark in seen["marks"] if mark[0] > first and mark[1] in columns]
    faults = [(row, columns[at], text) for row, at, text in _unread(marks)]
    known = {number for number, _ in rows}
    faults += [(row, "", text) for row, text in problems if row in known]
    notes = [*_hidden(sheet, first), *_unknown(strange, titles, kind)]
    notes += [text for row, text in (*taken_out, *seeing.marks_told(marks).notes) if row > first]
    return SentList("", rows, faults, notes)


def _unread(marks: Sequence[Any]) -> list[tuple[int, int, str]]:
    """(row, column, what is wrong) of the cells that say nothing that could be taken."""
    return [(mark[0], mark[1], text) for mark in marks for _, text in seeing.marks_told([mark]).problems]


def _hidden(sheet: Mapping[str, Any], first: int) -> list[str]:
    rows = [row for row in sheet["hidden_rows"] if row > first]
    words = seeing.hidden_words(rows, sheet["hidden_columns"])
    return [f"隐藏的{words}没有读取。要导入，请先取消隐藏（筛选的，请先显示全部）。"] if words else []


def _unknown(strange: set[int], titles: Sequence[str], kind: ListKind) -> list[str]:
    named = [titles[at] if at < len(titles) and titles[at] else f"第 {at + 1} 列" for at in sorted(strange)]
    return [f"“{title}”一栏不认识，没有读取。" for title in named if title not in kind.passed_over]


def sealed(sent: SentList, salt: str) -> str:
    """For the way through the preview: good for a week, and only under this salt (who, for what)."""
    value = {"name": sent.name, "rows": sent.rows, "faults": sent.faults, "notes": sent.notes}
    return signing.dumps(value, salt=salt, compress=True)


def opened(text: str, salt: str) -> SentList | None:
    """What was sealed; None where it is too old, or was sealed for somebody else."""
    try:
        value = signing.loads(text, salt=salt, max_age=GOOD_FOR)
        rows = [(number, words) for number, words in value["rows"]]
        faults = [(row, at, said) for row, at, said in value["faults"]]
    except (signing.BadSignature, ValueError):  # ValueError: sealed by the program of before
        return None
    return SentList(value["name"], rows, faults, value["notes"])
