"""Two administrators at one row: the second sees both texts side by side and chooses; nothing is lost unseen."""

import re
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from departments import services
from departments.enums import Level, Role
from departments.models import Appointment, Department, LeadershipGroup, Post, PostFunction, School, User
from tests.factories import make_user
from tests.pages import text_of

LOCK = re.compile(r'name="lock" value="([0-9a-f]{64})"')


@pytest.fixture
def second(school):
    """Return the client of another administrator, and of the reviewer for the functions."""
    client = Client()
    client.force_login(make_user("8888", "另一位管理员", Role.ADMIN, Role.REVIEWER))
    return client


@pytest.fixture
def first(school):
    client = Client()
    client.force_login(make_user("8887", "一位管理员", Role.ADMIN, Role.REVIEWER))
    return client


def lock_of(answer):
    return LOCK.search(answer.content.decode())[1]


def sent_by(answer):
    """Return what the form of a page would send if nothing was changed."""
    form = answer.context["form"]
    values = {field.html_name: field.value() for field in form}
    values |= {name: "on" for name, value in values.items() if value is True}
    found = {name: value for name, value in values.items() if value is not None and value is not False}
    found = {name: getattr(value, "pk", value) for name, value in found.items()}
    lines = answer.context.get("appointments")
    if lines is not None:
        for part in [lines.management_form, *lines]:
            found |= {field.html_name: field.value() for field in part if field.value() is not None}
    return found


@pytest.fixture
def cases(department, plain_post, group, own_function, head, leader):
    """Return {kind: (address, field, model, row)} of each form that changes one row."""
    School.objects.update(form_title="廉政风险点防控表")
    return {
        "department": (reverse("departments:department_edit", args=[department.pk]), "duties", Department, department),
        "post": (reverse("departments:post_edit", args=[plain_post.pk]), "duties", Post, plain_post),
        "school": (reverse("departments:school_edit"), "superior", School, School(pk=1)),
        "group": (reverse("departments:group_edit", args=[group.pk]), "office_sentence", LeadershipGroup, group),
        "account": (reverse("departments:account", args=[head.pk]), "real_name", User, head),
        "function": (reverse("departments:function_edit", args=[own_function.pk]), "basis", PostFunction, own_function),
    }


@pytest.mark.parametrize("kind", ["department", "post", "school", "group", "account", "function"])
def test_the_second_sees_both_texts_and_chooses(first, second, cases, kind):
    address, field, model, row = cases[kind]
    mine, theirs = sent_by(first.get(address)), sent_by(second.get(address))
    assert first.post(address, mine | {field: "甲所写"}).status_code == 302
    refused = second.post(address, theirs | {field: "乙所写"})
    assert refused.status_code == 409
    said = text_of(refused)
    for words in ("这里的内容在您填写期间保存过", "已保存 甲所写", "您填写的 乙所写"):
        assert words in said
    assert getattr(model.objects.get(pk=row.pk), field) == "甲所写"
    again = theirs | {field: "乙所写", "lock": lock_of(refused)}
    assert second.post(address, again).status_code == 302
    assert getattr(model.objects.get(pk=row.pk), field) == "乙所写"


@pytest.mark.parametrize("kind", ["department", "post", "school", "group", "account", "function"])
def test_what_was_not_changed_meanwhile_is_saved_at_once(first, second, cases, kind):
    address, field, model, row = cases[kind]
    mine, theirs = sent_by(first.get(address)), sent_by(second.get(address))
    assert first.post(address, mine).status_code == 302  # saved without a change
    assert second.post(address, theirs | {field: "乙所写"}).status_code == 302
    assert getattr(model.objects.get(pk=row.pk), field) == "乙所写"


def test_the_same_words_are_no_conflict(first, second, cases):
    address, field, _, _ = cases["department"]
    mine, theirs = sent_by(first.get(address)), sent_by(second.get(address))
    assert first.post(address, mine | {field: "同样的话"}).status_code == 302
    assert second.post(address, theirs | {field: "同样的话"}).status_code == 302


def test_another_field_than_ones_own_is_shown_as_well(first, second, cases, department, leader, clerk):
    """The second wrote duties only, and would have put the former head back without a word."""
    address, _, _, _ = cases["department"]
    mine, theirs = sent_by(first.get(address)), sent_by(second.get(address))
    assert first.post(address, mine | {"head": clerk.pk}).status_code == 302
    refused = second.post(address, theirs | {"duties": "乙所写"})
    assert refused.status_code == 409
    assert f"部门负责人 已保存 {clerk.real_name}（{clerk.staff_number}）" in text_of(refused)
    assert Department.objects.get(pk=department.pk).head == clerk


