"""What a person sees of a sheet and what not: hidden rows, unseen characters, struck text, empty formulas."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from riskcontrol.text import DIRECTIONS, is_kept_unseen, unseen
from riskpoints.documents import wording

Told = list[tuple[int, str]]
CellName = Callable[[int, int], str]
# What the printed forms say outside of their tables.
FORM_NOTES = frozenset(
    f"{number}{text}" for number, text in (*wording.SCHOOL_NOTES, *wording.DEPARTMENT_NOTES)
)  # fmt: skip
FORM_WORDS = (wording.DEPARTMENT_ANNEX, "附件2", wording.DEPARTMENT_SIGNER, wording.SCHOOL_SIGNER, wording.NOTES)
NOT_TAKEN = {"struck": "里划掉的文字", "hidden": "里隐藏的文字", "picture": "里的图片"}
FORMULA = "是公式，文件里没有存计算结果。请在 WPS 或 Excel 里打开、保存后再上传，或改成文字。"


@dataclass
class Marks:
    """What the marks of a sheet say, by row."""

    problems: Told = field(default_factory=list)
    notes: Told = field(default_factory=list)


def visible(sheet: dict[str, Any]) -> dict[str, Any]:
    """The sheet without its hidden rows, and with nothing in its hidden columns."""
    rows, columns = set(sheet.get("hidden_rows", [])), set(sheet.get("hidden_columns", []))
    if not rows and not columns:
        return sheet
    left = [
        [number, ["" if column in columns else text for column, text in enumerate(cells)]]
        for number, cells in sheet["rows"]
        if number not in rows
    ]
    marks = [mark for mark in sheet.get("marks", []) if mark[0] not in rows and mark[1] not in columns]
    return sheet | {"rows": left, "marks": marks}


def hidden_words(rows: Sequence[int], columns: Sequence[int]) -> str:
    """第 3、4 行，I 列."""
    parts = [f"第 {'、'.join(map(str, rows))} 行"] if rows else []
    if columns:
        parts.append(f"{'、'.join(map(letter, columns))} 列")
    return "，".join(parts)


def cell_of_sheet(row: int, column: int) -> str:
    """A cell as a workbook names it: C7 格."""
    return f"{letter(column)}{row} 格"


def cell_of_table(row: int, column: int) -> str:
    """A cell of a table in a text, whose columns have no letters; its row is said before it."""
    return f"第 {column + 1} 列"


def folded_rows(rows: Sequence[Any], named: CellName = cell_of_sheet) -> tuple[list[Any], Told, Told]:
    """The rows without characters that nobody sees, what has to be mended, and what was taken out."""
    problems: Told = []
    notes: Told = []
    found = []
    for number, cells in rows:
        texts = []
        for column, text in enumerate(cells):
            plain, taken, wrong = _folded(text)
            if wrong:
                problems.append((number, f"{named(number, column)}{wrong}，它会改变文字的次序，请删去后再上传。"))
            if taken:
                notes.append((number, f"{named(number, column)}去掉了看不见的{taken}。"))
            texts.append(plain)
        found.append([number, texts])
    return found, problems, notes


def _folded(text: str) -> tuple[str, str, str]:
    """(text, what was taken out, what can't stay)."""
    if text.isprintable():
        return text, "", ""
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    taken: dict[str, int] = {}
    for place, name in unseen(text):
        character = text[place - 1]
        if character in DIRECTIONS:
            return text, "", f"第 {place} 个字符是{name}"
        if not is_kept_unseen(character):
            taken[name] = taken.get(name, 0) + 1
    plain = "".join(character for character in text if is_kept_unseen(character))
    return plain, "、".join(f"{name} {count} 个" for name, count in taken.items()), ""


def marks_told(marks: Sequence[Any], named: CellName = cell_of_sheet) -> Marks:
    """The marks of the readers in riskcontrol.paper in words."""
    told = Marks()
    for row, column, kind, words in marks:
        cell = named(row, column)
        if kind == "formula":
            told.problems.append((row, f"{cell}{FORMULA}"))
        elif kind == "format":
            told.problems.append((row, f"{cell}的数字格式（{words}）认不出来，请改成文本格式，重新输入。"))
        elif kind in NOT_TAKEN:
            told.notes.append((row, f"{cell}{NOT_TAKEN[kind]}没有导入：{words}"))
        else:
            told.notes.append((row, f"{cell}的批注没有导入：{words}"))
    return told


def around_told(texts: Sequence[str], row: int) -> Told:
    """What stands in a text outside of its tables, but the fixed words of the forms."""
    left = [text for text in texts if not text.startswith(FORM_WORDS) and text.strip() not in FORM_NOTES]
    if not left:
        return []
    words = "；".join(text[:40] for text in left[:4])
    more = f" 等 {len(left)} 段" if len(left) > 4 else ""
    return [(row, f"表格以外的文字没有导入：{words}{more}")]


def letter(column: int) -> str:
    """The name of a column, counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
