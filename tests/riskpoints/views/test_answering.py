"""The list of a return on the pages of head and reviewer, and the question before a table is handed in again."""

import re

import pytest
from django.urls import reverse

from riskpoints.enums import Action, Status
from riskpoints.models import TableVersion
from riskpoints.tables import editing
from riskpoints.tables.workflow import perform
from tests.pages import at, beside, text_of
from tests.riskpoints.tables.test_returned import item_at, point_of, version  # noqa: F401 - the same returned table


def answer_at(version, place):  # noqa: F811
    remark = item_at(version, place).remark
    return reverse("riskpoints:remark_answer", args=[version.pk, remark.pk])


def test_head_and_reviewer_see_the_same_list(client, version, people):  # noqa: F811
    editing.save_point(version, {"text": "采购不比价"}, point=point_of(version, "采购不询价"), actor=people.head)
    client.force_login(people.head)
    client.post(answer_at(version, "岗位职责风险第 1 项"), {"kind": "changed"})
    client.post(answer_at(version, "整张表"), {"kind": "explained", "text": "另有一表"})
    mine = text_of(client.get(at(version)))
    assert "退回意见 还有 1 条" in mine
    perform(Action.SUBMIT, version, actor=people.head)
    client.force_login(people.reviewer)
    theirs = text_of(client.get(at(version)))
    for page in (mine, theirs):
        assert "退回后改动：风险点" in page
        assert "另有一表" in page
    assert "部门没有答复这一条" in theirs
    assert "更改答复" not in theirs


def test_the_list_comes_first_names_the_places_and_counts_down(client, version, people):  # noqa: F811
    point = point_of(version, "采购不询价")
    client.force_login(people.head)
    page = client.get(at(version)).content.decode()
    assert page.index('id="returned"') < page.index("form-table")
    assert f'<a href="{at(version)}?open=point-{point.pk}#point-{point.pk}" data-opens>岗位职责风险第 1 项</a>' in page
    assert re.findall(r'<span class="todo-left" role="status">(.*?)</span>', page) == ["还有 3 条"]
    assert page.count("未答复</span>") == 3
    assert page.count('<button class="todo-box"') == 3
    assert '<a href="#returned">还有 3 条退回意见没有答复</a>' in page
    editing.save_point(version, {"text": "采购不比价"}, point=point, actor=people.head)
    first = item_at(version, "岗位职责风险第 1 项").remark
    page = client.get(at(version)).content.decode()
    assert page.count("未答复</span>") == 2
    assert "已改动</span>" in page
    left = item_at(version, "岗位职责风险第 2 项").remark
    address = reverse("riskpoints:remark_answer", args=[version.pk, first.pk])
    assert client.post(address, {"kind": "changed"}).url == f"{at(version)}#remark-{left.pk}"
    for place in ("岗位职责风险第 2 项", "整张表"):
        answered = client.post(answer_at(version, place), {"kind": "changed"})
    assert answered.url == f"{at(version)}#returned"
    page = client.get(at(version)).content.decode()
    assert "都已答复</span>" in page
    assert '<li class="yes">退回意见都已答复</li>' in page


def test_a_wrong_answer_is_said_beside_its_field_with_what_was_typed(client, version, people):  # noqa: F811
    client.force_login(people.head)
    refused = client.post(answer_at(version, "整张表"), {"kind": "explained", "text": "长" * 501})
    assert (refused.status_code, beside(refused, "text")) == (422, "请缩短到 500 字以内，现在有 501 字。")
    assert "长" * 501 in refused.content.decode()
    empty = client.post(answer_at(version, "整张表"), {"kind": "explained", "text": ""})
    assert (empty.status_code, beside(empty, "text")) == (422, "请写明说明，或选“已改”。")


def test_handing_in_asks_while_remarks_are_open(client, version, people):  # noqa: F811
    client.force_login(people.head)
    asked = client.post(reverse("riskpoints:act", args=[version.pk, "submit"]))
    assert "还有 3 条审核意见没有答复" in text_of(asked)
    assert TableVersion.objects.get(pk=version.pk).status == Status.DRAFT
    client.post(reverse("riskpoints:act", args=[version.pk, "submit"]), {"despite": "1"})
    assert TableVersion.objects.get(pk=version.pk).status == Status.SUBMITTED


def test_handing_in_asks_nothing_once_all_are_answered(client, version, people):  # noqa: F811
    client.force_login(people.head)
    for place in ("整张表", "岗位职责风险第 1 项", "岗位职责风险第 2 项"):
        client.post(answer_at(version, place), {"kind": "changed"})
    client.post(reverse("riskpoints:act", args=[version.pk, "submit"]))
    assert TableVersion.objects.get(pk=version.pk).status == Status.SUBMITTED


def test_an_answer_to_a_table_handed_in_is_given_back(client, version, people):  # noqa: F811
    address = answer_at(version, "整张表")
    perform(Action.SUBMIT, version, actor=people.head)
    client.force_login(people.clerk)
    refused = client.post(address, {"kind": "explained", "text": "另有一表"})
    assert refused.status_code == 409
    assert "另有一表" in text_of(refused)


@pytest.mark.parametrize("who", ["reviewer", "other_head", "office"])
def test_nobody_else_answers(client, version, people, who):  # noqa: F811
    client.force_login(getattr(people, who))
    assert client.post(answer_at(version, "整张表"), {"kind": "changed"}).status_code in (403, 404)
