"""The school's particulars, and the functions of posts that only the discipline committee extends."""

import re

import pytest
from django.forms.models import model_to_dict
from django.urls import reverse

from departments.enums import Level
from departments.models import PostFunction, School
from tests.factories import make_post

FIELDS = (
    "full_name",
    "short_name",
    "party_body",
    "document_prefix",
    "superior",
    "copied_to",
    "business_function",
    "form_title",
    "department_form_title",
    "fonds_code",
)
FUNCTION = {"name": "招生", "floor": "1", "order": "70", "basis": "校纪委会议决定。"}


@pytest.fixture
def as_reviewer(client, reviewer, school):
    """Return a client in which a reviewer is logged in."""
    client.force_login(reviewer)
    return client


def test_the_school_is_changed_with_old_and_new_written_down(as_admin, admin, school, trail):
    sent = model_to_dict(school) | {"short_name": "某某中专"}
    assert as_admin.post(reverse("departments:school_edit"), sent).url == reverse("departments:school")
    school.refresh_from_db()
    assert school.short_name == "某某中专"
    detail = {"short_name": ["某某职专", "某某中专"]}
    assert trail(admin) == [("修改学校", "山东省某某职业中专", detail)]
    assert "某某中专" in as_admin.get(reverse("departments:school")).content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"full_name": ""}, ["请填写单位名称。"]),
        ({"fonds_code": "长" * 17}, None),
    ],
)
def test_wrong_particulars_are_refused(as_admin, school, refusals, change, said):
    answer = as_admin.post(reverse("departments:school_edit"), model_to_dict(school) | change)
    assert answer.status_code == 422
    assert refusals(answer) == said if said else len(refusals(answer)) == 1
    assert School.objects.get().full_name == "山东省某某职业中专"


def test_saving_without_a_change_writes_nothing(as_admin, admin, school, trail):
    as_admin.post(reverse("departments:school_edit"), model_to_dict(school))
    assert trail(admin) == []


def test_the_school_can_be_named_before_there_is_one(client, admin):
    client.force_login(admin)
    assert client.get(reverse("departments:school_edit")).status_code == 200
    sent = {
        "full_name": "某某职业中专",
        "short_name": "某职专",
        "form_title": "防控表",
        "department_form_title": "部门表",
    }
    assert client.post(reverse("departments:school_edit"), sent | {"fonds_code": "1"}).url
    assert School.current().short_name == "某职专"


def test_two_names_are_enough_to_start(client, admin, trail):
    client.force_login(admin)
    address = reverse("departments:school_edit")
    page = client.get(address).content.decode()
    assert [name for name in FIELDS if f'name="{name}"' in page] == ["full_name", "short_name", "business_function"]
    assert client.post(address, {"full_name": "某某职业中专", "short_name": "某职专"}).status_code == 302
    made = School.current()
    assert (made.form_title, made.department_form_title) == (
        "某某职业中专廉政风险点防控表",
        "部门廉政风险点防控表",
    )
    assert made.fonds_code == ""
    page = client.get(address).content.decode()
    assert all(f'name="{name}"' in page for name in FIELDS)


def test_a_name_too_long_for_a_title_is_left_out_of_it(client, admin):
    client.force_login(admin)
    sent = {"full_name": "学" * 64, "short_name": "某职专"}
    assert client.post(reverse("departments:school_edit"), sent).status_code == 302
    assert School.current().form_title == "廉政风险点防控表"


def test_who_was_slower_at_the_start_sees_both_and_takes_nothing_away(client, admin):
    """Two administrators begin with the short form; the second one's has no more fields than he saw."""
    client.force_login(admin)
    address = reverse("departments:school_edit")
    lock = re.search(r'name="lock" value="(\w+)"', client.get(address).content.decode()).group(1)
    first = {"full_name": "某某职业中专", "short_name": "某职专"}
    client.post(address, first)
    School.objects.update(party_body="某某党委", form_title="某表")
    answer = client.post(address, {"full_name": "某某中专", "short_name": "某专", "lock": lock})
    assert answer.status_code == 409
    assert "某某中专" in answer.content.decode()
    lock = re.search(r'name="lock" value="(\w+)"', answer.content.decode()).group(1)
    assert client.post(address, {"full_name": "某某中专", "short_name": "某专", "lock": lock}).status_code == 302
    kept = School.current()
    assert (kept.full_name, kept.party_body, kept.form_title) == ("某某中专", "某某党委", "某表")


def test_a_function_is_added_by_the_discipline_committee(as_reviewer, reviewer, functions, trail):
    answer = as_reviewer.post(reverse("departments:function_new"), FUNCTION)
    assert answer.url == reverse("departments:functions")
    made = PostFunction.objects.get(name="招生")
    assert (made.floor, made.is_retired) == (Level.FIRST, False)
    assert [entry[:2] for entry in trail(reviewer)] == [("新增岗位职能", "招生")]
    page = as_reviewer.get(answer.url).content.decode()
    assert "本校增设" in page
    assert reverse("departments:function_edit", args=[made.pk]) in page


def test_a_function_is_retired(as_reviewer, reviewer, own_function, trail):
    address = reverse("departments:function_edit", args=[own_function.pk])
    sent = {"name": "房屋出租", "floor": "1", "order": "100", "basis": "校纪委会议决定。", "is_retired": "on"}
    as_reviewer.post(address, sent)
    assert trail(reviewer) == [("修改岗位职能", "房屋出租", {"is_retired": [False, True]})]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "财务"}, ["已有这项职能。"]),
        ({"name": ""}, ["请填写职能。"]),
        ({"floor": ""}, ["请选择等级下限。"]),
        ({"floor": "4"}, ["这个选项已不能使用，请重新选择。"]),
        ({"basis": ""}, ["请填写依据。"]),
    ],
)
def test_a_wrong_function_is_refused(as_reviewer, functions, refusals, change, said):
    answer = as_reviewer.post(reverse("departments:function_new"), FUNCTION | change)
    assert (answer.status_code, refusals(answer)) == (422, said)
    assert PostFunction.objects.count() == 6


@pytest.mark.parametrize("name", ["财务", "采购", "基建", "一般经济管理", "社会事务管理", "公共服务"])
def test_what_the_document_names_stands(as_reviewer, functions, name):
    function = functions[name]
    address = reverse("departments:function_edit", args=[function.pk])
    assert as_reviewer.get(address).status_code == 403
    answer = as_reviewer.post(address, FUNCTION | {"name": name, "floor": "3", "is_retired": "on"})
    assert answer.status_code == 403
    assert "由实施意见规定" in answer.content.decode()
    function.refresh_from_db()
    assert (function.floor, function.is_retired) == (functions[name].floor, False)
    assert address not in as_reviewer.get(reverse("departments:functions")).content.decode()


def test_the_admin_reads_functions_but_extends_nothing(as_admin, own_function):
    page = as_admin.get(reverse("departments:functions")).content.decode()
    assert own_function.name in page
    assert reverse("departments:function_new") not in page


def test_the_list_takes_the_same_queries_for_6_and_30_functions(as_reviewer, functions, department, count_queries):
    address = reverse("departments:functions")
    few = count_queries(as_reviewer, address)
    for number in range(24):
        made = PostFunction.objects.create(name=f"职能{number}", floor=3, basis="依据")
        make_post(department, f"岗位{number}", (made,))
    assert count_queries(as_reviewer, address) == few
