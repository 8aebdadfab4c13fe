"""Lists that schools keep: columns by what they are called, merged cells, numbers in a cell, levels in any words."""

from pathlib import Path

import pytest

from riskcontrol.paper.html_reading import read_html
from riskcontrol.paper.tabbed_reading import read_tabbed
from riskcontrol.paper.table_reading import read_tables
from riskpoints.importing import headings, reading
from riskpoints.importing.content import FileMeasure, FileNil, FilePoint, restored_part
from riskpoints.importing.items import parted
from riskpoints.importing.orders import Orders
from riskpoints.importing.plan import State, plan
from riskpoints.importing.values import level_of
from tests.factories import make_post

HERE = Path(__file__).parent
DUTY = "岗位职责风险"


def workbook(name: str):
    return read_tables((HERE / "workbooks" / name).read_bytes())


def pasted(name: str):
    return read_html((HERE / "pasted" / f"{name}.html").read_bytes())


def read(*rows, merged=()):
    """Return the content of a list with these rows, the first of them row 1."""
    numbered = [[number, list(row)] for number, row in enumerate(rows, start=1)]
    [part] = reading.parts_of([{"name": "表", "rows": numbered, "merged": list(merged)}])
    assert restored_part(part.plain()) == part
    return part.seen


TITLES = ("序号", "岗位", "廉政风险点", "风险等级", "防控措施")


# ---- titles --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("廉政风险点", "point.text"), ("风险点及表现形式", "point.text"), ("风险点 描述", "point.text"),
        ("防控措施及要求", "measure.text"), ("防范措施", "measure.text"), ("风险等级（高、中、低）", "point.level"),
        ("等级", "point.level"), ("责任岗位", "point.post"), ("职务", "point.post"), ("责任人", "point.responsible"),
        ("类别", "both.category"), ("序号", "both.number"), ("前期预防", "measure.prevention"), ("主管领导", ""),
    ],
)  # fmt: skip
def test_titles_mean_fields(title, key):
    assert headings.meaning_of(title) == key


def test_each_title_means_one_field():
    titles = [title for meaning in headings.MEANINGS for title in meaning.titles]
    assert len(titles) == len(set(titles))


def test_of_two_columns_of_one_field_the_first_is_taken_and_the_other_said():
    found = read((*TITLES, "措施"), ("1", "", "甲", "", "一", "二"))
    assert [measure.text for measure in found.measures] == ["一"]
    assert found.notes == [(1, "“措施”一栏没有导入，其中 1 格有内容。")]


def test_a_list_that_names_only_how_risks_show_names_its_points_so():
    assert headings.meanings_of(["表现形式", "防控措施"]) == {0: "point.text", 1: "measure.text"}
    assert headings.meanings_of(["风险点", "表现形式"])[1] == "point.manifestation"


def test_titles_may_stand_in_two_rows():
    found = read(
        ("风险点", "防控措施", "", ""),
        ("", "前期预防", "中期监控", "后期处置"),
        ("甲", "一", "二", "三"),
        merged=[[1, 0, 2, 0], [1, 1, 1, 3]],
    )
    assert [(measure.text, measure.stage) for measure in found.measures] == [
        ("一", "前期预防"), ("二", "中期监控"), ("三", "后期处置"),
    ]  # fmt: skip


# ---- rows ----------------------------------------------------------------------------------------------------------


def test_the_list_of_a_school_is_read_whole():
    [part] = reading.parts_of(workbook("school_list_merged.xlsx"))
    found = part.seen
    assert (len(found.points), len(found.measures), found.problems) == (12, 18, [])
    assert [point.post for point in found.points] == ["教学督导员"] * 4 + ["督导室主任"] * 4 + ["质量评价员"] * 4
    assert [point.level for point in found.points] == list("中中低低高低高低中中中中")
    assert {point.category for point in found.points} == {""}
    assert [measure.points for measure in found.measures[:3]] == [(0,), (0,), (1,)]
    assert found.measures[0].text == "两人以上听课并分别打分，取平均分"
    assert [(head.name, head.text) for head in found.heads] == [("department", "质量督导室")]
    assert found.notes == [
        (17, "这一行没有风险点和措施，没有导入：部门负责人签字： 分管领导签字："),
        (1, "标题上面的文字没有导入：烟台一职专2026年部门廉政风险点排查防控一览表"),
    ]
    assert [(column.title, column.key) for column in part.columns][:2] == [
        ("序号", "both.number"), ("岗位", "point.post"),
    ]  # fmt: skip


def test_the_same_list_copied_says_the_same():
    [part] = reading.parts_of(workbook("school_list_merged.xlsx"))
    [copied] = reading.parts_of(pasted("libreoffice_calc"))
    assert (copied.seen.points, copied.seen.measures) == (part.seen.points, part.seen.measures)


