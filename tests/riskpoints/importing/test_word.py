"""Word documents: our own form brought back whole, and tables as people write them."""

from pathlib import Path

import pytest

from departments.enums import Level
from riskcontrol.paper.table_reading import read_tables
from riskpoints import documents
from riskpoints.enums import Category
from riskpoints.importing import reading
from riskpoints.importing.plan import State, plan
from riskpoints.models import TableVersion
from tests import once
from tests.factories import make_measure, make_point

WORKBOOKS = Path(__file__).parent / "workbooks"


@once.fixture
def draft(table, people, purchasing_post, plain_post):
    """Return an empty draft of 总务处."""
    return TableVersion.objects.create(table=table, number=1, owner_name="总务处", created_by=people.head)


def test_our_own_form_is_read_whole():
    [part] = reading.parts_of(read_tables((WORKBOOKS / "own_download.docx").read_bytes()))
    found = part.seen
    assert (part.name, found.problems) == ("表格 2", [])
    assert [(head.name, head.text[:5]) for head in found.heads] == [
        ("department", "质量督导室"), ("head_name", "督导室负责"), ("duties", "负责教学督"),
    ]  # fmt: skip
    assert (len(found.points), len(found.measures)) == (12, 17)
    assert {point.level for point in found.points} <= set(Level.labels)
    assert [measure.points for measure in found.measures[:3]] == [(0,), (1,), (1,)]
    assert found.notes == [(3, "表格以外的文字没有导入：烟台一职专；部门廉政风险点防控表")]


@pytest.mark.parametrize("count", [3, 40])
def test_a_form_of_any_length_comes_back_unchanged(draft, people, purchasing_post, count):
    """A long one lies in a table a page, its labels repeated with （续）."""
    for category in (Category.DUTY, Category.PROCESS):
        for number in range(count):
            text = f"第 {number} 项采购不按规定询价，" + "由一人自行决定供应商和价格" * (number % 4)
            point = make_point(draft, actor=people.head, category=category, text=text, post=purchasing_post)
            for step in ("三家询价并留存记录", "验收两人以上到场\n签字"):
                make_measure(draft, point, actor=people.head, text=f"{step}{number}", category=category)
    sheets = read_tables(documents.version_document(draft, "docx"))
    assert (len(sheets) > 5) is (count > 3)
    planned = plan(draft, reading.read_sheets(sheets))
    assert planned.new == planned.wrong == []
    kinds = [line.kind for line in planned.lines if line.state == State.THERE]
    assert (kinds.count("风险点"), kinds.count("防范措施")) == (count * 2, count * 4)


def form(*rows, **facts):
    """Return a table of a text; the first number is that of its first row."""
    first = facts.pop("first", 1)
    numbered = [[number, list(row)] for number, row in enumerate(rows, start=first)]
    return {"name": "表格", "table": True, "rows": numbered, "merged": [], "marks": [], "around": []} | facts


TITLES = ("风险类别", "风险点", "防范措施")


def test_tables_of_several_departments_stay_apart():
    sheets = [
        form(("科室名称", "总务处")),
        form(TITLES, ("岗位职责风险", "甲", "一"), ("单位确定风险等级", "签字："), first=2),
        form(("科室名称", "教务处"), first=5),
        form(TITLES, ("岗位职责风险", "乙", "二"), first=6),
    ]
    found = reading.parts_of(sheets)
    assert [[head.text for head in part.seen.heads] for part in found] == [["总务处"], ["教务处"]]
    assert [[point.text for point in part.seen.points] for part in found] == [["甲"], ["乙"]]


def test_rows_go_on_in_the_next_table():
    sheets = [
        form(TITLES, ("岗位职责风险", "1.甲", "一")),
        form(TITLES, ("岗位职责风险（续）", "2.乙", "二"), first=3),
        form(("", "3.丙", "三"), first=5, marks=[[5, 1, "struck", "旧"]]),
    ]
    [part] = reading.parts_of(sheets)
    assert [(point.row, point.text) for point in part.seen.points] == [(2, "甲"), (4, "乙"), (5, "丙")]
    assert [measure.points for measure in part.seen.measures] == [(0,), (1,), (2,)]
    assert part.seen.notes == [(5, "第 2 列里划掉的文字没有导入：旧")]


def test_numbers_that_go_on_from_cell_to_cell_are_numbers():
    """Word counts on through the whole document."""
    rows = (TITLES, ("岗位职责风险", "1.甲\n2.乙", "1.一\n2.二"), ("业务流程风险", "3.丙\n4.丁", "3.三\n4.四"))
    [part] = reading.parts_of([form(*rows)])
    assert [point.text for point in part.seen.points] == ["甲", "乙", "丙", "丁"]
    assert [measure.text for measure in part.seen.measures] == ["一", "二", "三", "四"]
