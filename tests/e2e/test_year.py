"""The main job from end to end in a browser: fill in, review, return, submit again, approve, sign, archive, verify."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from departments.enums import Level
from riskpoints.archives import verifier
from riskpoints.enums import Action, ConfirmedBy, Status
from riskpoints.models import TableVersion
from tests import scans
from tests.factories import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.both]

SCAN = scans.PDF


@pytest.fixture
def desk_of(new_page, live_server):
    """Return a function that logs a person in at a computer of his or her own and gives the page, at the inbox."""

    def enter(person):
        page = new_page()
        page.goto(reverse("login"))
        page.get_by_label("工号").fill(person.staff_number)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/inbox/")
        return page

    return enter


def add_point(page, category, post, text, likelihood, harm, measure) -> None:
    page.locator(f"a[href*='open=new-{category}#']").click()
    form = page.locator(f"form#new-{category}")
    form.get_by_role("textbox", name="风险点").fill(text)
    form.get_by_label("岗位", exact=True).select_option(label=post)
    form.get_by_role("group", name="发生机率").get_by_role("radio", name=likelihood, exact=True).check()
    form.get_by_role("group", name="危害程度").get_by_role("radio", name=harm, exact=True).check()
    form.get_by_label("自己找").check()
    form.get_by_role("textbox", name="防范措施").fill(measure)
    form.get_by_label("措施阶段").select_option(label="中期监控")
    form.get_by_role("button", name="保存风险点").click()
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()


@pytest.mark.long
def test_a_year_from_the_first_word_to_the_archive(desk_of, table, people, tmp_path):
    # The head fills in the form.
    head = desk_of(people.head)
    expect(head.get_by_role("heading", name="开始填报：总务处防控表")).to_be_visible()
    head.get_by_role("button", name="开始填报").click()
    expect(head.locator(".next-gap")).to_contain_text("岗位职责风险未填写：请添加风险点，或确认“无”")
    expect(head.get_by_role("button", name="提交纪委审核")).to_be_disabled()
    add_point(head, "duty", "采购员", "接受供应商宴请，影响询价公正", "较高", "较为严重", "三人以上询价，当场签字")
    add_point(head, "process", "绿化管理员", "绿化养护考核流于形式", "较小", "一般", "每月评分并公布")
    for category in ("institution", "environment"):
        head.locator(f"#row-{category}").get_by_role("button", name="确认“无”").click()
        expect(head.locator(f"#row-{category}").get_by_text("已确认无此类风险")).to_be_visible()
    expect(head.locator(".next-gap")).to_have_text("各类、各岗位都已填写")
    head.get_by_role("button", name="提交纪委审核").click()
    expect(head.get_by_text("已提交，等待纪委审核。审核前可以撤回。")).to_be_visible()

    # The reviewer raises one level with a reason, and returns the table.
    version = TableVersion.objects.get()
    point = version.points.get(category="process")
    reviewer = desk_of(people.reviewer)
    reviewer.get_by_role("link", name="去审核").click()
    row = reviewer.locator(f"li#point-{point.pk}")
    expect(row.get_by_role("radio", name="三级（低）")).to_be_checked()
    row.get_by_role("radio", name="二级（中）").check()
    row.get_by_text("写理由、给部门的意见").click()
    row.get_by_label("理由", exact=False).fill("外包费用逐年增加")
    row.get_by_label("给部门的意见").fill("请写明考核由谁做")
    reviewer.get_by_label("意见（退回时必填）").fill("一处等级有调整，请核对")
    reviewer.get_by_role("button", name="退回修改").click()
    expect(reviewer.get_by_text("已退回，部门会看到您的意见。")).to_be_visible()
    expect(reviewer.get_by_text("目前没有等您办理的事")).to_be_visible()

    # The head sees the remark and the level, and submits again.
    head.goto(reverse("riskpoints:inbox"))
    expect(head.get_by_text("一处等级有调整，请核对")).to_be_visible()
    head.get_by_role("link", name="去按意见修改").click()
    row = head.locator(f"li#point-{point.pk}")
    expect(row).to_contain_text("部门建议 三级（低） → 核定 二级（中）")
    expect(row).to_contain_text("外包费用逐年增加")
    expect(row).to_contain_text("请写明考核由谁做")
    row.get_by_role("link", name="修改").click()
    head.get_by_role("textbox", name="风险点").first.fill("绿化养护由一人考核，流于形式")
    head.get_by_role("button", name="保存风险点").click()
    expect(row.get_by_text("已保存")).to_be_visible()
    head.get_by_role("button", name="提交纪委审核").click()
    head.get_by_role("button", name="不答复，直接提交").click()  # one remark has no answer
    expect(head.get_by_text("等待纪委审核。审核前可以撤回。")).to_be_visible()

    # The reviewer finds the own level still chosen, and approves.
    reviewer.goto(reverse("riskpoints:inbox"))
    reviewer.get_by_role("link", name="去审核").click()
    row = reviewer.locator(f"li#point-{point.pk}")
    expect(row).to_contain_text("绿化养护由一人考核，流于形式")
    expect(row.get_by_role("radio", name="二级（中）")).to_be_checked()
    expect(row.get_by_label("理由", exact=False)).to_have_value("外包费用逐年增加")
    reviewer.get_by_role("button", name="审核通过，核定等级").click()
    expect(reviewer.get_by_text("审核通过，等待单位主要负责人签字确定。")).to_be_visible()

    # The office prints the form, has it signed and records the signature with the scan.
    office = desk_of(people.office)
    office.get_by_role("link", name="去登记签字").click()
    office.get_by_role("link", name="登记签字盖章").click()
    expect(office.get_by_label("签字人", exact=True)).to_contain_text("现任：校长")
    office.get_by_label("签字盖章后的扫描件").set_input_files(
        {"name": "扫描.pdf", "mimeType": "application/pdf", "buffer": SCAN}
    )
    office.get_by_role("button", name="登记签字盖章").click()
    expect(office.get_by_text("已确定，本表从现在起是现行版。")).to_be_visible()
    version.refresh_from_db()
    assert (version.status, version.confirmed_how, version.reviewed_by) == (
        Status.CONFIRMED, ConfirmedBy.PAPER, people.reviewer,
    )  # fmt: skip
    assert [decision.action for decision in version.decisions.all()] == [
        Action.SUBMIT, Action.RETURN, Action.SUBMIT, Action.APPROVE, Action.CONFIRM,
    ]  # fmt: skip
    levels = dict(version.points.values_list("category", "confirmed_level"))
    assert levels == {"duty": Level.FIRST, "process": Level.SECOND}

    # The table is in force for everybody of the department.
    staff = desk_of(people.staff)
    staff.get_by_role("link", name="总务处", exact=True).click()
    expect(staff.get_by_text("绿化养护由一人考核，流于形式")).to_be_visible()
    expect(staff.get_by_text("现行", exact=True)).to_be_visible()

    # The admin makes the archive of the year, takes it away and has it checked.
    admin = desk_of(people.admin)
    admin.get_by_role("link", name="年度与档案").first.click()
    panel = admin.locator("#archives")
    panel.get_by_role("button", name="生成档案").click()
    panel.get_by_role("link", name="下载").wait_for(timeout=90_000)
    with admin.expect_download() as fetched:
        panel.get_by_role("link", name="下载").click()
    fetched.value.save_as(tmp_path / "档案.zip")
    assert verifier.verify(tmp_path / "档案.zip") == []
    panel.get_by_role("button", name="核验").click()
    expect(admin.get_by_role("heading", name="完整无误")).to_be_visible()
