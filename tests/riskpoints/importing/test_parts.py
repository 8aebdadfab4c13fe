"""The single steps of reading a workbook: what is seen, columns, words as values, and what can be taken or left."""

import pytest

from departments.models import Post
from riskcontrol.paper.cell_text import INNER
from riskpoints.importing import carrying, columns, form_sheet, items, reading, row_sheet, seeing, values
from riskpoints.importing.carrying import Choice, ReadFile
from riskpoints.importing.content import FileContent, FileHead, FileMeasure, FileNil, FilePoint, SheetPart, combined
from riskpoints.models import RiskPoint

HEADING = (1, ["风险类别", "风险点", "", "防范措施"])


# ---- what a person sees ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "name"), [(0, "A"), (1, "B"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_have_the_letters_of_a_workbook(column, name):
    assert seeing.letter(column) == name


@pytest.mark.parametrize(
    ("rows", "hidden", "words"),
    [([3, 4], [8], "第 3、4 行，I 列"), ([3], [], "第 3 行"), ([], [0, 1], "A、B 列"), ([], [], "")],
)
def test_hidden_rows_and_columns_are_named(rows, hidden, words):
    assert seeing.hidden_words(rows, hidden) == words


def test_what_is_hidden_is_not_seen_nor_its_marks():
    marks = [[1, 0, "struck", "a"], [2, 0, "struck", "b"], [1, 1, "struck", "c"]]
    sheet = {"name": "表", "rows": [[1, ["甲", "乙"]], [2, ["丙", "丁"]]], "marks": marks}
    assert seeing.visible(sheet) is sheet
    assert seeing.visible(sheet | {"hidden_rows": [2]}) == sheet | {
        "hidden_rows": [2], "rows": [[1, ["甲", "乙"]]], "marks": [marks[0], marks[2]],
    }  # fmt: skip
    assert seeing.visible(sheet | {"hidden_columns": [1]}) == sheet | {
        "hidden_columns": [1], "rows": [[1, ["甲", ""]], [2, ["丙", ""]]], "marks": marks[:2],
    }  # fmt: skip


def test_unseen_characters_are_taken_out_and_said():
    rows, problems, notes = seeing.folded_rows(
        [[7, ["采\u200b购\u200b", "付款\u2028后", "好"]], [8, ["a\u202eb", "c"]]]
    )
    assert rows == [[7, ["采购", "付款\n后", "好"]], [8, ["a\u202eb", "c"]]]
    [(row, words)] = notes
    assert (row, words.startswith("A7 格去掉了看不见的"), words.endswith(" 2 个。")) == (7, True, True)
    [(row, words)] = problems
    assert (row, words.startswith("A8 格第 2 个字符是")) == (8, True)
    assert words.endswith("，它会改变文字的次序，请删去后再上传。")


def test_marks_are_told_where_they_stand():
    told = seeing.marks_told(
        [[2, 1, "formula", ""], [3, 0, "format", "0.00%"], [4, 2, "struck", "旧字"], [5, 3, "comment", "批注"]]
    )
    assert told.problems == [
        (2, f"B2 格{seeing.FORMULA}"),
        (3, "A3 格的数字格式（0.00%）认不出来，请改成文本格式，重新输入。"),
    ]
    assert told.notes == [(4, "C4 格里划掉的文字没有导入：旧字"), (5, "D5 格的批注没有导入：批注")]


# ---- the columns of the template ---------------------------------------------------------------------------------


def test_the_columns_of_the_template_have_these_titles():
    """A file that was filled in years ago is read by them, so that a title never changes.

    What is used first stands first (issue 14, section 1): where a row belongs, its point, its measure, its level.
    """
    assert [(column.of, column.name, column.title) for column in columns.COLUMNS] == [
        ("both", "number", "序号"), ("both", "category", "风险类别"), ("point", "post", "岗位"),
        ("point", "text", "风险点"), ("measure", "text", "防范措施"), ("point", "likelihood", "发生机率"),
        ("point", "harm", "危害程度"), ("point", "level", "建议等级"), ("point", "responsible", "责任人"),
        ("point", "manifestation", "表现形式"), ("point", "matter", "管理事项或流程环节"),
        ("point", "reason", "建议理由"), ("point", "methods", "查找方法"), ("point", "other", "其他方法"),
        ("point", "state", "状态"), ("point", "key", "重点领域"), ("measure", "also", "也针对序号"),
        ("measure", "stage", "阶段"), ("measure", "responsible", "措施责任人"),
        ("measure", "timing", "时限或频次"), ("measure", "basis", "制度依据"),
    ]  # fmt: skip
    assert (columns.POINT.title, columns.MEASURE.title) == ("风险点", "防范措施")
    of_school = {column.name for column in columns.columns_for(is_school=True)}
    assert {column.name for column in columns.columns()} - of_school == {
        "post", "likelihood", "harm", "level", "reason",
    }  # fmt: skip


