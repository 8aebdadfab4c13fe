"""群众意见 in a real browser: sent without an account, answered with each outcome, filling in only what can be seen."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from riskpoints.enums import Action, Status
from riskpoints.participation import opinions, services
from riskpoints.participation.enums import FeedbackState, Outcome
from riskpoints.participation.models import Feedback, Proposal
from riskpoints.tables import editing, workflow
from tests.e2e.browsing import enter
from tests.e2e.test_axe import walk
from tests.factories import assess_all, bring_to, paper_signature, publish_for

pytestmark = pytest.mark.e2e


@pytest.fixture
def opinion(live_server, confirmed_version) -> Feedback:
    return opinions.send_feedback(confirmed_version, text="食堂价格没有公布过", name="家长")


@pytest.fixture
def answering(page, opinion, people):
    """Return the office's page with an opinion on the table in force."""
    enter(page, people.office)
    page.goto(reverse("participation:opinion", args=[opinion.pk]))
    return page


def answer(page, outcome: Outcome) -> None:
    page.get_by_role("radio", name=outcome.label).check()
    page.get_by_role("textbox", name="答复").fill("每周五在食堂门口公布。")


def send(page) -> None:
    page.get_by_role("button", name="答复", exact=True).click()
    expect(page.get_by_text("已答复，提意见的人凭查询码能看到。")).to_be_visible()


@pytest.mark.parametrize("outcome", [Outcome.EXPLAINED, Outcome.OUTSIDE])
def test_an_answer_needs_only_what_is_seen(answering, opinion, outcome):
    expect(answering.get_by_label("风险点", exact=False)).to_be_hidden()
    answer(answering, outcome)
    send(answering)
    opinion.refresh_from_db()
    assert (opinion.state, opinion.outcome) == (FeedbackState.ANSWERED, outcome)


def test_passing_on_asks_for_the_worded_point(answering, opinion):
    answer(answering, Outcome.PASSED_ON)
    text = answering.get_by_label("风险点", exact=False)
    expect(text).to_have_value("食堂价格没有公布过")
    answering.get_by_role("button", name="答复", exact=True).click()
    expect(answering.get_by_text("请选择风险类别。")).to_be_visible()
    expect(text).to_have_value("食堂价格没有公布过")
    answering.get_by_role("radio", name="业务流程风险").check()
    text.fill("食堂采购价格不公布")
    send(answering)
    proposal = Proposal.objects.get()
    assert (proposal.text, proposal.category, proposal.feedback) == ("食堂采购价格不公布", "process", opinion)


def test_an_objection_is_worded_and_decided_in_the_browser(page, new_page, live_server, school, table, people):
    publish_for(3)
    opinion = opinions.send_feedback(bring_to(Status.REVIEWED, table, people), text="漏了食堂")
    enter(page, people.office)
    page.goto(reverse("participation:opinion", args=[opinion.pk]))
    answer(page, Outcome.OBJECTED)
    page.get_by_role("radio", name="业务流程风险").check()
    send(page)
    reviewer = new_page()
    enter(reviewer, people.reviewer)
    reviewer.goto(reverse("participation:objection", args=[opinion.objection.pk]))
    reviewer.get_by_role("radio", name="退回修改").check()
    reviewer.get_by_role("textbox", name="理由").fill("请补一个风险点")
    reviewer.get_by_role("button", name="办理").click()
    expect(reviewer.get_by_text("已退回部门修改，异议随退回意见送去。")).to_be_visible()


def test_several_opinions_are_closed_together(page, opinion, people):
    enter(page, people.office)
    page.goto(reverse("participation:opinions"))
    page.get_by_role("checkbox").check()
    page.get_by_role("textbox", name="理由").fill("与本表无关")
    page.get_by_role("button", name="答复为“重复或与本表无关”").click()
    expect(page.get_by_text("已把 1 条意见答复为")).to_be_visible()


def test_a_rule_and_the_calendar_are_kept_in_the_browser(page, live_server, people):
    enter(page, people.office)
    page.goto(reverse("rules:index"))
    page.get_by_role("row", name="公示天数").get_by_role("link").click()
    page.get_by_label("公示天数").fill("7")
    page.get_by_role("textbox", name="理由").fill("领导小组会议决定")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("cell", name="7 天", exact=True)).to_be_visible()
    page.goto(f"{reverse('rules:calendar')}?year=2027")
    page.get_by_label("与周一至周五不同的日子").fill("2027-02-05 休 春节")
    page.get_by_role("button", name="保存 2027 年").click()
    expect(page.get_by_text("已保存 2027 年的工作日历")).to_be_visible()


def test_a_visitor_sends_an_opinion_and_sees_its_code(page, live_server, confirmed_version):
    page.goto(reverse("riskpoints:publication_table", args=[confirmed_version.pk]))
    page.get_by_role("link", name="对这张表提意见").click()
    page.get_by_role("textbox", name="意见").fill("食堂价格没有公布过")
    page.get_by_role("button", name="送出意见").click()
    expect(page.get_by_text(Feedback.objects.get().code, exact=True)).to_be_visible()


@pytest.mark.both
def test_pages_of_proposals_cooperation_and_figures(page, live_server, table, people, other_department):
    draft = bring_to(Status.DRAFT, table, people)
    named = {"co_departments": "教务处"}
    point = editing.save_point(draft, named, point=draft.points.first(), actor=people.head)
    version = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    values = {"kind": "level", "target_point": point.identity, "level": 1, "text": "金额大"}
    proposal = services.propose(table.department, values, actor=people.other_head)
    propose = f"{reverse('participation:propose')}?kind=measure&department={table.department_id}"
    enter(page, people.other_head)
    co_point = reverse("participation:co_point", args=[point.pk, other_department.pk])
    assert walk(page, [propose, reverse("participation:cooperation"), co_point]) == {}
    page.goto(co_point)
    page.get_by_role("radio", name="有不同意见").check()
    page.get_by_role("textbox", name="不同意见").fill("时限太短")
    page.get_by_role("button", name="答复").click()
    expect(page.get_by_text("已答复。")).to_be_visible()
    enter(page, people.head)
    proposed = reverse("participation:proposal", args=[proposal.pk])
    assert walk(page, [proposed, reverse("participation:figures"), f"/versions/{version.pk}/"]) == {}
