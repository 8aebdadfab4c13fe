"""The whole way of a school, from an empty database to next year's drafts, in a browser behind the generated nginx.

Nobody sets up anything but the first administrator: the rest is done on the pages, with what is visible there, by the
people who do it at a school, with the one-time passwords from their slips.
"""

import datetime
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from tests import scans
from tests.conftest import CHROMIUM, CHROMIUM_ARGUMENTS, pages_at
from tests.departments.importing import school
from tests.riskcontrol.deploy.behind import HOST, Installation

pytestmark = [pytest.mark.e2e, pytest.mark.both]

OFFICE, PRINCIPAL, REVIEWER, HEAD, LATE_HEAD = "031", "062", "030", "002", "003"
DEPARTMENT, LATE_DEPARTMENT = school.NAMES[1], school.NAMES[2]
# The days on which something is done; a publication of five working days lies between two of them.
FIRST, SECOND, THIRD = (datetime.datetime(2026, 11, day, 9, tzinfo=datetime.UTC) for day in (2, 11, 20))
REVISED, ADDED = "改写后的风险点", "新增的风险点"
OWN = "Spring-rain-77"
expect.set_options(timeout=60_000)  # a busy machine is no failure


@pytest.fixture
def database_url() -> Iterator[str]:
    """Return the address of an empty database beside the tests' own: a file, or one more on their PostgreSQL."""
    if connection.vendor == "sqlite":
        yield ""
        return
    config = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    server = {name: config[key] for name, key in names.items()}
    name = f"whole_way_{os.getpid()}"
    main = psycopg2.connect(**server, dbname="postgres")
    main.autocommit = True
    with main.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}"
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    main.close()


@pytest.fixture
def installed(browser, tmp_path, database_url) -> Iterator[Installation]:
    """Return the installation behind its nginx, on the first day."""
    installation = Installation(tmp_path, database_url=database_url)
    variables = {"DJANGO_SETTINGS_MODULE": "tests.e2e.dated_settings", "BEGUN_AT": FIRST.isoformat()}
    installation.site.variables |= variables
    with installation:
        yield installation


@pytest.fixture
def open_page(browser, installed) -> Iterator:
    """Return a function that opens a page of the installation by its name, as people at school do."""
    leads = f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{installed.https}, MAP * ~NOTFOUND"
    arguments = [argument for argument in CHROMIUM_ARGUMENTS if "host-resolver" not in argument] + [leads]
    chromium = browser.browser_type.launch(executable_path=str(CHROMIUM), args=arguments)
    with pages_at(chromium, f"https://{HOST}/", ignore_https_errors=True) as opened:
        yield opened
    chromium.close()


@pytest.fixture
def workbook(functions) -> bytes:
    """Return the workbook of the school; its lists offer the functions that every database begins with."""
    return school.workbook()


class Desks:
    """People at their computers; who comes for the first time changes the one-time password."""

    def __init__(self, open_page, passwords: dict[str, str]) -> None:
        self.open_page, self.passwords = open_page, passwords
        self.own: set[str] = set()

    def enter(self, number: str) -> Page:
        """Log in at a fresh computer; the page is at the inbox."""
        page = self.open_page()
        page.goto("/")
        page.get_by_label("工号").fill(number)
        page.get_by_label("密码").fill(OWN if number in self.own else self.passwords[number])
        page.get_by_role("button", name="登录").click()
        if number not in self.own:
            page.get_by_label("现在的密码").fill(self.passwords[number])
            page.get_by_label("新密码").first.fill(OWN)
            page.get_by_label("再输一次新密码").fill(OWN)
            page.get_by_role("button", name="保存新密码").click()
            page.get_by_role("link", name="去待办").click()
            self.own.add(number)
        page.wait_for_url("**/inbox/")
        return page


def go_on(installed: Installation, moment: datetime.datetime) -> None:
    """Go on with the same data on another day."""
    installed.server.stop()
    installed.site.variables["BEGUN_AT"] = moment.isoformat()
    installed.server.start()


def first_password(installed: Installation) -> str:
    """Make the first administrator as the installation does; the password that is printed."""
    said = installed.site.run("manage.py", "first_admin", "--number", "admin", "--name", "管理员甲")
    return said.split("首次登录须修改）：")[1].strip()


def set_up_school(admin: Page) -> None:
    admin.get_by_role("link", name="启用准备").first.click()
    expect(admin.get_by_text("已完成 0/6 步")).to_be_visible()
    admin.get_by_role("link", name="登记学校信息").first.click()
    admin.get_by_label("单位名称").fill("某某市第一职业中专")
    admin.get_by_label("单位简称").fill("一职专")
    admin.get_by_label("业务职能").fill("教育教学")
    admin.get_by_role("button", name="保存").click()