def test_holders_and_functions_of_a_post_count_as_well(first, second, cases, plain_post, functions):
    address, _, _, _ = cases["post"]
    mine, theirs = sent_by(first.get(address)), sent_by(second.get(address))
    line = {"appointments-0-holder_name": "新任职人", "appointments-0-since": "2026-01-05"}
    assert first.post(address, mine | line | {"functions": [functions["财务"].pk]}).status_code == 302
    refused = second.post(address, theirs | {"name": "绿化员"})
    said = text_of(refused)
    assert refused.status_code == 409
    assert "新任职人：2026-01-05 起" in said
    assert f"财务：不低于{Level.FIRST.label}" in said
    plain_post.refresh_from_db()
    assert (plain_post.name, [f.name for f in plain_post.functions.all()]) == ("绿化管理员", ["财务"])
    assert Appointment.objects.get(post=plain_post).holder_name == "新任职人"


def test_an_odd_lock_is_a_conflict_not_an_error(first, cases):
    address, field, _, _ = cases["department"]
    sent = sent_by(first.get(address))
    for lock in ("x", "0" * 64, "\x00", "长" * 5000):
        assert first.post(address, sent | {field: "另写", "lock": lock}).status_code in (409, 422)
    assert Department.objects.get(name="总务处").duties != "另写"


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_is_saved_and_the_others_are_asked(school, department):
    address = reverse("departments:department_edit", args=[department.pk])
    clients = []
    for place in range(4):
        client = Client()
        client.force_login(make_user(f"88{place}", f"管理员{place}", Role.ADMIN))
        clients.append((client, sent_by(client.get(address)) | {"duties": f"第{place}位所写"}))
    start, answers = threading.Barrier(len(clients)), []

    def save(client, sent):
        try:
            start.wait()
            answers.append(client.post(address, sent).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=pair) for pair in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 409, 409, 409]


def at_once(*posts):
    """Return the answers to several people who press at the same instant, each as (client, address, fields)."""
    start, answers = threading.Barrier(len(posts)), []

    def save(client, address, sent):
        try:
            start.wait()
            answers.append(client.post(address, sent))
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=each) for each in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers, key=lambda answer: answer.status_code)


@pytest.fixture
def administrators(transactional_db):
    clients = [Client() for _ in range(4)]
    for place, client in enumerate(clients):
        client.force_login(make_user(f"88{place}", f"管理员{place}", Role.ADMIN))
    return clients


def test_of_several_who_name_a_new_department_alike_one_saves_and_the_others_read_why(administrators, school):
    sent = {"name": "后勤处", "kind": "chu", "order": "5", "duties": "负责后勤保障"}
    address = reverse("departments:department_new")
    answers = at_once(*((client, address, sent) for client in administrators))
    assert [answer.status_code for answer in answers] == [302, 422, 422, 422]
    assert all("负责后勤保障" in answer.content.decode() for answer in answers[1:])
    assert Department.objects.filter(name="后勤处").count() == 1


def test_of_several_who_register_the_school_one_saves_and_the_others_compare(administrators):
    address = reverse("departments:school_edit")
    posts = []
    for place, client in enumerate(administrators):
        lock = {"lock": lock_of(client.get(address))}
        names = {"full_name": f"山东省第{place}职业中专", "short_name": "某校", "business_function": "教书育人"}
        posts.append((client, address, lock | names))
    answers = at_once(*posts)
    assert [answer.status_code == 302 for answer in answers] == [True, False, False, False]
    assert {answer.status_code for answer in answers[1:]} <= {409, 422}
    refused = [text_of(answer) for answer in answers[1:] if answer.status_code == 422]
    assert all("学校信息刚才已由他人登记" in page for page in refused)
    saved = School.objects.get().full_name
    for client, _, sent in posts:
        if sent["full_name"] != saved:
            page = text_of(client.post(address, sent))
            assert f"已保存 {saved} 您填写的 {sent['full_name']}" in page


def test_what_the_database_alone_refuses_is_said_in_words(school, department, admin, monkeypatch):
    """The same instant, without a second thread: the first look finds nothing yet."""
    checks = []

    def look(self, *args, **kwargs):
        checks.append(self)
        if len(checks) > 1:
            real(self, *args, **kwargs)

    real = Department.full_clean
    monkeypatch.setattr(Department, "full_clean", look)
    with pytest.raises(ValidationError, match=r"同名"):
        services.save_record(Department(name=department.name, kind=department.kind), actor=admin)
    assert Department.objects.filter(name=department.name).count() == 1
