"""我的账号 and the login with a code, in a real browser at a desk and on a phone; a form kept without any script."""

from base64 import b32decode

import pytest
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp

from departments.models import LoginSession
from riskpoints.models import RiskPoint
from riskpoints.tables import starting
from tests.e2e.browsing import faults
from tests.factories import PASSWORD

pytestmark = pytest.mark.e2e

TEXT = "采购询价时只找一家供应商"


def log_in(page, number):
    page.get_by_label("工号").fill(number)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def open_inbox(page, number):
    page.goto(reverse("login"))
    log_in(page, number)
    page.wait_for_url("**/inbox/")


def test_a_code_is_set_up_and_asked_for(new_page, live_server, people):
    page, found = new_page(), {}
    open_inbox(page, "1007")
    for name in ("own_account", "password_change", "code_setup"):
        page.goto(reverse(name))
        found[name] = faults(page)
    assert page.locator(".key-picture").evaluate("image => image.naturalWidth") > 0
    key = b32decode(page.locator(".key-text").inner_text().replace(" ", ""))
    page.get_by_label("验证器上显示的 6 位数字").fill("000000")
    page.get_by_role("button", name="启用").click()
    page.get_by_text("请填写现在的密码。").wait_for()
    found["refused"] = faults(page)
    page.get_by_label("验证器上显示的 6 位数字").fill(f"{totp(key):06d}")
    page.get_by_label("现在的密码").fill(PASSWORD)
    page.get_by_role("button", name="启用").click()
    page.get_by_text("只显示这一次").wait_for()
    found["codes"] = faults(page)
    code = page.locator(".codes code").first.inner_text()
    page.get_by_role("link", name="已经抄好").click()
    page.get_by_text("备用码还剩 10 个").wait_for()
    for name in ("code_recovery", "code_remove"):
        page.goto(reverse(name))
        found[name] = faults(page)

    second = new_page()
    second.goto(reverse("login"))
    log_in(second, "1007")
    second.get_by_label("动态验证码").wait_for()
    found["code"] = faults(second)
    second.get_by_label("动态验证码").fill("1")
    second.get_by_role("button", name="登录").click()
    second.get_by_text("验证码不对或已用过").wait_for()
    second.wait_for_timeout(1100)
    second.get_by_label("动态验证码").fill(code)
    second.get_by_role("button", name="登录").click()
    second.get_by_text("还剩 9 个").wait_for()
    second.goto(reverse("own_account"))
    found["two sessions"] = faults(second)
    second.get_by_role("button", name="的登录").click()
    second.get_by_text("已结束这次登录").wait_for()
    page.goto(reverse("own_account"))
    page.wait_for_url("**/login/**")
    assert found == {key: [] for key in found}


def test_a_form_outlives_its_login_without_any_script(new_page, live_server, people, table):
    draft = starting.start_table(table, actor=people.head)
    page = new_page(java_script_enabled=False)
    open_inbox(page, "1001")
    page.goto(f"{reverse('riskpoints:version', args=[draft.pk])}?open=new-duty")
    page.locator("textarea[name=text]").fill(TEXT)
    LoginSession.objects.update(expire_date=timezone.now())
    page.get_by_role("button", name="保存风险点").click()
    page.get_by_text("刚才的内容还没有保存，但已为您保留").wait_for()
    log_in(page, "1001")
    page.get_by_text("下面是您上次填写、还没有保存的内容").wait_for()
    assert page.locator("textarea[name=text]").input_value() == TEXT
    assert not RiskPoint.objects.exists()
    for name in ("likelihood", "harm"):
        page.locator(f"input[name={name}]").first.press("Space")
    page.get_by_role("button", name="保存风险点").click()
    page.wait_for_url("**/versions/*/?saved=**")
    assert RiskPoint.objects.get().text == TEXT
