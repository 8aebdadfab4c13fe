"""Cells as content: the printed forms, as we write them and as people fill them in, and the template."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcontrol.paper.cell_text import CUT, CUT_AT_BREAK, INNER
from riskcontrol.processes.confinement import RefusedError
from riskpoints.importing import reading
from riskpoints.importing.content import FileMeasure, FileNil, FilePoint, restored
from riskpoints.importing.items import items, paragraphs
from riskpoints.importing.reading import read_sheets


def read(*rows):
    """Return the content of a sheet with these rows, the first of them row 1."""
    return read_sheets([{"name": "表", "rows": [[number, list(row)] for number, row in enumerate(rows, start=1)]}])


HEADING = ("风险类别", "风险点", "", "防范措施")
TITLES = ("序号", "风险类别", "岗位", "风险点", "建议等级", "防范措施", "也针对序号", "阶段")


# ---- items in a cell -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["1.采购不询价", "2.验收不到场"], ["采购不询价", "验收不到场"]),
        (["（1）采购", "（2）验收", "（3）付款"], ["采购", "验收", "付款"]),
        (["①双人验收", "并签字", "②每月抽查"], ["双人验收\n并签字", "每月抽查"]),
        (["采购不询价", "验收不到场"], ["采购不询价", "验收不到场"]),
        (["1.5万元以上的采购不招标"], ["1.5万元以上的采购不招标"]),
        (["1.采购不询价"], ["采购不询价"]),
        (["2.从二开始", "3.不是编号"], ["2.从二开始", "3.不是编号"]),
        ([], []),
    ],
)
def test_numbers_count_items(texts, found):
    assert items(texts) == found


def test_numbers_go_on_from_the_row_above():
    assert items(["2.30万元以上的采购"], first=2, is_counted=True) == ["30万元以上的采购"]


def test_a_marked_line_break_stays_in_its_paragraph():
    assert paragraphs(f"一{INNER}\n二\n三") == ["一\n二", "三"]


@given(st.lists(st.text(st.sampled_from("一1.、①②〔〕\xa0 \n（）"), max_size=12), max_size=6))
def test_any_text_can_be_taken_apart(texts):
    found = [paragraph for text in texts for paragraph in paragraphs(text)]
    assert all(found)
    assert len(items(found)) <= len(found)


# ---- the printed form ----------------------------------------------------------------------------------------------


def test_the_form_as_people_fill_it_in():
    content = read(
        ("附件4",),
        ("科室名称", "总务处", "负责人姓名", "", "甲"),
        ("业务工作职责", "保障后勤"),
        HEADING,
        ("岗位职责\n风险", "1、采购不询价〔采购员，一级（高）〕\n2、验收不到场", "", "两人验收\n每月抽查"),
        ("业务流程风险", "拆分业务〔采购员〕", "", "①集体研究\n②公示"),
        ("", "验收走过场〔三级（低）〕", "", "交叉验收〔针对第1、2项〕"),
        ("制度机制风险", "无", "", "无"),
        ("外部环境风险",),
        ("单位确定\n风险等级", "部门拟定等级：一级（高）"),
        ("注：1.本表一式二份",),
    )
    assert content.problems == []
    assert [(head.name, head.text) for head in content.heads] == [
        ("department", "总务处"), ("head_name", "甲"), ("duties", "保障后勤"),
    ]  # fmt: skip
    assert content.points == [
        FilePoint(5, "岗位职责风险", "采购不询价", post="采购员", level="一级（高）"),
        FilePoint(5, "岗位职责风险", "验收不到场"),
        FilePoint(6, "业务流程风险", "拆分业务", post="采购员"),
        FilePoint(7, "业务流程风险", "验收走过场", level="三级（低）"),
    ]
    assert content.measures == [
        FileMeasure(5, "岗位职责风险", "两人验收"),
        FileMeasure(5, "岗位职责风险", "每月抽查"),
        FileMeasure(6, "业务流程风险", "集体研究", points=(2,)),
        FileMeasure(6, "业务流程风险", "公示", points=(2,)),
        FileMeasure(7, "业务流程风险", "交叉验收", points=(2, 3)),
    ]
    assert content.nils == [FileNil(8, "制度机制风险")]
    assert restored(content.plain()) == content


def test_texts_that_were_cut_into_several_rows_are_put_together():
    content = read(
        HEADING,
        ("岗位职责风险", f"1.很长的{CUT}", "", f"①第一条{CUT_AT_BREAK}"),
        ("", f"风险点{INNER}{CUT_AT_BREAK}", "", "②第二条"),
        ("岗位职责风险\n（续）", "的第二段"),
        ("", "2.另一个", "", "三条"),
        ("", "〔本类各项〕", "", "总的措施"),
    )
    assert [(point.row, point.text) for point in content.points] == [(2, "很长的风险点\n的第二段"), (5, "另一个")]
    assert [(measure.text, measure.points) for measure in content.measures] == [
        ("第一条", (0,)), ("第二条", (0,)), ("三条", (1,)), ("总的措施", ()),
    ]  # fmt: skip


def test_the_school_form_lists_points_and_measures_side_by_side():
    content = read(
        ("附件2：",),
        ("单位名称\n（公章）", "某校"),
        ("业务职能", f"教育{CUT}"),
        ("", "教学"),
        ("风险类别", "风险点", "", "防控措施"),
        ("重大事项决策", "未经集体研究", "", "集体研究\n公示"),
    )
    assert [(head.name, head.text) for head in content.heads] == [("duties", "教育教学")]
    assert [point.text for point in content.points] == ["未经集体研究"]
    assert [(measure.text, measure.points) for measure in content.measures] == [("集体研究", ()), ("公示", ())]


# ---- the template --------------------------------------------------------------------------------------------------


def test_the_template_row_by_row():
    content = read(
        TITLES,
        ("1", "岗位职责风险", "采购员", "采购不询价", "一级（高）", "三家询价", "", "前期预防"),
        ("", "", "", "", "", "每月抽查", "2", ""),
        ("2", "", "", "验收不到场"),
        (),
        ("", "", "", "本类各项", "", "每学期教育"),
        ("", "外部环境风险", "", "无"),
    )
    assert content.problems == []
    assert content.points == [
        FilePoint(2, "岗位职责风险", "采购不询价", post="采购员", level="一级（高）"),
        FilePoint(4, "岗位职责风险", "验收不到场"),
    ]
    assert content.measures == [
        FileMeasure(2, "岗位职责风险", "三家询价", points=(0,), stage="前期预防"),
        FileMeasure(3, "岗位职责风险", "每月抽查", points=(0, 1)),
        FileMeasure(6, "岗位职责风险", "每学期教育"),
    ]
    assert content.nils == [FileNil(7, "外部环境风险")]


def test_items_that_are_counted_in_one_cell_are_several():
    """Lists of schools have the template's titles, too, but not one item a row."""
    content = read(
        ("序号", "风险类别", "风险点", "防范措施"),
        ("1", "岗位职责风险", "1.甲；2.乙", "1.一；\n2.二"),
        ("2", "", "2026 年的丙", "第一条\n第二条"),
    )
    assert [(point.row, point.text) for point in content.points] == [(2, "甲"), (2, "乙"), (3, "2026 年的丙")]
    assert [(measure.text, measure.points) for measure in content.measures] == [
        ("一", (0, 1)), ("二", (0, 1)), ("第一条\n第二条", (2,)),
    ]  # fmt: skip


