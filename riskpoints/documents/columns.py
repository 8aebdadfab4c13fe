"""The columns and headings of the 登记汇总表, declared once for the sheet, the PDF and whoever else shows it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

from departments.enums import Level
from riskpoints import fields
from riskpoints.documents import wording
from riskpoints.documents.data import Register, RegisterRow

SHEET_WIDTHS = {"level": 18, "version_date": 26}
A3, A4 = "a3", "a4"
PAPERS = {A3: "A3", A4: "A4"}


@dataclass(frozen=True)
class Column:
    """One column: `key` names the field of its row (`place` is the running number), `width` is in mm; `is_plain` is a
    text that has no place of its own (riskpoints/fields.py)."""

    key: str
    title: str
    width: int
    is_centred: bool = False
    is_plain: bool = False

    @property
    def sheet_width(self) -> int:
        """Width in the workbook, whose page is scaled to fit: there a date or a level is never broken."""
        return SHEET_WIDTHS.get(self.key, self.width)

    def text(self, place: int, row: Any) -> str:
        """What stands in the column in the row at `place` (from 1)."""
        if self.key == "place":
            return str(place)
        return row.more.get(self.key, "") if self.is_plain else getattr(row, self.key)

    def printed(self, place: int, row: RegisterRow) -> str:
        """The same for the page, where a date is broken after the year instead of within a figure, 当年有效 in its
        middle."""
        text = self.text(place, row)
        if self.key == "status" and len(text) == 4:
            return f"{text[:2]}\n{text[2:]}"
        return text.replace("年", "年\n", 1) if self.key == "version_date" else text


# Suggested in domain.md §1.3; 380 mm together, the width of A3 landscape less 20 mm each side.
REGISTER_COLUMNS = (
    Column("place", "序号", 9, is_centred=True),
    Column("number", "编号", 19, is_centred=True),
    Column("department", "部门", 19),
    Column("post", "岗位", 20),
    Column("power", "职权事项", 18),
    Column("category", "风险类别", 17),
    Column("point", "风险点", 38),
    Column("manifestation", "表现形式", 30),
    Column("likelihood", "机率", 11, is_centred=True),
    Column("harm", "危害", 15, is_centred=True),
    Column("level", "等级", 12, is_centred=True),
    Column("prevention", "前期预防", 32),
    Column("monitoring", "中期监控", 32),
    Column("response", "后期处置", 32),
    Column("responsible", "责任人", 15),
    Column("leader", "责任领导", 15),
    Column("methods", "查找方法", 16),
    Column("status", "状态", 12, is_centred=True),
    Column("version_date", "版本日期", 18, is_centred=True),
)
# In the workbook only, to the right of what is printed: everything else that people were asked for.
MORE_COLUMNS = (
    Column("standing", "潜在／已存在", 16, is_centred=True),
    Column("key_area", "重点领域", 12, is_centred=True),
    Column("timing", "时限或频次", 28),
    Column("basis", "制度依据", 32),
    Column("regulations", "引用制度", 32),
    Column("measure_responsible", "措施责任人", 22),
    Column("computed", "规则得出等级", 18, is_centred=True),
    Column("proposed", "部门建议等级", 18, is_centred=True),
    Column("proposed_reason", "建议理由", 28),
    Column("confirmed", "纪委核定等级", 18, is_centred=True),
    Column("confirmed_reason", "核定理由", 28),
)


@dataclass(frozen=True)
class OnScreen:
    """A column on the screen: one of the columns above, or two in one cell. `sort` is its key in an address, `cell` the
    macro of templates/riskpoints/register/_cells.jinja.html that shows it, `css` the class of a plain one."""

    keys: tuple[str, ...]
    sort: str = ""
    cell: str = "plain"
    css: str = ""

    @property
    def title(self) -> str:
        """As the sheet and the PDF have it."""
        titles = {column.key: column.title for column in (*REGISTER_COLUMNS, *MORE_COLUMNS)} | plain_keys()
        return "、".join(titles[key] for key in self.keys)


SCREEN_COLUMNS = (
    OnScreen(("number",), css="number"),
    OnScreen(("department",), sort="owner", cell="department"),
    OnScreen(("post",), sort="post", css="name"),
    OnScreen(("category",), sort="category", css="category"),
    OnScreen(("point",), cell="point"),
    OnScreen(("level",), sort="level", cell="level"),
    OnScreen(("likelihood", "harm"), cell="scales"),
    OnScreen(("responsible",), sort="responsible", css="name"),
    OnScreen(("status",), cell="status"),
)


def plain_keys() -> dict[str, str]:
    """{key: title} of the plain texts that have no column of their own (riskpoints/fields.py); a measure's is told
    apart by its name."""
    points = {field.name: field.title for field in fields.plain(fields.POINT)}
    return points | {f"measure_{field.name}": f"措施：{field.title}" for field in fields.plain(fields.MEASURE)}


# Only for those who see the assessment: the columns are not there for others.
ASSESSMENT = frozenset(
    {"likelihood", "harm", "computed", "proposed", "proposed_reason", "confirmed", "confirmed_reason"}
)
# On A4 landscape the columns that are read at a meeting; 267 mm together.
A4_WIDTHS = {
    "number": 20,
    "department": 18,
    "post": 19,
    "category": 16,
    "point": 48,
    "level": 12,
    "prevention": 36,
    "monitoring": 34,
    "response": 34,
    "responsible": 15,
    "leader": 15,
}
WIDTHS = {A3: 380, A4: 267}
# What nobody wrote anything into takes no room on paper; what grows shares the room by how much stands in it.
MAY_GO = frozenset(
    {"power", "manifestation", "likelihood", "harm", "prevention", "monitoring", "response", "responsible", "leader"}
)
GROWING = ("point", "manifestation", "prevention", "monitoring", "response")
LEAST_WIDTH = 22


def paper_columns(register: Register, paper: str = A3) -> tuple[Column, ...]:
    """The columns of a print: without empty ones, whose room goes to those that have most to say."""
    if paper == A4:
        columns = [
            replace(column, width=A4_WIDTHS[column.key]) for column in REGISTER_COLUMNS if column.key in A4_WIDTHS
        ]
    else:
        columns = list(REGISTER_COLUMNS)
    if not register.rows:
        return tuple(columns)
    columns = [column for column in columns if column.key not in MAY_GO or _amount(column, register.rows)]
    growing = [column for column in columns if column.key in GROWING]
    room = WIDTHS[paper] - sum(column.width for column in columns if column not in growing)
    widths = dict(zip((column.key for column in growing), _shared(room, growing, register.rows), strict=True))
    return tuple(replace(column, width=widths.get(column.key, column.width)) for column in columns)


def sheet_columns(register: Register) -> tuple[Column, ...]:
    """All the columns of the workbook; without those of the assessment where no row may show it."""
    plain = [Column(key, title, 28, is_plain=True) for key, title in plain_keys().items()]
    every = (*REGISTER_COLUMNS, *MORE_COLUMNS, *plain)
    if register.rows and not any(_amount(column, register.rows) for column in every if column.key in ASSESSMENT):
        return tuple(column for column in every if column.key not in ASSESSMENT)
    return every


def _amount(column: Column, rows: Iterable[RegisterRow]) -> int:
    return sum(len(getattr(row, column.key)) for row in rows)


def _shared(room: int, columns: Sequence[Column], rows: Sequence[RegisterRow]) -> list[int]:
    """Whole millimetres for each column, the sum of them the room: each some, the rest by how long its texts are.

    Long texts count more than many short ones: they make the rows high.
    """
    weights = [sqrt(sqrt(sum(len(getattr(row, column.key)) ** 2 for row in rows))) for column in columns]
    spare = room - LEAST_WIDTH * len(columns)
    widths = [LEAST_WIDTH + int(spare * weight / (sum(weights) or 1)) for weight in weights]
    widths[0] += room - sum(widths)
    return widths


def register_title(register: Register) -> str:
    """Title of the register: school, year, name; without a year where its points come from several."""
    year = f"{register.year}年度" if register.year else ""
    return f"{register.school_name}{year}{wording.REGISTER_TITLE}"


def register_summary(register: Register) -> str:
    """Totals by level, counted from the rows (hand-counted totals are wrong in real life: domain.md §1.1)."""
    levels = Counter(row.level or UNSET for row in register.rows)
    parts = "，".join(f"{level} {count} 个" for level, count in sorted(levels.items(), key=_level_order))
    scope = f"{register.scope}：" if register.scope else ""
    return f"{scope}共 {len(register.rows)} 个风险点" + (f"，其中{parts}。" if parts else "。")


UNSET = "未定级"


def totals_by_department(register: Register) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Headings and rows of 按部门汇总: the points of each department by level, in the order of the rows; the last row
    is that of the school. A level that nobody has is a dash, so that it isn't taken for a forgotten cell."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in register.rows:
        found[row.department][row.level or UNSET] += 1
    levels = [str(level.label) for level in Level]
    if any(counts[UNSET] for counts in found.values()):
        levels.append(UNSET)
    whole: Counter[str] = sum(found.values(), Counter())
    lines = [*found.items(), ("合计", whole)]
    rows = [(name, *(str(counts[level] or "—") for level in levels), str(counts.total())) for name, counts in lines]
    return ("部门", *levels, "合计"), rows


def _level_order(entry: tuple[str, int]) -> tuple[int, str]:
    first = entry[0][0]
    return ("一二三".find(first) if first in "一二三" else 3, entry[0])
