"""启用准备: each step is read from the data, says what is missing and who mends it, and waits for whose turn it is."""

import datetime

import pytest
from django.urls import reverse

from departments import services
from departments.enums import GroupPosition, Role
from departments.models import Department, GroupMember, LeadershipGroup, PostFunction, School
from riskpoints.desk import set_up
from riskpoints.years import calendar, opening
from tests.factories import make_cycle, make_department, make_post, make_user
from tests.pages import text_of

PAGE, INBOX = reverse("riskpoints:set_up"), reverse("riskpoints:inbox")


def open_titles(user):
    return [step.title for step in set_up.set_up(user).steps if not step.is_done]


def waiting(user):
    return [(task.title, task.note) for task in set_up.tasks(user)]


def say(user, title):
    """What is missing in a step, and who mends it."""
    step = next(step for step in set_up.set_up(user).steps if step.title == title)
    return [(gap.words, gap.keeper) for gap in step.needs]


def test_a_school_is_set_up_step_by_step_to_its_first_year(db, admin):
    titles = ["学校信息", "部门", "岗位和职能", "人员和角色", "领导小组", "首个年度"]
    assert open_titles(admin) == titles
    assert set_up.set_up(admin).words == "已完成 0/6 步"

    School.objects.create(pk=1, full_name="某某职业中专", short_name="某职专", form_title="防控表")
    assert open_titles(admin) == titles[1:]

    department = make_department("财务处")
    assert open_titles(admin) == titles[2:]

    function = PostFunction.objects.get_or_create(name="财务", defaults={"floor": 1, "basis": "文件"})[0]
    make_post(department, "会计", (function,))
    assert open_titles(admin) == titles[3:]

    make_user("2", "负责人", Role.HEAD, department=department)
    make_user("3", "校长", Role.PRINCIPAL)
    make_user("4", "审核员", Role.REVIEWER)
    assert say(admin, "人员和角色") == [("还没有领导小组办公室人员，年度没有人开启。", Role.ADMIN)]
    office = make_user("5", "办公室", Role.OFFICE)
    assert open_titles(admin) == titles[4:]

    group = LeadershipGroup.objects.create(name="本届", since=datetime.date(2020, 1, 1), office_sentence="设在纪委。")
    assert say(admin, "领导小组") == [("名单里没有组长。", Role.ADMIN)]
    GroupMember.objects.create(group=group, position=GroupPosition.CHIEF, person_name="组长")
    assert open_titles(admin) == titles[5:]
    assert waiting(office) == [("启用准备", "已完成 5/6 步。还没有开启年度。")]

    year = calendar.suggested_year()
    opening.open_year(year, calendar.suggested_dates(year), actor=office)
    assert open_titles(admin) == []
    assert set_up.set_up(admin).is_done
    assert [waiting(user) for user in (admin, office)] == [[], []]


def test_departments_without_posts_or_head_are_named_with_a_link_to_each(db, admin, department, other_department):
    step = set_up.set_up(admin).steps[2]
    assert step.needs[0].words == "2 个部门还没有岗位"
    assert [(link.words, link.address) for link in step.needs[0].links] == [
        ("总务处", reverse("departments:post_new", args=[department.pk])),
        ("教务处", reverse("departments:post_new", args=[other_department.pk])),
    ]
    make_post(department, "采购员")
    assert set_up.set_up(admin).steps[2].needs[0].words == "1 个部门还没有岗位"
    assert [gap.words for gap in set_up.set_up(admin).steps[3].needs][-1] == "2 个部门没有部门负责人"


def test_of_many_departments_only_some_are_linked(db, admin):
    for number in range(15):
        make_department(f"第{number}处")
    gap = set_up.set_up(admin).steps[2].needs[0]
    assert (gap.words, len(gap.links), gap.more) == ("15 个部门还没有岗位", 12, 3)


