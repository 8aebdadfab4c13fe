"""Lists as schools send them: nothing of a workbook is left out without a word."""

import io

import openpyxl
import pytest
from django.core import signing
from openpyxl.comments import Comment
from openpyxl.styles import Font

from riskcontrol.processes.confined import RefusedError
from riskpoints.importing import lists
from riskpoints.importing.lists import ListKind

KIND = ListKind(
    titles={"名称": "name", "内容": "content", "部门": "department"},
    needed=frozenset({"name"}),
    most_rows=3,
    unknown="没有标题",
    empty="没有内容",
    too_many="太多",
    passed_over=frozenset({"序号"}),
    own_sheets=frozenset({"填写说明"}),
    beside=frozenset({"department"}),
)


@pytest.fixture
def book():
    made = openpyxl.Workbook()
    made.active.title = "目录"
    made.active.append(["某校目录"])
    made.active.append(["序号", "名称", "内容", "部门"])
    return made


def read(book):
    stream = io.BytesIO()
    book.save(stream)
    return lists.read(stream.getvalue(), "目\u200b录.xlsx", KIND)


def test_rows_stand_under_their_titles(book):
    book.active.append([1, "印章", "用印\n登记", "总务处"])
    book.active.append(["", "", "", "教务处"])
    sent = read(book)
    assert sent.rows == [(3, {"name": "印章", "content": "用印\n登记", "department": "总务处"})]
    assert (sent.name, sent.faults, sent.notes) == ("目录.xlsx", [], [])


def test_what_was_not_taken_is_said(book):
    sheet = book.active
    sheet.append([1, "印章", "用印"])
    sheet.append([2, "隐藏的", "看不见"])
    sheet.append([3, "采购", "划掉的"])
    sheet.row_dimensions[4].hidden = True
    sheet["C5"].font = Font(strike=True)
    sheet["B5"].comment = Comment("这里要改", "某人")
    sheet["E5"] = "没有标题的字"
    second = book.create_sheet("另一张")
    second.append(["名称"])
    second.append(["用车"])
    hidden = book.create_sheet("藏起来的")
    hidden.append(["名称"])
    hidden.sheet_state = "hidden"
    book.create_sheet("随便").append(["别的"])
    book.create_sheet("填写说明").append(["名称怎么写"])
    book.create_sheet("空的")
    sent = read(book)
    assert [words["name"] for _, words in sent.rows] == ["印章", "采购"]
    assert sent.notes == [
        "隐藏的第 4 行没有读取。要导入，请先取消隐藏（筛选的，请先显示全部）。",
        "“第 5 列”一栏不认识，没有读取。",
        "B5 格的批注没有导入：这里要改",
        "C5 格里划掉的文字没有导入：划掉的",
        "工作表“另一张”里也有内容，没有读取。请合到一张表里，或分开上传。",
        "工作表“藏起来的”是隐藏的，没有读取。要导入，请先取消隐藏。",
        "工作表“随便”没有要找的标题，没有读取。",
    ]


def test_cells_that_say_nothing_are_named_with_their_place(book):
    book.active.append([1, "印章", "=A1&B1"])
    book.active.append([2, "采购\u202e", "有"])
    sent = read(book)
    assert [(row, column) for row, column, _ in sent.faults] == [(3, "content"), (4, "")]
    assert sent.faults[0][2].startswith("C3 格是公式")
    assert "B4 格" in sent.faults[1][2]


def test_what_the_cell_showed_is_what_is_read(book):
    book.active.append([1, "印章", 0.05])
    book.active["C3"].number_format = "0%"
    book.active.append([2, "采购", "001"])
    assert [words["content"] for _, words in read(book).rows] == ["5%", "001"]


@pytest.mark.parametrize(("rows", "said"), [(0, "没有内容"), (4, "太多")])
def test_too_few_and_too_many_rows_are_refused(book, rows, said):
    for number in range(rows):
        book.active.append([number, f"第{number}项"])
    with pytest.raises(RefusedError, match=said):
        read(book)


def test_a_first_table_that_is_empty_gives_way_to_the_next(book):
    second = book.create_sheet("真的")
    second.append(["名称"])
    second.append(["用车"])
    assert read(book).rows == [(2, {"name": "用车"})]


def test_without_titles_it_says_what_is_wanted():
    made = openpyxl.Workbook()
    made.active.append(["别的", "东西"])
    with pytest.raises(RefusedError, match="没有标题"):
        read(made)


def test_what_goes_through_the_preview_is_good_for_one_purpose_only(book):
    book.active.append([1, "印章", "=A1&B1"])
    sent = read(book)
    sealed = lists.sealed(sent, "甲")
    assert lists.opened(sealed, "甲") == sent
    assert lists.opened(sealed, "乙") is None
    assert lists.opened("nonsense", "甲") is None
    of_before = {"name": "目录.xlsx", "rows": [], "faults": [[3, "content"]], "notes": []}
    assert lists.opened(signing.dumps(of_before, salt="甲"), "甲") is None
