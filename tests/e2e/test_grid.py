"""The sheet written in like a table, in a real browser: keys, saving, refusals, and a page that holds still."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from departments.models import KeptForm, LoginSession
from riskpoints.enums import Action, Category, Status
from riskpoints.models import RiskPoint
from riskpoints.tables import editing, starting, workflow
from tests.e2e.browsing import enter, faults
from tests.factories import bring_to, make_measure, make_point
from tests.pages import at

pytestmark = pytest.mark.e2e

TYPED = "验收走过场，未按合同核对数量"


@pytest.fixture
def draft(live_server, table, people):
    """Return the complete draft of 总务处, its first category with a second point and a measure of its own."""
    version = bring_to(Status.DRAFT, table, people)
    second = make_point(version, actor=people.head, text="第二个风险点")
    make_measure(version, second, actor=people.head, text="第二项的措施")
    return version


@pytest.fixture
def points(draft) -> list[RiskPoint]:
    """Return the two points of 岗位职责风险."""
    return list(draft.points.filter(category=Category.DUTY).order_by("order"))


@pytest.fixture
def sheet(page, draft, people):
    """Return the head's page with the draft."""
    enter(page, people.head)
    page.goto(at(draft))
    return page


def cell(page, row):
    return page.locator(f"li#{row._meta.model_name.replace('riskpoint', 'point')}-{row.pk} > [data-cell]")


def field(page):
    """The field in which somebody writes."""
    return page.locator("textarea.cell-area:focus")


def blank(page, category="duty"):
    return page.locator(f"#rows-{category} .points.blank-row [data-cell]")


def saved(page, words="已保存"):
    page.locator(".cell-saved", has_text=words).wait_for()


def stored(row):
    return type(row).objects.get(pk=row.pk)


def type_into(page, row, text):
    cell(page, row).click()
    expect(field(page)).to_be_visible()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


# ---- a text becomes a field where it stands ----------------------------------------------------------------------


def test_the_field_stands_where_the_text_stood(sheet, points):
    """Same place, width, face and line; nothing below it moves, nothing scrolls."""
    text, below = cell(sheet, points[0]), cell(sheet, points[1])
    style = "e => { const s = getComputedStyle(e); return [s.fontFamily, s.fontSize, s.lineHeight, s.color]; }"
    sheet.evaluate("scrollTo(0, 200)")
    before, under, looks = text.bounding_box(), below.bounding_box(), text.evaluate(style)
    text.click()
    assert field(sheet).bounding_box() == pytest.approx(before, abs=1)
    assert below.bounding_box() == pytest.approx(under, abs=1)
    assert field(sheet).evaluate(style) == looks
    assert sheet.evaluate("scrollY") == 200
    assert field(sheet).input_value() == points[0].text


def test_it_grows_with_its_text(sheet, points):
    cell(sheet, points[0]).click()
    before = field(sheet).bounding_box()["height"]
    sheet.keyboard.press("Control+End")
    sheet.keyboard.type("很长的一句话" * 20)
    assert field(sheet).bounding_box()["height"] > before + 20
    assert field(sheet).evaluate("e => e.scrollHeight <= e.clientHeight + 1")
    sheet.keyboard.press("Shift+Enter")
    assert field(sheet).input_value().endswith("\n")


def test_enter_saves_and_goes_to_the_next_point_without_moving_it(sheet, points):
    type_into(sheet, points[0], TYPED)
    top, scrolled = cell(sheet, points[1]).bounding_box()["y"], sheet.evaluate("scrollY")
    sheet.keyboard.press("Enter")
    expect(field(sheet)).to_have_value(points[1].text)
    saved(sheet)
    assert field(sheet).bounding_box()["y"] == pytest.approx(top, abs=1)
    assert sheet.evaluate("scrollY") == scrolled
    assert stored(points[0]).text == TYPED
    expect(cell(sheet, points[0])).to_have_text(TYPED)


def test_the_last_points_enter_begins_a_new_one(sheet, draft, points):
    cell(sheet, points[1]).click()
    sheet.keyboard.press("Enter")
    sheet.keyboard.type("第三个风险点")
    sheet.keyboard.press("Control+Enter")
    saved(sheet)
    third = draft.points.get(text="第三个风险点")
    assert third.category == Category.DUTY
    expect(cell(sheet, third)).to_be_focused()
    expect(sheet.locator("#foot")).to_contain_text("第 3 项未选发生机率或危害程度")


