"""撤销, 恢复 and 移到另一类 as they are pressed on the sheet of a draft."""

import re

import pytest
from django.urls import reverse

from riskpoints.enums import Category, Status
from riskpoints.models import DraftAct
from riskpoints.tables import editing, starting
from tests.factories import bring_to, make_measure, make_point
from tests.pages import at, messages_of, text_of


@pytest.fixture
def as_head(client, head):
    client.force_login(head)
    return client


def act_of(page) -> str:
    """Return which step the button on the page means."""
    return re.search(r'name="act" value="(\d+)"', page.content.decode()).group(1)


def test_the_sheet_offers_the_way_back_from_what_was_done_last(as_head, draft_version, head):
    DraftAct.objects.all().delete()
    assert "上一步" not in text_of(as_head.get(at(draft_version)))
    point = draft_version.points.first()
    as_head.post(at(draft_version, "point_remove", point.pk))
    page = as_head.get(at(draft_version))
    assert f"上一步：删除风险点“{point.text[:20]}" in text_of(page)
    answer = as_head.post(at(draft_version, "undo"), {"act": act_of(page)})
    back = draft_version.points.get(identity=point.identity)
    assert answer.url.endswith(f"?saved=point-{back.pk}#point-{back.pk}")
    page = as_head.get(answer.url)
    assert f"已撤销：删除风险点“{point.text[:20]}" in text_of(page)
    assert "上一步" not in text_of(page)


def test_a_button_of_an_older_page_takes_nothing_back(as_head, draft_version):
    as_head.post(at(draft_version, "point_remove", draft_version.points.first().pk))
    page = as_head.get(at(draft_version))
    count = draft_version.points.count()
    for act in (act_of(page), act_of(page), "0", "", "x", "²", "9" * 40):
        as_head.post(at(draft_version, "undo"), {"act": act})
    assert draft_version.points.count() == count + 1
    answer = as_head.post(at(draft_version, "undo"), {"act": act_of(page)}, follow=True)
    assert "这一步已经撤销" in " ".join(messages_of(answer))


def test_a_new_point_with_its_measures_is_one_step(as_head, draft_version):
    DraftAct.objects.all().delete()
    post = draft_version.points.first().post_id or ""
    typed = {"category": "duty", "text": "新的一点", "post": str(post), "measure-0-text": "措施", "token": "abc"}
    page = as_head.get(f"{at(draft_version)}?open=new-duty")
    names = re.findall(r'name="([^"]*measure[^"]*)"', page.content.decode())
    typed |= {name: "两人办理" for name in names if name.endswith("text")}
    before = draft_version.measures.count()
    as_head.post(at(draft_version, "point_new"), typed)
    assert draft_version.measures.count() > before
    assert DraftAct.objects.count() == 1
    as_head.post(at(draft_version, "point_new"), typed)  # sent twice
    page = as_head.get(at(draft_version))
    as_head.post(at(draft_version, "undo"), {"act": act_of(page)})
    assert draft_version.measures.count() == before
    assert not draft_version.points.filter(text="新的一点").exists()


def test_a_level_that_was_set_is_taken_back_where_it_was_set(as_head, draft_version, head):
    point = draft_version.points.first()
    squares = at(draft_version, "levelling")
    as_head.post(squares, {"point": str(point.pk), "square": "3-3", "lock": str(point.lock)})
    as_head.post(squares, {"point": str(point.pk), "square": "1-1", "lock": str(point.lock + 1)})
    page = as_head.get(squares)
    assert "上一步：定级风险点" in text_of(page)
    answer = as_head.post(at(draft_version, "undo"), {"act": act_of(page), "next": squares})
    assert answer.url == squares
    point.refresh_from_db()
    assert (point.likelihood, point.harm) == (3, 3)


def test_what_was_struck_is_brought_back_from_its_line(client, table, people):
    version = starting.open_revision(bring_to(Status.CONFIRMED, table, people), reason="调整", actor=people.head)
    client.force_login(people.head)
    point = version.points.first()
    client.post(at(version, "point_remove", point.pk))
    page = client.get(at(version))
    address = reverse("riskpoints:point_recover", args=[version.pk, point.identity])
    assert address in page.content.decode()
    answer = client.post(address)
    back = version.points.get(identity=point.identity)
    assert answer.url == f"{at(version)}?saved=point-{back.pk}#point-{back.pk}"
    assert back.measures.count() == 1
    measure = back.measures.get()
    client.post(at(version, "measure_remove", measure.pk))
    answer = client.post(reverse("riskpoints:measure_recover", args=[version.pk, measure.identity]))
    assert back.measures.get().text == measure.text
    other = make_point(version, actor=people.head, text="别处没有")
    answer = client.post(reverse("riskpoints:point_recover", args=[version.pk, other.identity]), follow=True)
    assert "所本的表里没有这一项" in " ".join(messages_of(answer))


def test_a_point_is_put_into_another_category(as_head, draft_version, head):
    point = make_point(draft_version, actor=head, text="放错了类别")
    make_measure(draft_version, point, actor=head, text="跟着走")
    page = as_head.get(f"{at(draft_version)}?open=movepoint-{point.pk}")
    assert "移到哪一类" in text_of(page)
    address = at(draft_version, "point_category", point.pk)
    answer = as_head.post(address, {"category": Category.PROCESS})
    assert answer.url.endswith(f"#point-{point.pk}")
    point.refresh_from_db()
    assert point.category == Category.PROCESS
    assert point.measures.get().category == Category.PROCESS
    assert as_head.post(address, {"category": "funds"}).status_code == 404
    assert as_head.post(address, {}).status_code == 404
    for row in draft_version.points.filter(category=Category.ENVIRONMENT):
        editing.remove_row(row, actor=head)
    for row in draft_version.measures.filter(category=Category.ENVIRONMENT):
        editing.remove_row(row, actor=head)
    editing.declare_nil(draft_version, Category.ENVIRONMENT, actor=head)
    answer = as_head.post(address, {"category": Category.ENVIRONMENT}, follow=True)
    assert "请先取消“无”" in " ".join(messages_of(answer))
    as_head.post(at(draft_version, "point_remove", point.pk))
    answer = as_head.post(address, {"category": Category.DUTY}, follow=True)
    assert "刚刚已经删除" in " ".join(messages_of(answer))
