"""全校进度 on a phone: what needs attention first, the other tables folded away; at a desk everything."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from riskpoints.enums import Action, Scope, Status
from riskpoints.models import ControlTable
from riskpoints.tables import workflow
from tests.e2e.browsing import SCREENS, enter, faults
from tests.factories import bring_to, make_department

pytestmark = pytest.mark.e2e


@pytest.fixture
def tables(live_server, table, cycle, people):
    """Return the returned table of 总务处, and those of twelve more departments that nobody has begun."""
    version = bring_to(Status.SUBMITTED, table, people)
    workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="缺验收措施")
    names = [f"第{place}中心" for place in "一二三四五六七八九十甲乙"]
    others = [make_department(name, order=50) for name in names]
    scope = Scope.DEPARTMENT
    return [table, *(ControlTable.objects.create(cycle=cycle, scope=scope, department=row) for row in others)]


def test_a_phone_shows_first_what_needs_attention(page, tables, people):
    enter(page, people.office)
    page.goto(reverse("riskpoints:progress"))
    rows = page.locator(".progress-table tbody tr")
    total = ControlTable.objects.filter(cycle=tables[0].cycle).count()
    expect(rows.filter(visible=True)).to_have_count(total)
    expect(page.get_by_label("张防控表")).to_be_hidden()
    page.set_viewport_size(SCREENS["phone"])
    expect(rows.filter(visible=True)).to_have_count(1)
    expect(rows.filter(visible=True)).to_contain_text("退回修改")
    assert page.evaluate("document.documentElement.scrollHeight") < 3 * SCREENS["phone"]["height"]
    page.get_by_label(f"列出其余 {total - 1} 张防控表").check()
    expect(rows.filter(visible=True)).to_have_count(total)
    assert max(box["height"] for box in (row.bounding_box() for row in rows.all())) < 140
    assert faults(page) == []
