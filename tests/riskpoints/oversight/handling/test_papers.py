"""The papers of handlings: what stands on them, and of a person's matter what never does (R44–R46, T22)."""

import datetime
import io
import re
import subprocess
from dataclasses import replace

import openpyxl
import pytest

from departments.models import School
from riskpoints.documents.data import Mark
from riskpoints.documents.listing import listing_pdf, listing_xlsx
from riskpoints.oversight.enums import FindingState, HandlingKind, HandlingState
from riskpoints.oversight.handling import ledger, papers
from riskpoints.oversight.handling.ledger import LedgerLine, VolumeLine
from riskpoints.oversight.handling.papers import Round, Told, ToldFinding
from tests.riskpoints.documents.album import Album, page_count

SCHOOL = School(full_name="山东省某某职业中专", short_name="某某职专")
DAY = datetime.date
RECTIFY = Told(
    number="2026-处-3",
    kind=HandlingKind.RECTIFY,
    department="总务处",
    summary="采购验收签字不全",
    state="已发出",
    drafted_on=DAY(2026, 11, 25),
    demand="逐单自查。\n\n健全程序。",
    findings=(ToldFinding("2026-问-3", "验收记录没有第二人签字。"), ToldFinding("2026-问-5", "询价只有一家。")),
    approved_by="副组长",
    issued_on=DAY(2026, 11, 27),
    receipt_due=DAY(2026, 12, 1),
    first_due=DAY(2026, 12, 11),
    reply_due=DAY(2026, 12, 31),
)
REPLIED = Round(
    number=1,
    causes="人手不足",
    measures="指定第二验收人",
    responsible="总务处负责人",
    done_by=DAY(2026, 12, 20),
    replied_by="填表人",
    replied_on=DAY(2026, 12, 12),
    is_late=True,
    is_recorded=False,
    files=("验收单.pdf",),
)
REJECTED = replace(
    REPLIED,
    how="抽查两份仍没有签字",
    is_accepted=False,
    new_due=DAY(2026, 12, 31),
    verified_by="审核员",
    verified_on=DAY(2026, 12, 14),
)
PERSON = Told(
    number="2026-个处-1",
    kind=HandlingKind.REMIND,
    department="总务处",
    summary="接待供应商时没有两人在场",
    state="已发出",
    drafted_on=DAY(2026, 11, 25),
    person="采购员甲",
    issued_on=DAY(2026, 11, 27),
    receipt_due=DAY(2026, 12, 1),
    first_due=DAY(2026, 12, 11),
)


def words(content: bytes) -> str:
    """Return the text of a PDF without its white space."""
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True).stdout
    return "".join(text.decode().split())


def noticed(told: Told) -> str:
    return words(papers.notice_pdf(papers.notice(told, SCHOOL)))


# ---- notices -----------------------------------------------------------------------------------------------------


def test_a_notice_to_a_department_says_problem_demand_and_days():
    text = noticed(RECTIFY)
    for said in ("山东省某某职业中专", "整改通知书", "编号：2026-处-3", "总务处：", "一、事由", "采购验收签字不全"):
        assert said in text, said
    for said in (
        "1．（2026-问-3）验收记录没有第二人签字。",
        "2．（2026-问-5）询价只有一家。",
        "三、要求",
        "健全程序。",
    ):
        assert said in text, said
    assert "请于2026年12月1日前签收并交回签收回执，于2026年12月11日前回告" in text
    for said in ("签发人（签字）：", "学校纪委（公章）", "沿此线剪下", "签收回执", "签收人", "两名见证人"):
        assert said in text, said
    assert "2026年12月31日" not in text  # granted later: what was sent out said something else
    assert text.count("2026年11月27日") == 1


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (HandlingKind.REMIND, "廉政风险预警（提醒）通知书"),
        (HandlingKind.CORRECT, "廉政风险预警（纠错）通知书"),
        (HandlingKind.RECTIFY, "整改通知书"),
        (HandlingKind.TALK, ""),
        (HandlingKind.ADMONISH, ""),
        (HandlingKind.TRANSFER, ""),
    ],
)
def test_only_what_is_written_to_somebody_has_a_notice(kind, title):
    told = replace(RECTIFY, kind=kind)
    assert (told.title, told.has_notice, told.has_reply_sheet) == (title, bool(title), bool(title))
    if title:
        assert title in noticed(told)
    else:
        for make in (papers.notice, papers.reply_sheet):
            with pytest.raises(ValueError, match="has no"):
                make(told, SCHOOL)


