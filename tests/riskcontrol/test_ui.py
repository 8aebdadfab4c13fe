"""Badges, dates, difference marks and page links."""

import datetime
import re

import pytest
from django.core.paginator import Paginator
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import timezone

from departments.enums import Level
from riskcontrol.templatetags import ui


@pytest.mark.parametrize("level", Level)
def test_a_level_is_printed_with_its_meaning(level):
    assert ui.level_badge(level) == f'<span class="lv lv{level.value}">{level.label}</span>'
    assert ui.level_badge(level.value) == ui.level_badge(level)


@pytest.mark.parametrize("level", [None, "", 0, 4, "x"])
def test_a_missing_level_is_said_in_words(level):
    assert ui.level_badge(level) == '<span class="lv lv0">未定级</span>'


def test_a_state_is_said_in_words_and_escaped():
    assert ui.status_tag("confirmed", "已确定") == '<span class="status-tag status-green">已确定</span>'
    assert ui.status_tag("never-heard-of", "<b>") == '<span class="status-tag">&lt;b&gt;</span>'


@pytest.mark.parametrize(
    ("value", "day", "moment"),
    [
        (None, "", ""),
        ("", "", ""),
        (datetime.date(2026, 1, 5), "2026年1月5日", "2026年1月5日"),
        (datetime.datetime(2026, 11, 20, 16, 5, tzinfo=datetime.UTC), "2026年11月21日", "2026年11月21日 00:05"),
    ],
)
def test_dates_are_chinese_without_zeros_and_in_the_schools_time(value, day, moment):
    assert (ui.cn_date(value), ui.cn_datetime(value)) == (day, moment)


def test_a_duration_is_rounded_up_to_minutes():
    assert [ui.minutes(timezone.timedelta(seconds=seconds)) for seconds in (1, 60, 900, 901)] == [1, 1, 15, 16]


def marked(old: str, new: str) -> str:
    """Return the difference with [-…] for removed and [+…] for added text."""
    html = ui.diff_text(old, new)
    frame = re.fullmatch(r'<span class="keep-lines">(.*)</span>', html, re.DOTALL)  # line breaks are shown
    html = frame[1].replace('<del><span class="visually-hidden">删除：</span>', "[-").replace("</del>", "]")
    return html.replace('<ins><span class="visually-hidden">新增：</span>', "[+").replace("</ins>", "]")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", ""),
        (None, "新写的", "[+新写的]"),
        ("旧的一句", None, "[-旧的一句]"),
        ("当场签字。", "当场签字。", "当场签字。"),
        ("当场签字。", "当场签字，结果公开。", "当场签字[+，结果公开]。"),
        ("每学年抽查一次", "每学期抽查一次", "每学[-年][+期]抽查一次"),
        ("超过10万元的项目", "超过15万元的项目", "超过[-10][+15]万元的项目"),
        ("三人以上询价", "房屋公开招租", "[-三人以上询价][+房屋公开招租]"),
    ],
)
def test_differences_are_marked_in_words_and_by_whole_numbers(old, new, expected):
    assert marked(old, new) == expected


def test_one_equal_character_between_two_changes_does_not_split_them():
    assert marked("验收由两人签字后归档", "验收由三名教师签字后归档") == "验收由[-两人][+三名教师]签字后归档"
    assert marked("纪委甲乙查丙丁原始单据", "纪委戊己查庚辛原始单据") == "纪委[-甲乙查丙丁][+戊己查庚辛]原始单据"


@pytest.mark.parametrize(("old", "new"), [("采购员甲", "<script>甲</script>"), ("<b>", "<i>"), ("a & b", "a &amp; b")])
def test_nothing_that_was_typed_becomes_markup(old, new):
    html = ui.diff_text(old, new)
    assert set(re.findall(r"</?(\w+)", html)) <= {"ins", "del", "span"}


@pytest.mark.parametrize(
    ("old", "new"), [("三人询价，当场签字", "两人询价，签字公开"), ("甲乙丙丁戊", "甲丁乙戊丙"), ("a1 b", "a2  c")]
)
def test_both_texts_can_be_read_out_of_the_marks(old, new):
    text = marked(old, new)
    assert re.sub(r"\[\+.*?\]|\[-(.*?)\]", r"\1", text, flags=re.S) == old
    assert re.sub(r"\[-.*?\]|\[\+(.*?)\]", r"\1", text, flags=re.S) == new


def pager(count: int, page: int, query: str = "") -> str:
    request = RequestFactory().get(f"/?{query}")
    context = RequestContext(request, {"page": Paginator(range(count), 10).page(page)})
    return Template("{% load ui %}{% paginate_links page %}").render(context)


@pytest.mark.django_db
def test_page_links_keep_the_search():
    html = pager(95, 3, "q=采购&page=3")
    assert "共 95 条，本页第 21–30 条" in html
    assert html.count("aria-current") == 1
    assert 'href="?q=%E9%87%87%E8%B4%AD&amp;page=4" rel="next"' in html
    assert "…" in html


@pytest.mark.django_db
def test_a_single_page_has_a_count_and_no_links():
    html = pager(3, 1)
    assert "共 3 条" in html
    assert "href" not in html


@pytest.mark.django_db
def test_no_rows_no_pager():
    assert pager(0, 1).strip() == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("见 www.12388.gov.cn，电话 12388", '见 <span class="nowrap">www.12388.gov.cn</span>，电话 12388'),
        ("信箱 jw@mail.example.edu.cn。", '信箱 <span class="nowrap">jw@mail.example.edu.cn</span>。'),
        ("第1.2条<b>", "第1.2条&lt;b&gt;"),
        ("", ""),
    ],
)
def test_an_address_stays_on_its_line(text, shown):
    assert ui.whole_addresses(text) == shown
