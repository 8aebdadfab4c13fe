"""The review in a real browser: only what differs by one press, J and K, the levels by keys; fourteen points."""

import pytest
from django.urls import reverse

from riskpoints.enums import Action, Status
from riskpoints.models import TableVersion
from riskpoints.tables import workflow
from tests.e2e.browsing import enter, faults
from tests.factories import bring_to, make_measure, make_point

pytestmark = pytest.mark.e2e


@pytest.fixture
def submitted(live_server, department, table, people, plain_post):
    """Return 总务处's table, handed in: fourteen points, most of level three, one proposed as level two."""
    draft = bring_to(Status.DRAFT, table, people)
    for number in range(1, 7):
        more = {"proposed_level": 2} if number == 5 else {}
        values = {"post": plain_post, "category": "environment", "text": f"第{number}个风险点"} | more
        make_measure(draft, make_point(draft, actor=people.head, **values), actor=people.head)
    return bring_to(Status.SUBMITTED, table, people)


@pytest.fixture
def review(page, submitted, people):
    enter(page, people.reviewer)
    page.goto(reverse("riskpoints:version", args=[submitted.pk]))
    return page


def shown(page):
    return page.locator("[data-judge]:visible").count()


def test_fourteen_points_with_one_change_take_eight_actions(review, submitted):
    assert shown(review) == 14
    actions = ["Space", "j"]
    for key in actions:
        review.keyboard.press(key)
    assert 1 < shown(review) < 7
    for _ in range(5):
        if "第5个风险点" in review.evaluate("document.activeElement.closest('li').textContent"):
            break
        actions.append("j")
        review.keyboard.press("j")
    actions.append("1")
    review.keyboard.press("1")
    actions.append("click")
    review.locator("button[value=approve]").click()
    review.get_by_text("审核通过").first.wait_for()
    assert len(actions) <= 8
    version = TableVersion.objects.get(pk=submitted.pk)
    assert version.status == Status.REVIEWED
    assert version.points.get(text="第5个风险点").confirmed_level == 1
    assert version.points.filter(confirmed_level__isnull=True).count() == 0


def test_fourteen_points_are_three_screens_high(review):
    height = review.evaluate("document.querySelector('.sheet').getBoundingClientRect().height")
    assert height <= 3 * 768


def test_a_milder_level_asks_for_its_reason_and_the_keys_rest_in_it(review, submitted):
    point = submitted.points.get(text="第5个风险点")
    for _ in range(20):
        review.keyboard.press("j")
        if review.evaluate("document.activeElement.id") == f"judge-{point.pk}":
            break
    review.keyboard.press("3")
    review.keyboard.type("jk 12 三年没有发生")
    assert review.evaluate("document.activeElement.value") == "jk 12 三年没有发生"
    assert review.locator(f"#judge-{point.pk} input[value='3']").is_checked()
    review.locator(f"#judge-{point.pk}").focus()
    review.keyboard.press("k")
    assert review.evaluate("document.activeElement.id") != f"judge-{point.pk}"


def test_nothing_is_wrong_with_the_page(review):
    review.locator("#only-differing").check()
    assert faults(review) == []


def test_a_hidden_point_is_sent_all_the_same(new_page, submitted, people):
    page = new_page(java_script_enabled=False)
    enter(page, people.reviewer)
    page.goto(reverse("riskpoints:version", args=[submitted.pk]))
    page.locator("#only-differing").check()
    assert shown(page) < 7
    page.locator("button[value=approve]").click()
    page.locator("text=审核通过").first.wait_for()
    done = TableVersion.objects.get(pk=submitted.pk)
    assert done.decisions.last().action == Action.APPROVE
    assert workflow.is_possible(Action.CONFIRM, done)
