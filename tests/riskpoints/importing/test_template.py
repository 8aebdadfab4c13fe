"""The import template: what its sheets say and offer, how it is printed, and what of a draft stands in it."""

import io
import re

import openpyxl
import pytest

from riskpoints.enums import Category, FindingMethod, Harm, Likelihood, Stage
from riskpoints.importing import columns, row_sheet
from riskpoints.importing.template import EMPTY_ROWS, template_xlsx
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.tables import editing
from tests import once
from tests.factories import make_measure, make_point

# The field of the model that a column fills in, where it isn't called the same.
FIELDS = {"reason": "proposed_reason", "other": "finding_other"}


@once.fixture
def draft(table, people, purchasing_post, plain_post):
    """Return an empty draft of 总务处."""
    return TableVersion.objects.create(table=table, number=1, owner_name="总务处", created_by=people.head)


def book_of(version, *, is_filled=False):
    return openpyxl.load_workbook(io.BytesIO(template_xlsx(version, is_filled=is_filled)))


def filled_rows(version) -> list[dict]:
    """Return what stands in each row with something in it, by title."""
    titles, *rows = [[cell.value for cell in row] for row in book_of(version, is_filled=True)["导入模板"]]
    rows = [dict(zip(titles, row, strict=True)) for row in rows if any(row)]
    return [{title: value for title, value in row.items() if value and not title.endswith("编码")} for row in rows]


def test_how_long_a_text_may_be_is_said_as_the_field_has_it():
    said = {}
    for column in columns.COLUMNS:
        if limit := re.search(r"不超过 (\d+) 字", column.guide):
            model = Measure if column.of == "measure" else RiskPoint
            field = model._meta.get_field(FIELDS.get(column.name, column.name))
            said[column.title] = (int(limit[1]), field.max_length)
    assert {title: limits for title, limits in said.items() if limits[0] != limits[1]} == {}
    assert list(said) == [
        "风险点", "防范措施", "责任人", "表现形式", "管理事项或流程环节", "建议理由", "其他方法", "措施责任人",
        "时限或频次", "制度依据",
    ]  # fmt: skip


def test_the_guides_name_the_words_that_can_be_chosen():
    guides = {column.name: column.guide for column in columns.COLUMNS if column.of != "measure"}
    assert guides["likelihood"] == f"{'、'.join(Likelihood.labels)}。"
    assert guides["harm"] == f"{'、'.join(Harm.labels)}。"
    assert guides["methods"].startswith(f"{'、'.join(FindingMethod.labels)}；")
    stage = next(column for column in columns.COLUMNS if column.name == "stage")
    assert stage.guide.startswith(f"{'、'.join(Stage.labels)}。")


def test_the_columns_share_the_width_that_can_be_seen_at_once():
    """Millimetres: a column that grows pushes the levels out of sight."""
    assert [column.width for column in columns.COLUMNS] == [
        11, 26, 28, 62, 62, 18, 20, 22, 24, 45, 32, 32, 28, 24, 24, 16, 18, 20, 24, 28, 32,
    ]  # fmt: skip


def test_the_template_is_a_list_with_its_titles_always_in_sight(draft):
    sheet = book_of(draft)["导入模板"]
    assert [cell.value for cell in sheet[1]] == [column.title for column in columns.columns_for(is_school=False)]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A2", "$1:$1")
    assert (sheet.page_setup.orientation, EMPTY_ROWS, sheet.max_row) == ("landscape", 60, 61)
    assert [sheet.row_dimensions[row].height for row in (1, 2, 61)] == [36, 20.25, 20.25]
    margins = [round(getattr(sheet.page_margins, side) * 25.4) for side in ("top", "right", "bottom", "left")]
    assert margins == [15, 12, 15, 12]
    assert {cell.value for row in sheet.iter_rows(min_row=2) for cell in row} == {None}


@pytest.mark.parametrize("is_filled", [False, True])
def test_what_is_typed_into_it_stays_text(draft, people, is_filled):
    """3-5 becomes no date and 001 no 1, below the rows that are there as well (issue 14, section 1)."""
    make_point(draft, actor=people.head, text="采购")
    sheet = book_of(draft, is_filled=is_filled)["导入模板"]
    assert {cell.number_format for row in sheet.iter_rows(min_row=2) for cell in row} == {"@"}
    letters = [cell.column_letter for cell in sheet[1]]
    assert {sheet.column_dimensions[letter].number_format for letter in letters} == {"@"}


def test_a_template_of_before_reads_as_one_of_now(draft, people):
    """Columns are found by their titles: those of an earlier order, with what they say, are the same content."""
    point = make_point(draft, actor=people.head, text="采购", matter="询价", likelihood=2, harm=3)
    make_measure(draft, point, actor=people.head, text="三家询价", timing="每次")
    rows = [[cell.value or "" for cell in row] for row in book_of(draft, is_filled=True)["导入模板"]]
    rows = [(number, [str(cell) for cell in row]) for number, row in enumerate(rows[:3], start=1)]
    turned = [(number, row[::-1]) for number, row in rows]
    now, before = row_sheet.read_rows(rows, 0), row_sheet.read_rows(turned, 0)
    assert (now.points, now.measures) == (before.points, before.measures)
    [found] = now.points
    assert (found.text, found.matter, now.measures[0].timing) == ("采购", "询价", "每次")