def test_tab_goes_to_the_measure_and_on_to_the_next_point(sheet, draft, points):
    cell(sheet, points[1]).click()
    sheet.keyboard.press("Tab")
    expect(field(sheet)).to_have_value("第二项的措施")
    sheet.keyboard.press("Enter")
    sheet.keyboard.type("第二项的另一条措施")
    sheet.keyboard.press("Enter")
    saved(sheet)
    assert list(draft.measures.get(text="第二项的另一条措施").points.all()) == [points[1]]
    sheet.keyboard.press("Enter")  # an empty new measure goes away, and the next point is next
    expect(field(sheet)).to_have_attribute("aria-label", "新的风险点：岗位职责风险")
    sheet.keyboard.press("Shift+Tab")
    expect(field(sheet)).to_have_value("第二项的另一条措施")


def test_shift_tab_leads_back_from_a_measure_to_its_point(sheet, points):
    cell(sheet, points[1]).click()
    sheet.keyboard.press("Tab")
    sheet.keyboard.press("Shift+Tab")
    expect(field(sheet)).to_have_value("第二个风险点")


def test_escape_gives_the_text_back_and_saves_nothing(sheet, points):
    type_into(sheet, points[0], TYPED)
    sheet.keyboard.press("Escape")
    expect(cell(sheet, points[0])).to_be_focused()
    expect(cell(sheet, points[0])).to_have_text(points[0].text)
    assert stored(points[0]).lock == points[0].lock


def test_leaving_an_unchanged_field_sends_nothing(sheet, points):
    sent = []
    sheet.on("request", lambda request: sent.append(request.url))
    cell(sheet, points[0]).click()
    cell(sheet, points[1]).click()
    sheet.locator("h1").click()
    expect(sheet.locator("form.cell-form")).to_have_count(0)
    assert sent == []


def test_leaving_a_changed_field_saves_it(sheet, points):
    type_into(sheet, points[0], TYPED)
    sheet.locator("h1").click()
    saved(sheet)
    assert stored(points[0]).text == TYPED
    expect(sheet.locator("form.cell-form")).to_have_count(0)


def test_an_emptied_text_is_refused_in_words(sheet, points):
    type_into(sheet, points[0], "")
    sheet.keyboard.press("Control+A")
    sheet.keyboard.press("Delete")
    sheet.locator("h1").click()
    expect(sheet.get_by_role("alert").filter(has_text="文字不能空着")).to_be_visible()
    assert stored(points[0]).text == points[0].text
    sheet.locator(f"#point-{points[0].pk} textarea").press("Escape")
    expect(cell(sheet, points[0])).to_have_text(points[0].text)


def test_an_empty_new_row_goes_away(sheet, draft, points):
    rows = sheet.locator("#rows-duty tr").count()
    blank(sheet).click()
    assert sheet.locator("#rows-duty tr").count() == rows + 1
    sheet.keyboard.press("Escape")
    assert sheet.locator("#rows-duty tr").count() == rows
    expect(blank(sheet)).to_be_focused()


def test_what_is_composed_is_not_cut(sheet, points):
    """While an input method composes, Enter and Escape are its own."""
    cell(sheet, points[0]).click()
    area = field(sheet)
    for key in ("Enter", "Escape", "Tab"):
        for how in ({"isComposing": True}, {"keyCode": 229}):
            given = {"key": key, "bubbles": True, "cancelable": True} | how
            area.evaluate("(e, given) => e.dispatchEvent(new KeyboardEvent('keydown', given))", given)
    expect(field(sheet)).to_have_value(points[0].text)
    expect(field(sheet)).to_have_attribute("aria-label", "第 1 个风险点")


def test_somebody_who_comes_back_while_it_is_saved_goes_on_writing(sheet, points):
    """The answer doesn't take the field away, and the next save is not in conflict with one's own."""

    def slowly(route):
        sheet.wait_for_timeout(400)
        route.fallback()

    sheet.route("**/cell/", slowly)
    type_into(sheet, points[0], "先写")
    sheet.keyboard.press("Enter")
    sheet.locator(f"#point-{points[0].pk} textarea").click()
    sheet.keyboard.press("End")
    sheet.keyboard.type("，再写")
    saved(sheet)
    expect(field(sheet)).to_have_value("先写，再写")
    sheet.keyboard.press("Control+Enter")
    expect(cell(sheet, points[0])).to_have_text("先写，再写")
    assert stored(points[0]).text == "先写，再写"