def import_people(admin: Page, workbook: bytes, folder: Path) -> dict[str, str]:
    """Bring the school in from its workbook; the one-time passwords as their slips show them."""
    admin.goto("/set-up/")
    admin.get_by_role("link", name="从 Excel 导入").click()
    file = {"name": "学校.xlsx", "mimeType": "", "buffer": workbook}
    admin.get_by_label("Excel 文件").set_input_files(file)
    admin.get_by_role("button", name="上传并预览").click()
    admin.get_by_role("button", name="导入", exact=True).click()
    with admin.expect_download() as download:
        admin.get_by_role("link", name="下载密码条").click()
    download.value.save_as(folder / "slips.pdf")
    read = subprocess.run(["pdftotext", "-raw", str(folder / "slips.pdf"), "-"], capture_output=True, check=True)
    return dict(re.findall(r"工号：(\d+)\s+部门：\S*\s+(\S+)", read.stdout.decode()))


def add_point(page: Page, category: str, post: str, text: str) -> None:
    """Add a risk point with its measure to the table on the page."""
    page.locator(".form-table").get_by_role("link", name="添加风险点").filter(has_text=category).click()
    form = page.locator("form.edit-box")
    form.get_by_role("textbox", name="风险点").fill(text)
    form.get_by_label("岗位", exact=True).select_option(label=post)
    form.get_by_role("group", name="发生机率").get_by_role("radio", name="较小", exact=True).check()
    form.get_by_role("group", name="危害程度").get_by_role("radio", name="一般", exact=True).check()
    form.get_by_label("自己找").check()
    form.get_by_role("textbox", name="防范措施").fill(f"{text}的防范措施")
    form.get_by_role("button", name="保存风险点").click()
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()


def fill_in(head: Page, department: str) -> None:
    """Begin this year's table from the inbox, fill in one point a post, and hand the table in."""
    expect(head.get_by_role("heading", name=f"开始填报：{department}防控表")).to_be_visible()
    head.get_by_role("button", name=re.compile("^开始填报")).click()
    for place, category in enumerate(("岗位职责风险", "岗位职责风险", "业务流程风险", "业务流程风险"), start=1):
        add_point(head, category, f"岗位{place}", f"{department}的风险{place}")
    for category in ("institution", "environment"):
        head.locator(f"#row-{category}").get_by_role("button", name="确认“无”").click()
        expect(head.locator(f"#row-{category}").get_by_text("已确认无此类风险")).to_be_visible()
    hand_in(head)


def hand_in(head: Page) -> None:
    head.get_by_role("button", name="提交纪委审核").click()
    expect(head.get_by_text("已提交，等待纪委审核。审核前可以撤回。")).to_be_visible()


def approve(reviewer: Page) -> None:
    """Approve what is first in the reviewer's inbox."""
    reviewer.get_by_role("link", name="去审核").first.click()
    reviewer.get_by_role("button", name="审核通过，核定等级").click()
    # The button has the first words of the answer, too: it would be taken for it while the request is under way.
    expect(reviewer.get_by_text("审核通过，已开始公示，到").first).to_be_visible(timeout=60_000)


def sign(office: Page, day: datetime.datetime) -> None:
    """Record the principal's signature on paper under what is first in the office's inbox, with the scan."""
    office.get_by_role("link", name="去登记签字").first.click()
    office.get_by_role("link", name="登记签字盖章").click()
    expect(office.get_by_label("签字人", exact=True)).to_contain_text(f"现任：{school.person(int(PRINCIPAL))}")
    office.get_by_label("签字日期").fill(day.date().isoformat())
    scan = {"name": "扫描.pdf", "mimeType": "application/pdf", "buffer": scans.PDF}
    office.get_by_label("签字盖章后的扫描件").set_input_files(scan)
    office.get_by_role("button", name="登记签字盖章").click()
    expect(office.get_by_text("已确定，本表从现在起是现行版。")).to_be_visible()


def open_year(office: Page, year: int) -> None:
    office.goto("/years/")
    office.get_by_role("link", name="开启年度").first.click()
    expect(office.get_by_role("spinbutton", name="年度")).to_have_value(str(year))
    office.get_by_role("button", name="开启年度").click()
    expect(office.get_by_text(f"{year} 年度已开启，共 {len(school.NAMES) + 1} 张防控表")).to_be_visible()