def test_the_second_sheet_says_how_each_column_is_filled_in(draft):
    sheet = book_of(draft)["填写说明"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(max_col=2)]
    assert [row[0] for row in rows[:4]] == [
        "一行写一个风险点；它的第二条措施写在下一行，那一行的风险点留空。",
        "导入只添加草稿里还没有的内容，不删除已有的；文字与岗位都相同的不重复添加。",
        "带草稿内容的模板里，改过的行在预览里列为“修改”，原文和新文并排，确认后才改。隐藏的两列编码请保留。",
        "上传后先看预览，可以直接在预览里改；确认后才保存。",
    ]
    assert (rows[4], sheet.row_dimensions[5].height) == ([None, None], 8.25)
    assert rows[5:] == [[column.title, column.guide] for column in columns.columns_for(is_school=False)]


def test_the_third_sheet_holds_what_can_be_chosen(draft):
    rows = [[cell.value for cell in row] for row in book_of(draft)["可选内容"]]
    lists = {title: [row[place] for row in rows[1:] if row[place]] for place, title in enumerate(rows[0])}
    assert lists == {
        "风险类别": ["岗位职责风险", "业务流程风险", "制度机制风险", "外部环境风险"],
        "岗位": ["采购员", "绿化管理员"],
        "发生机率": ["高", "较高", "较小"],
        "危害程度": ["严重", "较为严重", "一般"],
        "建议等级": ["一级（高）", "二级（中）", "三级（低）"],
        "状态": ["潜在的风险", "已存在的风险"],
        "重点领域": ["是"],
        "阶段": ["前期预防", "中期监控", "后期处置"],
    }


def test_each_list_is_offered_below_its_title_down_to_its_last_word(draft):
    book = book_of(draft)
    sheet, lists = book["导入模板"], book["可选内容"]
    offered = {}
    for rule in sheet.data_validations.dataValidation:
        [place] = rule.sqref.ranges
        cells = rule.formula1.partition("!")[2].replace("$", "")
        offered[sheet.cell(1, place.min_col).value] = [row[0].value for row in lists[cells]]
        assert place.min_row == 2
    assert list(offered) == [cell.value for cell in lists[1]]
    for place, words in enumerate(offered.values()):
        assert words == [row[place].value for row in lists.iter_rows(min_row=2) if row[place].value]


def test_a_draft_stands_in_it_with_every_column(draft, people, purchasing_post):
    one, two = (
        make_point(draft, actor=people.head, post=purchasing_post, text=text, manifestation="一家报价", matter="询价",
                   likelihood=2, harm=3, proposed_level=1, finding_methods=["self", "other"], finding_other="审计",
                   responsible="张三", is_latent=False, is_key_area=True)
        for text in ("采购", "验收")
    )  # fmt: skip
    make_measure(draft, one, two, actor=people.head, text="三家询价", stage=Stage.MONITORING, responsible="处长",
                 timing="每次", basis="采购办法")  # fmt: skip
    make_measure(draft, one, actor=people.head, text="登记", stage="")
    make_measure(draft, actor=people.head, text="学习", stage=Stage.PREVENTION)
    editing.declare_nil(draft, Category.ENVIRONMENT, actor=people.head)
    point = {
        "风险类别": "岗位职责风险", "岗位": "采购员", "表现形式": "一家报价", "管理事项或流程环节": "询价",
        "发生机率": "较高", "危害程度": "一般", "建议等级": "一级（高）", "查找方法": "自己找、其他",
        "其他方法": "审计", "责任人": "张三", "状态": "已存在的风险", "重点领域": "是",
    }  # fmt: skip
    assert filled_rows(draft) == [
        {"序号": 1, "风险点": "采购", **point, "防范措施": "三家询价", "也针对序号": "2", "阶段": "中期监控",
         "措施责任人": "处长", "时限或频次": "每次", "制度依据": "采购办法"},
        {"风险类别": "岗位职责风险", "防范措施": "登记"},
        {"序号": 2, "风险点": "验收", **point},
        {"风险类别": "岗位职责风险", "风险点": "本类各项", "防范措施": "学习", "阶段": "前期预防"},
        {"风险类别": "外部环境风险", "风险点": "无"},
    ]  # fmt: skip


def test_reasons_and_latent_risks_stand_in_it_too(draft, people):
    make_point(draft, actor=people.head, text="签收", likelihood=1, harm=3, proposed_level=2, proposed_reason="有复核")
    make_point(draft, actor=people.head, text="没有定级", likelihood=None, harm=None, proposed_level=None)
    first, second = filled_rows(draft)
    assert (first["建议等级"], first["建议理由"], first["状态"]) == ("二级（中）", "有复核", "潜在的风险")
    assert second.keys().isdisjoint({"建议等级", "发生机率", "危害程度", "重点领域", "岗位"})


@pytest.mark.parametrize("title", ["岗位", "发生机率", "危害程度", "建议等级", "建议理由"])
def test_the_schools_template_has_no_posts_and_no_levels(school_table, people, title):
    version = TableVersion.objects.create(table=school_table, number=1, owner_name="某某职专", created_by=people.office)
    book = book_of(version)
    assert title not in [cell.value for cell in book["导入模板"][1]]
    assert title not in [cell.value for cell in book["可选内容"][1]]


def test_each_row_carries_which_one_it_was_in_hidden_columns(draft, people):
    point = make_point(draft, actor=people.head, text="采购")
    measure = make_measure(draft, point, actor=people.head, text="询价")
    sheet = book_of(draft, is_filled=True)["导入模板"]
    titles = [cell.value for cell in sheet[1]]
    assert titles[-2:] == ["风险点编码", "措施编码"]
    assert [cell.value for cell in sheet[2]][-2:] == [f"{row.identity.hex}-{row.lock}" for row in (point, measure)]
    letters = [sheet.cell(1, place).column_letter for place in range(1, len(titles) + 1)]
    assert [letter for letter in letters if sheet.column_dimensions[letter].hidden] == letters[-2:]