def test_the_template_is_told_from_the_form_by_one_more_title():
    assert row_sheet.heading_of([(1, ["说明"]), (2, ["风险类别", "风险点", "防范措施", "阶段"])]) == 1
    assert row_sheet.heading_of([HEADING]) is None
    assert form_sheet.heading_of([(1, ["附件4"]), HEADING]) == 1
    assert form_sheet.heading_of([(1, ["风险类别", "风险点", "措施"])]) is None
    assert form_sheet.heading_of([(1, ["风险点", "风险类别", "防范措施"])]) is None


# ---- merged cells, tags, numbers ---------------------------------------------------------------------------------


def test_only_a_measure_in_a_merged_cell_answers_the_points_of_its_rows():
    rows = [HEADING, (2, ["岗位职责风险", "甲", "", "措施"]), (3, ["", "乙", "", ""])]
    for area, points in (([2, 3, 3, 3], (0, 1)), ([2, 0, 3, 0], (0,)), ([2, 1, 3, 1], (0,)), ([2, 3, 2, 3], (0,))):
        content = form_sheet.read_form(rows, 0, [area])
        assert [(measure.text, measure.points) for measure in content.measures] == [("措施", points)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("采购〔采购员，一级（高）〕", ("采购", "采购员", "一级（高）")),
        ("采购〔一级（高）〕", ("采购", "", "一级（高）")),
        ("采购〔采购员〕", ("采购", "采购员", "")),
        ("采购〔甲，乙〕", ("采购", "甲，乙", "")),
        ("采购（采购员，一级）。", ("采购", "采购员", "一级")),
        ("采购（一级）", ("采购", "", "一级")),
        ("采购（每年）", ("采购（每年）", "", "")),
    ],
)
def test_post_and_level_behind_a_point(text, found):
    assert form_sheet.untagged(text) == found


def test_a_cell_with_a_second_number_counts_its_items():
    """A lone 1. may be part of a text; beside a 2. it is a number."""
    rows = [HEADING, (2, ["岗位职责风险", "1.5万元以上的采购不招标", "", "措施"])]
    assert [point.text for point in form_sheet.read_form(rows, 0).points] == ["1.5万元以上的采购不招标"]
    rows.append((3, ["", "2.30万元以上的采购不公开", "", "另一条"]))
    assert [point.text for point in form_sheet.read_form(rows, 0).points] == [
        "5万元以上的采购不招标",
        "30万元以上的采购不公开",
    ]


def test_what_stands_beside_the_form_is_said_down_to_its_last_row():
    rows = [
        HEADING,
        (2, ["岗位职责风险", "甲", "旁注", "措施", "右边"]),
        (3, ["单位确定风险等级", "", "", "", "盖章处"]),
    ]
    assert form_sheet.read_form(rows, 0).notes == [
        (2, "C2 格不在表里，没有导入：旁注"),
        (2, "E2 格不在表里，没有导入：右边"),
    ]


def test_a_paragraph_that_ends_with_a_break_of_its_own_is_not_lost():
    assert items.paragraphs(f"一\n二{INNER}") == ["一", "二"]
    assert items.paragraphs(f"一\n{INNER}") == ["一"]


