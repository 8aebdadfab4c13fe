"""附件1, the sheets of posts, the register and the 公示稿 as PDF."""

import re
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from riskcontrol.paper.pdf import DocumentError
from riskpoints.documents import group_list_pdf, notice_pdf, post_sheet_pdf, post_sheets_pdf, register_pdf
from riskpoints.documents.columns import (
    A4_WIDTHS,
    MAY_GO,
    MORE_COLUMNS,
    REGISTER_COLUMNS,
    paper_columns,
    totals_by_department,
)
from riskpoints.documents.data import (
    GroupList,
    MeasureLine,
    NoticePaper,
    NoticeRow,
    PostSheet,
    PostSheetRow,
    Register,
    RegisterRow,
)
from riskpoints.documents.lists import printed_name
from riskpoints.documents.rows import low_rows, pieces_of
from tests.riskpoints.documents import cases
from tests.riskpoints.documents.cases import HIGH, LOW, SCHOOL

MEMBERS = (
    "杨雪梅 徐新惠 于梅 杨文芝 周红 孙静 朱忠林 宋芒果 刘海岩 吴美琴 张泉 辛化波 "
    "宋培涛 吕春厚 季翠兰 兰鹏 原洪华 董国典 史东升 张淑萍 吕道升 苗其元 褚延梅"
)


@pytest.fixture
def group() -> GroupList:
    return GroupList(
        author=SCHOOL,
        title_lines=("烟台第一职业中专", "廉政风险防控管理工作领导小组成员名单"),
        chiefs=("汪学荣",),
        deputies=("陈永玲",),
        members=tuple(MEMBERS.split()),
        closing="学校廉政风险防控管理工作领导小组办公室设在纪委，于梅同志兼任办公室主任。",
    )


@pytest.fixture
def post() -> PostSheet:
    return PostSheet(
        author=SCHOOL,
        school_name=SCHOOL,
        year=2026,
        department_name="总务处",
        post_name="采购员",
        holders=("采购员甲",),
        functions=("采购",),
        level=HIGH,
        level_reason="从事采购，按规定不低于一级（高）",
        rows=(
            PostSheetRow(
                "岗位职责风险",
                "接受供应商宴请",
                "节日前后往来",
                "高",
                "严重",
                HIGH,
                (MeasureLine("三人以上询价", (), "前期预防"), MeasureLine("停止采购工作", (), "后期处置")),
                "采购员",
            ),
        ),
    )


def register_of(count: int, **values) -> Register:
    rows = tuple(
        RegisterRow(
            f"2026-01-{n:03d}",
            "总务处",
            "采购员",
            category="业务流程风险",
            point=f"风险点第{n}项",
            level=HIGH,
            **values,
        )
        for n in range(1, count + 1)
    )
    return Register(author=SCHOOL, school_name=SCHOOL, year=2026, rows=rows)


def test_the_group_list_prints_25_people_with_short_names_padded(group, read):
    printed = read(group_list_pdf(group))
    assert len(printed.pages) == 1
    assert printed.has_in_order(
        "附件1",
        "烟台第一职业中专",
        "廉政风险防控管理工作领导小组成员名单",
        "组长：汪学荣",
        "副组长：陈永玲",
        f"成员：{MEMBERS}",
        "学校廉政风险防控管理工作领导小组办公室设在纪委，于梅同志兼任办公室主任。",
    )
    assert group_list_pdf(group) == printed.content


@pytest.mark.parametrize(
    ("name", "text", "places"),
    [
        ("于梅", "于\u3000梅", 1),
        ("于 梅", "于\u3000梅", 1),
        ("周\u3000红", "周\u3000红", 1),
        ("汪学荣", "汪学荣", 1),
        ("欧阳翀璟", "欧阳翀璟", 2),
        ("㛃䶮", "㛃\u3000䶮", 1),
        ("买买提·吐尔逊江", "买买提·吐尔逊江", 3),
    ],
)
def test_a_name_of_two_characters_takes_the_room_of_three(name, text, places):
    assert (printed_name(name).text, printed_name(name).places) == (text, places)


