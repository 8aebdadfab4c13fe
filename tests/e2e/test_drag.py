"""A point dragged by its handle, in a real browser: to another place, into another category, and not at all."""

import pytest
from playwright.sync_api import expect

from riskpoints.enums import Category, Status
from riskpoints.models import RiskPoint
from tests.e2e.browsing import enter
from tests.factories import bring_to, make_point
from tests.pages import at

pytestmark = pytest.mark.e2e


@pytest.fixture
def draft(live_server, table, people):
    """Return a draft of 总务处 with three points in its first category."""
    version = bring_to(Status.DRAFT, table, people)
    version.points.filter(category=Category.DUTY).update(text="第一个")
    for text in ("第二个", "第三个"):
        make_point(version, actor=people.head, text=text)
    return version


@pytest.fixture
def sheet(page, draft, people):
    """Return the head's page with the draft, the category in view."""
    enter(page, people.head)
    page.goto(at(draft))
    return page


def in_order(draft, category=Category.DUTY):
    return [point.text for point in draft.points.filter(category=category).order_by("order")]


def row(page, draft, text):
    return page.locator(f"li#point-{RiskPoint.objects.get(version=draft, text=text).pk}")


def take(page, item):
    """Take the handle of a row with the left button."""
    item.hover()
    box = item.locator("[data-grip]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()


def carry(page, item, part):
    """Move the hand over a row, to so much of its line's height."""
    box = item.locator("xpath=ancestor-or-self::tr").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + box["height"] * part, steps=4)


def line(page):
    return page.locator(".drop-line")


def test_a_point_is_dragged_past_others_and_back_by_undo(sheet, draft):
    take(sheet, row(sheet, draft, "第一个"))
    expect(line(sheet)).to_be_hidden()  # where it stands already
    last = row(sheet, draft, "第三个")
    carry(sheet, last, 0.8)
    expect(line(sheet)).to_be_visible()
    shown, under = line(sheet).bounding_box(), last.bounding_box()
    assert abs(shown["y"] - (under["y"] + under["height"])) < 4
    assert abs(shown["width"] - under["width"]) < 2
    sheet.mouse.up()
    expect(sheet.locator("#rows-duty li[id^=point-]").last).to_contain_text("第一个")
    assert in_order(draft) == ["第二个", "第三个", "第一个"]
    expect(line(sheet)).to_have_count(0)
    sheet.get_by_role("button", name="撤销").first.click()
    expect(sheet.locator("#rows-duty li[id^=point-]").first).to_contain_text("第一个")
    assert in_order(draft) == ["第一个", "第二个", "第三个"]


def test_a_point_is_dragged_up_between_two(sheet, draft):
    take(sheet, row(sheet, draft, "第三个"))
    carry(sheet, row(sheet, draft, "第二个"), 0.2)
    sheet.mouse.up()
    expect(sheet.locator("#rows-duty li[id^=point-]").last).to_contain_text("第二个")
    assert in_order(draft) == ["第一个", "第三个", "第二个"]


def test_a_point_is_dragged_into_another_category(sheet, draft):
    before = in_order(draft, Category.PROCESS)
    take(sheet, row(sheet, draft, "第二个"))
    carry(sheet, sheet.locator("#rows-process tr").first, 0.5)
    expect(line(sheet)).to_be_visible()
    sheet.mouse.up()
    expect(sheet.locator("#rows-process li[id^=point-]").last).to_contain_text("第二个")
    assert in_order(draft, Category.PROCESS) == [*before, "第二个"]
    assert in_order(draft) == ["第一个", "第三个"]


def test_escape_lets_it_be_and_so_does_the_own_place(sheet, draft):
    sent = []
    sheet.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    take(sheet, row(sheet, draft, "第一个"))
    carry(sheet, row(sheet, draft, "第三个"), 0.8)
    expect(line(sheet)).to_be_visible()
    sheet.keyboard.press("Escape")
    expect(line(sheet)).to_have_count(0)
    sheet.mouse.up()
    take(sheet, row(sheet, draft, "第一个"))
    carry(sheet, row(sheet, draft, "第一个"), 0.9)
    sheet.mouse.up()
    expect(line(sheet)).to_have_count(0)
    assert (sent, in_order(draft)) == ([], ["第一个", "第二个", "第三个"])
    assert sheet.evaluate("String(getSelection())") == ""


@pytest.mark.parametrize("is_answered", [False, True], ids=["at once", "while it is held"])
def test_what_is_being_typed_is_saved_before_the_point_goes(sheet, draft, is_answered):
    """An answer that comes while the hand holds a point leaves the page as it is until the hand lets go."""
    written = row(sheet, draft, "第二个")
    written.locator("[data-cell]").click()
    sheet.keyboard.press("Control+A")
    sheet.keyboard.type("改过的第二个")
    if is_answered:
        with sheet.expect_response(lambda answer: answer.request.method == "POST"):
            take(sheet, row(sheet, draft, "第一个"))
        sheet.wait_for_timeout(200)
    else:
        take(sheet, row(sheet, draft, "第一个"))
    carry(sheet, row(sheet, draft, "第三个"), 0.8)
    sheet.mouse.up()
    expect(sheet.locator("#rows-duty li[id^=point-]").last).to_contain_text("第一个")
    assert in_order(draft) == ["改过的第二个", "第三个", "第一个"]


def test_a_finger_drags_by_the_handle_of_the_row_it_tapped(new_page, people, draft):
    """The handle takes no scrolling with it (touch-action), the text does: it can be scrolled and selected."""
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    enter(page, people.head)
    page.goto(at(draft))
    one, last = row(page, draft, "第一个"), row(page, draft, "第三个")
    one.locator("[data-cell]").tap()
    page.keyboard.press("Escape")
    grip = one.locator("[data-grip]")
    expect(grip).to_be_visible()
    assert grip.evaluate("e => getComputedStyle(e).touchAction") == "none"
    assert one.locator("[data-cell]").evaluate("e => getComputedStyle(e).touchAction") == "auto"
    box = grip.bounding_box()
    assert box["width"] >= 24
    assert box["height"] >= 20
    at_grip = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    under = last.bounding_box()
    session = page.context.new_cdp_session(page)
    touch = lambda kind, points: session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})  # noqa: E731
    touch("touchStart", [at_grip])
    for step in range(1, 6):
        y = at_grip["y"] + (under["y"] + under["height"] - 2 - at_grip["y"]) * step / 5
        touch("touchMove", [{"x": at_grip["x"], "y": y}])
    expect(line(page)).to_be_visible()
    touch("touchEnd", [])
    expect(page.locator("#rows-duty li[id^=point-]").last).to_contain_text("第一个")
    assert in_order(draft) == ["第二个", "第三个", "第一个"]


def test_without_the_scripts_there_is_no_handle(new_page, people, draft):
    page = new_page(java_script_enabled=False)
    enter(page, people.head)
    page.goto(at(draft))
    expect(page.locator("[data-grip]").first).to_be_attached()
    expect(page.locator("[data-grip]").first).to_be_hidden()