@pytest.mark.parametrize("sheets", [workbook("list_numbered.docx"), pasted("libreoffice_writer")])
def test_a_list_in_a_text_is_read_with_its_numbers(sheets):
    [part] = reading.parts_of(sheets)
    assert [(point.post, point.level) for point in part.seen.points] == [
        ("教学督导员", "中"), ("教学督导员", "中"), ("督导室主任", "高"), ("督导室主任", "低"),
    ]  # fmt: skip
    assert [measure.text for measure in part.seen.measures] == [
        "两人以上听课", "评价结果公示五个工作日", "检查前制定方案", "督导检查结论集体研究", "重大事项留存记录",
        "先报批后接待",
    ]  # fmt: skip
    assert [text for _, text in part.seen.notes] == [
        "第 5 列里划掉的文字没有导入：，已废止的话",
        "第 5 列里隐藏的文字没有导入：，藏起来的话",
        "表格以外的文字没有导入：质量督导室廉政风险排查表；填报说明在表格以外。",
    ]


def test_what_word_excel_and_wps_copy_is_read():
    [word] = reading.parts_of(pasted("word"))
    assert [(point.text, point.post, point.level) for point in word.seen.points] == [
        ("听课评价凭个人关系打分，评价结果不公正", "教学督导员", "二级"),
        ("超标准接待", "", ""),
        ("检查结论未经集体研究", "督导室主任", "一级"),
    ]
    assert {point.category for point in word.seen.points} == {"岗位职责"}
    [excel] = reading.parts_of(pasted("excel"))
    assert [(point.post, point.text, point.level) for point in excel.seen.points] == [
        ("采购员", "采购不询价", "一级（高）"),
    ]
    assert (excel.hidden, len(excel.whole.points)) == ("第 4 行，E 列", 2)
    [wps] = reading.parts_of(pasted("wps"))
    assert [point.text for point in wps.seen.points] == ["拆分项目\n规避招标"]
    assert [(measure.text, measure.points) for measure in wps.seen.measures] == [
        ("集体研究", (0,)), ("公示", (0,)), ("交叉验收", (0,)),
    ]  # fmt: skip


def test_merged_cells_mean_all_their_rows():
    found = read(
        TITLES,
        ("1", "采购员", "甲", "高", "共用"),
        ("2", "", "乙", "", ""),
        ("3", "", "丙", "低", "一"),
        ("", "", "", "", "二"),
        merged=[[2, 1, 4, 1], [2, 3, 3, 3], [2, 4, 3, 4], [4, 2, 5, 2]],
    )
    assert [(point.post, point.level) for point in found.points] == [
        ("采购员", "高"),
        ("采购员", "高"),
        ("采购员", "低"),
    ]
    assert [(measure.text, measure.points) for measure in found.measures] == [
        ("共用", (0, 1)), ("一", (2,)), ("二", (2,)),
    ]  # fmt: skip


def test_rows_may_name_the_category_of_those_below():
    found = read(
        TITLES, ("一、岗位职责风险",), ("1", "", "甲", "", "一"), ("（二）业务流程",), ("2", "", "乙", "", "二")
    )
    assert [point.category for point in found.points] == [DUTY, "业务流程"]


def test_the_titles_may_be_repeated_and_nothing_may_be_left_over():
    found = read(TITLES, ("1", "", "甲", "", "一"), TITLES, ("2", "", "", "", "二"), ("", "电工", "", "高", ""))
    assert [measure.points for measure in found.measures] == [(0,), (0,)]
    assert found.notes == [(5, "这一行没有风险点和措施，没有导入：电工；高")]
    assert read(TITLES, ("1", "", "", "", "一")).problems == [(2, "不知道这条措施对应哪个风险点：一")]


def test_nil_and_measures_of_the_whole_category():
    found = read(
        ("类别", "风险点", "措施"),
        ("岗位职责", "无", "无"),
        ("业务流程", "甲", ""),
        ("", "本类各项", "乙"),
        ("外部环境", "无", "丙"),
    )
    assert found.nils == [FileNil(2, "岗位职责"), FileNil(5, "外部环境")]
    assert found.measures == [FileMeasure(4, "业务流程", "乙")]
    assert found.problems == [(5, "风险点写“无”，措施却写着：丙")]


def test_post_and_level_at_the_end_of_a_text_never_win_over_columns():
    found = read(
        TITLES,
        ("1", "采购员", "甲（会计，高）", "", ""),
        ("2", "", "乙（会计，高）", "低", ""),
        ("3", "", "丙（会计，中）", "", ""),
    )
    assert found.points == [
        FilePoint(2, "", "甲（会计，高）", post="采购员"),
        FilePoint(3, "", "乙（会计，高）", level="低"),
        FilePoint(4, "", "丙", post="会计", level="中"),
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("1.甲；2.乙；3.丙", ["1.甲；", "2.乙；", "3.丙"]), ("（1）甲（2）乙", ["（1）甲", "（2）乙"]),
        ("①甲。②乙", ["①甲。", "②乙"]), ("1.5万元；2.5万元", ["1.5万元；2.5万元"]), ("甲 2.乙", ["甲 2.乙"]),
        ("1.甲；3.丙", ["1.甲；3.丙"]),
    ],
)  # fmt: skip
def test_items_in_one_line_are_told_by_their_numbers(line, found):
    assert parted([line]) == found


