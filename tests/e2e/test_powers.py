"""职权目录 in the browser: no axe violation at a desk and on a phone."""

import pytest
from django.urls import reverse

from riskpoints.references.powers import drafting, filing
from tests.e2e.browsing import enter
from tests.e2e.test_axe import walk
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

    def at(name, *args):
        return reverse(f"powers:{name}", args=args)

    enter(page, people.head)
    pages = [at("power", row.power_id) for row in (filed, draft, waiting, returned)]
    forms = [at("new", department.pk), at("edit", draft.power_id), at("chart", draft.power_id)]
    assert walk(page, [at("index"), f"{at('index')}?q=无此职权", *pages, *forms, at("public")]) == {}
    page.goto(at("edit", draft.power_id))
    page.get_by_label("环节", exact=True).first.fill("")
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_text("请填写环节的名称").wait_for()
    enter(page, people.reviewer)
    assert walk(page, [at("index"), at("power", waiting.power_id), reverse("riskpoints:inbox")]) == {}
