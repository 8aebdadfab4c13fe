"""A whole school from one workbook, in a browser: at most 25 requests of pages, three mistakes mended on the way."""

import re
import subprocess

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from departments.enums import Role
from departments.models import Department, Post, User
from tests.departments.importing import school
from tests.e2e.browsing import enter, faults
from tests.factories import make_user

pytestmark = pytest.mark.e2e


@pytest.fixture
def content(functions) -> bytes:
    """Return the workbook of the school with a wrong kind, an unknown function and two equal names in it."""
    rows = school.rows()
    rows["departments"][3][1] = "部"
    rows["posts"][4][3] = "采购、保洁"
    rows["people"][60][1] = rows["people"][40][1]
    return school.workbook(**rows)


def asked(page):
    """Return the list of the pages and forms that the browser asks for."""
    found = []
    page.on("request", lambda request: request.resource_type == "document" and found.append(request.url))
    return found


NOTES_WORDS = """() => setInterval(() => {
    const button = document.querySelector("button.is-busy[aria-disabled=true]");
    if (button) sessionStorage.setItem("said", button.textContent);
}, 100)"""


def slowly(route) -> None:
    """Answer after some two seconds."""
    route.request.frame.page.wait_for_timeout(2300)
    route.fallback()


@pytest.mark.long
def test_a_school_comes_in_on_one_page(page, live_server, content, tmp_path):
    enter(page, make_user("900", "管理员甲", Role.ADMIN))
    requests = asked(page)
    page.goto(reverse("departments:index"))
    page.get_by_role("link", name="从 Excel 导入、导出").click()
    page.get_by_label("Excel 文件").set_input_files({"name": "学校.xlsx", "mimeType": "", "buffer": content})
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_role("heading", name="导入预览")).to_be_visible()
    assert faults(page) == []
    page.get_by_label("第 5 行 类别").fill("处")
    page.get_by_label("第 6 行 岗位职能").fill("采购")
    page.get_by_label("同名不同人").check()
    page.get_by_role("button", name="重新检查").click()
    expect(page.get_by_text("内容与上次预览时不同")).to_be_visible()
    expect(page.get_by_label("同名不同人")).to_be_checked()
    assert faults(page) == []
    page.route("**" + reverse("departments:import_save"), slowly)
    page.evaluate(NOTES_WORDS)
    page.get_by_role("button", name="导入", exact=True).click(no_wait_after=True)
    expect(page.get_by_role("heading", name="已导入")).to_be_visible(timeout=30_000)
    assert re.fullmatch(r"正在导入，请不要关闭本页…（\d+ 秒）", page.evaluate("sessionStorage.getItem('said')"))
    page.unroute_all()
    assert faults(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="下载密码条").click()
    download.value.save_as(tmp_path / "slips.pdf")
    text = subprocess.run(["pdftotext", str(tmp_path / "slips.pdf"), "-"], capture_output=True, check=True).stdout
    assert text.decode().count("登录密码条") == 62
    assert (Department.objects.filter(name="学生处").count(), Post.objects.count()) == (1, 45)
    assert User.objects.count() == 63
    assert len(requests) <= 25
    # The paper was lost: new slips for those who never logged in, which is everybody but the administrator.
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(reverse("departments:accounts"))
    page.get_by_role("button", name="重新生成密码条（62 人）").click()
    expect(page.get_by_role("heading", name="密码条已重新生成")).to_be_visible()
    assert faults(page) == []