def test_a_notice_to_a_person_names_the_person_and_says_its_summary_only():
    text = noticed(PERSON)
    for said in ("采购员甲同志：", "接待供应商时没有两人在场", "2026-个处-1", "本人签字"):
        assert said in text, said
    for never in ("问题", "要求，请", "三、", "总务处"):
        assert never not in text, never
    with pytest.raises(ValueError, match="no reply sheet"):
        papers.reply_sheet(PERSON, SCHOOL)


def test_what_is_not_sent_out_is_a_draft_with_blank_days():
    paper = papers.notice(replace(RECTIFY, issued_on=None, receipt_due=None, first_due=None), SCHOOL)
    assert (paper.mark, paper.made_on) == (Mark.DRAFT, DAY(2026, 11, 25))
    text = words(papers.notice_pdf(paper))
    assert "草稿" in text
    assert "请于年月日前签收" in text


def test_a_usual_notice_stands_on_one_page_and_a_long_one_on_as_many_as_it_needs():
    short = replace(RECTIFY, kind=HandlingKind.REMIND, findings=RECTIFY.findings[:1], demand="请自查。")
    assert page_count(papers.notice_pdf(papers.notice(short, SCHOOL))) == 1
    many = tuple(ToldFinding(f"2026-问-{number}", "验收" * 149 + f"尾{number}。") for number in range(1, 9))
    text = noticed(replace(RECTIFY, findings=many, demand="要求" * 499 + "完。"))
    assert [f"尾{number}" for number in range(1, 9) if f"尾{number}" not in text] == []
    assert "完。" in text


# ---- 整改情况回告表 ------------------------------------------------------------------------------------------------


def test_the_reply_sheet_tells_each_round():
    again = replace(REPLIED, number=2, causes="另有原因", is_late=False, is_recorded=True, replied_by="办公室")
    paper = papers.reply_sheet(replace(RECTIFY, rounds=(REJECTED, again)), SCHOOL)
    assert paper.made_on == DAY(2026, 12, 14)
    text = words(papers.reply_sheet_pdf(paper))
    for said in ("整改情况回告表", "2026-问-3、2026-问-5", "第1次回告", "人手不足", "2026年12月12日（逾期）"):
        assert said in text, said
    for said in ("验收单.pdf", "抽查两份仍没有签字", "不合格，2026年12月31日前重新回告", "审核员"):
        assert said in text, said
    for said in ("第2次回告（重新整改）", "另有原因", "办公室（代为登记）", "部门负责人（签字）：", "核查人（签字）："):
        assert said in text, said
    passed = replace(REJECTED, is_accepted=True, new_due=None)
    assert "核查结果合格" in words(
        papers.reply_sheet_pdf(papers.reply_sheet(replace(RECTIFY, rounds=(passed,)), SCHOOL))
    )


def test_without_a_reply_the_sheet_is_there_to_be_written_by_hand():
    content = papers.reply_sheet_pdf(papers.reply_sheet(RECTIFY, SCHOOL))
    assert "原因剖析" in words(content)
    assert page_count(content) == 1


# ---- 谈话记录 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [HandlingKind.TALK, HandlingKind.ADMONISH])
def test_the_form_of_a_talk_is_blank(kind):
    paper = papers.talk_blank(replace(PERSON, kind=kind, approved_by="书记"), SCHOOL)
    content = papers.talk_blank_pdf(paper)
    assert page_count(content) == 1
    text = words(content)
    for said in ("谈话记录", "2026-个处-1", "山东省某某职业中专", "学校纪委", "2026年11月27日", "单位职务姓名"):
        assert said in text, said
    for title in ("谈话对象", "谈话人", "记录人", "时间", "地点", "事由", "内容", "签字日期"):
        assert title in text, title
    for never in ("采购员甲", "总务处", "没有两人在场", "书记", "诫勉", "提醒"):
        assert never not in text, never
    assert "采购员甲" not in repr(paper)
    with pytest.raises(ValueError, match="no talk"):
        papers.talk_blank(RECTIFY, SCHOOL)


# ---- lists -------------------------------------------------------------------------------------------------------

LINE = LedgerLine("2026-问-1", "没有第二人签字", "letters", "信-9", "总务处", FindingState.HANDLED)
STANDINGS = {
    (FindingState.OPEN, ""): ("待处置", "未销号"),
    (FindingState.HANDLED, HandlingState.DRAFTED): ("拟办中", "未销号"),
    (FindingState.HANDLED, HandlingState.ISSUED): ("待签收", "未销号"),
    (FindingState.HANDLED, HandlingState.RECEIVED): ("整改中", "未销号"),
    (FindingState.HANDLED, HandlingState.REPLIED): ("待核查", "未销号"),
    (FindingState.HANDLED, HandlingState.AGAIN): ("重新整改", "未销号"),
    (FindingState.HANDLED, HandlingState.CLOSED): ("已整改", "未销号"),
    (FindingState.CLOSED, HandlingState.CLOSED): ("已完成", "2026-12-28"),
    (FindingState.CLOSED, HandlingState.TRANSFERRED): ("已完成", "2026-12-28"),
    (FindingState.PASSED_ON, ""): ("转办", "转工会"),
    (FindingState.DROPPED, ""): ("不予处置", "不需销号"),
}


