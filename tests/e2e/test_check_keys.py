"""A head's self-check by keyboard: one key a point and at most six more (R41); nothing fills in all at once."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from departments.enums import Level
from riskpoints.enums import Action
from riskpoints.oversight.enums import CheckKind, State
from riskpoints.oversight.models import CheckMeasure, CheckSheet
from riskpoints.oversight.monitoring import starting
from riskpoints.oversight.monitoring.due import possible_checks
from riskpoints.oversight.monitoring.starting import Which
from riskpoints.tables import starting as tables
from riskpoints.tables import workflow
from tests.e2e.browsing import enter, faults
from tests.factories import assess_all, fill, make_measure, make_point, paper_signature

pytestmark = pytest.mark.e2e
POINTS, MORE_KEYS = 18, 6


@pytest.fixture
def many(live_server, table, people, plain_post) -> CheckSheet:
    """Return the self-check of 18 points of 三级, most of them with three measures of their own."""
    draft = fill(tables.start_table(table, actor=people.head), actor=people.head)
    for number in range(POINTS - draft.points.filter(proposed_level=Level.THIRD).count()):
        point = make_point(draft, actor=people.head, post=plain_post, text=f"又一个风险点{number}")
        for place in range(3):
            make_measure(draft, point, actor=people.head, text=f"又一个风险点{number}的措施{place}")
    draft = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    assess_all(draft, actor=people.reviewer)
    draft = workflow.perform(Action.APPROVE, draft, actor=people.reviewer)
    workflow.perform(Action.CONFIRM, draft, actor=people.office, signature=paper_signature())
    cycle, department = table.cycle, table.department
    (third,) = [one for one in possible_checks(cycle, [department.pk]) if one.level == Level.THIRD]
    sheet = starting.start(Which(cycle, department, CheckKind.SELF, Level.THIRD, third.period.value), actor=people.head)
    assert sheet.lines.count() == POINTS
    assert CheckMeasure.objects.filter(line__sheet=sheet).count() > 2 * POINTS
    return sheet


@pytest.mark.long
def test_one_key_a_point_and_six_more(page, many, people):
    enter(page, people.head)
    page.goto(reverse("oversight:sheet", args=[many.pk]))
    assert faults(page) == []
    opinion = page.get_by_label("总的情况和意见")
    opinion.focus()
    page.keyboard.press("1")
    expect(opinion).to_have_value("1")  # a digit in a text is a digit
    assert page.locator("input[type=radio]:checked").count() == 0
    opinion.fill("")
    page.goto(reverse("oversight:sheet", args=[many.pk]))
    pressed = ["Tab", "Enter"]  # 跳到主要内容
    for key in pressed:
        page.keyboard.press(key)
    submit = page.get_by_role("button", name="保存并提交复核")
    for place in range(POINTS):
        expect(submit).not_to_be_focused()
        pressed.append("4" if place == 1 else "1")
        page.keyboard.press(pressed[-1])
    expect(submit).to_be_focused()
    pressed.append("Enter")
    page.keyboard.press(pressed[-1])
    expect(page.get_by_text("已提交。")).to_be_visible()
    assert len(pressed) <= POINTS + MORE_KEYS
    many.refresh_from_db()
    rows = CheckMeasure.objects.filter(line__sheet=many)
    assert (many.state, rows.filter(result="").count()) == (State.SUBMITTED, 0)
    assert set(rows.filter(result="no_case").values_list("line__order", flat=True)) == {2}
    assert rows.filter(by_point=True).count() > POINTS
    expect(page.get_by_text("按本点填写").first).to_be_visible()