def test_rows_that_cannot_be_understood_say_why():
    content = read(
        TITLES,
        ("", "", "采购员", "没有类别"),
        ("", "岗位职责风险", "", "", "", "没有风险点的措施"),
        ("", "岗位职责风险", "采购员", "", "一级（高）"),
        ("1", "岗位职责风险", "", "采购", "", "询价", "7、甲"),
        ("", "岗位职责风险", "", "", "", "", "1", "前期预防"),
    )
    assert content.problems == [
        (2, "这一行没有风险类别，请填写。"),
        (3, "不知道这条措施对应哪个风险点。请填写风险点；对本类全部的填“本类各项”。"),
        (4, "这一行没有写风险点，请填写；只写措施的行，请把别的栏留空。"),
        (6, "这一行没有写防范措施，请填写，或把措施的其他栏留空。"),
        (5, "“也针对序号”里的 7、甲 不是表里的序号。"),
    ]


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        ([], reading.UNKNOWN),
        ([{"name": "表", "rows": [[1, ["姓名", "部门"]]]}], reading.UNKNOWN),
        ([{"name": "表", "rows": [[1, list(HEADING)]]}], reading.EMPTY),
        (
            [{"name": "表", "rows": [[1, list(TITLES)], *([2, ["", "岗位职责风险", "", "点"]] for _ in range(301))]}],
            reading.TOO_MANY,
        ),
    ],
)
def test_what_holds_no_table_is_refused(sheets, words):
    with pytest.raises(RefusedError) as caught:
        read_sheets(sheets)
    assert str(caught.value) == words


CELLS = st.text(st.sampled_from("一1.、①〔〕\xa0\n（）无本类各项，"), max_size=14) | st.sampled_from(
    [
        "岗位职责风险",
        "无",
        "〔本类各项〕",
        "1.甲〔采购员，一级（高）〕",
        "①乙〔针对第1、9项〕",
        f"丙{CUT}",
        f"丁{CUT_AT_BREAK}",
    ]
)


@given(st.sampled_from([HEADING, TITLES]), st.lists(st.lists(CELLS, max_size=8), max_size=12))
def test_any_cells_give_content_or_a_refusal(heading, rows):
    try:
        content = read(heading, *rows)
    except RefusedError:
        return
    assert restored(content.plain()) == content
