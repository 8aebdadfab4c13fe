"""附件1, the sheets of posts, the register and the 公示稿 as PDF."""

import re
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from riskcontrol.pdf import DocumentError
from riskpoints.documents import group_list_pdf, notice_pdf, post_sheet_pdf, post_sheets_pdf, register_pdf
from riskpoints.documents.columns import REGISTER_COLUMNS
from riskpoints.documents.data import (
    GroupList,
    MeasureLine,
    Notice,
    NoticeRow,
    PostRow,
    PostSheet,
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
            PostRow(
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
    printed = read(register_pdf(register_of(60)))
    assert len(printed.pages) > 1
    headings = "".join(column.title for column in REGISTER_COLUMNS)
    for page in printed.pages:
        assert page.count(headings) == 1
    assert printed.has_in_order(
        "2026年度廉政风险登记汇总表", "共60个风险点，其中一级（高）60个。", *[f"风险点第{n}项" for n in range(1, 61)]
    )
    with printed.open() as pdf:
        assert [round(float(side)) for side in pdf.pages[0].mediabox] == [0, 0, 1191, 842]


def test_the_columns_fill_the_page_and_name_fields_of_the_row():
    assert sum(column.width for column in REGISTER_COLUMNS) == 380
    assert {column.key for column in REGISTER_COLUMNS} - {"place"} == {field.name for field in fields(RegisterRow)}


def test_the_style_sheet_gives_the_columns_the_same_widths():
    sheet = Path(finders.find("css/print.css")).read_text(encoding="utf-8")
    found = {
        name: int(width)
        for names, width in re.findall(r"^((?:col\.of-\w+(?:, )?)+) \{ width: (\d+)mm \}", sheet, re.MULTILINE)
        for name in re.findall(r"of-(\w+)", names)
    }
    assert found == {column.key: column.width for column in REGISTER_COLUMNS}


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
    notice = Notice(
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
    ]
