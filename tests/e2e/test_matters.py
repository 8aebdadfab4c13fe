"""The circle in the browser: a check finds something undone, 整改通知, receipt, reply, not accepted, again, accepted, a
revision in force, closed (R41–R47); no axe violation on the pages."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from riskpoints.enums import Action
from riskpoints.oversight.enums import CheckAct, CheckKind, FindingState, HandlingAct, HandlingKind, Result
from riskpoints.oversight.handling import acting, drafting
from riskpoints.oversight.handling.drafting import Draft
from riskpoints.oversight.models import CheckMeasure, Finding, Handling
from riskpoints.oversight.monitoring import acting as checking
from riskpoints.oversight.monitoring import filling, starting
from riskpoints.oversight.monitoring.due import possible_checks
from riskpoints.oversight.monitoring.filling import Found, Head, Typed
from riskpoints.oversight.monitoring.starting import Which
from riskpoints.tables import workflow
from tests.e2e.browsing import enter
from tests.e2e.test_axe import walk
from tests.factories import assess_all, paper_signature

pytestmark = pytest.mark.e2e


@pytest.fixture
def undone(live_server, confirmed_version, cycle, people, department):
    """Return the finding that the reviewer's check of a measure made."""
    (quarter, *_) = possible_checks(cycle, [department.pk])
    which = Which(cycle, department, CheckKind.SUPERVISION, quarter.level, quarter.period.value)
    sheet = starting.start(which, actor=people.reviewer, checker="检查甲", recorder="记录乙")
    rows = list(CheckMeasure.objects.filter(line__sheet=sheet))
    mark = filling.mark(Found())
    found = Found(Result.DONE, "papers", no_evidence="台账不能离开办公室")
    undone = Found(Result.NOT_DONE, "papers", note="没有验收台账", no_evidence="没有")
    typed = {row.pk: Typed(undone if row == rows[0] else found, mark) for row in rows}
    head = Typed(Head("检查甲", "记录乙", "有一项没有落实"), filling.mark(filling.head(sheet)))
    filling.save(sheet, typed, head, actor=people.reviewer)
    checking.perform(CheckAct.SUBMIT, sheet, actor=people.reviewer)
    return Finding.objects.get()


def act(page, name, **fields):
    """Press the act on the page of the handling, fill in what it asks for, send it."""
    page.get_by_role("link", name=name, exact=True).click()
    for label, text in fields.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_text(f"已办理：{name}。")).to_be_visible()


@pytest.mark.long
def test_the_circle_from_a_check_to_a_closed_finding(page, undone, people, table):
    day = (timezone.localdate() + datetime.timedelta(days=10)).isoformat()
    enter(page, people.reviewer)
    page.goto(reverse("oversight:findings"))
    page.get_by_role("link", name=undone.number).click()
    expect(page.get_by_text("没有验收台账")).to_be_visible()
    page.get_by_role("link", name="拟办处置").click()
    page.get_by_label("整改", exact=True).check()
    page.get_by_label("事由").fill("验收没有台账")
    page.get_by_label("要求").fill("建立验收台账，并修订防控表。")
    page.get_by_role("button", name="拟办处置").click()
    expect(page.get_by_text("等批准")).to_be_visible()
    handling = Handling.objects.get()
    here = reverse("oversight:handling", args=[handling.pk])

    enter(page, people.second_reviewer)
    page.goto(reverse("riskpoints:inbox"))
    page.get_by_role("link", name=f"{handling}").click()
    act(page, "批准发出")
    reply = {"原因剖析": "人手不足", "整改措施": "指定第二验收人", "责任人": "总务处负责人", "完成时限": day}
    enter(page, people.head)
    page.goto(here)
    act(page, "签收")
    act(page, "回告", **reply)
    enter(page, people.reviewer)
    page.goto(here)
    act(page, "核查不合格", 核查情况="台账还缺两次", 重新整改时限=day)
    enter(page, people.head)
    page.goto(here)
    act(page, "回告", **reply | {"整改措施": "台账已补全"})

    page.goto(reverse("oversight:finding", args=[undone.pk]))
    expect(page.get_by_role("heading", name=f"问题 {undone.number}")).to_be_visible()
    enter(page, people.reviewer)
    page.goto(here)
    act(page, "核查合格", 核查情况="现场查看，台账完整")
    undone.refresh_from_db()
    assert undone.state == FindingState.CLOSED


@pytest.mark.long
def test_a_finding_that_demands_a_revision_is_answered_in_the_table(page, undone, people, table):
    # As one that the committee registers may.
    Finding.objects.filter(pk=undone.pk).update(demands_revision=True)
    enter(page, people.head)
    page.goto(reverse("riskpoints:inbox"))
    page.get_by_role("link", name="回应问题").click()
    page.get_by_role("button", name="修订，回应这个问题").click()
    expect(page.get_by_text("请修改后提交审核")).to_be_visible()
    draft = undone.answers.get().version
    draft = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    enter(page, people.reviewer)
    page.goto(reverse("riskpoints:version", args=[draft.pk]))
    expect(page.get_by_role("heading", name="回应的问题")).to_be_visible()
    assess_all(draft, actor=people.reviewer)
    draft = workflow.perform(Action.APPROVE, draft, actor=people.reviewer)
    workflow.perform(Action.CONFIRM, draft, actor=people.office, signature=paper_signature())
    page.goto(reverse("oversight:finding", args=[undone.pk]))
    page.get_by_text("销号", exact=True).first.click()
    page.get_by_role("button", name="销号").click()
    expect(page.get_by_text("已办理：销号。")).to_be_visible()


@pytest.mark.long
@pytest.mark.both  # its pages take turns themselves
def test_the_pages_of_findings_and_handlings(page, undone, people, department):
    what = Draft(HandlingKind.RECTIFY, "验收没有台账", "建立台账。")
    handling = drafting.draft([undone], what, token="axe", actor=people.reviewer)
    handling = acting.perform(HandlingAct.APPROVE, handling, actor=people.deputy)
    handling = acting.perform(HandlingAct.RECEIVE, handling, actor=people.head)
    values = {"causes": "人手不足", "measures": "补台账", "responsible": "负责人", "done_by": timezone.localdate()}
    acting.perform(HandlingAct.REPLY, handling, actor=people.head, values=values)
    addresses = {
        people.reviewer: [
            reverse("oversight:findings"),
            reverse("oversight:finding_choose"),
            reverse("oversight:finding_new", args=[department.pk]),
            reverse("oversight:finding", args=[undone.pk]),
            reverse("oversight:handling", args=[handling.pk]),
            reverse("oversight:handling_act", args=[handling.pk, "reject"]),
            reverse("oversight:handling_act", args=[handling.pk, "escalate"]),
        ],
        people.head: [reverse("oversight:findings"), reverse("oversight:handling", args=[handling.pk])],
    }
    for person, paths in addresses.items():
        enter(page, person)
        assert walk(page, paths) == {}