def of_year(head: Page, year: int):
    """The line of a year among one's own tables."""
    head.goto("/tables/?all=1")
    return head.get_by_role("row").filter(has_text=str(year))


def begin(head: Page, year: int) -> None:
    of_year(head, year).get_by_role("button", name="开始填报").click()
    expect(head.get_by_role("button", name="提交纪委审核")).to_be_visible()


def open_version(head: Page, year: int) -> None:
    of_year(head, year).get_by_role("link", name="第 1 版").click()
    expect(head.locator(".form-table")).to_be_visible()


def revise(head: Page) -> None:
    """Revise the table in force: one point is said in other words, one is new."""
    open_version(head, FIRST.year)
    head.get_by_role("link", name="修订", exact=True).click()
    head.get_by_label("修订原因").fill("岗位有变动")
    head.get_by_role("button", name="开始修订").click()
    head.get_by_role("link", name="修改").filter(has_text="风险点").first.click()
    head.get_by_role("textbox", name="风险点").first.fill(REVISED)
    head.get_by_role("button", name="保存风险点").click()
    expect(head.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    add_point(head, "岗位职责风险", "岗位1", ADDED)
    hand_in(head)


def take_over(head: Page) -> None:
    """Take over all that the newer version in force has."""
    head.get_by_role("link", name="对照新版").click()
    head.get_by_role("button", name="全部采纳", exact=True).click()
    expect(head.get_by_text("已采纳新版的全部内容。")).to_be_visible()
    expect(head.get_by_text("现行表已有新版")).to_have_count(0)


@pytest.mark.long
def test_from_nothing_to_next_years_drafts(installed, open_page, workbook, tmp_path):
    desks = Desks(open_page, {"admin": first_password(installed)})
    admin = desks.enter("admin")
    set_up_school(admin)
    desks.passwords |= import_people(admin, workbook, tmp_path)
    assert len(desks.passwords) == 63
    admin.goto("/set-up/")
    expect(admin.get_by_text("已完成 5/6 步")).to_be_visible()

    # The first year; one table is filled in and reviewed.
    office = desks.enter(OFFICE)
    open_year(office, FIRST.year)
    head = desks.enter(HEAD)
    fill_in(head, DEPARTMENT)
    approve(desks.enter(REVIEWER))

    # After its publication it is signed.
    go_on(installed, SECOND)
    office = desks.enter(OFFICE)
    sign(office, SECOND)
    head = desks.enter(HEAD)
    open_version(head, FIRST.year)
    facts = head.locator(".panel dl.pairs").first
    for word, number in (("提交", HEAD), ("审核", REVIEWER), ("签字", PRINCIPAL)):
        expect(facts.locator(f"dt:text-is('{word}') + dd")).to_contain_text(school.person(int(number)))
    scan = head.locator(".panel").filter(has=head.get_by_role("heading", name="签字扫描件"))
    expect(scan).to_contain_text(school.person(int(OFFICE)))

    # Next year is opened and begun: by one department with what is in force, by another, whose table is late, empty.
    open_year(office, FIRST.year + 1)
    begin(head, FIRST.year + 1)
    late_head = desks.enter(LATE_HEAD)
    begin(late_head, FIRST.year + 1)
    late_head.goto("/inbox/")
    fill_in(late_head, LATE_DEPARTMENT)
    revise(head)
    reviewer = desks.enter(REVIEWER)
    for _ in range(2):
        approve(reviewer)
        reviewer.goto("/inbox/")

    # Both are signed, and next year's drafts are offered them.
    go_on(installed, THIRD)
    office = desks.enter(OFFICE)
    for _ in range(2):
        sign(office, THIRD)
        office.goto("/inbox/")
    head = desks.enter(HEAD)
    open_version(head, FIRST.year + 1)
    expect(head.get_by_text(f"所本的 {FIRST.year} 年度现行表已有新版")).to_be_visible()
    take_over(head)
    for text in (REVISED, ADDED):
        expect(head.locator(".form-table")).to_contain_text(text)
    late_head = desks.enter(LATE_HEAD)
    open_version(late_head, FIRST.year + 1)
    expect(late_head.get_by_text(f"开始填报以后，{FIRST.year} 年度有了现行表")).to_be_visible()
    take_over(late_head)
    expect(late_head.locator(".form-table")).to_contain_text(f"{LATE_DEPARTMENT}的风险4")
    expect(late_head.get_by_role("button", name="提交纪委审核")).to_be_enabled()
    assert installed.server.failures() == []
