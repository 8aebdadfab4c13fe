"""各岗位的职能: the committee ticks the functions of a department's posts, and nothing else of them."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from departments import notices, services
from departments.models import Post, PostFunction
from tests.factories import make_department, make_post
from tests.pages import text_of

LIST = "departments:post_functions"
LOCK = re.compile(r'name="lock" value="([0-9a-f]{64})"')


@pytest.fixture
def as_reviewer(client, reviewer, school):
    client.force_login(reviewer)
    return client


@pytest.fixture
def posts(department, functions):
    """Return an accountant with two functions, and a porter without one."""
    accountant = make_post(department, "会计", (functions["财务"], functions["公共服务"]))
    return accountant, make_post(department, "门卫")


@pytest.fixture
def address(department):
    return reverse("departments:post_functions_edit", args=[department.pk])


def lock_of(client, address):
    return LOCK.search(client.get(address).content.decode())[1]


def ticks(functions, **names):
    return {f"post-{post.pk}": [str(functions[name].pk) for name in ticked] for post, ticked in names.values()}


def names_of(post):
    return [name for name, _ in Post.objects.get(pk=post.pk).floors]


def test_the_committee_ticks_all_posts_of_a_department(as_reviewer, reviewer, posts, functions, address, trail):
    accountant, porter = posts
    sent = ticks(functions, a=(accountant, ["财务"]), b=(porter, ["公共服务"]))
    answer = as_reviewer.post(address, sent | {"lock": lock_of(as_reviewer, address)})
    assert answer.url == f"{reverse(LIST)}#department-{accountant.department_id}"
    assert (names_of(accountant), names_of(porter)) == (["财务"], ["公共服务"])
    assert [entry for entry in trail(reviewer) if entry[0] == "修改岗位"] == [
        ("修改岗位", "会计", {"functions": [["公共服务", "财务"], ["财务"]]}),
        ("修改岗位", "门卫", {"functions": [[], ["公共服务"]]}),
    ]
    assert [notice.text for notice in notices.notices_for(reviewer)] == [
        f"{reviewer}取消了总务处“会计”的岗位职能“公共服务”，等级下限仍为一级（高）。如不属实，请重新勾选。"
    ]


def test_saving_what_is_saved_writes_nothing(as_reviewer, reviewer, posts, functions, address, trail):
    sent = ticks(functions, a=(posts[0], ["财务", "公共服务"])) | {"lock": lock_of(as_reviewer, address)}
    assert as_reviewer.post(address, sent).status_code == 302
    assert trail(reviewer) == []


def test_nothing_is_taken_off_by_a_form_that_nobody_saw(as_reviewer, posts, address, refusals):
    answer = as_reviewer.post(address, {})
    assert answer.status_code == 422
    assert refusals(answer) == ["请先打开本部门的岗位，看过已勾选的职能再保存。"]
    assert names_of(posts[0]) == ["财务", "公共服务"]


def test_what_the_administrator_ticked_meanwhile_is_shown_first(
    as_reviewer, admin, posts, functions, address, department
):
    accountant, porter = posts
    lock = lock_of(as_reviewer, address)
    services.save_post(porter, functions=[functions["采购"]], actor=admin)
    sent = ticks(functions, a=(accountant, ["财务"]), b=(porter, [])) | {"lock": lock}
    answer = as_reviewer.post(address, sent)
    assert answer.status_code == 409
    found = [(item.label, item.saved, item.typed) for item in answer.context["form"].contrasts]
    assert found == [("会计", "财务（一级）、公共服务（二级）", "财务（一级）"), ("门卫", "采购（一级）", "")]
    assert (names_of(accountant), names_of(porter)) == (["财务", "公共服务"], ["采购"])
    again = sent | {"lock": LOCK.search(answer.content.decode())[1]}
    assert as_reviewer.post(address, again).status_code == 302
    assert (names_of(accountant), names_of(porter)) == (["财务"], [])


def test_a_retired_function_stays_where_it_is_ticked_and_is_offered_nowhere_else(
    as_reviewer, posts, own_function, address, refusals
):
    accountant, porter = posts
    accountant.functions.set([own_function])
    PostFunction.objects.filter(pk=own_function.pk).update(is_retired=True)
    page = text_of(as_reviewer.get(address))
    assert page.count("房屋出租（一级）（已停用）") == 1
    key = str(own_function.pk)
    sent = {f"post-{accountant.pk}": key, "lock": lock_of(as_reviewer, address)}
    assert as_reviewer.post(address, sent | {f"post-{porter.pk}": key}).status_code == 422
    assert names_of(porter) == []
    assert as_reviewer.post(address, sent).status_code == 302
    assert names_of(accountant) == ["房屋出租"]


def test_posts_that_ended_are_neither_listed_nor_ticked(as_reviewer, posts, address):
    porter = posts[1]
    porter.active_to = timezone.localdate() - datetime.timedelta(days=1)
    porter.save()
    pages = [text_of(as_reviewer.get(page)) for page in (reverse(LIST), address)]
    assert [("会计" in page, "门卫" in page) for page in pages] == [(True, False)] * 2
    posts[0].active_to = porter.active_to
    posts[0].save()
    assert as_reviewer.get(address).status_code == 404


def test_the_list_says_how_many_have_none_and_leads_the_committee_only(
    client, reviewer, admin, office, school, posts, address
):
    for person, leads in ((reviewer, True), (admin, False), (office, False)):
        client.force_login(person)
        answer = client.get(reverse(LIST))
        assert "1 个没有勾选职能" in text_of(answer)
        assert (address in answer.content.decode()) == leads


def test_the_list_and_the_form_take_as_many_queries_for_thirty_posts(
    as_reviewer, posts, functions, address, count_queries
):
    few = [count_queries(as_reviewer, page) for page in (reverse(LIST), address)]
    for number in range(30):
        make_post(posts[0].department, f"岗位{number}", (functions["财务"],))
        make_post(make_department(f"部门{number}"), "干事")
    assert [count_queries(as_reviewer, page) for page in (reverse(LIST), address)] == few


def test_the_refusal_names_whose_the_functions_are(as_admin, posts, address):
    answer = as_admin.get(address)
    assert answer.status_code == 403
    assert "岗位职能与等级下限由纪委审核员维护。" in text_of(answer)
