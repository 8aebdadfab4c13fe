"""The level rule over all its inputs, against tables written out here by hand."""

from itertools import chain, combinations, product

import pytest

from departments.enums import Level
from riskpoints import levels

STEPS = (None, 1, 2, 3)

# The worse of likelihood (row) and harm (column): rare but criminal is 一级, as the document says 或者 (T6).
BY_SCALES = {
    (1, 1): 1, (1, 2): 1, (1, 3): 1,
    (2, 1): 1, (2, 2): 2, (2, 3): 2,
    (3, 1): 1, (3, 2): 2, (3, 3): 3,
}  # fmt: skip

# {floor: {level by the scales: computed level}}
COMPUTED = {
    None: {1: 1, 2: 2, 3: 3},
    1: {1: 1, 2: 1, 3: 1},
    2: {1: 1, 2: 2, 3: 2},
    3: {1: 1, 2: 2, 3: 3},
}
ALLOWED = {None: (1, 2, 3), 1: (1,), 2: (1, 2), 3: (1, 2, 3)}
NEEDS_REASON = {None: (), 1: (2, 3), 2: (3,), 3: ()}

# Every set of these functions, with the floor it gives: the highest risk counts.
FUNCTIONS = (("采购", 1), ("财务", 1), ("公共服务", 2), ("其他事务", 3))
FUNCTION_SETS = tuple(chain.from_iterable(combinations(FUNCTIONS, size) for size in range(len(FUNCTIONS) + 1)))
FLOORS = {
    frozenset(): None,
    frozenset({1}): 1,
    frozenset({2}): 2,
    frozenset({3}): 3,
    frozenset({1, 2}): 1,
    frozenset({1, 3}): 1,
    frozenset({2, 3}): 2,
    frozenset({1, 2, 3}): 1,
}


def test_the_inputs_are_all_there():
    assert len(list(product(STEPS, STEPS, FUNCTION_SETS))) == 4 * 4 * 16


@pytest.mark.parametrize("functions", FUNCTION_SETS, ids=lambda f: "+".join(name for name, _ in f) or "none")
@pytest.mark.parametrize("harm", STEPS)
@pytest.mark.parametrize("likelihood", STEPS)
def test_rule_over_all_inputs(likelihood, harm, functions):
    ruling = levels.rule(likelihood, harm, functions)
    by_scales = BY_SCALES.get((likelihood, harm))
    floor = FLOORS[frozenset(value for _, value in functions)]
    computed = COMPUTED[floor].get(by_scales)
    assert (ruling.by_scales, ruling.floor, ruling.computed) == (by_scales, floor, computed)
    assert ruling.allowed == ALLOWED[floor]
    assert tuple(level for level in Level if ruling.is_forbidden(level)) == tuple({1, 2, 3} - set(ALLOWED[floor]))
    assert tuple(level for level in Level if ruling.needs_reason(level)) == NEEDS_REASON[computed]


@pytest.mark.parametrize(
    ("likelihood", "harm", "functions", "reasons"),
    [
        (None, 1, (), ()),
        (3, None, (), ()),
        (2, 2, (), ("发生机率“较高”、危害程度“较为严重”，均为二级（中）。",)),
        (3, 1, (), ("机率与危害取较重的一级：危害程度“严重”已达一级（高）。",)),
        (2, 3, (), ("机率与危害取较重的一级：发生机率“较高”已达二级（中）。",)),
        (None, None, [("采购", 1), ("公共服务", 2)], ("该岗位从事采购，按规定不低于一级（高）。",)),
        (
            3,
            3,
            [("一般经济管理", 2), ("公共服务", 2)],
            (
                "发生机率“较小”、危害程度“一般”，均为三级（低）。",
                "该岗位从事一般经济管理、公共服务，按规定不低于二级（中）。",
            ),
        ),
    ],
)
def test_the_rule_explains_itself(likelihood, harm, functions, reasons):
    assert levels.rule(likelihood, harm, functions).reasons == reasons


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], None),
        ([None], None),
        ([None, None, 3], 3),
        ([3, 2], 2),
        ([2, 3, 1, None], 1),
        ([3, 3], 3),
    ],
)
def test_roll_up_takes_the_highest_risk(given, expected):
    result = levels.worst(given)
    assert result == expected
    assert expected is None or isinstance(result, Level)


def test_functions_may_be_given_as_a_generator():
    assert levels.rule(3, 3, (pair for pair in [("采购", 1)])).reasons[-1] == "该岗位从事采购，按规定不低于一级（高）。"