@pytest.mark.parametrize("standing", STANDINGS)
def test_the_ledger_says_how_far_a_finding_is(standing):
    state, handling = standing
    line = replace(LINE, state=state, handling_state=handling, to_whom="工会", closed_on=DAY(2026, 12, 28))
    assert (line.progress, line.closing) == STANDINGS[standing]


def test_the_ledger_as_pdf_and_sheet():
    closed = replace(LINE, number="2026-问-2", state=FindingState.CLOSED, closed_on=DAY(2026, 12, 28))
    handled = replace(
        LINE, measures="指定第二人", responsible="负责人", due=DAY(2026, 12, 20), handling_state=HandlingState.REPLIED
    )
    dropped, passed = replace(LINE, state=FindingState.DROPPED), replace(LINE, state=FindingState.PASSED_ON)
    made = ledger.listing(2026, [handled, closed, dropped, passed], SCHOOL)
    assert made.title == "山东省某某职业中专2026年度问题整改台账"
    assert made.summary == "共登记 4 件问题：已销号 1 件，未销号 1 件，不予处置 1 件，转办 1 件。"
    assert sum(column.width for column in made.columns) == 267
    assert made.rows[0] == (
        "1", "2026-问-1", "没有第二人签字", "信访转办 信-9", "总务处", "指定第二人", "负责人", "2026-12-20", "待核查",
        "未销号",
    )  # fmt: skip
    assert "2026-12-28" in words(listing_pdf(made))
    page = openpyxl.load_workbook(io.BytesIO(listing_xlsx(made))).active
    assert [cell.value for cell in page[3]] == [column.title for column in made.columns]
    assert page.max_row == 7
    assert ledger.listing(2026, [], SCHOOL).summary == ledger.EMPTY


def test_the_volume_says_where_papers_lie_and_for_whom_it_is():
    lines = [VolumeLine("2026-个处-1", HandlingKind.TALK, DAY(2026, 5, 9), "已签收", "谈-1", "1 号柜")]
    made = ledger.volume(2026, lines, SCHOOL)
    assert made.rows == (("1", "2026-个处-1", "谈话提醒", "2026-05-09", "已签收", "谈-1", "1 号柜"),)
    assert sum(column.width for column in made.columns) == 267
    assert "仅供纪委保管使用，不归入年度档案" in words(listing_pdf(made))
    assert ledger.volume(2026, [], SCHOOL).summary == ledger.EMPTY_VOLUME


# ---- as they look ------------------------------------------------------------------------------------------------

PASSED = replace(REJECTED, number=2, is_accepted=True, new_due=None, is_late=False, is_recorded=True)
PICTURES = {
    "整改通知书": lambda: papers.notice_pdf(papers.notice(RECTIFY, SCHOOL)),
    "提醒通知书_个人": lambda: papers.notice_pdf(papers.notice(PERSON, SCHOOL)),
    "回告表_两次": lambda: papers.reply_sheet_pdf(
        papers.reply_sheet(replace(RECTIFY, rounds=(REJECTED, PASSED)), SCHOOL)
    ),
    "回告表_空白": lambda: papers.reply_sheet_pdf(papers.reply_sheet(RECTIFY, SCHOOL)),
    "谈话记录": lambda: papers.talk_blank_pdf(papers.talk_blank(replace(PERSON, kind=HandlingKind.TALK), SCHOOL)),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_paper_looks_as_it_was_looked_at(name, tmp_path, pytestconfig):
    album = Album("handling", tmp_path, pytestconfig.getoption("--update-pictures"))
    assert album.faults(name, PICTURES[name]()) == []


def test_a_long_word_loses_no_letter_at_the_edge_of_the_page():
    long = replace(RECTIFY, summary="A" * 200, demand="Z" * 1000, findings=(ToldFinding("2026-问-3", "W" * 300),))
    content = papers.notice_pdf(papers.notice(long, SCHOOL))
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=content, capture_output=True, check=True).stdout
    width = float(re.findall(r'<page width="([0-9.]+)"', boxes.decode())[0])
    assert max(map(float, re.findall(r'xMax="([0-9.]+)"', boxes.decode()))) < width
    assert [words(content).count(letter) for letter in "AZW"] == [200, 1000, 300]
