"""职权目录 in the browser: no axe violation at a desk and on a phone; a power from its draft to the printed point."""

import subprocess

import pytest
from django.urls import reverse

from riskpoints.references.powers import drafting, filing
from riskpoints.tables import starting
from tests.e2e.browsing import enter
from tests.e2e.test_axe import walk
from tests.pages import at
from tests.powers import STEPS, file_power, make_power

pytestmark = pytest.mark.e2e


@pytest.mark.long
def test_the_pages_of_powers(page, live_server, department, purchasing_post, plain_post, people):
    filed = file_power(make_power(department, actor=people.clerk, posts=[plain_post]), people, is_public=True)
    draft = make_power(department, actor=people.clerk, name="房屋出租", steps=STEPS * 4)
    waiting = filing.submit(make_power(department, actor=people.clerk, name="验收"), actor=people.head)
    returned = filing.submit(make_power(department, actor=people.clerk, name="维修"), actor=people.head)
    filing.send_back(returned, "依据不全", actor=people.reviewer)
    drafting.revise(filed.power, actor=people.clerk)

    def to(name, *args):
        return reverse(f"powers:{name}", args=args)

    enter(page, people.head)
    pages = [to("power", row.power_id) for row in (filed, draft, waiting, returned)]
    forms = [to("new", department.pk), to("edit", draft.power_id), to("chart", draft.power_id)]
    forms.append(to("import", department.pk))
    assert walk(page, [to("index"), f"{to('index')}?q=无此职权", *pages, *forms, to("public")]) == {}
    page.goto(to("edit", draft.power_id))
    page.get_by_label("环节", exact=True).first.fill("")
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_text("请填写环节的名称").wait_for()
    enter(page, people.reviewer)
    assert walk(page, [to("index"), to("power", waiting.power_id), reverse("riskpoints:inbox")]) == {}


def test_from_a_draft_to_the_printed_point(page, live_server, table, plain_post, people):
    """Drafted by the clerk, submitted, filed; then a point lies on its step and stands in the register and the form."""
    enter(page, people.clerk)
    page.goto(reverse("powers:index"))
    page.get_by_role("link", name="新增职权").click()
    page.get_by_label("职权名称").fill("印章使用审批")
    page.get_by_label("职权范围和内容").fill("部门印章的使用审批和登记。")
    page.get_by_label("绿化管理员").check()
    for place, name in enumerate(["申请", "用印登记"]):
        page.get_by_label("环节", exact=True).nth(place).fill(name)
        page.get_by_label("岗位", exact=True).nth(place).fill("绿化管理员")
    page.get_by_label("风险节点").nth(1).check()
    page.get_by_role("button", name="增加一个环节").click()
    page.get_by_label("环节", exact=True).nth(3).wait_for()
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_text("已保存职权 1-01").wait_for()
    address = page.url
    enter(page, people.head)
    page.goto(address)
    page.get_by_role("button", name="提交纪委备案").click()
    page.get_by_text("已提交，等待备案").wait_for()
    enter(page, people.reviewer)
    page.goto(reverse("riskpoints:inbox"))
    page.get_by_role("link", name="去职权备案").click()
    page.get_by_role("button", name="备案", exact=True).click()
    page.get_by_text("已备案，列入职权目录").wait_for()
    version = starting.start_table(table, actor=people.head)
    enter(page, people.head)
    page.goto(f"{at(version)}?open=new-process")
    page.get_by_role("textbox", name="风险点").first.fill("用印不登记")
    page.get_by_label("职权和环节").select_option(label="1-01 印章使用审批：用印登记（风险节点）")
    page.get_by_role("button", name="保存风险点").click()
    page.get_by_text("用印不登记").first.wait_for()  # the page says when it was saved last even before
    page.goto(address)
    assert page.get_by_role("link", name="用印不登记").is_visible()
    chart = page.request.get(page.get_by_role("link", name="流程图（PDF）").get_attribute("href"))
    text = subprocess.run(["pdftotext", "-", "-"], input=chart.body(), capture_output=True, check=True).stdout.decode()
    assert "用印登记" in text
    query = "?year=all&standing=all&q=用印"
    printed = page.request.get(reverse("riskpoints:register_export", args=["pdf"]) + query)
    words = subprocess.run(["pdftotext", "-", "-"], input=printed.body(), capture_output=True, check=True).stdout
    assert "印章使用审批" in "".join(words.decode().split())
