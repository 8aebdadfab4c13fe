"""What app.js promises, in a real browser: nothing typed is lost, nothing is sent twice."""

import re

import pytest
from django.urls import reverse

from departments.models import Department, LoginSession
from departments.verbs import OrganisationVerb
from riskcontrol.models import AuditEntry
from tests.e2e.browsing import enter
from tests.factories import PASSWORD

pytestmark = pytest.mark.e2e

KEPT = "没有保存成功，您填写的内容还在页面上，请检查网络后再点一次保存。"
TYPED = "校舍维修、物资采购和食堂管理，刚刚写好。"


def log_in(page, number: str) -> None:
    page.get_by_label("工号").fill(number)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "login" not in address)


@pytest.fixture
def form(page, live_server, admin, school, department):
    """Return the page on which 总务处 is edited, its 业务工作职责 newly typed and not yet saved."""
    enter(page, admin)
    page.goto(reverse("departments:department_edit", args=[department.pk]))
    page.get_by_label("业务工作职责").fill(TYPED)
    return page


def save(page) -> None:
    page.get_by_role("button", name="保存").click()


def notice(page):
    return page.locator("#notice")


def saved_duties() -> str:
    return Department.objects.get(name="总务处").duties


def test_saving_says_so_and_leads_back(form):
    save(form)
    form.get_by_text("已保存部门“总务处”。").wait_for()
    assert form.url.endswith(reverse("departments:department", args=[Department.objects.get().pk]))
    assert saved_duties() == TYPED
    assert form.title().startswith("总务处 ·")


def test_leaving_with_unsaved_text_asks_first(form):
    asked = []
    form.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    form.get_by_role("link", name="岗位职能").click()
    form.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert form.get_by_label("业务工作职责").input_value() == TYPED


def test_leaving_without_changes_or_by_cancel_asks_nothing(form):
    asked = []
    form.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    form.get_by_role("link", name="取消").click()
    form.wait_for_url("**/departments/*/")
    form.get_by_role("link", name="修改部门").click()
    form.get_by_role("link", name="岗位职能").click()
    form.wait_for_url("**/functions/")
    assert asked == []
    assert saved_duties() != TYPED


@pytest.mark.parametrize("failure", ["offline", "500"])
def test_a_failed_save_keeps_the_text_and_can_be_repeated(form, failure):
    def fail(route):
        if route.request.method != "POST":
            return route.fallback()
        return route.abort() if failure == "offline" else route.fulfill(status=500, body="")

    form.route("**/edit/", fail)
    save(form)
    notice(form).get_by_text(KEPT).wait_for()
    assert form.get_by_label("业务工作职责").input_value() == TYPED
    assert saved_duties() != TYPED
    form.unroute("**/edit/")
    save(form)
    form.get_by_text("已保存部门“总务处”。").wait_for()
    assert saved_duties() == TYPED
    assert notice(form).is_hidden()


def test_a_refusal_is_explained_in_its_own_words(form, admin):
    admin.grants.all().delete()
    save(form)
    notice(form).get_by_text("维护组织机构和账号由系统管理员办理。").wait_for()
    assert form.get_by_label("业务工作职责").input_value() == TYPED


def test_after_an_expired_login_the_text_is_saved_from_the_same_page(form, admin):
    LoginSession.objects.all().delete()
    save(form)
    notice(form).get_by_text("登录已经过期").wait_for()
    assert form.get_by_label("业务工作职责").input_value() == TYPED
    with form.context.expect_page() as opened:
        notice(form).get_by_role("link", name="在新窗口登录").click()
    log_in(opened.value, admin.staff_number)
    save(form)
    form.get_by_text("已保存部门“总务处”。").wait_for()
    assert saved_duties() == TYPED


def test_a_second_press_sends_nothing(form):
    sent = []

    def slow(route):
        if route.request.method == "POST":
            sent.append(route.request.url)
            form.wait_for_timeout(600)
        return route.fallback()

    form.route("**/edit/", slow)
    button = form.locator("main form button.primary")
    button.click(no_wait_after=True)
    assert button.text_content() == "正在保存…"
    button.click(force=True)
    form.get_by_label("部门名称").press("Enter")
    form.get_by_text("已保存部门“总务处”。").wait_for()
    assert len(sent) == 1
    assert AuditEntry.objects.filter(action=OrganisationVerb.DEPARTMENT_CHANGE).count() == 1


