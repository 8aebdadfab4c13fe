"""Workbooks as people make them in WPS and Excel: merged, padded, dated, hidden, with titles further down."""

import datetime
import io

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from openpyxl.comments import Comment

from departments.importing.columns import SHEETS
from departments.importing.reading import read_sheets, tidy
from departments.importing.template import template_xlsx
from departments.importing.values import answer, date, kind_of, number, one_of, person, several
from riskcontrol.paper.excel_reading import read_workbook
from riskcontrol.processes.confinement import RefusedError

TITLES = {kind.title: [column.title for column in kind.columns] for kind in SHEETS}


def made(**sheets):
    """Return a workbook of openpyxl with the titles and these rows, by title of the sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in [TITLES.get(title.strip(), ["x"]), *rows]:
            sheet.append(row)
    return book


def read(book):
    stream = io.BytesIO()
    book.save(stream)
    return read_sheets(read_workbook(stream.getvalue()), "学校.xlsx", "0" * 64)


def words(book, sheet):
    return [dict(row.words) for row in read(book).sheets[sheet]]


def test_a_merged_cell_counts_for_all_its_rows():
    book = made(岗位=[["总务处", "采购员"], [None, "保管员"], ["教务处", "学籍管理员"]])
    book["岗位"].merge_cells("A2:A3")
    assert [row["department"] for row in words(book, "posts")] == ["总务处", "总务处", "教务处"]


def test_a_staff_number_keeps_the_zeros_that_are_shown():
    book = made(人员=[["001", "于梅"], [2, "李强"], ["００３", "王丽"]])
    book["人员"]["A3"].number_format = "000"
    assert [row["number"] for row in words(book, "people")] == ["001", "002", "００３"]


@pytest.mark.django_db
def test_what_is_typed_into_the_template_stays_text():
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(is_filled=False)))
    for kind in SHEETS:
        assert {cell.number_format for row in book[kind.title].iter_rows(min_row=2) for cell in row} == {"@"}


def test_a_date_cell_is_read_as_its_day():
    book = made(任职=[["总务处", "采购员", "于梅", None, datetime.date(2026, 9, 1)]])
    book["任职"]["E2"].number_format = 'yyyy"年"m"月"d"日"'
    assert date(words(book, "appointments")[0]["since"]) == datetime.date(2026, 9, 1)


def test_hidden_rows_are_read_like_others():
    book = made(人员=[["001", "于梅"], ["002", "李强"]])
    book["人员"].row_dimensions[2].hidden = True
    assert [row["number"] for row in words(book, "people")] == ["001", "002"]
    assert read(book).notes == ["“人员”工作表的第 2 行是隐藏的，同样读取了。"]


def test_a_hidden_sheet_is_named_and_not_read():
    book = made(人员=[["001", "于梅"]], 角色=[["001", None, "审计员"]])
    book["角色"].sheet_state = "hidden"
    found = read(book)
    assert ("roles" in found.sheets, found.notes) == (
        False,
        ["“角色”工作表是隐藏的，没有读取。要导入它，请取消隐藏后重新上传。"],
    )


def test_a_merged_cell_is_seen_in_each_of_its_rows():
    book = made(人员=[["001", "于梅", "总务处"], ["002", "李强"], ["003", "王丽"]])
    book["人员"].merge_cells("C2:C3")
    assert [row.get("department") for row in words(book, "people")] == ["总务处", "总务处", None]


def test_a_cell_that_shows_nothing_readable_is_to_be_typed():
    book = made(人员=[["001", '="于"&"梅"'], ["002", "李强"]])
    book["人员"]["B3"].comment = Comment("新来的", "管理员")
    found = read(book)
    assert found.faults == [["people", 2, "name", "这一格是没有算出结果的公式，请直接填写。"]]
    assert found.notes == ["“人员”工作表第 3 行“姓名”的批注没有读取：新来的"]


def test_titles_may_stand_below_a_heading_and_in_another_order():
    book = openpyxl.Workbook()
    book.active.title = "人　员"
    for row in [["某某学校教职工名册"], [], ["序号", "姓 名*", "工号"], [1, "　于　梅　", "001"], [None, None, None]]:
        book.active.append(row)
    found = read(book)
    assert [dict(row.words) for row in found.sheets["people"]] == [{"name": "于　梅", "number": "001"}]
    assert found.sheets["people"][0].number == 4
    assert found.notes == ["“人员”工作表的“序号”一栏不认识，没有读取。"]


def test_what_is_not_read_is_named():
    book = made(人员=[["001", "于梅"]], 备注=[["随便"]], 填写说明=[["说明"]])
    assert read(book).notes == ["工作表“备注”不认识，没有读取。"]


@pytest.mark.parametrize(
    ("book", "words"),
    [
        (lambda: made(名册=[["001"]]), "没有找到可以导入的工作表"),
        (lambda: made(人员=[]), "这些工作表里都没有内容"),
        (lambda: made(人员=[[str(place), "于梅"] for place in range(1501)]), "一次最多导入 1500 行"),
    ],
)
def test_a_workbook_that_says_nothing_is_refused(book, words):
    with pytest.raises(RefusedError, match=words):
        read(book())


def test_a_sheet_without_titles_is_refused():
    book = openpyxl.Workbook()
    book.active.title = "人员"
    book.active.append(["001", "于梅"])
    with pytest.raises(RefusedError, match="“人员”工作表里没有找到标题行：要有“工号、姓名”"):
        read(book)


# ---- words of a cell -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["2026-9-1", "2026-09-01", "2026/9/1", "2026.9.1", "2026年9月1日", "2026年09月01日", "２０２６年９月１日",
     "2026 年 9 月 1 日", "20260901", "2026-09-01 00:00:00", "2026-09-01 0:00:00",
     "2026/9/1 0:00", "2026年9月1日 0:00:00", "2026-9-1 00：00"],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text):
    assert date(text) == datetime.date(2026, 9, 1)


@pytest.mark.parametrize("text", ["2026-2-30", "九月", "2026年9月", "9-1", "46266", "1026-1-1"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValidationError):
        date(text)


def test_words_are_read_as_meant():
    assert [person("于　梅"), person("买买提 江"), tidy("　甲　\n 乙 ")] == ["于梅", "买买提 江", "甲\n乙"]
    assert [number("１０"), answer("是"), answer("√"), answer(" 否 ")] == [10, True, True, False]
    assert several("财务、采购，基建; 公共服务") == ["财务", "采购", "基建", "公共服务"]
    assert [kind_of("财务处"), kind_of("团委")] == ["chu", "other"]
    assert one_of("部门 负责人", [("head", "部门负责人")]) == "head"
