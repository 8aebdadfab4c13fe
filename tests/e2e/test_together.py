"""Several tables in one go, in a real browser: ticked, printed, confirmed, and their scans sent as one file."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from riskpoints.content.content import content_code
from riskpoints.enums import Status
from riskpoints.models import TableVersion
from tests import scans
from tests.e2e.browsing import enter, faults
from tests.factories import PASSWORD, bring_to

pytestmark = pytest.mark.e2e


@pytest.fixture
def two(live_server, table, other_table, people):
    """Return 总务处 and 教务处, both reviewed."""
    return [bring_to(Status.REVIEWED, one, people) for one in (table, other_table)]


def statuses(versions):
    return [TableVersion.objects.get(pk=version.pk).status for version in versions]


def test_the_principal_confirms_what_was_ticked(page, two, people):
    enter(page, people.principal)
    page.goto(reverse("riskpoints:inbox"))
    page.get_by_role("link", name="几张表一起打印、办理").click()
    expect(page.get_by_role("heading", name="一起办理", exact=True)).to_be_visible()
    assert faults(page) == []
    page.get_by_role("checkbox", name="总务处").check()
    page.get_by_role("button", name="确定勾选的表…").click()
    expect(page.get_by_role("heading", name="一起确定 1 张表")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="确定以上各表").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    assert statuses(two) == [Status.REVIEWED, Status.REVIEWED]
    page.locator("[name=agree]").check()
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="确定以上各表").click()
    expect(page.get_by_text("总务处：已确定，本表从现在起是现行版。")).to_be_visible()
    assert statuses(two) == [Status.CONFIRMED, Status.REVIEWED]
    expect(page.get_by_role("checkbox", name="总务处")).to_have_count(0)


def test_nothing_ticked_is_said_and_the_ticked_are_printed_in_a_window_of_their_own(page, two, people):
    enter(page, people.office)
    page.goto(reverse("riskpoints:together"))
    with page.expect_popup() as opened:
        page.get_by_role("button", name="打印勾选的表").click()
    expect(opened.value.get_by_text("请先勾选要一起办理的表。")).to_be_visible()
    page.get_by_role("checkbox", name="教务处").check()
    with page.context.expect_event("request", lambda request: request.method == "POST") as asked:
        page.get_by_role("button", name="打印勾选的表").click(timeout=5_000)  # it doesn't wait for the other window
    assert f"version={two[1].pk}" in asked.value.post_data
    assert f"version={two[0].pk}" not in asked.value.post_data


def test_one_file_of_several_sheets_is_sorted_looked_at_and_saved(page, two, people, tmp_path):
    sheets = [content_code(version.decisions.order_by("at", "id").last().content_hash) for version in two]
    sent = tmp_path / "一批.pdf"
    sent.write_bytes(scans.sheets(sheets[1], sheets[0], ""))
    enter(page, people.second_office)
    page.goto(reverse("riskpoints:together"))
    page.get_by_role("link", name="一批扫描件一次上传").click()
    page.locator("input[type=file]").set_input_files(sent)
    page.get_by_role("button", name="上传").click()
    pages = page.locator(".sent-pages > li")
    expect(pages).to_have_count(3)
    assert faults(page) == []
    shown = pages.locator("img").evaluate_all("all => all.map(one => one.complete && one.naturalWidth > 50)")
    assert shown == [True, True, True]
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()  # the third page has no table yet
    assert statuses(two) == [Status.REVIEWED, Status.REVIEWED]
    pages.nth(2).locator("select").select_option("none")
    page.get_by_role("button", name="保存").click()
    for name in ("教务处", "总务处"):
        expect(page.get_by_text(f"{name}：已确定，本表从现在起是现行版。")).to_be_visible()
    expect(pages).to_have_count(0)
    assert statuses(two) == [Status.CONFIRMED, Status.CONFIRMED]
