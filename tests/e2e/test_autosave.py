"""What is typed is kept on the server before anybody presses a button."""

import pytest
from django.urls import reverse

from departments.models import KeptForm
from riskpoints.models import RiskPoint
from riskpoints.tables import starting
from tests.e2e.browsing import enter
from tests.factories import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def new_point(page, people, table):
    """Open the form of a new point as the head; gives the address of the sheet."""
    version = starting.start_table(table, actor=people.head)
    enter(page, people.head)
    sheet = reverse("riskpoints:version", args=[version.pk])
    page.goto(f"{sheet}?open=new-duty")
    return sheet


def test_whoever_types_without_a_pause_is_kept_all_the_same(page, people, table):
    new_point(page, people, table)
    page.locator("textarea[name=text]").focus()
    for _ in range(300):  # a key each 0.1 seconds, and never a pause
        page.keyboard.type("字")
        page.wait_for_timeout(100)
        if page.locator(".kept-at").count():
            break
    else:
        pytest.fail("Nothing was kept in half a minute of typing.")
    assert "暂存" in page.inner_text(".kept-at")
    assert KeptForm.objects.count() == 1


def test_what_can_t_be_kept_is_said_and_tried_again(page, people, table):
    new_point(page, people, table)
    page.context.set_offline(True)
    page.fill("textarea[name=text]", "采购询价时只找一家供应商")
    page.get_by_text("没有暂存上，正在重试").wait_for()
    page.context.set_offline(False)
    page.locator(".kept-at").filter(has_text="已于").wait_for()
    assert KeptForm.objects.count() == 1


def test_typing_keeps_a_draft_that_outlives_the_window(live_server, new_page, people, table):
    version = starting.start_table(table, actor=people.head)
    page = new_page()
    page.goto(live_server.url + reverse("login"))
    page.fill("[name=username]", people.head.staff_number)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    sheet = live_server.url + reverse("riskpoints:version", args=[version.pk])
    page.goto(f"{sheet}?open=new-duty")
    page.fill("textarea[name=text]", "采购询价时只找一家供应商")
    page.wait_for_selector(".kept-at")
    assert KeptForm.objects.count() == 1
    assert not RiskPoint.objects.exists()

    later = new_page(storage_state=page.context.storage_state())
    later.goto(sheet)
    later.get_by_role("link", name="继续填写").click()
    assert later.input_value("textarea[name=text]") == "采购询价时只找一家供应商"
    later.get_by_role("button", name="保存风险点").click()
    later.wait_for_selector(".points li[id]")
    assert RiskPoint.objects.get().text == "采购询价时只找一家供应商"
    assert not KeptForm.objects.exists()
