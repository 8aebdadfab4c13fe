"""The columns and headings of the 登记汇总表, declared once for the sheet, the PDF and whoever else shows it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from riskpoints.documents import wording
from riskpoints.documents.data import Register, RegisterRow

SHEET_WIDTHS = {"level": 18, "version_date": 26}


@dataclass(frozen=True)
class Column:
    """One column: `key` names the field of its row (`place` is the running number), `width` is in mm."""

    key: str
    title: str
    width: int
    is_centred: bool = False

    @property
    def sheet_width(self) -> int:
        """Width in the workbook, whose page is scaled to fit: there a date or a level is never broken."""
        return SHEET_WIDTHS.get(self.key, self.width)

    def text(self, place: int, row: Any) -> str:
        """What stands in the column in the row at `place` (from 1)."""
        return getattr(row, self.key) if self.key != "place" else str(place)

    def printed(self, place: int, row: RegisterRow) -> str:
        """The same for the page, where a date is broken after the year instead of within a figure."""
        text = self.text(place, row)
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


def register_title(register: Register) -> str:
    """Title of the register: school, year, name; without a year where its points come from several."""
    year = f"{register.year}年度" if register.year else ""
    return f"{register.school_name}{year}{wording.REGISTER_TITLE}"


def register_summary(register: Register) -> str:
    """Totals by level, counted from the rows (hand-counted totals are wrong in real life: domain.md §1.1)."""
    levels = Counter(row.level or "未定级" for row in register.rows)
    parts = "，".join(f"{level} {count} 个" for level, count in sorted(levels.items(), key=_level_order))
    scope = f"{register.scope}：" if register.scope else ""
    return f"{scope}共 {len(register.rows)} 个风险点" + (f"，其中{parts}。" if parts else "。")


def _level_order(entry: tuple[str, int]) -> tuple[int, str]:
    first = entry[0][0]
    return ("一二三".find(first) if first in "一二三" else 3, entry[0])
