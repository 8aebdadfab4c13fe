"""Lines of text in drawings: as wide as they may be, and nothing lost."""

import pytest

from riskcontrol.drawing import length_of, wrapped


@pytest.mark.parametrize("text", ["很长的部门名称" * 12, "W" * 90, "A栋3号楼 2026 年度 Excel 登记处，（一）办公室。"])
def test_no_line_is_wider_than_its_place_and_nothing_is_lost(text):
    lines = wrapped(text, 140, 14)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(sum(map(length_of, line)) for line in lines) <= 10


def test_a_number_stays_whole_and_a_closing_mark_follows_its_text():
    assert wrapped("一二三四五六七八2026，九", 140, 14) == ["一二三四五六七八", "2026，九"]


def test_of_nothing_there_is_no_line():
    assert wrapped("", 140, 14) == wrapped("  ", 140, 14) == []