def test_plain_text_is_read_too():
    [part] = reading.parts_of(read_tabbed("岗位\t风险点\t等级\t措施\n采购员\t甲\tA\t1.一；2.二".encode()))
    assert part.seen.points == [FilePoint(2, "", "甲", post="采购员", level="A")]
    assert [measure.text for measure in part.seen.measures] == ["一", "二"]


# ---- columns and sheets that nobody knows --------------------------------------------------------------------------


def test_columns_can_be_said():
    rows = [[1, ["项目", "内容", "办法"]], [2, ["采购员", "甲", "一"]]]
    [part] = reading.parts_of([{"name": "表", "rows": rows}])
    assert (part.is_list, part.is_chosen, part.seen.points) == (True, True, [])
    assert [(column.title, column.example, column.key) for column in part.columns] == [
        ("项目", "采购员", ""), ("内容", "甲", ""), ("办法", "一", ""),
    ]  # fmt: skip
    said = reading.remapped(part, {0: "point.post", 1: "point.text", 2: "measure.text", 9: "point.level"})
    assert said.seen.points == [FilePoint(2, "", "甲", post="采购员")]
    assert [measure.text for measure in said.seen.measures] == ["一"]
    assert [column.key for column in said.columns] == ["point.post", "point.text", "measure.text"]
    assert reading.remapped(said, {1: "nonsense"}).seen.points == []


def test_sheets_without_titles_are_said():
    known = {"name": "一", "rows": [[1, list(TITLES)], [2, ["1", "", "甲", "", ""]]]}
    [part] = reading.parts_of(
        [{"name": "封面", "rows": [[1, ["某校"]]]}, known, {"name": "填写说明", "rows": [[1, ["字"]]]}]
    )
    assert part.seen.notes == [(1, "没有读“封面”：没有找到防控表的标题。")]


# ---- levels --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("高", 1), ("中", 2), ("低", 3), ("一级（高）", 1), ("二级(中)", 2), ("高（一级）", 1), ("Ⅰ级", 1), ("Ⅱ", 2),
        ("III级", 3),
        ("A", 1), ("B级", 2), ("c", 3), ("高风险", 1), ("三级风险", 3), ("１级", 1), ("2", 2),
        ("", None), ("一级（低）", None), ("四级", None), ("较高", None), ("高、中", None), ("重大", None),
    ],
)  # fmt: skip
def test_levels_are_understood_in_any_words_but_contradictions(text, level):
    assert level_of(text) == level


# ---- what is asked -------------------------------------------------------------------------------------------------


def test_a_category_is_asked_for_and_a_level_is_the_proposal(draft_version):
    make_post(draft_version.table.department, "教学督导员")
    content = read(TITLES, ("1", "教学督导员", "甲", "低", "一"), ("2", "", "乙", "较高", "二"))
    content.points[0] = FilePoint(2, "", "甲", post="教学督导员", level="低", ref="0-p2-1")
    found = plan(draft_version, content)
    first, second = found.points
    assert (first.of_field, first.details) == ({"category": ["请选择风险类别。"]}, [
        ("建议等级", "低，即三级（低）"),
    ])  # fmt: skip
    assert set(second.of_field) == {"category", "level"}
    assert [line.state for line in found.measures] == [State.NEW, State.NEW]
    said = plan(draft_version, content, Orders({"0-p2-1": {"category": DUTY, "text": "甲改"}}, category="业务流程"))
    first, second = said.points
    assert (first.state, first.text, first.values["proposed_level"]) == (State.NEW, "甲改", 3)
    assert (first.values["likelihood"], first.values["harm"]) == (None, None)
    assert (second.category, set(second.of_field)) == ("process", {"level"})
    assert [line.category for line in said.measures] == ["duty", "process"]


def test_what_is_left_out_takes_its_measures_along(draft_version):
    content = read(TITLES, ("1", "", "甲", "", "一"))
    content.points[0] = FilePoint(2, "", "甲", ref="0-p2-1")
    found = plan(draft_version, content, Orders(left=frozenset({"0-p2-1"})))
    assert [line.state for line in (*found.points, *found.measures)] == [State.LEFT, State.LEFT]
    assert not found.is_savable


def test_a_point_that_is_there_needs_no_category(draft_version):
    point = draft_version.points.first()
    content = read(("岗位", "风险点", "防控措施"), (point.post_name, point.text, ""))
    [line] = plan(draft_version, content).points
    assert (line.state, line.category) == (State.THERE, point.category)
