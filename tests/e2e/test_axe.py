"""The pages of one table, at a desk and on a phone, as each role sees them: no axe violation, nothing too wide."""

import pytest
from django.urls import reverse

from riskpoints.enums import Action, Status
from riskpoints.tables import editing, starting, workflow
from tests import turns
from tests.e2e.browsing import SCREENS, axe, enter, faults
from tests.factories import bring_to, make_post
from tests.pages import at

pytestmark = [pytest.mark.e2e, pytest.mark.both]

LONG = "这一项的文字特别长，写满了允许的字数。" * 50


def walk(page, addresses) -> dict[str, list[str]]:
    """Return the faults by address, of the addresses that have any; a page is the same whatever database it is from."""
    found = {}
    for address in turns.some(addresses):
        response = page.goto(address)
        assert response.status == 200, address
        found[address] = faults(page)
    return {address: list(what) for address, what in found.items() if what}


@pytest.fixture
def screen(page, live_server, people):
    """Return a page at a desk."""
    return page


@pytest.fixture
def revision(confirmed_version, people, department):
    """Return a revision with differences, a hole, an exempted post and a text as long as it may be."""
    draft = starting.open_revision(confirmed_version, reason="岗位有变动", actor=people.head)
    points = list(draft.points.all())
    editing.save_point(draft, {"text": LONG[:1000]}, point=points[0], actor=people.head)
    editing.remove_row(points[1], actor=people.head)
    editing.exempt_post(draft, make_post(department, "门卫"), "由保安公司承担", actor=people.head)
    make_post(department, "司机")
    return draft


@pytest.mark.long
def test_the_editor(screen, revision, people):
    point, measure = revision.points.first(), revision.measures.first()
    forms = [
        "head", "new-duty", f"point-{point.pk}", f"removepoint-{point.pk}", "newmeasure-duty", f"measurefor-{point.pk}",
        f"measure-{measure.pk}", f"removemeasure-{measure.pk}",
        *(f"post-{post.pk}" for post in revision.table.department.posts.filter(name__in=["门卫", "司机"])),
    ]  # fmt: skip
    enter(screen, people.head)
    addresses = [
        at(revision),
        *(f"{at(revision)}?open={form}" for form in forms),
        f"{at(revision)}?saved=point-{point.pk}",
        at(revision, "act", "discard"),
        reverse("riskpoints:inbox"),
        f"{reverse('riskpoints:mine')}?all=1",
    ]
    assert walk(screen, addresses) == {}


def test_errors_and_conflicts(screen, revision, people):
    point = revision.points.last()
    enter(screen, people.head)
    screen.goto(f"{at(revision)}?open=point-{point.pk}")
    screen.get_by_role("textbox", name="风险点").first.fill("负责人的话")
    screen.get_by_label("其他", exact=True).check()
    screen.get_by_role("button", name="保存风险点").click()
    screen.get_by_text("请写明是什么方法").wait_for()
    assert faults(screen) == []
    editing.save_point(revision, {"text": "填报员的话"}, point=point, actor=people.clerk)
    screen.get_by_label("其他", exact=True).uncheck()
    screen.get_by_role("button", name="保存风险点").click()
    screen.get_by_text("已被他人修改").wait_for()
    assert faults(screen) == []
    workflow.perform(Action.DISCARD, revision, actor=people.head, comment="不改了")
    screen.get_by_role("button", name="保存风险点").click()
    screen.get_by_text("这份修订稿已经作废").wait_for()
    assert faults(screen) == []


def test_an_empty_table(screen, table, people):
    enter(screen, people.head)
    assert walk(screen, [reverse("riskpoints:inbox"), reverse("riskpoints:mine")]) == {}
    version = starting.start_table(table, actor=people.head)
    assert walk(screen, [at(version), f"{at(version)}?open=new-duty"]) == {}


def test_the_review(screen, table, people):
    version = bring_to(Status.SUBMITTED, table, people)
    enter(screen, people.reviewer)
    assert walk(screen, [reverse("riskpoints:inbox"), at(version), at(version, "act", "return")]) == {}
    screen.goto(at(version))
    for folded in screen.locator("details").all():
        folded.evaluate("folded => folded.open = true")
    screen.get_by_role("radio", name="二级（中）").nth(1).check()
    assert faults(screen) == []
    screen.get_by_role("button", name="退回修改").click()
    screen.get_by_text("请写明意见").first.wait_for()
    assert faults(screen) == []


@pytest.mark.parametrize("who", ["office", "principal"])
def test_the_signature(screen, table, people, who):
    version = bring_to(Status.REVIEWED, table, people)
    enter(screen, getattr(people, who))
    assert walk(screen, [reverse("riskpoints:inbox"), at(version), at(version, "act", "confirm")]) == {}
    screen.goto(at(version, "act", "confirm"))
    screen.locator("form button.primary").click()
    if who == "principal":
        screen.get_by_text("请勾选后再确定").wait_for()
        assert faults(screen) == []


@pytest.mark.parametrize("who", ["staff", "leader", "reviewer", "admin", "auditor", "outsider", "head"])
def test_the_table_in_force(screen, confirmed_version, people, who):
    enter(screen, getattr(people, who))
    addresses = [reverse("riskpoints:inbox"), reverse("riskpoints:mine")]
    if who not in ("auditor", "outsider"):
        addresses.append(at(confirmed_version))
    if who == "head":
        addresses.append(at(confirmed_version, "revise"))
    if who == "leader":
        addresses += [reverse("riskpoints:charge"), reverse("riskpoints:progress")]
    assert walk(screen, addresses) == {}


def test_the_school_table(screen, school_table, people):
    version = bring_to(Status.DRAFT, school_table, people)
    enter(screen, people.office)
    assert walk(screen, [at(version), f"{at(version)}?open=new-decision", f"{at(version)}?open=head"]) == {}


def test_a_phone(new_page, live_server, revision, other_table, people):
    page = new_page(viewport=SCREENS["phone"], has_touch=True, is_mobile=True)
    enter(page, people.head)
    for address in (at(revision), f"{at(revision)}?open=point-{revision.points.first().pk}"):
        page.goto(address)
        assert axe(page) == [], address
    page.get_by_text("菜单").click()
    assert axe(page) == []
    page.get_by_role("button", name="退出").last.click()
    enter(page, people.reviewer)
    page.goto(at(bring_to(Status.SUBMITTED, other_table, people)))
    assert axe(page) == []