def test_the_sheet_of_a_post_says_all_about_its_points(post, read):
    printed = read(post_sheet_pdf(post))
    assert len(printed.pages) == 1
    assert printed.has_in_order(
        "山东省烟台第一职业中专2026年度",
        "岗位廉政风险防控一览表",
        "部门总务处岗位采购员",
        "任职人员采购员甲岗位职能采购",
        "岗位风险等级一级（高）〔从事采购，按规定不低于一级（高）〕",
        "序号风险类别风险点及表现形式风险等级防范措施责任人",
        "1岗位职责风险接受供应商宴请表现形式：节日前后往来一级（高）机率：高危害：严重",
        "〔前期预防〕三人以上询价〔后期处置〕停止采购工作采购员",
        "岗位人员（签字）：部门主要负责人（签字）：年月日",
    )
    assert "附件" not in printed.text


def test_a_post_without_points_prints_its_reason(post, read):
    printed = read(post_sheet_pdf(replace(post, rows=(), nil_reason="不掌握人财物")))
    assert "经排查，本岗位无廉政风险点。理由：不掌握人财物" in printed.text


def test_several_posts_come_in_one_file_each_from_a_new_page(post, read):
    printed = read(post_sheets_pdf([post, replace(post, post_name="仓库保管员")]))
    assert len(printed.pages) == 2
    assert "岗位仓库保管员" in printed.pages[1]
    with pytest.raises(DocumentError, match="没有可打印的岗位"):
        post_sheets_pdf([])


def test_the_register_is_a3_landscape_with_every_column_on_every_page(read):
    printed = read(register_pdf(cases.register(60)))
    assert len(printed.pages) > 1
    headings = "".join(column.title for column in REGISTER_COLUMNS)
    for page in printed.pages:
        assert page.count(headings) == 1
    assert printed.has_in_order(
        "2026年度廉政风险登记汇总表", "共60个风险点，其中一级（高）20个", *[f"第{n}个风险点" for n in range(1, 61)]
    )
    with printed.open() as pdf:
        assert [round(float(side)) for side in pdf.pages[0].mediabox] == [0, 0, 1191, 842]


def test_the_columns_fill_the_page_and_name_fields_of_the_row():
    assert sum(column.width for column in REGISTER_COLUMNS) == 380
    assert sum(A4_WIDTHS.values()) == 267
    every = {column.key for column in (*REGISTER_COLUMNS, *MORE_COLUMNS)}
    assert every - {"place"} == {field.name for field in fields(RegisterRow)} - {"more"}


def test_the_style_sheet_knows_every_width_that_columns_can_have():
    sheet = Path(finders.find("css/print.css")).read_text(encoding="utf-8")
    widths = {int(name): int(width) for name, width in re.findall(r"col\.mm-(\d+) \{ width: (\d+)mm \}", sheet)}
    assert all(name == width for name, width in widths.items())
    fixed = {column.width for column in REGISTER_COLUMNS} | set(A4_WIDTHS.values())
    assert fixed <= widths.keys()
    # One column alone with all the room that the others leave.
    assert max(widths) >= 380 - sum(c.width for c in REGISTER_COLUMNS if c.key not in MAY_GO and c.key != "point")


@pytest.mark.parametrize(("paper", "room"), [("a3", 380), ("a4", 267)])
def test_empty_columns_give_way_to_full_ones(paper, room):
    whole = cases.register(12)
    rows = tuple(replace(row, monitoring="", response="", likelihood="", harm="") for row in whole.rows)
    less = paper_columns(replace(whole, rows=rows), paper)
    assert [sum(column.width for column in made) for made in (less, paper_columns(whole, paper))] == [room, room]
    gone = {column.key for column in paper_columns(whole, paper)} - {column.key for column in less}
    assert gone == {"monitoring", "response"} | ({"likelihood", "harm"} if paper == "a3" else set())
    width = {column.key: column.width for column in less}
    assert width["prevention"] > {column.key: column.width for column in paper_columns(whole, paper)}["prevention"]


def test_a_column_has_the_room_that_its_texts_need():
    long = tuple(replace(row, response="停止采购工作。" * 20) for row in cases.register(12).rows)
    width = {column.key: column.width for column in paper_columns(replace(cases.register(12), rows=long))}
    assert width["response"] > width["prevention"] >= 22


def test_the_register_is_printed_on_a4_as_well(read):
    values = cases.register(60)
    printed = read(register_pdf(values, paper="a4"))
    assert "本版只印主要栏目" in printed.text
    assert all(
        page.count("编号部门岗位风险类别风险点等级前期预防中期监控后期处置责任人责任领导") == 1
        for page in printed.pages
    )
    assert printed.has_in_order(*[f"第{n}个风险点" for n in range(1, 61)])
    with printed.open() as pdf:
        assert [round(float(side)) for side in pdf.pages[0].mediabox] == [0, 0, 842, 595]


