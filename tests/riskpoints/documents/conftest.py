"""Values to print, and what a reader of the printed file sees."""

import io
import subprocess
from dataclasses import dataclass
from datetime import date

import openpyxl
import pikepdf
import pytest

from riskpoints.documents.data import (
    DepartmentForm,
    FormRow,
    LevelCell,
    LevelPosts,
    MeasureLine,
    PointLine,
    SchoolForm,
)

SCHOOL = "山东省烟台第一职业中专"
CATEGORIES = ("岗位职责风险", "业务流程风险", "制度机制风险", "外部环境风险")
HIGH, MIDDLE, LOW = "一级（高）", "二级（中）", "三级（低）"


@dataclass(frozen=True)
class Printed:
    """A PDF as read back: its pages' text in the order of the rows, without white space."""

    content: bytes
    pages: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(self.pages)

    def has_in_order(self, *lines: str) -> bool:
        """Whether the lines follow one another, other text between them allowed."""
        place = 0
        for line in lines:
            wanted = "".join(line.split())
            found = self.text.find(wanted, place)
            if found < 0:
                return False
            place = found + len(wanted)
        return True

    def open(self) -> pikepdf.Pdf:
        return pikepdf.open(io.BytesIO(self.content))


@pytest.fixture
def read():
    """Return a function that reads a PDF back with poppler."""

    def read_pdf(content: bytes) -> Printed:
        text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True).stdout
        pages = text.decode().split("\f")[:-1]
        return Printed(content, tuple("".join(page.split()) for page in pages))

    return read_pdf


@pytest.fixture
def cells():
    """Return a function that reads a workbook's first sheet (or the one named) as {address: value}."""

    def read_sheet(content: bytes, name: str | None = None):
        book = openpyxl.load_workbook(io.BytesIO(content))
        return book[name] if name else book.worksheets[0]

    return read_sheet


@pytest.fixture
def department_form() -> DepartmentForm:
    """Return a final 附件4 that fits one page."""
    return DepartmentForm(
        author=SCHOOL,
        version_label="2026年度第1版",
        content_code="8F3K-2Q7M-11AA",
        made_on=date(2026, 11, 20),
        title_lines=("烟台一职专", "部门廉政风险点防控表"),
        department_name="总务处",
        head_name="总务处负责人",
        duties="校舍维修与基建、物资采购、固定资产管理。",
        filled_on=date(2026, 11, 5),
        rows=(
            FormRow(
                CATEGORIES[0],
                (PointLine("接受供应商宴请", "采购员", HIGH), PointLine("验收走过场", "基建管理员", HIGH)),
                (
                    MeasureLine("三人以上询价", (1,)),
                    MeasureLine("纪委抽查原始单据", (1,)),
                    MeasureLine("三方到场验收", (2,)),
                ),
            ),
            FormRow(
                CATEGORIES[1], (PointLine("拆分维修项目", "基建管理员", MIDDLE),), (MeasureLine("合并立项", (1,)),)
            ),
            FormRow(CATEGORIES[2], is_nil=True),
            FormRow(CATEGORIES[3], (PointLine("节日慰问", "仓库保管员", LOW),), (MeasureLine("节前提醒", ()),)),
        ),
        level=LevelCell(HIGH, (LevelPosts(HIGH, ("采购员", "基建管理员")), LevelPosts(LOW, ("仓库保管员",)))),
    )


@pytest.fixture
def school_form() -> SchoolForm:
    """Return 附件2 of 2011 as in the founding document."""

    def row(category: str, points: str, measures: str) -> FormRow:
        return FormRow(category, tuple(map(PointLine, points.split())), tuple(map(MeasureLine, measures.split())))

    return SchoolForm(
        author=SCHOOL,
        version_label="2011年度第1版",
        content_code="AAAA-BBBB-CCCC",
        made_on=date(2011, 11, 15),
        title=f"{SCHOOL}廉政风险点防控表",
        school_name=SCHOOL,
        business_function="教育教学",
        filled_on=date(2011, 11, 15),
        rows=(
            row(
                "重大事项决策",
                "教育教学管理 招生 财务收费 党员干部管理 职称管理",
                "严格按照制度和规定办理 坚持公平公正公开原则 坚持民主决策、群众监督原则",
            ),
            row("重要人事任免", "中层干部任免", "坚决执行关于干部任免的各项制度和规定"),
            row(
                "重大项目安排",
                "基建工程（校舍维修） 大宗物品采购 房屋出租",
                "坚持公开招标和政府采购的原则 坚持专家论证和集体研究决定的原则",
            ),
            FormRow("大额资金使用", is_nil=True),
        ),
    )
