"""A query string is never an error: what can't be right is left out and named."""

import datetime

import pytest
from django.http import QueryDict

from riskcontrol.web.query import QueryReader


@pytest.mark.parametrize("raw", ["", "   "])
def test_what_is_missing_is_not_called_wrong(raw):
    reader = QueryReader({"year": raw, "status": raw, "q": raw, "from": raw})
    assert reader.number("year", "年度", {2026}) is None
    assert reader.choice("status", "状态", {"draft"}, default="in_force") == "in_force"
    assert reader.text("q", "检索词") == ""
    assert reader.date("from", "日期") is None
    assert reader.ignored == []


@pytest.mark.parametrize("raw", ["2027", "abc", "２０２６", "-1", "9" * 400, "2026\x00", "1e3", "[]"])
def test_an_unknown_number_is_ignored_and_named(raw):
    reader = QueryReader({"year": raw})
    assert reader.number("year", "年度", {2026}) is None
    assert reader.ignored == ["年度"]


def test_a_known_number_is_taken():
    assert QueryReader({"year": " 2026 "}).number("year", "年度", {2026}) == 2026


def test_an_unknown_word_gives_the_default_and_is_named():
    reader = QueryReader({"status": "draft' OR 1=1"})
    assert reader.choice("status", "状态", {"draft"}, default="in_force") == "in_force"
    assert reader.ignored == ["状态"]


def test_text_loses_control_characters_and_what_is_too_long():
    reader = QueryReader({"q": " 采\x00购 \n 询价" + "长" * 200})
    assert reader.text("q", "检索词", limit=8) == "采 购 询价长长"
    assert reader.ignored == ["检索词中第 8 字以后的部分"]


@pytest.mark.parametrize(
    "raw", ["2026-13-01", "20261", "yesterday", "2026-01-01T00:00", "0000-00-00", "0001-01-01", "9999-12-31"]
)
def test_a_day_that_is_none_is_ignored_and_named(raw):
    reader = QueryReader({"from": raw})
    assert reader.date("from", "起始日期") is None
    assert reader.ignored == ["起始日期"]


def test_a_day_is_read():
    assert QueryReader({"from": "2026-11-20"}).date("from", "日期") == datetime.date(2026, 11, 20)


def test_of_a_repeated_value_the_last_counts():
    assert QueryReader(QueryDict("year=2025&year=2026")).number("year", "年度", {2025, 2026}) == 2026