# ---- what can go wrong -------------------------------------------------------------------------------------------


def test_two_windows(sheet, draft, points, people):
    type_into(sheet, points[0], TYPED)
    editing.save_point(draft, {"text": "填报员的话"}, point=points[0], actor=people.clerk)
    sheet.locator("h1").click()
    said = sheet.get_by_role("alert").filter(has_text="已被他人修改")
    expect(said).to_contain_text("填报员的话")
    assert stored(points[0]).text == "填报员的话"
    assert faults(sheet) == []
    said.get_by_role("button", name="用我写的").click()
    saved(sheet)
    assert stored(points[0]).text == TYPED


def test_the_other_text_can_be_taken(sheet, draft, points, people):
    type_into(sheet, points[0], TYPED)
    editing.save_point(draft, {"text": "填报员的话"}, point=points[0], actor=people.clerk)
    sheet.keyboard.press("Control+Enter")
    sheet.get_by_role("button", name="用已保存的").click()
    expect(cell(sheet, points[0])).to_have_text("填报员的话")
    assert stored(points[0]).text == "填报员的话"


def test_a_removed_row_is_saved_as_a_new_one(sheet, draft, points, people):
    type_into(sheet, points[1], TYPED)
    editing.remove_row(points[1], actor=people.clerk)
    sheet.keyboard.press("Control+Enter")
    sheet.get_by_role("button", name="作为新的一项保存").click()
    saved(sheet)
    assert draft.points.get(text=TYPED).category == Category.DUTY


def test_without_a_network_it_is_said_and_tried_again(sheet, points):
    type_into(sheet, points[0], TYPED)
    sheet.context.set_offline(True)
    sheet.keyboard.press("Enter")
    sheet.get_by_text("没有存上，重试中").wait_for()
    asked = []
    sheet.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    sheet.evaluate("location.reload()")
    sheet.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    sheet.context.set_offline(False)
    saved(sheet)
    assert stored(points[0]).text == TYPED


def test_a_login_that_ran_out_is_said_and_the_text_stays(sheet, points):
    type_into(sheet, points[0], TYPED)
    LoginSession.objects.all().delete()
    sheet.keyboard.press("Enter")
    sheet.get_by_text("登录已经过期，没有存上").wait_for()
    expect(sheet.locator(f"#point-{points[0].pk} textarea")).to_have_value(TYPED)


def test_the_table_was_handed_in_meanwhile(sheet, draft, points, people):
    type_into(sheet, points[0], TYPED)
    workflow.perform(Action.SUBMIT, draft, actor=people.head)
    sheet.keyboard.press("Enter")
    expect(sheet.get_by_role("alert").filter(has_text="请先撤回")).to_be_visible()
    expect(sheet.locator(f"#point-{points[0].pk} textarea")).to_have_value(TYPED)


def test_what_is_typed_is_kept_before_it_is_saved(sheet, draft, points):
    type_into(sheet, points[0], TYPED)
    sheet.locator(".kept-at").wait_for()
    assert KeptForm.objects.get().path == at(draft, "point", points[0].pk)
    sheet.keyboard.press("Enter")
    saved(sheet)
    assert not KeptForm.objects.exists()


def test_another_press_waits_for_the_text(sheet, draft, points):
    def slowly(route):
        sheet.wait_for_timeout(500)
        route.fallback()

    sheet.route("**/cell/", slowly)
    type_into(sheet, points[0], TYPED)
    sheet.locator(f"li#point-{points[0].pk}").hover()
    sheet.locator(f"li#point-{points[0].pk}").get_by_role("button", name="下移").click()
    expect(sheet.locator("li[id^=point-]").nth(1)).to_contain_text(TYPED)
    assert stored(points[0]).text == TYPED


def test_the_whole_form_opens_after_the_text_is_saved(sheet, points):
    type_into(sheet, points[0], TYPED)
    sheet.locator(f"li#point-{points[1].pk}").get_by_role("link", name="修改").click()
    expect(sheet.locator(f"form#point-{points[1].pk}")).to_be_visible()
    assert stored(points[0]).text == TYPED


