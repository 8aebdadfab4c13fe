"""The editor of a table in a real browser: the rule answers at once, and nothing that was typed is lost."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from departments.enums import Level
from riskpoints.enums import Action, Category, Status
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.tables import editing, workflow
from tests.e2e.browsing import enter
from tests.factories import bring_to, make_point
from tests.pages import at

pytestmark = pytest.mark.e2e

TYPED = "验收走过场，未按合同核对数量和质量，刚刚写好"


@pytest.fixture
def draft(live_server, table, people) -> TableVersion:
    """Return the complete draft of 总务处, its first category with a second point."""
    version = bring_to(Status.DRAFT, table, people)
    make_point(version, actor=people.head, text="第二个风险点")
    return version


@pytest.fixture
def points(draft) -> list[RiskPoint]:
    """Return the two points of 岗位职责风险: of the purchasing post with the floor 一级, and of no post."""
    return list(draft.points.filter(category=Category.DUTY))


@pytest.fixture
def sheet(page, draft, people):
    """Return the head's page with the draft."""
    enter(page, people.head)
    page.goto(at(draft))
    return page


def tools(page, point):
    return page.locator(f"li#point-{point.pk}")


def open_point(page, point) -> None:
    tools(page, point).get_by_role("link", name="修改").click()
    expect(page.locator(f"form#point-{point.pk}")).to_be_visible()


def text_field(page):
    return page.get_by_role("textbox", name="风险点", exact=False).first


def save(page, name="保存风险点") -> None:
    page.get_by_role("button", name=name).click()


def stored(point) -> RiskPoint:
    return RiskPoint.objects.get(pk=point.pk)


# ---- opening, saving, where the person is then -------------------------------------------------------------------


def test_a_saved_point_is_marked_and_focused(sheet, draft, points):
    open_point(sheet, points[1])
    expect(text_field(sheet)).to_be_focused()
    text_field(sheet).fill(TYPED)
    save(sheet)
    row = tools(sheet, points[1])
    expect(row.get_by_role("status")).to_contain_text("已保存")
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()
    assert stored(points[1]).text == TYPED
    assert re.search(rf"{re.escape(at(draft))}\?saved=point-{points[1].pk}$", sheet.url)


def test_an_error_keeps_the_address_that_can_be_reloaded(sheet, draft, points):
    open_point(sheet, points[1])
    address = sheet.url
    text_field(sheet).fill("")
    save(sheet)
    expect(sheet.get_by_text("请填写风险点。")).to_be_visible()
    expect(text_field(sheet)).to_be_focused()
    assert sheet.url == address
    sheet.on("dialog", lambda dialog: dialog.accept())
    sheet.reload()
    expect(text_field(sheet)).to_have_value(points[1].text)


