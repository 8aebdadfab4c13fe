"""The chart: boxes top-down, in columns where there are many, each text inside its box."""

from itertools import pairwise

import pytest

from riskpoints.powers.flow import MOST_IN_COLUMN, flow_of
from riskpoints.references.powers.models import PowerStep


def steps(count, **values):
    return [PowerStep(name=f"环节{place}", post_name="采购员", time_limit="2 日", **values) for place in range(count)]


def test_nothing_is_drawn_of_nothing():
    assert flow_of([]) is None


def test_each_step_is_a_box_with_post_and_limit_between_begin_and_end():
    found = flow_of([PowerStep(name="验收", post_name="保管员", time_limit="2 日", note="两人", is_risk_node=True)])
    assert [[text.words for text in box.texts] for box in found.boxes] == [
        ["开始"],
        ["1. 验收", "保管员　2 日", "两人"],
        ["结束"],
    ]
    assert [box.is_risk for box in found.boxes] == [False, True, False]
    assert found.words == "验收（保管员，2 日，风险节点）"


@pytest.mark.parametrize("count", [1, MOST_IN_COLUMN, MOST_IN_COLUMN + 1, 20, 30])
def test_boxes_never_touch_and_stay_within_the_chart(count):
    found = flow_of(steps(count, note="两人以上在场，留下记录，逐项核对"))
    assert len(found.boxes) == count + 2
    assert len(found.arrows) == count + 1
    for box in found.boxes:
        assert box.x >= 0
        assert box.x + box.width <= found.width
        assert box.bottom <= found.height
        assert all(box.y < text.y < box.bottom for text in box.texts)
    columns = {}
    for box in found.boxes:
        columns.setdefault(round(box.middle), []).append(box)
    for column in columns.values():
        assert all(lower.y > upper.bottom + 10 for upper, lower in pairwise(column))
    assert len(columns) == -(-count // MOST_IN_COLUMN)
    assert found.is_wide == (count > MOST_IN_COLUMN)


@pytest.mark.parametrize("text", ["很长的说明" * 30, "W" * 200, "https://www.example.edu.cn/notice/2026/11/29"])
def test_long_texts_are_parted_into_lines_and_lose_nothing(text):
    (_, box, _) = flow_of([PowerStep(name="验收", note=text)]).boxes
    lines = [line.words for line in box.texts if line.kind == "note"]
    assert "".join(lines) == text
    assert max(sum(1.0 if ord(c) > 255 else 0.55 for c in line) for line in lines) * 12 <= box.width
