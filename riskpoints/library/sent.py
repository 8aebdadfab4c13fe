"""From an uploaded workbook to its words, and their way from the preview to the saving, sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core import signing

from departments.importing.reading import squeezed, tidy
from departments.models import User
from riskcontrol.paper.excel_reading import read_workbook
from riskcontrol.processes.confined import RefusedError, confined
from riskpoints.library.workbook import COLUMNS, LISTS

TITLES_WITHIN, MOST_ROWS = 10, 1000
GOOD_FOR = 7 * 24 * 3600
UNKNOWN = "没有找到“典型风险库”的表：标题行要有“领域、风险类别、风险点”。请用导出的文件填写。"
EMPTY = "表里没有内容。请填写后再上传。"
TOO_MANY = f"一次最多导入 {MOST_ROWS} 行。请分几个文件导入。"
NEEDED = frozenset(column.title for column in COLUMNS if column.is_needed)
TITLES = {column.title: column.name for column in COLUMNS}


@dataclass(frozen=True)
class Sent:
    """A workbook as words: its name, its rows as (number, words by column), the cells that can't be read."""

    name: str
    rows: list[tuple[int, dict[str, str]]]
    notes: list[str] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)


def read(content: bytes, name: str) -> Sent:
    """What a workbook says, read in a confined process. RefusedError with words for its sender."""
    plain = "".join(character for character in name if character.isprintable())[-100:]
    notes: list[str] = []
    for sheet in confined(read_workbook, content):
        place = _titles_of(sheet["rows"])
        if place is None:
            if sheet["rows"] and sheet["name"] != LISTS:
                notes.append(f"工作表“{sheet['name']}”不认识，没有读取。")
            continue
        sent = _rows(sheet, place, plain, notes)
        if not sent.rows:
            raise RefusedError(EMPTY)
        if len(sent.rows) > MOST_ROWS:
            raise RefusedError(TOO_MANY)
        return sent
    raise RefusedError(UNKNOWN)


def _titles_of(rows: Sequence[Any]) -> int | None:
    for place, (_, cells) in enumerate(rows[:TITLES_WITHIN]):
        if {squeezed(title) for title in NEEDED} <= {squeezed(cell) for cell in cells}:
            return place
    return None


def _rows(sheet: Mapping[str, Any], place: int, name: str, notes: list[str]) -> Sent:
    known = {squeezed(title): column for title, column in TITLES.items()}
    titles = [squeezed(cell) for cell in sheet["rows"][place][1]]
    columns = {at: known[title] for at, title in enumerate(titles) if title in known}
    rows: list[tuple[int, dict[str, str]]] = []
    strange: set[int] = set()
    for number, cells in sheet["rows"][place + 1 :]:
        words = {columns[at]: tidy(cell) for at, cell in enumerate(cells) if at in columns and tidy(cell)}
        strange.update(at for at, cell in enumerate(cells) if at not in columns and tidy(cell))
        if words:
            rows.append((number, words))
    for at in sorted(strange):
        title = titles[at] if at < len(titles) and titles[at] else f"第 {at + 1} 列"
        notes.append(f"“{title}”一栏不认识，没有读取。")
    faults = [
        (number, columns[at])
        for number, at, mark, _ in sheet["marks"]
        if mark in ("formula", "format") and at in columns
    ]
    return Sent(name, rows, notes, faults)


def sealed(sent: Sent, user: User) -> str:
    """Good for this person only, for a week."""
    value = {"name": sent.name, "rows": sent.rows, "notes": sent.notes, "faults": sent.faults}
    return signing.dumps(value, salt=f"library.import:{user.pk}", compress=True)


def opened(text: str, user: User) -> Sent | None:
    """What was sealed; None where it is too old, or was sealed for somebody else."""
    try:
        value = signing.loads(text, salt=f"library.import:{user.pk}", max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    rows = [(number, words) for number, words in value["rows"]]
    return Sent(value["name"], rows, value["notes"], [(number, column) for number, column in value["faults"]])
