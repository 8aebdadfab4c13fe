"""A full disk as the person at the browser meets it: what was typed stays, and is saved once there is room again."""

import errno

import pytest
from django.urls import reverse

from departments import services
from departments.models import Department
from tests.e2e.browsing import axe, enter

pytestmark = pytest.mark.e2e

TYPED = "校舍维修、物资采购和食堂管理，\n刚刚写好。"


@pytest.fixture
def full_disk(monkeypatch):
    """Return a function that gives the disk room again."""

    def fail(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(services, "save_department", fail)
        yield patch.undo


def fill_in(page, admin, department):
    enter(page, admin)
    page.goto(reverse("departments:department_edit", args=[department.pk]))
    page.get_by_label("业务工作职责").fill(TYPED)
    page.get_by_role("button", name="保存").click()


def saved_duties() -> str:
    return Department.objects.get(name="总务处").duties.replace("\r\n", "\n")


def test_the_text_stays_in_its_form(page, live_server, admin, school, department, full_disk):
    fill_in(page, admin, department)
    notice = page.locator("#notice")
    notice.get_by_text("服务器磁盘已满，没有保存，您填写的内容还在页面上。").wait_for()
    assert page.get_by_label("业务工作职责").input_value() == TYPED
    assert saved_duties() != TYPED
    full_disk()
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已保存部门“总务处”。").wait_for()
    assert saved_duties() == TYPED
    assert notice.is_hidden()


def test_without_javascript_the_page_has_it_and_sends_it_again(
    new_page, live_server, admin, school, department, full_disk
):
    page = new_page(java_script_enabled=False)
    fill_in(page, admin, department)
    page.get_by_text("服务器磁盘已满，没有保存，您填写的内容在下面。").wait_for()
    assert page.locator("p.typed", has_text="刚刚写好").count() == 1
    again = page.get_by_role("button", name="再保存一次")
    again.click()
    page.get_by_text("服务器磁盘已满，没有保存").wait_for()
    full_disk()
    again.click()
    page.get_by_text("已保存部门“总务处”。").wait_for()
    assert saved_duties() == TYPED


@pytest.mark.parametrize("width", [1366, 390])
def test_the_page_is_in_order(new_page, live_server, admin, school, department, full_disk, width, tmp_path):
    """As it is when htmx has not loaded: a form sent by the browser itself."""
    page = new_page(viewport={"width": width, "height": 844})
    page.route("**/htmx*.js", lambda route: route.abort())
    fill_in(page, admin, department)
    page.get_by_role("button", name="再保存一次").wait_for()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
