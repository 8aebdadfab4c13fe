"""逐条定级 in a real browser: one key a point, nothing moves, and the mouse does the same."""

import pytest
from django.urls import reverse

from riskpoints.models import RiskPoint
from riskpoints.tables import editing
from tests.e2e.browsing import enter, faults

pytestmark = pytest.mark.e2e


@pytest.fixture
def points(live_server, draft_version, people, plain_post):
    """Return twelve points without scales, in the database that the server sees."""
    values = {"category": "environment", "post": plain_post}
    RiskPoint.objects.filter(version=draft_version).delete()
    return [
        editing.save_point(draft_version, values | {"text": f"第{number}项"}, actor=people.head)
        for number in range(1, 13)
    ]


def levels(draft_version):
    return list(draft_version.points.order_by("order").values_list("likelihood", "harm", "proposed_level"))


def test_twelve_points_are_levelled_with_one_key_each(page, points, draft_version, people):
    enter(page, people.head)
    page.goto(reverse("riskpoints:levelling", args=[draft_version.pk]))
    page.locator("[data-squares]").first.focus()
    for number in range(12):
        page.keyboard.press(str(number % 9 + 1))
    page.get_by_text("12 个风险点都已定级").wait_for()
    pairs = [(likelihood, harm) for likelihood in (1, 2, 3) for harm in (1, 2, 3)]
    assert levels(draft_version) == [(*pair, min(pair)) for pair in [*pairs, *pairs][:12]]


def test_a_press_of_the_mouse_moves_nothing_under_the_hand(page, points, draft_version, people):
    enter(page, people.head)
    page.goto(reverse("riskpoints:levelling", args=[draft_version.pk]))
    square = page.locator(f"#square-{points[5].pk}-5")
    square.scroll_into_view_if_needed()
    before = square.bounding_box()
    square.click()
    page.locator(f"#square-{points[5].pk}-5[aria-pressed=true]").wait_for()
    after = square.bounding_box()
    assert abs(after["y"] - before["y"]) <= 1
    assert levels(draft_version)[5] == (2, 2, 2)
    assert faults(page) == []
