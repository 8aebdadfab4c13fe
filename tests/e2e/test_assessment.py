"""考核 in the browser: no axe violation and nothing too wide, and the way from the indicators to a lifted veto."""

import pytest
from django.urls import reverse
from django.utils import timezone

from riskpoints.oversight.assessment import acting, filling, sheets, vetoes
from riskpoints.oversight.enums import AssessmentState as State
from riskpoints.oversight.models import Assessment
from tests.e2e.browsing import enter
from tests.e2e.test_axe import walk
from tests.riskpoints.oversight.assessment.conftest import ROWS, bring, case, decide

pytestmark = pytest.mark.e2e


def judged(cycle, department, people, state):
    """Bring 总务处's assessment of the year to a state."""
    sheet = sheets.draft(cycle, actor=people.office)
    sheets.activate(sheets.save(sheet, ROWS, seen=sheet.lock, actor=people.office), actor=people.office)
    return bring(filling.begin(cycle, department, actor=people.head), state, people)


def page_of(row, name="assessment"):
    return reverse(f"oversight:{name}", args=[row.pk])


@pytest.mark.long
def test_the_pages_of_each_role(new_page, live_server, confirmed_version, department, people):
    cycle = confirmed_version.table.cycle
    index = reverse("oversight:assessments")
    office, head, reviewer, principal = (new_page() for _ in range(4))
    for page, person in ((office, people.office), (head, people.head)):
        enter(page, person)
    indicators = reverse("oversight:indicators", args=[cycle.year])
    assert walk(office, [index, indicators]) == {}
    row = judged(cycle, department, people, State.SELF)
    assert walk(head, [index, page_of(row), indicators]) == {}
    row = bring_on(row, people)
    enter(reviewer, people.reviewer)
    proposing = reverse("oversight:veto_propose", args=[cycle.year])
    assert walk(reviewer, [index, page_of(row), page_of(row, "assessment_score"), proposing]) == {}
    row = acting.finish(row, actor=people.reviewer)
    assert walk(office, [reverse("oversight:assessment_decide", args=[cycle.year])]) == {}
    decide([row], actor=people.office)
    veto = vetoes.propose(cycle, department, people.head, "", case(), actor=people.reviewer)
    enter(principal, people.principal)
    here = reverse("oversight:veto", args=[veto.pk])
    assert walk(principal, [here]) == {}
    vetoes.confirm(veto, text="事后查明", actor=people.principal)
    assert walk(principal, [here, index]) == {}
    assert walk(head, [index, page_of(row)]) == {}


def bring_on(row, people):
    """From 自评中 to 核分中."""
    return bring(Assessment.objects.get(pk=row.pk), State.SCORING, people)


@pytest.mark.long
def test_from_the_indicators_to_a_lifted_veto(new_page, live_server, confirmed_version, department, people):
    cycle, index = confirmed_version.table.cycle, reverse("oversight:assessments")
    office, head, reviewer, principal = (new_page() for _ in range(4))
    people_of = (
        (office, people.office),
        (head, people.head),
        (reviewer, people.reviewer),
        (principal, people.principal),
    )
    for page, person in people_of:
        enter(page, person)
    office.goto(reverse("oversight:indicators", args=[cycle.year]))
    office.get_by_role("button", name="列出校内默认的指标").click()
    office.get_by_role("button", name="保存并启用").click()
    office.get_by_text("已启用，各部门可以自评").wait_for()
    head.goto(index)
    head.get_by_role("link", name="总务处", exact=True).click()
    head.get_by_role("button", name="开始自评").click()
    head.get_by_role("button", name="保存并提交自评").wait_for()
    row = Assessment.objects.get()
    manual = [item.indicator for item in acting.items_of(row) if not item.indicator.is_automatic]
    for indicator in manual:
        head.get_by_label(f"第 {indicator.order} 项自评分").fill(f"{indicator.weight}")
        head.get_by_label(f"第 {indicator.order} 项自评说明").fill("台账齐全")
    head.get_by_role("button", name="保存并提交自评").click()
    head.get_by_text("已提交自评").wait_for()
    reviewer.goto(page_of(row))
    reviewer.get_by_role("link", name="核分", exact=True).click()
    for indicator in manual:
        reviewer.get_by_label(f"第 {indicator.order} 项核分").fill(f"{indicator.weight}")
    reviewer.get_by_role("button", name="保存，核分完毕").click()
    reviewer.get_by_text("核分完毕，等会议审定").wait_for()
    office.goto(index)
    office.get_by_role("link", name="登记审定").click()
    office.get_by_label("会议日期").fill(f"{timezone.localdate()}")
    office.get_by_label("会议纪要编号").fill("纪要 1 号")
    office.get_by_role("button", name="登记审定").click()
    office.get_by_text("已登记 1 个部门的审定").wait_for()
    veto_way(reviewer, principal, index)
    row.refresh_from_db()
    assert row.state == State.DECIDED


def veto_way(reviewer, principal, index):
    """Proposed by the committee, confirmed and lifted by the principal."""
    today = f"{timezone.localdate()}"
    reviewer.goto(index)
    reviewer.get_by_role("link", name="拟定否决").click()
    reviewer.get_by_label("部门", exact=False).first.select_option("总务处")
    filled = {
        "处分或处理决定编号": "一号",
        "作出决定的机关": "某纪委",
        "决定的存放处": "柜 1",
        "恶劣影响的依据": "通报",
    }
    for label, words in (filled | {"依据的存放处": "柜 2", "决定日期": today, "依据的日期": today}).items():
        reviewer.get_by_label(label).fill(words)
    reviewer.get_by_role("button", name="拟定否决").click()
    reviewer.get_by_text("已拟定").wait_for()
    principal.goto(reviewer.url)
    principal.get_by_label("说明").or_(principal.get_by_label("更正的理由")).first.fill("事后查明")
    principal.get_by_role("button", name="确认生效").click()
    principal.get_by_text("否决已生效").wait_for()
    for label, words in {"纠正原案的决定编号": "二号", "作出纠正决定的机关": "某纪委", "解除的理由": "撤销"}.items():
        principal.get_by_label(label).fill(words)
    principal.get_by_label("纠正决定日期").fill(today)
    principal.get_by_role("button", name="解除").click()
    principal.get_by_text("否决已解除").wait_for()
