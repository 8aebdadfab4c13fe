"""The library as a workbook: its columns, the file written, and a row of cells as an entry.

A cell holds the measures of one stage, one a line; 【】 at the end of a line is its 时限或频次.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from departments.importing.reading import squeezed
from departments.models import PostFunction
from riskcontrol.paper.excel import Cell, Page, Style, Workbook
from riskpoints.enums import ALL_CATEGORIES, Harm, Likelihood, Stage
from riskpoints.importing.lists import ListKind
from riskpoints.library.queries import choices
from riskpoints.references.library.models import TypicalRisk
from riskpoints.references.library.values import MeasureValues, RiskValues, values_of

SHEET, LISTS, MOST_ROWS = "典型风险库", "可选内容", 1000
TITLE = Style("黑体", 11, horizontal="center")
NEEDED = Style("黑体", 11, is_bold=True, horizontal="center")
TEXT = Style("仿宋_GB2312", 10, vertical="top")
TYPED = Style("仿宋_GB2312", 10, vertical="top", is_typed_in=True)
PLAIN = Style("仿宋_GB2312", 11, edges="")
PAGE = Page(is_landscape=True, margins=(12, 10, 12, 10))
EMPTY_ROWS = 60
YES, NO = "是", "否"
TIMING = re.compile(r"^(.*?)\s*【([^【】]*)】$", re.DOTALL)
NOTE = (
    "编号是系统给的，改已有的条目时不要改编号；新增的条目编号留空。同一阶段有几条措施的，一行一条；"
    "时限或频次写在行末的【】里。几项职能、几个年份之间用顿号。不写个人，不写案件。"
)


@dataclass(frozen=True)
class Column:
    """One column: its name, its title, its width in mm."""

    name: str
    title: str
    width: float
    is_needed: bool = False


COLUMNS = (
    Column("key", "编号", 22),
    Column("area", "领域", 24, is_needed=True),
    Column("category", "风险类别", 26, is_needed=True),
    Column("functions", "岗位职能", 26),
    Column("text", "风险点", 60, is_needed=True),
    Column("manifestation", "表现形式", 55),
    Column("likelihood", "发生机率", 18),
    Column("harm", "危害程度", 18),
    *(Column(stage.value, str(stage.label), 60) for stage in Stage),
    Column("unstaged", "未分阶段的措施", 40),
    Column("hot_years", "当年重点", 20),
    Column("source", "来源说明", 30),
    Column("is_active", "启用", 12),
)
KIND = ListKind(
    titles={squeezed(column.title): column.name for column in COLUMNS},
    needed=frozenset(column.name for column in COLUMNS if column.is_needed),
    most_rows=MOST_ROWS,
    unknown="没有找到“典型风险库”的表：标题行要有“领域、风险类别、风险点”。请用导出的文件填写。",
    empty="表里没有内容。请填写后再上传。",
    too_many=f"一次最多导入 {MOST_ROWS} 行。请分几个文件导入。",
    own_sheets=frozenset({LISTS}),
)
STAGES = {**{stage.value: stage.value for stage in Stage}, "unstaged": ""}


def library_xlsx(risks: Iterable[TypicalRisk]) -> bytes:
    """The workbook with these entries, which can be changed and read again."""
    book = Workbook(title=SHEET, author="廉政风险防控")
    sheet = book.add_sheet(SHEET, widths=[column.width for column in COLUMNS], page=PAGE)
    sheet.add_row([Cell(c.title, NEEDED if c.is_needed else TITLE) for c in COLUMNS], least_height=24)
    for risk in risks:
        said = words_of(values_of(risk), key=risk.key, is_active=risk.is_active)
        sheet.add_row([Cell(said.get(column.name, ""), TYPED) for column in COLUMNS], can_split=False)
    for _ in range(EMPTY_ROWS):
        sheet.add_row([Cell("", TYPED) for _ in COLUMNS], least_height=20)
    sheet.keep_as_typed()
    sheet.repeat(1, 1)
    sheet.freeze_below(1)
    offered = _lists()
    lists = book.add_sheet(LISTS, widths=[40] * len(offered), page=PAGE)
    lists.add_row([Cell(title, TITLE) for title in offered])
    for place in range(max(map(len, offered.values()))):
        lists.add_row([Cell(_nth(words, place), TEXT) for words in offered.values()])
    lists.add_row([Cell(NOTE, PLAIN, span=len(offered))])
    for at, (title, words) in enumerate(offered.items()):
        place = next(number for number, column in enumerate(COLUMNS) if column.title == title)
        sheet.offer(place, lists, at, 2, 1 + len(words))
    return book.to_bytes()


def _lists() -> dict[str, Sequence[str]]:
    return {
        "领域": choices().areas or [""],
        "风险类别": [str(label) for _, label in ALL_CATEGORIES],
        "岗位职能": list(PostFunction.objects.filter(is_retired=False).values_list("name", flat=True)) or [""],
        "发生机率": [str(label) for label in Likelihood.labels],
        "危害程度": [str(label) for label in Harm.labels],
        "启用": [YES, NO],
    }


def _nth(words: Sequence[str], place: int) -> str:
    return words[place] if place < len(words) else ""


def words_of(values: RiskValues, *, key: str, is_active: bool) -> dict[str, str]:
    """An entry as words by column."""
    cells = {
        "key": key,
        "area": values.area,
        "category": str(dict(ALL_CATEGORIES)[values.category]),
        "functions": "、".join(sorted(values.functions)),
        "text": values.text,
        "manifestation": values.manifestation,
        "likelihood": str(Likelihood(values.likelihood).label) if values.likelihood else "",
        "harm": str(Harm(values.harm).label) if values.harm else "",
        "hot_years": "、".join(str(year) for year in values.hot_years),
        "source": values.source,
        "is_active": YES if is_active else NO,
    }
    measures = {
        name: "\n".join(_line(item) for item in values.measures if item.stage == stage)
        for name, stage in STAGES.items()
    }
    return cells | measures


def _line(item: MeasureValues) -> str:
    text = " ".join(item.text.split("\n"))
    return f"{text}【{item.timing}】" if item.timing else text


def measures_in(cell: str, stage: str) -> list[MeasureValues]:
    """The measures that a cell holds."""
    found = []
    for line in filter(None, (line.strip() for line in cell.splitlines())):
        match = TIMING.match(line)
        text, timing = match.groups() if match else (line, "")
        found.append(MeasureValues(stage, text.strip(), timing.strip()))
    return found
