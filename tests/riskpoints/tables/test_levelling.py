"""逐条定级: the nine squares of a point, and what becomes of the level that was proposed before."""

import pytest

from departments.enums import Level
from riskpoints.models import TableVersion
from riskpoints.tables import editing, levelling
from tests import once
from tests.factories import make_point

ONE, TWO, THREE = Level


@once.fixture
def draft(table, people):
    """Return an empty draft of 总务处."""
    return TableVersion.objects.create(
        table=table, number=1, owner_name="总务处", duties="保障后勤", created_by=people.head
    )


def levels_of(post):
    return [[square.level for square in levelling.squares(post.floors)[row : row + 3]] for row in (0, 3, 6)]


def test_a_square_has_the_worse_of_its_two_scales(plain_post):
    assert levels_of(plain_post) == [[ONE, ONE, ONE], [ONE, TWO, TWO], [ONE, TWO, THREE]]
    assert [square.place for square in levelling.squares(())] == list(range(1, 10))
    assert not any(square.is_lifted for square in levelling.squares(()))


def test_the_functions_of_the_post_lift_squares_and_say_so(purchasing_post):
    assert levels_of(purchasing_post) == [[ONE] * 3] * 3
    assert [square.place for square in levelling.squares(purchasing_post.floors) if square.is_lifted] == [5, 6, 8, 9]


@pytest.mark.parametrize("pair", levelling.PAIRS)
def test_a_press_sets_both_scales_and_the_level_of_the_rule(draft, people, plain_post, pair):
    point = editing.save_point(draft, {"category": "duty", "text": "没有定级", "post": plain_post}, actor=people.head)
    done = levelling.set_level(point, pair, lock=point.lock, actor=people.head)
    assert f"{done.likelihood}-{done.harm}" == pair
    assert done.proposed_level == done.computed_level == min(done.likelihood, done.harm)


OWN = {"likelihood": 2, "harm": 2}


@pytest.mark.parametrize(
    ("before", "pair", "after"),
    [
        ({"proposed_level": 2}, "3-3", 3),  # the rule's own: it follows
        ({"proposed_level": 1}, "3-3", 1),  # more severe than the rule: a choice, which stays
        ({"proposed_level": 3, "proposed_reason": "近三年没有发生"}, "1-1", 3),  # milder, with its reason
        ({"proposed_level": 1}, "1-2", 1),
        ({"proposed_level": None}, "3-2", 2),
    ],
)
def test_what_was_proposed_against_the_rule_stays_where_it_may(draft, people, plain_post, before, pair, after):
    point = make_point(draft, actor=people.head, post=plain_post, **OWN, **before)
    done = levelling.set_level(point, pair, lock=point.lock, actor=people.head)
    assert (done.proposed_level, done.proposed_reason) == (after, before.get("proposed_reason", ""))


def test_a_severe_proposal_that_would_now_want_a_reason_follows_the_rule(draft, people, plain_post):
    point = make_point(draft, actor=people.head, post=plain_post, likelihood=3, harm=3, proposed_level=2)
    assert levelling.set_level(point, "1-1", lock=point.lock, actor=people.head).proposed_level == 1


def test_a_function_that_the_post_got_since_counts(draft, people, plain_post, functions):
    point = make_point(draft, actor=people.head, post=plain_post, likelihood=3, harm=3)
    plain_post.functions.add(functions["采购"])
    point = type(point).objects.get(pk=point.pk)
    done = levelling.set_level(point, "3-2", lock=point.lock, actor=people.head)
    assert (done.computed_level, done.proposed_level) == (1, 1)


def test_a_point_that_was_changed_meanwhile_is_not_levelled(draft, people, plain_post):
    point = make_point(draft, actor=people.head, post=plain_post)
    editing.save_point(draft, {"text": "改写了"}, point=point, actor=people.clerk)
    with pytest.raises(editing.ConflictError):
        levelling.set_level(point, "1-1", lock=point.lock, actor=people.head)
