"""逐条定级: the page of all points with their squares, and what a press answers."""

import re

import pytest
from django.urls import reverse

from riskcontrol.models import AuditEntry
from riskpoints.enums import Status
from riskpoints.models import RiskPoint
from riskpoints.tables import editing
from tests.factories import bring_to, make_point


@pytest.fixture
def address(draft_version):
    return reverse("riskpoints:levelling", args=[draft_version.pk])


@pytest.fixture
def point(draft_version, people, plain_post) -> RiskPoint:
    """Return a point without scales."""
    values = {"category": "duty", "text": "钥匙无人登记", "post": plain_post}
    return editing.save_point(draft_version, values, actor=people.head)


def body(point, square):
    return {"point": point.pk, "lock": point.lock, "square": square}


def buttons(page, point):
    found = re.findall(rf'id="square-{point.pk}-(\d)" class="([^"]*)" aria-pressed="(\w+)" aria-label="([^"]*)"', page)
    return {int(place): rest for place, *rest in found}


def test_each_point_stands_with_its_squares_and_what_is_left_is_said(enter, people, address, point):
    page = enter(people.head).get(address).content.decode()
    assert "还有 1 个风险点没有定级" in page
    assert buttons(page, point) == {
        place: [f"square level-{level}", "false", f"机率{chance}、危害{harm}：{label}"]
        for place, (chance, harm, level, label) in enumerate(
            [
                ("高", "严重", 1, "一级（高）"),
                ("高", "较为严重", 1, "一级（高）"),
                ("高", "一般", 1, "一级（高）"),
                ("较高", "严重", 1, "一级（高）"),
                ("较高", "较为严重", 2, "二级（中）"),
                ("较高", "一般", 2, "二级（中）"),
                ("较小", "严重", 1, "一级（高）"),
                ("较小", "较为严重", 2, "二级（中）"),
                ("较小", "一般", 3, "三级（低）"),
            ],
            start=1,
        )
    }


def test_a_press_saves_and_comes_back_to_the_point(enter, people, address, point):
    client = enter(people.head)
    answer = client.post(address, body(point, "2-3"))
    assert answer.url == f"{address}?saved={point.pk}#level-{point.pk}"
    point.refresh_from_db()
    assert (point.likelihood, point.harm, point.proposed_level, point.computed_level) == (2, 3, 2, 2)
    page = client.get(answer.url).content.decode()
    assert buttons(page, point)[6][1] == "true"
    assert "已保存" in page
    assert "个风险点都已定级" in page
    assert AuditEntry.objects.latest("number").detail["likelihood"] == [None, 2]


def test_a_lifted_square_is_marked_and_why_is_said(enter, people, address, draft_version, purchasing_post):
    point = make_point(draft_version, actor=people.head, post=purchasing_post)
    page = enter(people.head).get(address).content.decode()
    assert "lifted" in buttons(page, point)[9][0]
    assert buttons(page, point)[9][2] == "机率较小、危害一般：一级（高）"
    assert "该岗位从事采购，按规定不低于一级（高）。" in page


def test_a_proposal_against_the_rule_is_said(enter, people, address, draft_version, plain_post):
    make_point(draft_version, actor=people.head, post=plain_post, proposed_level=1)
    page = enter(people.head).get(address).content.decode()
    assert "按规则为三级（低），部门建议一级（高）" in page


@pytest.mark.parametrize("square", ["", "4-1", "1", "一-二", "1-1-1"])
def test_what_is_no_square_changes_nothing(enter, people, address, point, square):
    answer = enter(people.head).post(address, body(point, square))
    assert answer.status_code == 422
    assert "请选一格。" in answer.content.decode()
    point.refresh_from_db()
    assert point.likelihood is None


def test_a_point_changed_meanwhile_is_shown_as_it_is(enter, people, address, point, draft_version):
    editing.save_point(draft_version, {"text": "改写了"}, point=point, actor=people.clerk)
    answer = enter(people.head).post(address, body(point, "1-1"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "这个风险点刚才被修改过，下面是现在的内容。请看过后再选。" in page
    assert "改写了" in page
    point.refresh_from_db()
    assert point.likelihood is None


def test_a_point_removed_meanwhile_is_said(enter, people, address, point):
    sent = body(point, "1-1")
    editing.remove_row(point, actor=people.clerk)
    answer = enter(people.head).post(address, sent)
    assert answer.status_code == 409
    assert "这个风险点已被删除。" in answer.content.decode()


def test_a_point_of_another_table_is_none_of_this_page(enter, people, address, other_table):
    other = bring_to(Status.DRAFT, other_table, people).points.first()
    before = (other.likelihood, other.harm)
    assert enter(people.head).post(address, body(other, "1-1")).status_code == 409
    other.refresh_from_db()
    assert (other.likelihood, other.harm) == before


def test_a_table_handed_in_leads_to_its_page(enter, people, submitted_version):
    address = reverse("riskpoints:levelling", args=[submitted_version.pk])
    assert enter(people.head).get(address).url == reverse("riskpoints:version", args=[submitted_version.pk])


def test_the_schools_table_has_no_levels(enter, people, school_table):
    version = bring_to(Status.DRAFT, school_table, people)
    answer = enter(people.office).get(reverse("riskpoints:levelling", args=[version.pk]), follow=True)
    assert "学校表（附件2）不定等级。" in answer.content.decode()


def test_the_sheet_leads_there(enter, people, address, draft_version):
    page = enter(people.head).get(reverse("riskpoints:version", args=[draft_version.pk])).content.decode()
    assert f'<a class="btn quiet" href="{address}" data-opens>逐条定级</a>' in page


def test_more_points_cost_no_more_queries(
    enter, people, address, draft_version, plain_post, django_assert_max_num_queries
):
    client = enter(people.head)
    client.get(address)
    with django_assert_max_num_queries(70) as few:
        client.get(address)
    for number in range(12):
        make_point(draft_version, actor=people.head, post=plain_post, text=f"风险点{number}")
    with django_assert_max_num_queries(len(few)):
        client.get(address)
