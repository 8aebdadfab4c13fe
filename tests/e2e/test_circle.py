"""The whole circle in the browser, by the people who do it, in one year: a check finds something undone, a revision is
demanded, 整改通知, receipt, reply, not accepted, again, the revision in force, accepted, closed (R41–R47); the year is
judged, 优秀 is barred, and the bar is lifted (R49, R50)."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from riskpoints.enums import Action
from riskpoints.oversight.assessment import acting
from riskpoints.oversight.enums import AssessmentState, FindingState, HandlingState, VetoState
from riskpoints.oversight.models import Assessment, Finding, Handling, Veto
from riskpoints.tables import workflow
from tests.e2e.browsing import enter
from tests.factories import assess_all, paper_signature

pytestmark = [pytest.mark.e2e, pytest.mark.long]
NOTE, OWED = "没有验收台账", "回应它的修订签字确定以后，才能核查合格"


@pytest.fixture
def page_of(new_page):
    """Return a function that gives each person the own page, opened at an address."""
    pages = {}

    def give(person, address):
        if person.pk not in pages:
            pages[person.pk] = new_page()
            enter(pages[person.pk], person)
        pages[person.pk].goto(address)
        return pages[person.pk]

    return give


def test_from_a_check_to_a_lifted_veto(page_of, live_server, confirmed_version, people):
    cycle, department = confirmed_version.table.cycle, confirmed_version.table.department
    finding = check(page_of, cycle, department, people)
    handling = send_out(page_of, finding, people)
    answered_twice(page_of, handling, people)
    revise(page_of, handling, finding, people)
    row = judge(page_of, cycle, people)
    bar_and_lift(page_of, row, people)


def act(page, name, **fields):
    """Press the act on the page of the handling, fill in what it asks for, send it."""
    page.get_by_role("link", name=name, exact=True).click()
    for label, text in fields.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name=name, exact=True).click()


def done(page, name, **fields):
    act(page, name, **fields)
    expect(page.get_by_text(f"已办理：{name}。")).to_be_visible()


def check(page_of, cycle, department, people):
    """The committee checks the points of 三级: all carried out but one measure, which becomes a finding."""
    page = page_of(people.reviewer, reverse("oversight:supervise", args=[cycle.year]))
    page.get_by_label("部门").select_option(department.name)
    page.get_by_label("等级").select_option("三级（低）")
    page.get_by_label("检查时段").select_option("全年")
    page.get_by_label("记录人").fill("记录乙")
    page.get_by_role("button", name="开始检查").click()
    page.get_by_role("button", name="保存并提交复核").wait_for()
    first, *others = page.locator("section[id^=line-]").all()
    first.get_by_label("未落实", exact=True).first.check()
    first.get_by_text("检查方式、发现的问题及意见").first.click()
    first.get_by_label("发现的问题及意见").first.fill(NOTE)
    for line in others:
        line.get_by_label("落实", exact=True).first.check()
    page.get_by_role("button", name="保存并提交复核").click()
    expect(page.get_by_text("已提交。")).to_be_visible()
    finding = Finding.objects.get()
    page.goto(reverse("oversight:finding", args=[finding.pk]))
    expect(page.get_by_text(NOTE)).to_be_visible()
    page.get_by_text("要求修订", exact=True).first.click()
    page.get_by_label("要修订什么").fill("把验收台账写进措施。")
    page.get_by_role("button", name="要求修订").click()
    expect(page.get_by_text("已办理：要求修订。")).to_be_visible()
    return finding


def send_out(page_of, finding, people):
    """The reviewer drafts 整改, another one sends it out, the head receives it."""
    page = page_of(people.reviewer, reverse("oversight:findings"))
    page.get_by_role("link", name=finding.number).click()
    page.get_by_role("link", name="拟办处置").click()
    page.get_by_label("整改", exact=True).check()
    page.get_by_label("事由").fill("验收没有台账")
    page.get_by_label("要求").fill("建立验收台账，并修订防控表。")
    page.get_by_role("button", name="拟办处置").click()
    expect(page.get_by_text("等批准")).to_be_visible()
    handling = Handling.objects.get()
    page = page_of(people.second_reviewer, reverse("riskpoints:inbox"))
    page.get_by_role("link", name=f"{handling}").click()
    done(page, "批准发出")
    return handling


def answered_twice(page_of, handling, people):
    """The first answer is not good enough; after the second the table is still to be revised."""
    day = (timezone.localdate() + datetime.timedelta(days=10)).isoformat()
    here = reverse("oversight:handling", args=[handling.pk])
    reply = {"原因剖析": "人手不足", "整改措施": "指定第二验收人", "责任人": "总务处负责人", "完成时限": day}
    head = page_of(people.head, here)
    done(head, "签收")
    done(head, "回告", **reply)
    done(page_of(people.reviewer, here), "核查不合格", 核查情况="台账还缺两次", 重新整改时限=day)
    done(page_of(people.head, here), "回告", **reply | {"整改措施": "台账已补全"})
    page = page_of(people.reviewer, here)
    act(page, "核查合格", 核查情况="现场查看，台账完整")
    expect(page.get_by_text(OWED).first).to_be_visible()


def revise(page_of, handling, finding, people):
    """The head revises the table for the finding; once it is signed the answer is accepted, and all is closed.

    test_whole_way shows how a revision is written, handed in, reviewed and signed.
    """
    page = page_of(people.head, reverse("riskpoints:inbox"))
    page.get_by_role("link", name=f"回应问题 {finding.number}").click()
    page.get_by_role("button", name="修订，回应这个问题").click()
    expect(page.get_by_text("请修改后提交审核")).to_be_visible()
    draft = workflow.perform(Action.SUBMIT, finding.answers.get().version, actor=people.head)
    page = page_of(people.reviewer, reverse("riskpoints:version", args=[draft.pk]))
    expect(page.get_by_role("heading", name="回应的问题")).to_be_visible()
    assess_all(draft, actor=people.reviewer)
    draft = workflow.perform(Action.APPROVE, draft, actor=people.reviewer)
    workflow.perform(Action.CONFIRM, draft, actor=people.office, signature=paper_signature())
    done(
        page_of(people.reviewer, reverse("oversight:handling", args=[handling.pk])),
        "核查合格",
        核查情况="现场查看，台账完整",
    )
    finding.refresh_from_db()
    handling.refresh_from_db()
    assert (finding.state, handling.state, handling.round) == (FindingState.CLOSED, HandlingState.CLOSED, 2)


def judge(page_of, cycle, people):
    """Indicators in use, the head's own score, the committee's, what the meeting decided."""
    index = reverse("oversight:assessments")
    office = page_of(people.office, reverse("oversight:indicators", args=[cycle.year]))
    office.get_by_role("button", name="列出校内默认的指标").click()
    office.get_by_role("button", name="保存并启用").click()
    office.get_by_text("已启用，各部门可以自评").wait_for()
    head = page_of(people.head, index)
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
    reviewer = page_of(people.reviewer, reverse("oversight:assessment", args=[row.pk]))
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
    return row


def bar_and_lift(page_of, row, people):
    """The veto is proposed by the committee, confirmed and lifted by the principal."""
    today = f"{timezone.localdate()}"
    reviewer = page_of(people.reviewer, reverse("oversight:assessments"))
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
    principal = page_of(people.principal, reviewer.url)
    principal.get_by_label("说明").or_(principal.get_by_label("更正的理由")).first.fill("事后查明")
    principal.get_by_role("button", name="确认生效").click()
    principal.get_by_text("否决已生效").wait_for()
    for label, words in {"纠正原案的决定编号": "二号", "作出纠正决定的机关": "某纪委", "解除的理由": "撤销"}.items():
        principal.get_by_label(label).fill(words)
    principal.get_by_label("纠正决定日期").fill(today)
    principal.get_by_role("button", name="解除").click()
    principal.get_by_text("否决已解除").wait_for()
    row.refresh_from_db()
    assert (row.state, Veto.objects.get().state) == (AssessmentState.DECIDED, VetoState.LIFTED)