def test_a_refused_form_keeps_the_text_and_goes_to_the_mistake(form):
    form.get_by_label("部门名称").fill("")
    save(form)
    form.get_by_text("请填写部门名称。").wait_for()
    form.wait_for_function("document.activeElement.id === 'id_name'")
    assert form.get_by_label("业务工作职责").input_value() == TYPED
    assert form.get_by_role("button", name="保存").is_enabled()


def test_long_texts_are_counted(form):
    area = form.get_by_label("业务工作职责")
    counter = form.locator("#id_duties_counter")
    assert counter.text_content() == f"{len(TYPED)} / 2000 字"
    area.fill("字" * 1990)
    assert counter.text_content() == "还可以写 10 字"
    assert counter.get_attribute("aria-live") == "polite"


def test_everything_works_without_script(new_page, live_server, admin, school, department):
    page = new_page(java_script_enabled=False)
    enter(page, admin)
    page.goto(reverse("departments:department_edit", args=[department.pk]))
    page.get_by_label("部门名称").fill("")
    page.get_by_label("业务工作职责").fill(TYPED)
    save(page)
    assert page.get_by_text("请填写部门名称。").is_visible()
    page.get_by_label("部门名称").fill("总务处")
    save(page)
    assert page.get_by_text("已保存部门“总务处”。").is_visible()
    assert saved_duties() == TYPED


def test_the_menu_of_a_phone_opens_and_closes(new_page, live_server, admin, school):
    page = new_page(viewport={"width": 390, "height": 844})
    enter(page, admin)
    page.goto(reverse("riskpoints:inbox"))
    menu = page.locator("details.menu")
    link = menu.get_by_role("link", name="组织机构")
    assert link.is_hidden()
    menu.get_by_text("菜单").click()
    assert link.is_visible()
    page.keyboard.press("Escape")
    assert link.is_hidden()
    menu.get_by_text("菜单").press("Enter")
    menu.get_by_role("button", name="退出").click()
    assert page.get_by_text("您已安全退出").is_visible()


# ---- opening one form while another is dirty: a small page of its own ------------------------------------------------

TWO_FORMS = """<!doctype html><title>t</title>
<meta name="htmx-config" content='{"allowEval":false,"includeIndicatorStyles":false}'>
<script src="/static/django_htmx/htmx-2.min.js" defer></script>
<script src="/static/js/shared.js" defer></script><script src="/static/js/app.js" defer></script>
<body hx-target="#workspace" hx-select="#workspace" hx-swap="outerHTML"><main id="workspace" tabindex="-1">
<p id="state">%s</p>
<form data-guard hx-post="/opens/save/" method="post"><input id="text" name="text" value="" required>
<button>保存</button></form>
<a id="other" href="/opens/?open=2" hx-get="/opens/?open=2" data-opens>修改第二项</a>
</main><div id="notice" role="alert" hidden></div>"""


@pytest.fixture
def two_forms(page, live_server):
    """Return a page with a guarded form and a link that opens another one, and the list of what was sent."""
    sent = []

    def answer(route):
        request = route.request
        if request.method == "POST":
            sent.append(request.post_data)
        else:
            sent.append(request.url.split("/opens/")[1])
        opened = request.method == "POST" or "open=2" in request.url
        return route.fulfill(
            content_type="text/html; charset=utf-8", body=TWO_FORMS % ("opened" if opened else "first")
        )

    page.route(re.compile("/opens/"), answer)
    page.goto("/opens/")
    sent.clear()
    return page, sent


def test_a_clean_form_lets_the_other_open(two_forms):
    page, sent = two_forms
    page.locator("#other").click()
    page.get_by_text("opened").wait_for()
    assert sent == ["?open=2"]


def test_a_dirty_form_is_saved_before_the_other_opens(two_forms):
    page, sent = two_forms
    page.fill("#text", "typed")
    page.locator("#other").click()
    page.get_by_text("opened").wait_for()
    assert sent == ["text=typed&next=%2Fopens%2F%3Fopen%3D2"]


def test_a_form_that_cannot_be_saved_stays_open_and_forgets_the_detour(two_forms):
    page, sent = two_forms
    page.fill("#text", "typed")
    page.route(re.compile("/opens/save/"), lambda route: route.abort())
    page.locator("#other").click()
    page.get_by_text(KEPT).wait_for()
    assert page.input_value("#text") == "typed"
    assert page.locator("input[name=next]").count() == 0
    page.unroute(re.compile("/opens/save/"))
    page.get_by_role("button", name="保存").click()
    page.get_by_text("opened").wait_for()
    assert sent == ["text=typed"]
