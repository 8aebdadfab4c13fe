"""The line chart: steps on the days on which something happened, words that can be read; no database is opened."""

import datetime
from itertools import pairwise

import pytest

from riskcontrol.drawing import length_of
from riskpoints.figures.course_chart import CHART_DESK, CHART_PHONE, LABEL, chart_of, counted, dated

FIRST, LAST = datetime.date(2026, 10, 15), datetime.date(2026, 12, 31)
SIZES = [CHART_DESK, CHART_PHONE]


def day(number) -> datetime.date:
    return FIRST + datetime.timedelta(days=number)


def chart(lines=(), marks=(), *, until=LAST, last=LAST, most=10, size=CHART_DESK):
    return chart_of(lines, marks, span=(FIRST, until, last), most=most, size=size)


def points(line) -> list[tuple[float, ...]]:
    return [tuple(map(float, pair.split(","))) for pair in line.points.split()]


def test_a_line_rises_by_one_on_each_of_its_days_and_goes_on_to_the_last_known():
    found = chart([("submit", "已提交 2", [day(0), day(77)])])
    (line,) = found.lines
    unit = found.size.plot_height / 10
    assert points(line) == [
        (found.left, found.bottom),
        (found.left, found.bottom - unit),
        (found.right, found.bottom - unit),
        (found.right, found.bottom - 2 * unit),
    ]


def test_a_line_ends_today_and_not_at_the_years_end():
    found = chart([("submit", "已提交 1", [day(1)])], until=day(38))
    assert points(found.lines[0])[-1][0] == pytest.approx(found.left + (found.right - found.left) * 38 / 77, abs=0.01)
    assert found.lines[0].x > points(found.lines[0])[-1][0]


def test_nothing_that_happened_is_a_line_on_the_ground():
    found = chart([("confirm", "已确定 0", [])], until=day(3))
    assert {y for _, y in points(found.lines[0])} == {found.bottom}


def test_more_than_all_still_stands_within_the_chart():
    found = chart([("submit", "已提交 12", [day(1)] * 12)], most=10)
    assert min(y for _, y in points(found.lines[0])) == found.top
    assert found.counts[-1].words == "12"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("counts", [(0, 0, 0), (9, 9, 9), (40, 39, 38), (1, 0, 40), (20, 20, 0)])
def test_the_words_of_the_lines_never_touch(size, counts):
    found = chart([(str(n), f"已提交 {n}", [day(1)] * n) for n in counts], most=40, size=size)
    heights = sorted(line.y for line in found.lines)
    assert all(lower - upper >= 17 for upper, lower in pairwise(heights))
    assert found.top <= heights[0]
    assert heights[-1] <= found.height
    assert all(line.x + sum(map(length_of, line.words)) * LABEL <= found.width for line in found.lines)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("days", [(60, 75, 77), (60, 60, 61), (0, 1, 2), (10, 40, 70)])
def test_the_words_of_the_dates_never_touch_and_stay_within(size, days):
    marks = [
        (day(number), words, "plan") for number, words in zip(days, ("填报截止", "审核、公示截止", "今天"), strict=True)
    ]
    found = chart(marks=marks, size=size)
    assert len(found.marks) == 3
    rows = {}
    for mark in found.marks:
        half = sum(map(length_of, mark.words)) * LABEL / 2
        assert mark.middle - half >= -0.01
        assert mark.middle + half <= found.width + 0.01
        assert mark.y < found.top
        rows.setdefault(mark.y, []).append((mark.middle - half, mark.middle + half))
    for taken in rows.values():
        assert all(left[1] < right[0] for left, right in pairwise(sorted(taken)))


def test_a_year_of_one_day_is_drawn():
    found = chart([("submit", "已提交 1", [FIRST])], [(FIRST, "填报截止", "plan")], until=FIRST, last=FIRST)
    assert points(found.lines[0])[-1] == (found.left, found.bottom - found.size.plot_height / 10)
    assert [tick.words for tick in found.dates] == ["10月15日"]


@pytest.mark.parametrize(
    ("highest", "expected"),
    [
        (1, [0, 1]), (5, [0, 1, 2, 3, 4, 5]), (6, [0, 2, 4, 6]), (15, [0, 5, 10, 15]), (42, [0, 10, 20, 30, 42]),
        (44, [0, 10, 20, 30, 44]), (45, [0, 10, 20, 30, 40, 45]), (260, [0, 100, 200, 260]),
    ],
)  # fmt: skip
def test_counts_are_round_and_the_highest_is_named(highest, expected):
    assert counted(highest) == expected


def test_days_are_weeks_then_months_then_years():
    first = datetime.date(2026, 11, 20)
    assert [words for _, words in dated(first, datetime.date(2026, 12, 5), 5)] == ["11月20日", "11月27日", "12月4日"]
    assert [words for _, words in dated(first, datetime.date(2027, 3, 5), 5)] == ["12月", "2027年", "2月", "3月"]
    assert [words for _, words in dated(first, datetime.date(2027, 12, 5), 5)] == ["2027年", "4月", "7月", "10月"]
    assert [words for _, words in dated(first, datetime.date(2031, 12, 5), 5)] == [f"{n}年" for n in range(2027, 2032)]
