"""Workbooks as people have them: stored as their cells showed it, nothing dropped without a word."""

from pathlib import Path

import pytest

from riskcontrol.paper.excel_reading import WORD, read_workbook
from riskcontrol.processes.confinement import RefusedError
from riskpoints.importing.content import FileContent, restored_part
from riskpoints.importing.plan import plan
from riskpoints.importing.reading import by_default, parts_of

WORKBOOKS = Path(__file__).parent / "workbooks"


def parts(name):
    return parts_of(read_workbook((WORKBOOKS / name).read_bytes()))


def read(name) -> FileContent:
    return by_default(parts(f"{name}.xlsx"))


def texts(items):
    return [item.text for item in items]


def test_a_form_typed_by_hand_says_posts_and_levels_in_brackets():
    found = read("annex4_typed_by_hand")
    assert [(head.name, head.text) for head in found.heads] == [
        ("department", "质量督导室"),
        ("head_name", "某某"),
        ("duties", "教学督导、质量评价"),
    ]
    assert len(found.points) == 12
    assert (found.points[0].post, found.points[0].level) == ("督导室主任", "一级")
    assert "（" not in found.points[0].text
    assert all(point.level for point in found.points if point.post)


def test_our_own_word_document_is_called_one():
    with pytest.raises(RefusedError, match="这是 Word 文档") as refused:
        parts("own_download.docx")
    assert str(refused.value) == WORD


def test_a_merged_measure_answers_all_its_points():
    found = read("merged_measures")
    assert [(measure.text, measure.points) for measure in found.measures] == [
        ("三项共用的措施", (0, 1, 2)),
        ("单独措施", (3,)),
    ]
    assert [point.category for point in found.points] == ["岗位职责风险"] * 3 + ["业务流程风险"]


def test_a_merged_point_has_all_its_measures():
    found = read("merged_points")
    assert texts(found.points) == ["甲项"]
    assert [(measure.text, measure.points) for measure in found.measures] == [
        ("措施一", (0,)),
        ("措施二", (0,)),
        ("措施三", (0,)),
    ]


def test_both_filled_sheets_are_read():
    found = read("two-sheets")
    assert [(point.sheet, point.text) for point in found.points] == [
        ("导入模板", "督导制度不完善"),
        ("第二张", "另一张表里的风险点"),
    ]
    assert [measure.points for measure in found.measures] == [(0,), (1,)]


def test_the_sheet_with_the_data_is_found_behind_a_guide():
    found = parts("guide_first.xlsx")
    assert [(part.name, part.is_chosen) for part in found] == [("填表说明", False), ("数据", True)]
    assert texts(by_default(found).points) == ["真正的风险点"]


@pytest.mark.parametrize(
    ("name", "seen", "whole"),
    [
        ("hidden", ["可见的风险点", "又一个可见的"], 3),
        ("filtered", ["甲"], 3),
    ],
)
def test_hidden_rows_are_there_to_be_chosen(name, seen, whole):
    (part,) = parts(f"{name}.xlsx")
    assert texts(part.seen.points) == seen
    assert part.whole is not None
    assert len(part.whole.points) == whole
    assert restored_part(part.plain()) == part


def test_a_hidden_sheet_is_there_to_be_chosen():
    (part,) = parts("hidden_sheet.xlsx")
    assert (part.is_hidden, part.is_chosen, texts(part.seen.points)) == (True, False, ["在隐藏的表里"])
    assert by_default([part]).is_empty


def test_struck_text_is_not_taken_and_a_comment_is_told():
    found = read("rich")
    assert texts(found.points) == ["普通加粗红色末尾"]
    assert texts(found.measures) == ["保留的措施"]
    assert found.notes == [
        (2, "D2 格的批注没有导入：批注：请核实"),
        (2, "J2 格里划掉的文字没有导入：已删去的措施"),
    ]


def test_cells_are_stored_as_they_are_shown():
    assert [measure.timing for measure in read("typed-cells").measures] == [
        "5%",
        "3月5日",
        "8:30",
        "1月2日",
        "001",
        "20260305",
        "12345678901234600000",
        "2026年3月",
    ]
    assert [m.timing for m in read("dates_numbers").measures][:6] == [
        "2026年3月5日",
        "9:30:00",
        "0.3",
        "",
        "5%",
        "1.23457E+17",
    ]


def test_numbers_of_points_are_read_in_any_width():
    found = read("dates_numbers")
    assert found.measures[6].points == (6, 0, 1, 2)
    assert found.problems == [(9, "“也针对序号”里的 1.2 不是表里的序号。")]


def test_a_formula_without_a_result_is_said_with_its_cell():
    found = read("formula_nocache")
    said = [text for _, text in found.problems if " 格是公式" in text]
    assert [text[:4] for text in said] == ["A2 格", "D2 格", "J2 格"]
    assert all("请在 WPS 或 Excel 里打开、保存后再上传" in text for text in said)


def test_a_row_far_below_is_refused_with_its_place():
    with pytest.raises(RefusedError, match="B5000 格还有内容"):
        parts("far.xlsx")


def test_unseen_characters_are_taken_out_and_told_or_refused_with_their_place():
    found = read("spaces")
    points = texts(found.points)
    assert points[:7] == [
        "两个全角空格开头",
        "含 不换行 空格",
        "零宽空格",
        "带BOM",
        "软连字符",
        "行\n分隔",
        "制 表",
    ]
    assert (4, "D4 格去掉了看不见的零宽空格（U+200B） 2 个。") in found.notes
    assert (5, "D5 格去掉了看不见的零宽不换行空格（U+FEFF） 1 个。") in found.notes
    assert [row for row, text in found.problems] == [11]
    assert "D11 格第 4 个字符是书写方向标记（U+202E）" in found.problems[0][1]


def test_choices_are_understood_whatever_spaces_they_have(draft_version):
    planned = plan(draft_version, read("choice_spaces"))
    assert [line.wrong for line in planned.points] == [[]] * 6
    assert {line.category for line in planned.points} == {"duty"}
    assert [line.values["likelihood"] for line in planned.points] == [1] * 6
    assert planned.points[-1].values["proposed_level"] == 1


def test_a_column_that_is_not_known_is_said():
    rows = [[1, ["风险类别", "风险点", "防范措施", "阶段", "备注"]], [2, ["岗位职责风险", "甲", "乙", "", "别丢了我"]]]
    found = by_default(parts_of([{"name": "表", "rows": rows}]))
    assert found.notes == [(1, "E 列“备注”不认识，没有导入，其中 1 格有内容。")]


def test_a_text_beside_the_form_is_said():
    rows = [[1, ["风险类别", "风险点", "防范措施"]], [2, ["岗位职责风险", "甲", "乙", "旁注"]]]
    found = by_default(parts_of([{"name": "表", "rows": rows}]))
    assert found.notes == [(2, "D2 格不在表里，没有导入：旁注")]