@pytest.mark.parametrize("paper", ["a3", "a4"])
def test_the_register_adds_up_by_department(read, paper):
    """The totals stand once, after the last row; a single department has its total in the summary already."""
    printed = read(register_pdf(cases.register(40), paper=paper))
    assert printed.text.count("按部门汇总") == 1
    assert printed.has_in_order(
        "第40个风险点",
        "按部门汇总",
        "部门一级（高）二级（中）三级（低）合计",
        "总务处14——14",
        "学校办公室—13—13",
        "国际交流与合作处——1313",
        "合计14131340",
    )
    assert "按部门汇总" not in read(register_pdf(register_of(3), paper=paper)).text


def test_points_without_a_level_are_counted_on_their_own():
    rows = (*cases.register(2).rows, replace(cases.register(1).rows[0], level=""))
    headings, lines = totals_by_department(replace(cases.register(1), rows=rows))
    assert headings == ("部门", "一级（高）", "二级（中）", "三级（低）", "未定级", "合计")
    assert lines == [
        ("总务处", "1", "—", "—", "1", "2"),
        ("学校办公室", "—", "1", "—", "—", "1"),
        ("合计", "1", "1", "—", "1", "3"),
    ]


def test_a_long_text_of_the_register_goes_on_in_rows_of_its_own(read):
    text = "".join(f"第{n}句：三人以上询价，结果公开。" for n in range(1, 60))
    printed = read(register_pdf(register_of(1, prevention=text)))
    assert "1续" in printed.text
    assert printed.has_in_order(*[f"第{n}句" for n in range(1, 60)])


def test_pieces_keep_every_character_and_end_after_a_sentence():
    text = "甲乙丙。" * 50
    pieces = pieces_of(text, 30)
    assert "".join(pieces) == text
    assert all(len(piece) <= 30 and piece.endswith("。") for piece in pieces)
    assert pieces_of("x" * 70, 30) == ["x" * 30, "x" * 30, "x" * 10]
    assert pieces_of("", 30) == [""]
    assert low_rows(["1", "ab", "甲" * 7], [1, 5, 1], 3) == [
        ["1", "ab", "甲甲甲"],
        ["1\n续", "", "甲甲甲"],
        ["1\n续", "", "甲"],
    ]


def test_the_notice_prints_what_may_be_published(read):
    notice = NoticePaper(
        author=SCHOOL,
        title="总务处2026年度廉政风险点公示",
        paragraphs=("现予以公示。",),
        rows=(
            NoticeRow("总务处", "采购员", "岗位职责风险", "接受宴请", ("三人询价", "抽查"), HIGH),
            NoticeRow("总务处", "保管员", "外部环境风险", "节日慰问", ("登记",), LOW),
        ),
        issuer="领导小组办公室",
        issued_on=date(2026, 11, 20),
    )
    printed = read(notice_pdf(notice))
    assert printed.has_in_order(
        "总务处2026年度廉政风险点公示",
        "现予以公示。",
        "防范措施风险等级采购员岗位职责风险接受宴请三人询价抽查一级（高）",
        "保管员外部环境风险节日慰问登记三级（低）",
        "领导小组办公室2026年11月20日",
    )
    assert "部门" not in printed.text
    two = replace(notice, rows=(notice.rows[0], replace(notice.rows[1], department="教务处")))
    assert read(notice_pdf(two)).has_in_order("部门岗位风险类别", "总务处采购员", "教务处保管员")


def test_who_issued_the_notice_never_stands_alone_on_a_page(read):
    for count in range(8, 13):
        assert "防范措施" in read(notice_pdf(cases.notice(count))).pages[-1], count
    assert [field.name for field in fields(NoticeRow)] == [
        "department",
        "post",
        "category",
        "point",
        "measures",
        "level",
        "number",
    ]


def test_the_notice_fills_its_pages(words_of):
    """No page but the last ends early: a row that is too high for the rest of a page is parted."""
    words = words_of(notice_pdf(cases.notice(14)))
    pages = max(word.page for word in words)
    assert pages >= 2
    for page in range(pages):
        rows = [word.bottom for word in words if word.page == page and word.bottom < 262]
        assert max(rows) > 240, page