def test_a_double_click_saves_once(sheet, draft):
    sheet.locator("a[href*='open=new-environment#']").click()
    text_field(sheet).fill(TYPED)
    sheet.get_by_role("button", name="保存风险点").dblclick()
    expect(sheet.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    assert draft.points.filter(text=TYPED).count() == 1


def slow_answers(page, *addresses) -> list[str]:
    """Let each of these forms be answered after half a second; returns a list that fills with what was sent."""
    sent = []

    def answer(route):
        sent.append(route.request.url)
        page.wait_for_timeout(500)
        route.fallback()

    for address in addresses:
        page.route(f"**{address}", answer)
    return sent


def test_two_presses_within_a_moment_are_both_done_and_both_seen(sheet, draft, points):
    """The second waits for the answer of the first, which would take its form away."""
    addresses = [reverse("riskpoints:point_move", args=[draft.pk, point.pk]) for point in points]
    third = make_point(draft, actor=draft.created_by, text="第三个风险点")
    before = [point.text for point in draft.points.filter(category=Category.DUTY).order_by("order")]
    sheet.reload()
    addresses.append(reverse("riskpoints:point_move", args=[draft.pk, third.pk]))
    sent = slow_answers(sheet, *addresses)
    sheet.evaluate(
        """([first, second]) => {
            document.querySelector(`form[action="${first}"] button[value=down]`).click();
            setTimeout(() => document.querySelector(`form[action="${second}"] button[value=up]`).click(), 100);
        }""",
        [addresses[0], addresses[2]],
    )
    shown = sheet.locator("li[id^=point-]")
    expect(shown.nth(1)).to_contain_text("第三个风险点")
    after = [point.text for point in draft.points.filter(category=Category.DUTY).order_by("order")]
    assert after == [before[1], before[2], before[0]]
    for place, text in enumerate(after):
        expect(shown.nth(place)).to_contain_text(text)
    assert [address.endswith(addresses[0]) for address in sent] == [True, False]


def test_what_was_saved_before_the_second_press_needs_no_question(sheet, draft, points):
    asked = []
    sheet.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    open_point(sheet, points[1])
    text_field(sheet).fill(TYPED)
    move = reverse("riskpoints:point_move", args=[draft.pk, points[0].pk])
    slow_answers(sheet, reverse("riskpoints:point", args=[draft.pk, points[1].pk]))
    sheet.evaluate(
        """(second) => {
            document.querySelector("form.edit-box").requestSubmit();
            setTimeout(() => document.querySelector(`form[action="${second}"] button[value=down]`).click(), 100);
        }""",
        move,
    )
    expect(sheet.locator("li[id^=point-]").first).to_contain_text(TYPED)
    expect(sheet.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    assert (asked, stored(points[1]).text) == ([], TYPED)
    assert stored(points[1]).order < stored(points[0]).order


def test_after_a_refusal_the_second_press_is_not_sent_unseen(sheet, draft, points):
    open_point(sheet, points[1])
    text_field(sheet).fill("")
    save_address = reverse("riskpoints:point", args=[draft.pk, points[1].pk])
    move = reverse("riskpoints:point_move", args=[draft.pk, points[0].pk])
    sent = slow_answers(sheet, save_address, move)
    sheet.evaluate(
        """([first, second]) => {
            const form = document.querySelector(`form[action="${first}"].edit-box`);
            form.requestSubmit();
            setTimeout(() => document.querySelector(`form[action="${second}"] button[value=down]`).click(), 100);
        }""",
        [save_address, move],
    )
    expect(sheet.locator(".is-invalid").first).to_be_visible()
    expect(sheet.locator("#notice")).to_contain_text("刚才又按的按钮没有办理")
    assert len(sent) == 1


def test_the_back_button_leads_to_the_sheet_as_it_was(sheet, draft, points):
    open_point(sheet, points[0])
    with sheet.expect_event("load"):  # nothing is cached
        sheet.go_back()
    expect(sheet.locator("form.edit-box")).to_have_count(0)
    expect(tools(sheet, points[0])).to_contain_text(points[0].text)
    sheet.go_forward()
    expect(text_field(sheet)).to_have_value(points[0].text)


def test_everything_works_from_the_keyboard(sheet, points):
    sheet.locator("body").focus()
    link = tools(sheet, points[1]).get_by_role("link", name="修改")
    for _ in range(60):
        if link.evaluate("link => link === document.activeElement"):
            break
        sheet.keyboard.press("Tab")
    expect(link).to_be_focused()
    expect(tools(sheet, points[1]).get_by_role("link", name="删除")).to_be_visible()
    sheet.keyboard.press("Enter")
    expect(text_field(sheet)).to_be_focused()
    sheet.keyboard.press("Control+A")
    sheet.keyboard.type(TYPED)
    button = sheet.get_by_role("button", name="保存风险点")
    for _ in range(40):
        if button.evaluate("button => button === document.activeElement"):
            break
        sheet.keyboard.press("Tab")
    sheet.keyboard.press("Enter")
    expect(tools(sheet, points[1])).to_be_focused()
    assert stored(points[1]).text == TYPED


# ---- nothing typed is lost ---------------------------------------------------------------------------------------


def test_opening_another_form_saves_the_first(sheet, points):
    open_point(sheet, points[1])
    text_field(sheet).fill(TYPED)
    tools(sheet, points[0]).get_by_role("link", name="修改").click()
    expect(sheet.locator(f"form#point-{points[0].pk}")).to_be_visible()
    expect(text_field(sheet)).to_have_value(points[0].text)
    assert stored(points[1]).text == TYPED


def test_opening_from_the_list_of_what_is_missing_saves_first(sheet, draft, points, people):
    editing.save_head(draft, {"duties": ""}, actor=people.clerk)
    sheet.reload()
    open_point(sheet, points[1])
    text_field(sheet).fill(TYPED)
    sheet.get_by_role("link", name="业务工作职责尚未填写").click()
    expect(sheet.get_by_role("textbox", name="业务工作职责")).to_be_focused()
    assert stored(points[1]).text == TYPED


def test_what_cannot_be_saved_stays_open(sheet, points):
    open_point(sheet, points[1])
    sheet.get_by_label("其他", exact=True).check()
    text_field(sheet).fill(TYPED)
    tools(sheet, points[0]).get_by_role("link", name="修改").click()
    expect(sheet.get_by_text("选了“其他”，请写明是什么方法。")).to_be_visible()
    expect(text_field(sheet)).to_have_value(TYPED)
    assert stored(points[1]).text == points[1].text


def test_submitting_with_a_form_open_saves_it_first(sheet, draft, points):
    open_point(sheet, points[1])
    text_field(sheet).fill(TYPED)
    sheet.get_by_role("button", name="提交纪委审核").click()
    expect(sheet.locator("form.edit-box")).to_have_count(0)
    assert (stored(points[1]).text, TableVersion.objects.get().status) == (TYPED, Status.DRAFT)
    sheet.get_by_role("button", name="提交纪委审核").click()
    expect(sheet.get_by_text("已提交，等待纪委审核。")).to_be_visible()
    assert TableVersion.objects.get().status == Status.SUBMITTED


def test_small_buttons_ask_before_typed_text_is_lost(sheet, points):
    asked = []
    sheet.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    open_point(sheet, points[1])
    text_field(sheet).fill(TYPED)
    tools(sheet, points[0]).hover()
    tools(sheet, points[0]).get_by_role("button", name="下移").click()
    sheet.wait_for_timeout(300)
    assert asked == ["有内容还没有保存，离开后将丢失。确定离开吗？"]
    expect(text_field(sheet)).to_have_value(TYPED)


def test_cancel_gives_up_without_a_question(sheet, points):
    asked = []
    sheet.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    open_point(sheet, points[1])
    text_field(sheet).fill(TYPED)
    sheet.get_by_role("link", name="取消").click()
    expect(sheet.locator("form.edit-box")).to_have_count(0)
    assert (asked, stored(points[1]).text) == ([], points[1].text)
    expect(tools(sheet, points[1])).to_be_focused()
    expect(tools(sheet, points[1])).to_be_in_viewport()


def test_a_level_alone_is_not_lost_either(sheet, points, people, draft):
    """The part with the levels is renewed by the server, so that its fields compare as unchanged."""
    open_point(sheet, points[1])
    with sheet.expect_response("**/ruling/"):
        sheet.get_by_role("radio", name="一级（高）").check()
    tools(sheet, points[0]).get_by_role("link", name="修改").click()
    expect(sheet.locator(f"form#point-{points[0].pk}")).to_be_visible()
    assert stored(points[1]).proposed_level == Level.FIRST


def test_two_people_at_one_point(sheet, draft, points, people):
    open_point(sheet, points[1])
    editing.save_point(draft, {"text": "填报员的话"}, point=points[1], actor=people.clerk)
    text_field(sheet).fill(TYPED)
    save(sheet)
    expect(sheet.get_by_role("alert").filter(has_text="已被他人修改")).to_contain_text("填报员的话")
    expect(text_field(sheet)).to_have_value(TYPED)
    assert stored(points[1]).text == "填报员的话"
    save(sheet)
    expect(tools(sheet, points[1]).get_by_role("status")).to_be_visible()
    assert stored(points[1]).text == TYPED


def test_the_table_was_submitted_meanwhile(sheet, draft, points, people):
    open_point(sheet, points[1])
    editing.save_measure(draft, {"category": "duty", "text": "措施"}, points=[points[1]], actor=people.head)
    workflow.perform(Action.SUBMIT, draft, actor=people.head)
    text_field(sheet).fill(TYPED)
    save(sheet)
    expect(sheet.get_by_text("这一版已经提交，内容不能再改。")).to_be_visible()
    expect(sheet.get_by_text(TYPED)).to_be_visible()
    sheet.get_by_role("link", name="查看这张表现在的情况").click()
    expect(sheet.get_by_text("等待纪委审核。")).to_be_visible()


# ---- the rule answers at once ------------------------------------------------------------------------------------


def pick(page, group, choice):
    with page.expect_response("**/ruling/"):
        page.get_by_role("group", name=group).get_by_role("radio", name=choice, exact=True).check()


def test_the_level_explains_itself_while_it_is_chosen(sheet, purchasing_post):
    sheet.locator("a[href*='open=new-duty#']").click()
    text_field(sheet).fill(TYPED)
    ruling = sheet.locator("#ruling")
    pick(sheet, "发生机率", "较小")
    pick(sheet, "危害程度", "较为严重")
    expect(ruling).to_contain_text("机率与危害取较重的一级：危害程度“较为严重”已达二级（中）。")
    expect(sheet.get_by_role("radio", name="二级（中）")).to_be_checked()
    with sheet.expect_response("**/ruling/"):
        sheet.get_by_label("岗位", exact=True).select_option(str(purchasing_post.pk))
    expect(ruling).to_contain_text("该岗位从事采购，按规定不低于一级（高）。")
    expect(sheet.get_by_role("radio", name="一级（高）")).to_be_checked()
    for level in ("二级（中）", "三级（低）"):
        expect(sheet.get_by_role("radio", name=level)).to_be_disabled()
    expect(text_field(sheet)).to_have_value(TYPED)
    save(sheet)
    expect(sheet.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    point = RiskPoint.objects.get(text=TYPED)
    assert (point.computed_level, point.proposed_level) == (Level.FIRST, Level.FIRST)


def test_quick_choices_are_all_heard(sheet, points):
    """The answer to the last choice counts, however slowly the first is answered."""

    def answer_slowly(route):
        sheet.wait_for_timeout(200)
        route.fallback()

    open_point(sheet, points[1])
    sheet.route("**/ruling/", answer_slowly)
    for group, choice in [("发生机率", "较高"), ("危害程度", "较为严重"), ("危害程度", "严重")]:
        sheet.get_by_role("group", name=group).get_by_role("radio", name=choice, exact=True).check()
    expect(sheet.locator("#ruling")).to_contain_text("危害程度“严重”已达一级（高）")
    expect(sheet.get_by_role("radio", name="一级（高）")).to_be_checked()


def test_a_milder_level_asks_for_its_reason(sheet, points):
    open_point(sheet, points[1])
    pick(sheet, "发生机率", "高")
    with sheet.expect_response("**/ruling/"):
        sheet.get_by_role("radio", name="二级（中）").check()
    expect(sheet.get_by_role("radio", name="二级（中）")).to_be_focused()
    save(sheet)
    expect(sheet.get_by_text("按规则应为一级（高），建议更低的等级须写明理由。")).to_be_visible()
    sheet.get_by_label("理由").fill("已有三道复核")
    save(sheet)
    expect(tools(sheet, points[1]).get_by_role("status")).to_be_visible()
    assert (stored(points[1]).proposed_level, stored(points[1]).proposed_reason) == (Level.SECOND, "已有三道复核")


# ---- the reviewer ------------------------------------------------------------------------------------------------


def proposed_high(table, people):
    """Hand in a table whose point of 业务流程风险 the department proposes at 一级, though the rule gives 三级."""
    draft = bring_to(Status.DRAFT, table, people)
    point = draft.points.get(category=Category.PROCESS)
    editing.save_point(draft, {"proposed_level": Level.FIRST}, point=point, actor=people.head)
    return workflow.perform(Action.SUBMIT, draft, actor=people.head)


@pytest.fixture
def review(page, live_server, table, people):
    """Return the reviewer's page with the submitted table."""
    version = proposed_high(table, people)
    enter(page, people.reviewer)
    page.goto(at(version))
    return page


def test_a_raised_level_asks_for_nothing(review):
    row = tools(review, RiskPoint.objects.get(category=Category.ENVIRONMENT))
    row.get_by_role("radio", name="二级（中）").check()
    expect(row.get_by_label("理由", exact=False)).to_be_hidden()


def test_a_milder_level_than_proposed_opens_the_field_for_its_reason(review):
    point = RiskPoint.objects.get(category=Category.PROCESS)
    row = tools(review, point)
    reason = row.get_by_label("理由", exact=False)
    expect(reason).to_be_hidden()
    row.get_by_role("radio", name="二级（中）").check()
    expect(reason).to_be_visible()
    reason.fill("群众关注")
    review.get_by_role("button", name="先保存，稍后再审").click()
    expect(review.get_by_text("还没有作出审核结论。")).to_be_visible()
    assert stored(point).confirmed_level == Level.SECOND


def test_a_level_chosen_before_the_script_came_opens_it_too(page, live_server, table, people):
    version = proposed_high(table, people)
    enter(page, people.reviewer)
    late = []
    page.route("**/js/app.js", lambda route: late.append(route))
    page.goto(at(version), wait_until="commit")
    row = tools(page, RiskPoint.objects.get(category=Category.PROCESS))
    row.get_by_role("radio", name="二级（中）").check()
    reason = row.get_by_label("理由", exact=False)
    expect(reason).to_be_hidden()
    late[0].continue_()
    expect(reason).to_be_visible()


def test_the_reviewers_words_are_guarded(review):
    asked = []
    review.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    review.get_by_label("意见（退回时必填）").fill(TYPED)
    review.get_by_role("link", name="全校进度").first.click()
    review.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(review.get_by_label("意见（退回时必填）")).to_have_value(TYPED)


def test_a_return_without_an_opinion_leads_to_its_field(review):
    review.get_by_role("button", name="退回修改").click()
    field = review.get_by_label("意见（退回时必填）")
    expect(field).to_be_focused()
    expect(review.get_by_text("请写明意见：哪里要改、为什么。")).to_be_visible()
    assert TableVersion.objects.get().status == Status.SUBMITTED


# ---- without JavaScript, and on a phone ----------------------------------------------------------------------------


def test_a_table_is_filled_in_without_javascript(new_page, draft, points, people, plain_post):
    page = new_page(java_script_enabled=False)
    enter(page, people.head)
    page.goto(at(draft))
    page.locator("a[href*='open=new-environment#']").click()
    page.get_by_role("textbox", name="风险点").fill(TYPED)
    page.get_by_label("岗位", exact=True).select_option(str(plain_post.pk))
    page.get_by_role("radio", name="较为严重").check()
    page.get_by_role("radio", name="较小").check()
    page.get_by_role("textbox", name="防范措施").fill("两人以上验收")
    page.get_by_role("button", name="保存风险点").click()
    point = RiskPoint.objects.get(text=TYPED)
    row = page.locator(f"#point-{point.pk}")
    expect(row).to_contain_text("已保存")
    expect(row).to_be_in_viewport()
    assert (point.proposed_level, point.measures.get().text) == (Level.SECOND, "两人以上验收")
    tools(page, points[1]).get_by_role("link", name="修改").click()
    # Emptied while the page still comes in, the field would get its text after that.
    expect(page.get_by_role("textbox", name="风险点")).to_have_value(points[1].text)
    page.get_by_role("textbox", name="风险点").fill("")
    page.get_by_role("button", name="保存风险点").click()
    expect(page.get_by_text("请填写风险点。")).to_be_in_viewport()
    tools(page, points[0]).get_by_role("link", name="修改").click()  # a link on the page of an error
    expect(page.get_by_role("textbox", name="风险点")).to_have_value(points[0].text)


def test_a_phone_needs_no_sideways_scrolling(new_page, draft, points, people):
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    enter(page, people.head)
    for query in ("", f"?open=point-{points[0].pk}", "?open=head", "?open=newmeasure-duty"):
        page.goto(at(draft) + query)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), query
    page.goto(at(draft))
    page.locator(f"#point-{points[0].pk} [data-cell]").tap()  # the tools are those of the row in hand
    expect(tools(page, points[0]).get_by_role("link", name="删除")).to_be_visible()
    expect(page.get_by_role("button", name="提交纪委审核")).to_be_in_viewport()
    page.get_by_text("清单、下载等").click()
    expect(page.get_by_role("heading", name="完整性")).to_be_in_viewport()