def test_a_department_or_a_person_that_is_no_more_counts_for_nothing(db, admin, department):
    closed = make_department("旧处", active_to=datetime.date(2020, 1, 1))
    make_post(department, "旧岗", active_to=datetime.date(2020, 1, 1))
    make_user("2", "离任校长", Role.PRINCIPAL, is_active=False)
    make_user("3", "离任负责人", Role.HEAD, department=department, is_active=False)
    assert ("还没有单位主要负责人，审核后的表没有人签字确定。", Role.ADMIN) in say(admin, "人员和角色")
    assert ("1 个部门没有部门负责人", Role.ADMIN) in say(admin, "人员和角色")
    assert ("1 个部门还没有岗位", Role.ADMIN) in say(admin, "岗位和职能")
    assert closed.name not in text_of_links(admin)


def text_of_links(user):
    found = set_up.set_up(user)
    return [link.words for step in found.steps for gap in step.gaps for link in gap.links]


def test_posts_without_any_function_wait_for_the_committee(purchasing_post, plain_post, admin, reviewer, office):
    purchasing_post.functions.clear()
    words = "2 个岗位都没有勾选职能，等级没有下限，请核对。"
    assert say(admin, "岗位和职能") == [(words, Role.REVIEWER)]
    assert waiting(reviewer) == [("启用准备", f"已完成 1/6 步。{words}")]
    assert waiting(office) == []
    step = set_up.set_up(reviewer).steps[2]
    assert ("各岗位的职能", reverse("departments:post_functions")) in [
        (link.words, link.address) for link in step.links
    ]
    assert [step.gaps[0].links[0].address, set_up.set_up(admin).steps[2].gaps[0].links[0].address] == [
        reverse("departments:post_functions"),
        reverse("departments:index"),
    ]

    purchasing_post.functions.add(PostFunction.objects.get(name="采购"))
    assert say(admin, "岗位和职能") == []
    advice = set_up.set_up(admin).steps[2].advice[0]
    assert advice.words == "2 个岗位中 1 个没有勾选职能，确实没有的不必勾选。"
    assert waiting(reviewer) == []


def test_the_discipline_offices_table_needs_a_deputy_with_an_account(db, admin, discipline_office, group, deputy):
    assert say(admin, "领导小组") == []
    services.set_active(deputy, is_active=False, actor=admin)
    assert say(admin, "领导小组") == [("没有写明工号的副组长，纪委办公室自己的表没有人审核。", Role.ADMIN)]
    Department.objects.update(is_discipline_office=False)
    assert say(admin, "领导小组") == []


@pytest.mark.parametrize(("who", "link"), [("admin", True), ("principal", False), ("office", False)])
def test_whoever_may_not_mend_it_reads_who_does(client, db, request, who, link):
    client.force_login(request.getfixturevalue(who))
    answer = client.get(PAGE)
    assert ("还没有登记学校信息。 由系统管理员办理。" in text_of(answer)) is not link
    assert (reverse("departments:school_edit") in answer.content.decode()) is link


def test_the_administrator_finds_it_at_login_and_later_in_the_organisation(client, db, admin):
    client.force_login(admin)
    assert client.get("/", follow=True).redirect_chain == [(INBOX, 302)]
    answer = client.get(INBOX)
    assert "启用准备" in text_of(answer)
    assert "已完成 0/6 步。下一步：学校信息（系统管理员办理）。" in text_of(answer)
    assert f'href="{PAGE}"' in answer.content.decode()
    assert f'href="{PAGE}"' in client.get(reverse("departments:index")).content.decode()


def test_after_the_first_year_only_the_administrator_is_told_of_a_gap(school, department, admin, reviewer, office):
    make_cycle(2026)
    assert [title for title, _ in waiting(admin)] == ["组织机构有缺项"]
    assert waiting(reviewer) == []
    assert waiting(office) == []


def test_it_costs_the_same_for_a_large_school(db, admin, django_assert_num_queries):
    for number in range(30):
        department = make_department(f"第{number}处")
        make_user(f"9{number:03}", "负责人", Role.HEAD, department=department)
        make_post(department, "干事")
    with django_assert_num_queries(10):
        set_up.set_up(admin)


def test_whoever_opens_the_first_year_is_told_what_is_not_there_yet(client, db, office):
    client.force_login(office)
    words = "以下准备还没有办完：学校信息、部门、岗位和职能、人员和角色、领导小组。"
    assert words in text_of(client.get(reverse("riskpoints:year_open")))
    make_cycle(2025)
    assert "以下准备" not in text_of(client.get(reverse("riskpoints:year_open")))
