"""What is typed is kept on the server before anybody presses a button."""

import pytest
from django.urls import reverse

from departments.models import KeptForm
from riskpoints.models import RiskPoint
from riskpoints.tables import starting
from tests.factories import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


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
    later.wait_for_selector(".points li")
    assert RiskPoint.objects.get().text == "采购询价时只找一家供应商"
    assert not KeptForm.objects.exists()