def test_a_row_with_only_the_other_cells_of_a_measure_is_said():
    """Whatever of it was filled in: when, who, or which other points it answers."""
    titles = ["风险类别", "风险点", "防范措施", "也针对序号", "时限或频次"]
    for rest in (["1", ""], ["", "每次"]):
        rows = [(1, titles), (2, ["岗位职责风险", "甲", "措施", "", ""]), (3, ["", "", "", *rest])]
        found = row_sheet.read_rows(rows, 0, [])
        assert found.problems == [(3, "这一行没有写防范措施，请填写，或把措施的其他栏留空。")]
    found = row_sheet.read_rows([(1, titles), (2, ["岗位职责风险", "无", "无", "", ""])], 0, [])
    assert (found.problems, [nil.category for nil in found.nils]) == ([], ["岗位职责风险"])


def test_the_heads_of_both_forms_are_read_by_their_labels():
    labels = {"科室名称": "department", "负责人姓名": "head_name", "业务工作职责": "duties", "业务职能": "duties"}
    assert form_sheet.HEADS.keys() == labels.keys()
    for label, name in labels.items():
        rows = [(1, [label, "后勤保障"]), (2, HEADING[1]), (3, ["岗位职责风险", "甲", "", "措施"])]
        assert [(head.row, head.name, head.text) for head in form_sheet.read_form(rows, 1).heads] == [
            (1, name, "后勤保障")
        ]


# ---- words as values ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "word", "value"),
    [
        ("state", "", ("is_latent", True)), ("state", "潜在", ("is_latent", True)),
        ("state", "已存在", ("is_latent", False)), ("state", "已存在的风险", ("is_latent", False)),
        ("key", "", ("is_key_area", False)), ("key", "是", ("is_key_area", True)), ("key", "√", ("is_key_area", True)),
        ("key", "否", ("is_key_area", False)), ("level", "一级", ("proposed_level", 1)),
        ("level", "2", ("proposed_level", 2)), ("level", "三级（低）", ("proposed_level", 3)),
        ("likelihood", "较高", ("likelihood", 2)), ("harm", "严重", ("harm", 1)),
        ("methods", "自己找、自己找；组织评", ("finding_methods", ["self", "organisation"])),
        ("methods", "其他（审计）", ("finding_other", "审计")),
    ],
)  # fmt: skip
def test_words_of_a_point_are_these_values(name, word, value):
    words = values.WordReader()
    found = values.point_values(FilePoint(1, "", "风险", **{name: word}), None, words)
    assert (value[0], found[value[0]], words.wrong) == (*value, [])


def test_a_level_that_is_not_given_is_that_of_the_rule(purchasing_post):
    point = FilePoint(1, "", "风险", likelihood="较小", harm="一般")
    assert values.point_values(point, None, values.WordReader())["proposed_level"] == 3
    post = Post.objects.get(pk=purchasing_post.pk)
    assert values.point_values(point, post, values.WordReader())["proposed_level"] == 1


def test_words_that_nobody_knows_are_said():
    words = values.WordReader()
    found = values.point_values(FilePoint(1, "", "#N/A", state="也许", key="大概", level="四级"), None, words)
    assert (found["is_latent"], found["is_key_area"], found["proposed_level"]) == (True, False, None)
    assert words.wrong == [
        "建议等级“四级”不认识，请填：一级（高）、二级（中）、三级（低）。",
        "风险点是出错的公式（#N/A），请改成文字。",
        "状态“也许”不认识，请填：潜在的风险、已存在的风险。",
        "重点领域“大概”不认识，请填：是、否。",
    ]
    words = values.WordReader()
    assert values.measure_values(FileMeasure(1, "", "措施", stage="未分"), words)["stage"] == ""
    assert values.measure_values(FileMeasure(1, "", "措施", stage="中期监控"), words)["stage"] == "monitoring"
    values.measure_values(FileMeasure(1, "", "措施", stage="末期"), words)
    assert words.wrong == ["阶段“末期”不认识，请填：前期预防、中期监控、后期处置。"]


def test_plain_fields_without_a_column_of_their_own_are_values_too():
    """What riskpoints/fields.py declares plain is read into `more` and saved by its name."""
    point = FilePoint(1, "", "风险", reason="有复核", other="审计", more={"confirmed_reason": "理由"})
    found = values.point_values(point, None, values.WordReader())
    said = {name: found[name] for name in ("confirmed_reason", "proposed_reason", "finding_other")}
    assert said == {"confirmed_reason": "理由", "proposed_reason": "有复核", "finding_other": "审计"}
    measure = FileMeasure(1, "", "措施", more={"basis": "办法"})
    assert values.measure_values(measure, values.WordReader())["basis"] == "办法"


