"""分管工作: which departments a person is in charge of, their tables, points of level one, own posts, what waits."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.enums import Role
from departments.models import Appointment, User
from riskpoints.boards.charge import charge_of, departments_in_charge, page_of
from riskpoints.enums import Action, Status
from riskpoints.models import Cycle
from riskpoints.tables import workflow
from tests.factories import bring_to, make_user


def afresh(user) -> User:
    """The person as a new request knows him: roles are read once per object."""
    return User.objects.get(pk=user.pk)


def rows(charge) -> list[tuple[str, str]]:
    return [(row.levels.name, row.state.words if row.state else "") for row in charge.rows]


def test_a_leader_is_in_charge_of_the_departments_of_the_role_and_of_no_other(table, other_table, people):
    bring_to(Status.SUBMITTED, table, people)
    found = charge_of(people.leader)
    assert (rows(found), found.names, found.is_whole_school) == ([("总务处", "待审核")], ["总务处"], False)
    assert [state.table.pk for state in found.tables.states] == [table.pk]


def test_the_principal_and_a_leader_of_all_are_in_charge_of_the_whole_school(table, other_table, school_table, people):
    assert departments_in_charge(people.principal) is None
    expected = [("总务处", "未开始"), ("教务处", "未开始"), ("纪委办公室", ""), ("学校", "未开始")]
    assert rows(charge_of(people.principal)) == expected
    people.leader.grants.create(role=Role.LEADER)
    found = charge_of(afresh(people.leader))
    assert (rows(found), found.is_whole_school) == (expected, True)


def test_a_closed_department_is_led_by_nobody(table, department, people):
    department.active_to = timezone.localdate() - datetime.timedelta(days=1)
    department.save()
    found = charge_of(people.leader)
    assert (found.rows, found.names, found.tables.total) == ([], [], 0)


def test_before_the_first_year_there_are_departments_and_no_tables(department, people):
    found = charge_of(people.leader)
    assert (found.cycle, found.tables, rows(found)) == (None, None, [("总务处", "")])
    assert page_of(people.leader).course is None


def test_counts_are_those_in_force_today(record_table, department, people):
    record_table("", 5, department=department)
    record_table("别处", 4)
    found = charge_of(people.leader)
    assert [count for _, _, count in found.rows[0].counts] == [2, 2, 1]
    assert found.map.total.total == 5


def test_the_points_of_level_one_are_those_of_the_departments_in_charge(record_table, department, people):
    record_table("", 5, department=department)
    record_table("别处", 4)
    (name, points), *rest = page_of(people.leader).first
    assert (name, rest) == ("总务处", [])
    assert [point.text for point in points] == ["的风险点1", "的风险点4"]
    assert [name for name, _ in page_of(people.principal).first] == ["总务处", "别处"]


def test_points_for_which_a_person_answers_follow_the_rule(record_table, department, people):
    """By the school's default the principal answers for 一级, the leader for 二级, the head for 三级."""
    record_table("", 5, department=department)
    counted = {
        name: [count for *_, count in page_of(getattr(people, name)).answers] for name in ("leader", "principal")
    }
    assert counted == {"leader": [0, 2, 0], "principal": [2, 0, 0]}
    people.leader.grants.all().delete()
    people.head.grants.all().delete()
    found = page_of(afresh(people.principal))
    assert ([count for *_, count in found.answers], found.answered_count) == ([2, 2, 1], 5)


def test_nothing_of_a_draft_is_told(draft_version, people):
    page = page_of(people.leader)
    assert (page.first, page.charge.map.total.total) == ([], 0)
    assert rows(page.charge) == [("总务处", "填报中")]


def test_the_own_posts_are_those_held_today_with_all_their_points(record_table, people):
    table = record_table("财务处", 3)
    post = table.department.posts.get()
    today, day = timezone.localdate(), datetime.timedelta(days=1)
    held = Appointment.objects.create(post=post, holder_name="分管副校长", user=people.leader, since=today)
    (own,) = page_of(people.leader).posts
    assert (own.post, [point.now for point in own.points]) == (post, [1, 2, 3])
    assert page_of(people.leader).first == []  # 财务处 is led by somebody else
    for since, until in ((today + day, None), (today - day, today - day)):
        Appointment.objects.filter(pk=held.pk).update(since=since, until=until)
        assert page_of(people.leader).posts == []


def test_what_waits_in_the_departments_in_charge_is_told_overdue_first(table, other_table, people, cycle):
    version = bring_to(Status.SUBMITTED, table, people)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Cycle.objects.update(fill_from=yesterday, fill_until=yesterday, review_until=yesterday)
    page = page_of(people.leader)
    assert [(row.line.said, row.is_overdue) for row in page.waiting] == [(f"审核：总务处{cycle.year}年度防控表", True)]
    assert (page.overdue_count, page.later_lines) == (1, [])
    assert len(page_of(people.principal).waiting) > 1
    workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="请补充")
    assert [state.words for state in charge_of(people.leader).tables.not_handed_in] == ["退回修改"]


def test_a_few_tables_have_no_line_chart(table, other_table, school_table, cycle, people, record_table):
    assert page_of(people.principal).course is None
    record_table("财务处")
    assert page_of(people.principal).course.total == 4


@pytest.mark.parametrize("who", ["leader", "principal"])
def test_it_costs_the_same_for_one_department_and_for_thirty(record_table, table, people, who):
    person = getattr(people, who)
    person.grants.create(role=Role.LEADER, department=record_table("财务处", 2).department)

    def cost(read) -> int:
        known = afresh(person)
        read(known)
        with CaptureQueriesContext(connection) as captured:
            read(known)
        return len(captured)

    few = (cost(charge_of), cost(page_of))
    assert few[0] <= 10
    for number in range(29):
        made = record_table(f"第{number}处", 3)
        person.grants.create(role=Role.LEADER, department=made.department)
        if number < 5:
            make_user(f"8{number:03}", f"第{number}处负责人", Role.HEAD, department=made.department)
    assert (cost(charge_of), cost(page_of)) == few
    assert len(charge_of(afresh(person)).rows) >= 30
