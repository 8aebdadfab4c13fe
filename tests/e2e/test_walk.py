"""逐条核对 in a real browser: one key for each point that stays, and the mouse, the field and the phone."""

import pytest
from django.urls import reverse

from riskpoints.content.content import load
from riskpoints.enums import Status
from riskpoints.models import WalkAnswer
from riskpoints.tables import starting
from riskpoints.years import opening
from tests.e2e.browsing import enter, faults
from tests.factories import bring_to, make_measure, make_point, year_dates

pytestmark = pytest.mark.e2e


@pytest.fixture
def renewal(live_server, table, people, plain_post):
    """Return next year's draft of 总务处: eighteen points, as they are in force this year."""
    draft = bring_to(Status.DRAFT, table, people)
    for number in range(1, 11):
        values = {"post": plain_post, "category": "environment", "text": f"第{number}个风险点"}
        make_measure(draft, make_point(draft, actor=people.head, **values), actor=people.head)
    bring_to(Status.CONFIRMED, table, people)
    cycle = opening.open_year(table.cycle.year + 1, year_dates(table.cycle.year + 1), actor=people.office)
    return starting.start_table(cycle.tables.get(department=table.department), actor=people.head)


@pytest.fixture
def walk(page, renewal, people):
    """Return the page of 逐条核对, opened by the head."""
    enter(page, people.head)
    page.goto(reverse("riskpoints:walk", args=[renewal.pk]))
    return page


def kinds(renewal):
    rows = WalkAnswer.objects.filter(version=renewal).order_by("id")
    return list(rows.values_list("kind", flat=True))


def test_eighteen_points_are_confirmed_with_one_key_each(walk, renewal, people):
    for _ in range(18):
        walk.keyboard.press("1")
    walk.get_by_text("都已核对").wait_for()
    assert kinds(renewal) == ["kept"] * 18
    assert walk.locator(".walk-line.open").count() == 0


def test_a_point_is_reworded_and_another_one_removed_by_keys(walk, renewal):
    first, second, third = load(renewal).points[:3]
    walk.keyboard.press("2")
    walk.keyboard.type("，又补充 123")
    walk.keyboard.press("Control+Enter")
    walk.locator(f"#walk-{first.pk} .changed-mark").wait_for()
    first.refresh_from_db()
    assert first.text.endswith("，又补充 123")
    assert walk.evaluate("document.activeElement.id") == f"walk-{second.pk}"
    walk.keyboard.press("3")
    walk.keyboard.type("业务已移交")
    walk.keyboard.press("Enter")
    walk.get_by_text("理由：业务已移交").wait_for()
    assert walk.evaluate("document.activeElement.id") == f"walk-{third.pk}"
    walk.keyboard.press("1")
    walk.locator(f"#walk-{third.pk} .saved").wait_for()
    assert kinds(renewal) == ["changed", "removed", "kept"]


def test_keys_mean_nothing_elsewhere_and_escape_leaves_the_field(walk, renewal):
    first = load(renewal).points[0]
    walk.keyboard.press("2")
    walk.keyboard.press("Escape")
    assert walk.evaluate("document.activeElement.id") == f"walk-{first.pk}"
    walk.keyboard.press("ArrowDown")
    assert walk.evaluate("document.activeElement.id") != f"walk-{first.pk}"
    walk.locator("h1").click()
    walk.evaluate("document.activeElement.blur()")
    walk.keyboard.press("1")
    assert kinds(renewal) == []


def test_the_mouse_does_the_same_and_nothing_moves_under_the_hand(walk, renewal):
    point = load(renewal).points[6]
    button = walk.locator(f"#walk-{point.pk} button[value=keep]")
    button.scroll_into_view_if_needed()
    before = button.bounding_box()
    button.click()
    walk.locator(f"#walk-{point.pk} .saved").wait_for()
    assert abs(button.bounding_box()["y"] - before["y"]) <= 1
    assert faults(walk) == []


def test_without_scripts_the_buttons_do(new_page, renewal, people):
    page = new_page(java_script_enabled=False)
    enter(page, people.head)
    page.goto(reverse("riskpoints:walk", args=[renewal.pk]))
    page.locator("button[value=keep]").first.click()
    page.locator("text=已核对 1/18").first.wait_for()
    assert kinds(renewal) == ["kept"]