@pytest.mark.parametrize(("length", "is_wrong"), [(1000, False), (1001, True)])
def test_a_text_is_as_long_as_its_field_holds(length, is_wrong):
    words = values.WordReader()
    words.text(RiskPoint, "text", "长" * length)
    assert bool(words.wrong) is is_wrong


@pytest.mark.parametrize(
    ("text", "value"),
    [("岗位职责风险", "duty"), ("岗位职责", "duty"), ("岗位 职责", "duty"), ("职责", ""), ("风险", ""), ("", "")],
)
def test_a_category_is_known_by_its_label_with_or_without_its_last_word(text, value):
    assert values.category_of(text, {"duty": "岗位职责风险"}) == value


# ---- what can be taken or left -----------------------------------------------------------------------------------


DUTY = FileContent(points=[FilePoint(2, "岗位职责风险", "甲")], measures=[FileMeasure(2, "岗位职责风险", "措施", (0,))])
MORE = FileContent(points=[*DUTY.points, FilePoint(3, "岗位职责风险", "隐藏的")])


def test_each_sheet_is_a_choice_and_each_with_what_is_hidden_in_it():
    file = ReadFile("表.xlsx", "a", [
        SheetPart("一", False, True, DUTY),
        SheetPart("二", True, False, DUTY, MORE, "第 3 行"),
        SheetPart("三", False, False, FileContent(), MORE, "A 列"),
    ])  # fmt: skip
    assert file.choices == [
        Choice("0", "工作表“一”", "风险点 1、防范措施 1", True),
        Choice("1", "隐藏的工作表“二”", "风险点 1、防范措施 1", False),
        Choice("1h", "隐藏的工作表“二”，连同隐藏的第 3 行", "风险点 2、防范措施 0", False),
        Choice("2h", "工作表“三”，连同隐藏的A 列", "风险点 2、防范措施 0", False),
    ]
    assert file.chosen == ["0"]
    assert file.taken() == DUTY
    assert file.taken(["1h", "1"]) == MORE
    assert [point.sheet for point in file.taken(["0", "2h"]).points] == ["一", "三", "三"]
    assert file.taken([]) == FileContent()
    assert carrying.GOOD_FOR.days == 7


def test_several_sheets_are_one_content_whose_places_go_on():
    other = FileContent(
        points=[FilePoint(2, "岗位职责风险", "乙")],
        measures=[FileMeasure(2, "岗位职责风险", "另一条", (0,))],
        nils=[FileNil(3, "业务流程风险")],
        heads=[FileHead(1, "duties", "保障")],
        problems=[(4, "不懂")],
        notes=[(5, "没有导入")],
        is_school=True,
    )
    found = combined([("一", DUTY), ("二", other)])
    assert [(measure.sheet, measure.points) for measure in found.measures] == [("一", (0,)), ("二", (1,))]
    assert [item.sheet for item in [*found.nils, *found.heads]] == ["二", "二"]
    assert (found.problems, found.notes) == ([(4, "工作表“二”：不懂")], [(5, "工作表“二”：没有导入")])
    assert found.is_school
    assert combined([("一", DUTY)]) is DUTY


def test_a_guide_with_the_titles_of_a_table_is_not_chosen():
    rows = [[1, list(HEADING[1])], [2, ["填写说明", "怎样填写", "", "写谁做什么"]]]
    form = [[1, list(HEADING[1])], [2, ["岗位职责风险", "甲", "", "措施"]]]
    parts = reading.parts_of([{"name": "说明", "rows": rows}, {"name": "表", "rows": form, "hidden": True}])
    assert [(part.name, part.is_hidden, part.is_chosen) for part in parts] == [
        ("说明", False, False), ("表", True, False),
    ]  # fmt: skip
    [part] = reading.parts_of([{"name": "表", "rows": form, "hidden_columns": [3]}])
    assert (part.hidden, part.seen.measures, len(part.whole.measures)) == ("D 列", [], 1)
    [part] = reading.parts_of([{"name": "表", "rows": form, "hidden_rows": [2]}])
    assert (part.is_chosen, part.seen.is_empty, part.hidden) == (False, True, "第 2 行")
    assert part.whole.points[0].text == "甲"
