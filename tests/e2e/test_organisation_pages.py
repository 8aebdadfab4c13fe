"""Every page of the organisation at a desk and on a phone: no axe violation, nothing wider than the screen."""

import pytest
from django.urls import reverse

from tests import turns
from tests.e2e.browsing import enter, faults

pytestmark = [pytest.mark.e2e, pytest.mark.both]


def addresses(department, post, group, person) -> list[str]:
    pages = {
        "index": [],
        "department_new": [],
        "department": [department.pk],
        "department_edit": [department.pk],
        "department_close": [department.pk],
        "post_new": [department.pk],
        "post_edit": [post.pk],
        "school": [],
        "school_edit": [],
        "functions": [],
        "accounts": [],
        "account_new": [],
        "account": [person.pk],
        "rights": [],
        "groups": [],
        "group_new": [],
        "group": [group.pk],
        "group_edit": [group.pk],
        "import": [],
    }
    return [reverse(f"departments:{name}", args=ids) for name, ids in pages.items()]


@pytest.mark.long
def test_pages_are_accessible_and_fit(page, live_server, people, department, purchasing_post, group):
    page.goto(reverse("login"))
    found = {"login": faults(page)}
    enter(page, people.admin)
    walked = [*addresses(department, purchasing_post, group, people.head), reverse("password_change"), "/no-such-page/"]
    for address in turns.some(walked):
        page.goto(address)
        found[address] = faults(page)
    page.goto(reverse("departments:department_new"))
    page.get_by_role("button", name="保存").click()
    page.get_by_text("请填写部门名称。").wait_for()
    found["refused form"] = faults(page)
    page.goto(reverse("departments:account", args=[people.head.pk]))
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="重置密码").click()
    page.locator(".one-time").wait_for()
    found["one-time password"] = faults(page)
    assert found == {key: [] for key in found}
    assert len(found) == turns.share(21) + 3
