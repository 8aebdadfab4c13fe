"""风险分布图: bars of one measure with their numbers, for one department and for forty; no database is opened."""

from dataclasses import replace
from itertools import pairwise

import pytest
from django.template.loader import render_to_string

from riskcontrol.web import partials
from riskpoints.figures.counts import LevelCounts
from riskpoints.figures.level_map import DESK, PHONE, LevelMap, OwnerLevels, drawn

LONG = "国际交流与继续教育学院（含成人高等教育函授站、社会培训与技能等级认定中心）"


def owners(count):
    return tuple(OwnerLevels(number, f"第{number}处", LevelCounts({1: number, 2: 3})) for number in range(1, count + 1))


def shown(found) -> str:
    return render_to_string("riskpoints/figures/_level_map.jinja.html", {"map": found}, using=partials.ENGINE)


def test_a_bar_is_as_long_as_its_count_and_has_its_number_beside_it():
    found = LevelMap((
        OwnerLevels(1, "财务处", LevelCounts({1: 20, 2: 10})),
        OwnerLevels(2, "总务处", LevelCounts({1: 5, 3: 1})),
    ))  # fmt: skip
    first, second = drawn(found, DESK).rows
    assert [cell.count for cell in (*first.cells, *second.cells)] == [20, 10, 0, 5, 0, 1]
    long, half, none, quarter, _, tenth = (cell.bar for cell in (*first.cells, *second.cells))
    assert (half, quarter, none) == (pytest.approx(long / 2), pytest.approx(long / 4), 0)
    assert tenth == pytest.approx(long / 20)
    assert all(cell.number_x + 30 <= cell.x + cell.width for cell in first.cells)
    assert [(cell.count, cell.bar) for cell in drawn(found, DESK).sums.cells] == [(25, 0), (10, 0), (1, 0)]


def test_one_point_among_thousands_is_seen():
    found = LevelMap((OwnerLevels(1, "财务处", LevelCounts({1: 4000, 2: 1})),))
    assert [cell.bar > 2 for cell in drawn(found, PHONE).rows[0].cells] == [True, True, False]


@pytest.mark.parametrize("layout", [DESK, PHONE])
@pytest.mark.parametrize("count", [1, 14, 40])
def test_rows_follow_one_another_and_all_stands_within(layout, count):
    drawing = drawn(LevelMap((*owners(count), OwnerLevels(99, LONG, LevelCounts({3: 7})))), layout)
    assert len(drawing.rows) == count + 1
    assert all(upper.bottom == lower.y for upper, lower in pairwise([*drawing.rows, drawing.sums]))
    for row in drawing.rows:
        assert "".join(line.words for line in row.names) == row.name
        assert all(row.y < line.y < row.bottom for line in row.names)
        for cell in row.cells:
            assert row.y <= cell.y
            assert cell.y + cell.height <= row.bottom + 0.01
            assert cell.x + cell.width <= drawing.width + 0.01
            assert cell.number_x < cell.x + cell.width
        if layout.is_stacked:
            assert row.names[-1].y < row.cells[0].bar_y  # the bars stand below the name


def test_points_without_a_level_have_a_column_only_where_there_are_some():
    plain, unset = LevelMap(owners(1)), LevelMap((*owners(1), OwnerLevels(0, "学校", LevelCounts({None: 6}))))
    assert plain.headings == ["一级（高）", "二级（中）", "三级（低）"]
    assert unset.headings == ["一级（高）", "二级（中）", "三级（低）", "未定级"]
    assert 'owner=0&amp;level=0"' in shown(unset)


def test_a_department_without_a_table_in_force_is_not_one_without_points():
    found = LevelMap((OwnerLevels(1, "财务处", None), OwnerLevels(2, "总务处", LevelCounts({}))))
    assert found.missing == 1
    missing, empty = drawn(found, DESK).rows
    assert (missing.cells, missing.total) == ((), None)
    assert ([cell.count for cell in empty.cells], empty.total) == ([0, 0, 0], 0)
    assert shown(found).count("没有现行的表") == 2  # at a desk and on a phone
    assert shown(replace(found, signed_word="已确定")).count("没有已确定的表") == 2


def test_each_number_leads_to_its_points_in_the_drawing_and_in_the_table():
    body = shown(LevelMap((OwnerLevels(7, "财务处", LevelCounts({1: 16})),), year=2026))
    address = "/register/?year=2026&amp;owner=7&amp;level=1"
    assert body.count(f'href="{address}"') == 3  # two drawings, of which one is shown, and the table
    assert 'aria-label="财务处一级（高） 16 个"' in body
    assert body.count("href=") == 3  # 0 leads nowhere
    today = shown(LevelMap((OwnerLevels(7, "财务处", LevelCounts({1: 16})),)))
    assert today.count('href="/register/?owner=7&amp;level=1"') == 3


def test_a_name_is_written_as_text():
    body = shown(LevelMap((OwnerLevels(1, "<b>财务</b>", LevelCounts({1: 1})),)))
    assert "<b>" not in body
