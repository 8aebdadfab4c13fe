"""A walk through an installation with nothing but accounts: every page that each role is led to, and no dead end."""

import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import reverse

from departments.enums import DEPARTMENT_ROLES, Role
from departments.models import Department, School
from riskpoints.models import Cycle
from tests.factories import make_department, make_user

MISSING = re.compile("还没有|没有登记|尚未|请先")
# Who may be named where the reader can't mend it.
WHO = re.compile("系统管理员|领导小组办公室|纪委审核员|部门负责人|各部门|单位主要负责人")
BLOCKS = ("section", "form", "li", "td")
VOID = {"meta", "link", "input", "br", "img", "hr", "col", "source", "wbr"}
QUERIES = 3  # different queries of one page
# What is said of an empty list that fills itself as people work, or of one's own doings; nothing is missing.
ORDINARY = ("还没有通知", "还没有建议", "您还没有提过建议", "还没有群众意见", "请先核对")


class Page(HTMLParser):
    """The addresses of a page, and each block of it that says that something is missing."""

    def __init__(self, text):
        super().__init__()
        self.addresses, self.blocks, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag in ("a", "form") and (address := values.get("href" if tag == "a" else "action")):
            self.addresses.append(address)
        for block in self.open:
            block["ways"] += tag == "a" or (tag == "button")
        if tag not in VOID:
            is_block = tag in BLOCKS or "empty" in (values.get("class") or "").split()
            self.open.append({"tag": tag, "is_block": is_block, "words": "", "ways": 0})

    def handle_endtag(self, tag):
        while self.open:
            block = self.open.pop()
            if block["tag"] == tag:
                break
        else:
            return
        own = block["words"]
        if block["is_block"]:
            self.blocks.append((own, block["ways"]))
        elif self.open:
            self.open[-1]["words"] += own

    def handle_data(self, data):
        if self.open:
            self.open[-1]["words"] += data

    def dead_ends(self):
        """The blocks that say something is missing, and neither lead anywhere nor say who mends it."""
        return [
            " ".join(words.split())
            for words, ways in self.blocks
            if MISSING.search(re.sub("|".join(ORDINARY), "", words)) and not ways and not WHO.search(words)
        ]


def walk(client):
    """Each answer of every address that one is led to from the inbox, by address."""
    waiting, seen, shown = [reverse("inbox")], {}, Counter()
    while waiting:
        address = waiting.pop()
        path = address.partition("?")[0]
        # A page is the same page for each of the years that it can be turned to.
        if address in seen or address == reverse("logout") or shown[path] == QUERIES:
            continue
        shown[path] += 1
        answer = client.get(address)
        seen[address] = answer
        if "location" in answer.headers:
            waiting.append(urljoin(address, answer["location"]).partition("#")[0])
        elif answer.headers.get("Content-Type", "").startswith("text/html"):
            for found in Page(answer.content.decode()).addresses:
                target = urlsplit(urljoin(address, found))
                if not target.scheme and not target.netloc and not target.path.startswith("/static/"):
                    waiting.append(target._replace(fragment="").geturl())
    return seen


def judge(client):
    """Walk, and assert that nothing is broken and nobody is left standing; return what was seen."""
    seen = walk(client)
    # 405 is the address of a form that is only sent; 403 nobody is led to.
    broken = {address: answer.status_code for address, answer in seen.items() if answer.status_code in (403, 404, 500)}
    assert broken == {}
    pages = {
        address: Page(answer.content.decode())
        for address, answer in seen.items()
        if answer.status_code != 405 and answer.headers.get("Content-Type", "").startswith("text/html")
    }
    ends = {address: page.dead_ends() for address, page in pages.items() if page.dead_ends()}
    assert ends == {}
    return seen


@pytest.fixture
def alone(db, client):
    """Return a client of somebody with a role, with nothing else in the installation."""

    def made(role):
        client.force_login(make_user("1", "头一个人", *([role] if role else [])))
        return client

    yield made
    assert not School.objects.exists()
    assert not Department.objects.exists()


@pytest.mark.shared
@pytest.mark.parametrize("role", [None, *(role for role in Role if role not in DEPARTMENT_ROLES)])
def test_nobody_meets_a_dead_end_in_an_empty_installation(alone, role):
    seen = judge(alone(role))
    assert len(seen) >= 5
    if role == Role.ADMIN:
        assert {reverse("riskpoints:set_up"), reverse("departments:school_edit")} <= set(seen)


@pytest.mark.shared
@pytest.mark.parametrize("role", sorted(DEPARTMENT_ROLES))
def test_nobody_of_a_department_meets_a_dead_end_before_the_first_year(db, client, role):
    client.force_login(make_user("1", "头一个人", role, department=make_department("总务处")))
    judge(client)
    assert not Cycle.objects.exists()


def test_the_pages_that_print_the_schools_name_lead_the_administrator_to_its_form(alone):
    client = alone(Role.ADMIN)
    answer = client.get(reverse("riskpoints:blank"))
    assert answer.status_code == 409
    assert f'href="{reverse("departments:school_edit")}"' in answer.content.decode()


def test_a_dead_end_would_be_noticed():
    assert Page("<section><p>还没有部门</p></section>").dead_ends() == ["还没有部门"]
    assert Page("<section><p>还没有部门</p><a href='/new/'>新增</a></section>").dead_ends() == []
    assert Page("<section><p>还没有部门，由系统管理员建立。</p></section>").dead_ends() == []
    assert Page("<section><p><a href='/'>首页</a></p><div class='empty'>请先登记</div></section>").dead_ends() == [
        "请先登记"
    ]