# ---- by keyboard alone -------------------------------------------------------------------------------------------


def test_a_whole_table_is_typed_by_keyboard(page, live_server, table, people):
    version = starting.start_table(table, actor=people.head)
    enter(page, people.head)
    page.goto(at(version))
    blank(page).focus()
    pressed = 0
    for category in Category:
        for number in (1, 2):
            if number == 1:
                page.keyboard.press("Enter")
            page.keyboard.type(f"{category.label}{number}")
            page.keyboard.press("Tab")
            page.keyboard.type(f"{category.label}措施{number}")
            page.keyboard.press("Tab")
            pressed += 2 + (number == 1)
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowDown")
        pressed += 2
    page.locator(".cell-form").first.wait_for(state="detached")
    saved(page)
    assert pressed / 8 <= 6
    found = list(version.points.order_by("order").values_list("category", "text"))
    assert found == [(c.value, f"{c.label}{number}") for c in Category for number in (1, 2)]
    assert all(point.measures.get().text == point.text[:-1] + "措施" + point.text[-1] for point in version.points.all())
    shown = page.evaluate("[...document.querySelectorAll('[data-cells] li[id]')].map(e => e.id)")
    page.reload()
    assert page.evaluate("[...document.querySelectorAll('[data-cells] li[id]')].map(e => e.id)") == shown


def test_the_arrows_walk_through_the_texts(sheet, points):
    cell(sheet, points[0]).focus()
    sheet.keyboard.press("ArrowDown")
    expect(cell(sheet, points[1])).to_be_focused()
    sheet.keyboard.press("ArrowRight")
    expect(cell(sheet, points[1].measures.get())).to_be_focused()
    sheet.keyboard.press("ArrowLeft")
    sheet.keyboard.press("ArrowUp")
    expect(cell(sheet, points[0])).to_be_focused()
    sheet.keyboard.press("Enter")
    expect(field(sheet)).to_have_value(points[0].text)
    assert sheet.locator("[data-cell][tabindex='0']").count() == 1


# ---- chips -------------------------------------------------------------------------------------------------------


def test_a_post_is_chosen_with_one_key(sheet, draft, points, plain_post):
    cell(sheet, points[1]).focus()
    sheet.keyboard.press("g")
    choices = sheet.locator(".chip-menu button").all_inner_texts()
    place = next(number for number, words in enumerate(choices, start=1) if plain_post.name in words)
    sheet.keyboard.press(str(place))
    saved(sheet)
    assert stored(points[1]).post == plain_post
    expect(cell(sheet, points[1])).to_be_focused()
    expect(sheet.locator(f"#point-{points[1].pk} [data-chip=post]")).to_contain_text(plain_post.name)


def test_the_square_sets_the_level_and_shows_what_the_post_demands(sheet, points):
    sheet.locator(f"#point-{points[0].pk} [data-chip=square]").click()
    menu = sheet.locator(".chip-menu")
    expect(menu).to_contain_text("岗位职能要求不低于一级")
    expect(menu.locator("button").nth(8)).to_contain_text("一级")
    assert faults(sheet) == []
    sheet.keyboard.press("5")
    saved(sheet)
    assert (stored(points[0]).likelihood, stored(points[0]).harm, stored(points[0]).proposed_level) == (2, 2, 1)


def test_a_stage_is_chosen_with_the_mouse(sheet, draft, points):
    measure = points[1].measures.get()
    sheet.locator(f"#measure-{measure.pk} [data-chip=stage]").click()
    sheet.locator(".chip-menu").get_by_role("button", name="前期预防").click()
    saved(sheet)
    assert stored(measure).stage == "prevention"


def test_a_choice_made_while_writing_comes_after_the_text(sheet, draft, points, plain_post):
    """A new point gets post and level without leaving its field, and what is typed goes on being typed."""
    blank(sheet).click()
    sheet.keyboard.type("门卫不登记")
    sheet.keyboard.press("Alt+d")
    sheet.keyboard.press("6")
    expect(field(sheet)).to_be_visible()
    saved(sheet)
    sheet.keyboard.type("来访的人")
    sheet.keyboard.press("Control+Enter")
    sheet.locator(".cell-form").wait_for(state="detached")
    point = draft.points.get(text="门卫不登记来访的人")
    assert (point.likelihood, point.harm, point.proposed_level) == (2, 3, 2)


