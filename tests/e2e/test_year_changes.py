"""年度对照 in a browser: the page holds at a desk and on a phone, and a count leads to its lines."""

import pytest
from playwright.sync_api import expect

from riskpoints.enums import Scope, Status
from riskpoints.models import ControlTable
from riskpoints.tables import editing, starting
from tests.e2e.browsing import enter, faults
from tests.factories import bring_to, make_cycle
from tests.riskpoints.years.test_taking import put_in_force

pytestmark = pytest.mark.e2e


def test_a_count_leads_to_its_lines(page, table, people):
    bring_to(Status.CONFIRMED, table, people)
    cycle = make_cycle(table.cycle.year + 1)
    later = ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=table.department)
    draft = starting.start_table(later, actor=people.head)
    editing.save_point(draft, {"text": "改写后的风险点"}, point=draft.points.first(), actor=people.head)
    put_in_force(draft, people)
    enter(page, people.office)
    page.goto("/years/progress/")
    page.get_by_role("link", name="年度对照").first.click()
    expect(page.get_by_role("heading", name="年度对照")).to_be_visible()
    page.get_by_role("combobox", name="从").select_option(str(table.cycle.year))
    page.get_by_role("combobox", name="到").select_option(str(cycle.year))
    page.get_by_role("button", name="对照", exact=True).click()
    expect(page.get_by_text("全部变化：1 处")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="总务处，1 处").click()
    expect(page.get_by_text("总务处，改写：1 处")).to_be_visible()
    page.get_by_role("link", name="改写后的风险点").click(position={"x": 8, "y": 8})
    expect(page.get_by_role("heading", name="总务处", exact=True)).to_be_visible()
