"""Each formula by cases that were worked out by hand, with the words by which anybody follows them."""

from decimal import Decimal

import pytest

from riskpoints.oversight.assessment import formulas
from riskpoints.oversight.enums import Formula

CASES = [
    (Formula.ON_TIME, {"late": 0}, "1", "在填报截止日以前首次提交，得 1"),
    (Formula.ON_TIME, {"late": 2}, "0.8", "首次提交迟 2 天，1-0.1×2=0.8"),
    (Formula.ON_TIME, {"late": 10}, "0", "首次提交迟 10 天，1-0.1×10=0"),
    (Formula.ON_TIME, {"late": 12, "open": 1}, "0", "填报截止已过 12 天，还没有提交，1-0.1×12 小于 0，得 0"),
    (Formula.FIRST_PASS, {"returns": 0}, "1", "退回 0 次，1÷(1+0)=1"),
    (Formula.FIRST_PASS, {"returns": 1}, "0.5", "退回 1 次，1÷(1+1)=0.5"),
    (Formula.FIRST_PASS, {"returns": 2}, "0.33", "退回 2 次，1÷(1+2)=0.33"),
    (Formula.POSTS, {"of": 4, "done": 3}, "0.75", "在用岗位 4 个，有风险点或写明没有的 3 个，3÷4=0.75"),
    (Formula.CATEGORIES, {"of": 4, "done": 4}, "1", "风险类别 4 类，有风险点或写明“无”的 4 类，4÷4=1"),
    (Formula.STAGES, {"of": 3, "done": 2}, "0.67", "一级风险点 3 个，三个阶段措施齐全的 2 个，2÷3=0.67"),
    (Formula.STAGES, {"of": 0, "done": 0}, None, "一级风险点 0 个，三个阶段措施齐全的 0 个，不适用"),
    (Formula.VAGUE, {"of": 20, "bad": 3}, "0.85", "防范措施 20 条，空泛的 3 条，(20-3)÷20=0.85"),
    (Formula.CHECKS, {"of": 6, "done": 5}, "0.83", "应查 6 张，已交 5 张，5÷6=0.83"),
    (
        Formula.CARRIED_OUT,
        {"done": 7, "partly": 2, "not_done": 1},
        "0.8",
        "检查的措施：落实 7 项，部分落实 2 项，未落实 1 项，(7+2×0.5)÷10=0.8",
    ),
    (Formula.CARRIED_OUT, {"done": 0, "partly": 0, "not_done": 0}, None, "未落实 0 项，不适用"),
    (Formula.RECTIFIED, {"of": 3, "done": 2}, "0.67", "应回告的处置 3 件，按期回告的 2 件，2÷3=0.67"),
    (Formula.CLOSED, {"of": 2, "done": 1}, "0.5", "发出的处置 2 件，已销号 1 件，1÷2=0.5"),
    (Formula.OPINIONS, {"of": 3, "done": 3}, "1", "公示意见 3 条，已办结 3 条，3÷3=1"),
    (Formula.PROPOSALS, {"of": 5, "done": 4}, "0.8", "收到建议 5 条，已答复 4 条，4÷5=0.8"),
    (Formula.TAKING_PART, {"of": 10, "done": 3}, "0.5", "在册 10 人，提过建议 3 人（达到六成得满分），3÷10÷0.6=0.5"),
    (Formula.TAKING_PART, {"of": 10, "done": 6}, "1", "6÷10÷0.6=1"),
    (Formula.TAKING_PART, {"of": 10, "done": 9}, "1", "9÷10÷0.6=1.5，按 1 计"),
    (Formula.TAKING_PART, {"of": 0, "done": 0}, None, "不适用"),
    (Formula.EDUCATION, {"of": 40, "done": 37}, "0.93", "应到 40 人次，实到 37 人次，37÷40=0.93"),
    (Formula.FIRST_POSTS, {"of": 2, "done": 0}, "0", "一级岗位 2 个，任职人受过教育的 0 个，0÷2=0"),
    (Formula.POWERS, {"of": 8, "done": 7}, "0.88", "职权 8 项，已备案 7 项，7÷8=0.88"),
    (Formula.REPEALED, {"of": 9, "bad": 1}, "0.89", "措施引用制度 9 处，已失效的 1 处，(9-1)÷9=0.89"),
]


@pytest.mark.parametrize(("formula", "counts", "value", "words"), CASES)
def test_each_formula_by_hand(formula, counts, value, words):
    found = formulas.reckon(formula, counts)
    assert found.value == (None if value is None else Decimal(value))
    assert words in found.words
    assert found.counts == counts


def test_every_formula_was_worked_out():
    assert {formula for formula, *_ in CASES} == set(Formula)


@pytest.mark.parametrize("formula", Formula)
def test_without_data_it_does_not_apply(formula):
    assert formulas.reckon(formula, None) == formulas.Reckoned(None, "没有数据，不适用")


@pytest.mark.parametrize(
    ("weight", "value", "points"), [(5, "0.83", "4.15"), (4, "1", "4"), (3, "0.33", "0.99"), (7, None, None)]
)
def test_points_are_the_weight_times_the_share(weight, value, points):
    found = formulas.points_of(weight, None if value is None else Decimal(value))
    assert found == (None if points is None else Decimal(points))


@pytest.mark.parametrize(
    ("parts", "score", "words"),
    [
        ([(60, "45"), (40, "40")], "85", "各项合计 85 分"),
        ([(60, "45"), (10, None), (30, "27")], "80", "不适用的 10 分不计：72÷90×100=80 分"),
        ([(50, "33.33"), (20, None), (30, "30")], "79.16", "不适用的 20 分不计：63.33÷80×100=79.16 分"),
        ([(100, None)], "0", "没有适用的指标"),
    ],
)
def test_what_does_not_apply_is_left_out_and_the_rest_scaled(parts, score, words):
    given = [(weight, None if points is None else Decimal(points)) for weight, points in parts]
    assert formulas.total(given, 100) == formulas.Total(Decimal(score), words)


def test_two_scores_count_as_their_mean():
    assert formulas.average([Decimal("26"), Decimal("27.01")]) == Decimal("26.51")


@pytest.mark.parametrize(("score", "is_far"), [("24", False), ("23.99", True), ("30", False), ("36.01", True)])
def test_a_score_is_far_beyond_a_fifth_of_the_weight(score, is_far):
    assert formulas.is_far(Decimal(score), Decimal(30), 30) is is_far