def test_escape_leaves_everything_as_it_was(sheet, points):
    cell(sheet, points[1]).focus()
    sheet.keyboard.press("d")
    sheet.keyboard.press("Escape")
    expect(sheet.locator(".chip-menu")).to_have_count(0)
    expect(cell(sheet, points[1])).to_be_focused()
    assert stored(points[1]).lock == points[1].lock


def test_single_keys_can_be_switched_off_and_stay_off(sheet, draft, points):
    sheet.get_by_label("单键快捷键").uncheck()
    sheet.reload()
    expect(sheet.get_by_label("单键快捷键")).not_to_be_checked()
    cell(sheet, points[1]).focus()
    sheet.keyboard.press("d")
    expect(sheet.locator(".chip-menu")).to_have_count(0)


def test_a_choice_of_a_row_that_somebody_changed_is_asked_again(sheet, draft, points, people):
    editing.save_point(draft, {"text": "填报员的话"}, point=points[1], actor=people.clerk)
    cell(sheet, points[1]).focus()
    sheet.keyboard.press("d")
    sheet.keyboard.press("1")
    expect(sheet.locator("#notice")).to_contain_text("请再选一次")
    expect(cell(sheet, points[1])).to_have_text("填报员的话")
    assert stored(points[1]).likelihood == points[1].likelihood


# ---- the page ----------------------------------------------------------------------------------------------------

POINTS = "在招标和采购工作中接受宴请、礼品"
MEASURES = "三人以上询价，当场签字，询价结果当日在公告栏公布"


@pytest.fixture
def long_sheet(live_server, table, people, plain_post):
    """Return a draft of 19 points with 30 measures, as long as those of the sample school are."""
    version = starting.start_table(table, actor=people.head)
    for number in range(19):
        category = list(Category)[number % 4]
        point = make_point(version, actor=people.head, category=category, post=plain_post, text=f"{POINTS}{number}")
        for more in range(1 + (number % 2)):
            make_measure(version, point, actor=people.head, text=f"{MEASURES}{number}{more}")
    return version


@pytest.mark.parametrize(("width", "height"), [(1366, 2500), (390, 5000)])
def test_a_long_sheet_is_short(new_page, people, long_sheet, width, height):
    page = new_page(viewport={"width": width, "height": 768})
    enter(page, people.head)
    page.goto(at(long_sheet))
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("scrollTo(0, 1000)")
    for words in ("业务流程风险", "提交纪委审核"):
        shown = page.locator("#tabs, #foot").filter(has_text=words)
        expect(shown).to_be_in_viewport(ratio=1)
    if width > 760:
        expect(page.locator(".titles th").nth(1)).to_be_in_viewport(ratio=1)


def test_no_field_is_narrow_at_125_percent(new_page, people, long_sheet):
    page = new_page(viewport={"width": 1093, "height": 614})
    enter(page, people.head)
    page.goto(at(long_sheet))
    wide = "cells => cells.map(c => c.clientWidth / parseFloat(getComputedStyle(c).fontSize))"
    assert min(page.locator("[data-cell]:not([data-new])").evaluate_all(wide)) >= 16


def test_the_first_point_is_three_keys_away(page, people, long_sheet):
    enter(page, people.head)
    page.goto(at(long_sheet))
    for key in ("Tab", "Enter", "Enter"):
        page.keyboard.press(key)
    expect(field(page)).to_have_value(f"{POINTS}0")


def test_the_tools_are_those_of_the_row_in_hand(sheet, points):
    tools = sheet.locator(f"#point-{points[0].pk} > .tools")
    sheet.mouse.move(5, 5)
    assert tools.evaluate("e => getComputedStyle(e).opacity") == "0"
    tools.get_by_role("link", name="修改").focus()
    assert tools.evaluate("e => getComputedStyle(e).opacity") == "1"


def test_the_scripts_stay_small(live_server, page):
    """45 KB gzipped of all that a page loads, htmx included."""
    import gzip

    page.goto(reverse("login"))
    sources = page.evaluate("[...document.scripts].map(s => s.src).filter(Boolean)")
    assert len(sources) > 5
    sizes = [len(gzip.compress(page.request.get(source).body())) for source in sources]
    assert sum(sizes) <= 45 * 1024
