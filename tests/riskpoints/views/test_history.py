"""历次版本: which versions and decisions a person sees, and the comparison of two of them."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from departments.enums import Level
from riskpoints.enums import Action, Likelihood, Status
from riskpoints.tables import editing, starting, workflow
from tests import once
from tests.factories import assess_all, bring_to, make_cycle, make_point, paper_signature

REASON = "请补充验收措施，退回修改"
SECRET = "修订稿里还没公开的风险点"


def address(table) -> str:
    return reverse("riskpoints:history", args=[table.pk])


@once.fixture
def returned_once(table, people):
    """Return the table in force, after one return with a comment."""
    version = bring_to(Status.SUBMITTED, table, people)
    version = workflow.perform(Action.RETURN, version, actor=people.reviewer, comment=REASON)
    workflow.perform(Action.SUBMIT, version, actor=people.head)
    assess_all(version, actor=people.reviewer)
    version.refresh_from_db()
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    version = workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    table.refresh_from_db()
    return version


@once.fixture
def revision(returned_once, people):
    """Return a revision with a new point, a raised level and changed words."""
    draft = starting.open_revision(returned_once, reason="新设业务", actor=people.head)
    make_point(draft, actor=people.head, text=SECRET)
    point = draft.points.exclude(post__name="采购员").first()
    values = {"likelihood": Likelihood.CONSIDERABLE, "proposed_level": Level.SECOND, "manifestation": "新的表现"}
    editing.save_point(draft, values, point=point, actor=people.head)
    return draft


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("head", 200),
        ("clerk", 200),
        ("staff", 200),
        ("leader", 200),
        ("reviewer", 200),
        ("office", 200),
        ("principal", 200),
        ("admin", 200),
        ("other_head", 404),
        ("auditor", 404),
        ("outsider", 404),
    ],
)
def test_who_may_open_the_history_of_a_table_in_force(returned_once, people, enter, who, status):
    assert enter(getattr(people, who)).get(address(returned_once.table)).status_code == status


@pytest.mark.parametrize("who", ["office", "reviewer", "principal", "leader", "staff", "other_head", "admin"])
def test_a_draft_alone_has_no_history_for_others(draft_version, people, enter, who):
    assert enter(getattr(people, who)).get(address(draft_version.table)).status_code == 404


def test_a_table_without_versions_opens_for_who_fills_it_in(table, people, enter):
    assert "还没有开始填报" in enter(people.head).get(address(table)).content.decode()
    assert enter(people.office).get(address(table)).status_code == 404


def test_an_unknown_table_is_not_found(head, enter):
    assert enter(head).get("/tables/999999/history/").status_code == 404
    assert enter(head).get(f"/tables/{'9' * 30}/history/").status_code == 404


@pytest.mark.parametrize("who", ["head", "reviewer", "office", "principal", "leader"])
def test_decisions_come_with_their_comments(returned_once, people, enter, who):
    page = enter(getattr(people, who)).get(address(returned_once.table)).content.decode()
    assert REASON in page
    assert page.count("提交纪委审核") == 2
    assert page.index("确定 <span") < page.index(REASON)  # newest first


@pytest.mark.parametrize("who", ["staff", "admin"])
def test_people_outside_the_review_learn_only_that_it_is_in_force(returned_once, people, enter, who):
    page = enter(getattr(people, who)).get(address(returned_once.table)).content.decode()
    assert REASON not in page
    assert "退回修改" not in page
    assert "确定 <span" in page


def test_the_newest_version_is_compared_with_the_one_it_came_from(revision, people, enter):
    page = enter(people.head).get(address(revision.table)).content.decode()
    assert "共 <b>2</b> 处不同：风险点新增 1、删除 0、修改 1（其中等级变化 1）" in page
    assert SECRET in page
    assert "二级（中）" in page
    assert "机率：</span>" in page.replace("发生机率", "机率")


@pytest.mark.parametrize("who", ["office", "reviewer", "principal", "leader", "staff", "admin"])
def test_a_draft_is_in_nobody_elses_history(revision, people, enter, who):
    client = enter(getattr(people, who))
    query = urlencode({"from": revision.base_id, "to": revision.pk})
    for page in (client.get(address(revision.table)), client.get(f"{address(revision.table)}?{query}")):
        text = page.content.decode()
        assert SECRET not in text
        assert "第 2 版" not in text
        assert "新设业务" not in text


def test_two_versions_can_be_chosen_in_either_order(revision, people, enter):
    client = enter(people.head)
    for old, new in ((revision.base_id, revision.pk), (revision.pk, revision.base_id)):
        page = client.get(address(revision.table), {"from": old, "to": new}).content.decode()
        assert "新增风险点" in page
        assert "删除风险点" not in page


def test_the_same_version_twice_asks_for_two(revision, people, enter):
    page = enter(people.head).get(address(revision.table), {"from": revision.pk, "to": revision.pk}).content.decode()
    assert "请选两个不同的版本" in page


def test_people_without_the_assessment_compare_words_only(returned_once, people, enter):
    draft = starting.open_revision(returned_once, reason="调整", actor=people.head)
    point = draft.points.filter(post__name="采购员").first()
    editing.save_point(draft, {"likelihood": Likelihood.CONSIDERABLE}, point=point, actor=people.head)
    other = draft.points.exclude(pk=point.pk).first()
    editing.save_point(draft, {"text": "新的写法"}, point=other, actor=people.head)
    version = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    version = workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    query = {"from": returned_once.pk, "to": version.pk}
    assert "共 <b>2</b> 处不同" in enter(people.head).get(address(version.table), query).content.decode()
    page = enter(people.staff).get(address(version.table), query).content.decode()
    assert "机率" not in page


def test_last_years_table_in_force_can_be_compared(record_table, cycle, office, enter):
    old = record_table("甲处", 2, in_cycle=make_cycle(cycle.year - 1))
    new = record_table("甲处", 3, department=old.department)
    page = enter(office).get(address(new), {"from": old.in_force_id, "to": new.in_force_id}).content.decode()
    assert f"{cycle.year - 1} 年度 第 1 版（当年有效）" in page
    assert f"{cycle.year} 年度 第 1 版（现行）" in page
    assert "风险点新增 3、删除 2" in page


def test_another_departments_version_can_not_be_compared(confirmed_version, other_table, people, enter):
    other = bring_to(Status.CONFIRMED, other_table, people)
    page = enter(people.office).get(address(confirmed_version.table), {"from": other.pk}).content.decode()
    assert "已忽略：对照的版本" in page
    assert "教务处" not in page


def test_more_versions_cost_no_more_queries(table, people, enter, queries_of):
    bring_to(Status.CONFIRMED, table, people)
    bring_to(Status.CONFIRMED, table, people)
    client = enter(people.office)
    few = queries_of(client, address(table))
    for _ in range(3):
        bring_to(Status.CONFIRMED, table, people)
    assert queries_of(client, address(table)) == few
