"""The lines of the school: the same as in the inboxes, for everybody at once, in a number of queries that stays."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.enums import Role
from riskpoints import wings
from riskpoints.desk import dues, tasks
from riskpoints.dues import NOT_SAID, DueLine, grouped, in_order, shown, staff
from riskpoints.enums import Status
from riskpoints.models import ControlTable
from riskpoints.participation.enums import FeedbackState
from riskpoints.participation.models import Feedback, Proposal
from tests.factories import bring_to, make_department, make_user

DAY = datetime.date(2026, 11, 29)


def make_line(key="toy:1", **values) -> DueLine:
    usual = {"group": "防控表", "verb": "填报", "title": "表", "since": DAY, "address": "/mine/", "people": ()}
    return DueLine(key=key, **{**usual, **values})


def who(lines) -> dict[str, set[str]]:
    return {line.key.partition(":")[0]: {person.real_name for person in line.people} for line in lines}


@pytest.mark.parametrize("status", [None, Status.DRAFT, Status.SUBMITTED, Status.REVIEWED, Status.CONFIRMED])
def test_a_line_waits_for_those_who_have_it_in_their_inbox(table, people, status):
    if status is not None:
        bring_to(status, table, people)
    [line] = [line for line in dues.all_lines() if line.group == dues.GROUP] or [None]
    asked = {user.pk for user in vars(people).values() if tasks.open_now(tasks.tasks(user))}
    assert asked == ({person.pk for person in line.people} if line else set())


def test_what_each_state_is_called(table, people, cycle):
    [line] = dues.all_lines()
    assert (line.key, line.verb, line.due) == (f"table.fill:{table.pk}", "开始填报", cycle.fill_until)
    version = bring_to(Status.SUBMITTED, table, people)
    [line] = dues.all_lines()
    assert (line.key, line.verb, line.due) == (f"version.review:{version.pk}", "审核", cycle.review_until)
    assert line.title == f"总务处{cycle.year}年度防控表"
    # The office may not open what is only handed in, and finds it on the progress page.
    assert (line.link_for(people.office), line.link_for(people.reviewer)) == ("/years/progress/", line.address)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.REVIEWED])
def test_a_table_of_the_leaders_is_a_line_for_those_who_have_it_in_their_inbox(leaders_table, people, status):
    bring_to(status, leaders_table, people)
    [line] = [line for line in dues.all_lines() if line.group == dues.GROUP]
    asked = {user.pk for user in vars(people).values() if tasks.open_now(tasks.tasks(user))}
    assert {person.pk for person in line.people} >= asked > set()


def test_it_costs_no_query_for_each_account(leaders_table, people):
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            dues.all_lines()
        return len(found)

    one = cost()
    for number in range(20):
        make_user(f"8{number:03}", f"审核员{number}", Role.REVIEWER)
    assert cost() == one


def test_nobody_left_is_a_line_all_the_same(table, people):
    people.head.grants.all().delete()
    people.clerk.grants.all().delete()
    assert who(dues.all_lines()) == {"table.fill": set()}


def test_a_deputy_decides_about_the_discipline_offices_own(discipline_office, discipline_post, group, cycle, people):
    table = ControlTable.objects.create(cycle=cycle, scope="department", department=discipline_office)
    people.head = people.discipline_head
    bring_to(Status.SUBMITTED, table, people)
    assert who(dues.all_lines()) == {"version.review": {people.deputy.real_name}}


def test_a_proposal_has_ten_working_days(department, people):
    row = Proposal.objects.create(
        department=department, proposer=people.staff, proposer_name="某人", text="请补充", method="self"
    )
    friday = datetime.datetime(2026, 11, 27, 9, tzinfo=datetime.UTC)
    Proposal.objects.filter(pk=row.pk).update(sent_at=friday)
    [line] = dues.all_lines()
    assert (line.due, who([line])) == (datetime.date(2026, 12, 11), {"proposal": {people.head.real_name}})
    assert "某人" not in line.title + line.said


def test_a_matter_about_a_person_says_nothing(confirmed_version, people):
    row = Feedback.objects.create(
        version=confirmed_version,
        text="某人的事",
        state=FeedbackState.REFERRED,
        referred_by=people.office,
        referred_at=timezone.now(),
    )
    [line] = [line for line in dues.all_lines() if line.key == f"petition:{row.pk}"]
    assert (line.said, line.place, line.is_about_person) == (NOT_SAID, "/", True)
    assert (people.office in line.people, people.reviewer in line.people) == (False, True)
    assert (line in dues.board_lines(), line in dues.lines_of(people.reviewer)) == (False, True)


def test_the_longest_overdue_comes_first_and_what_has_no_day_last():
    before, after = DAY - datetime.timedelta(days=1), DAY + datetime.timedelta(days=1)
    lines = [make_line("a:1"), make_line("b:1", due=after), make_line("c:1", due=DAY), make_line("d:1", due=before)]
    assert [line.key for line in in_order(lines, DAY)] == ["d:1", "c:1", "b:1", "a:1"]
    assert [line.is_overdue(DAY) for line in in_order(lines, DAY)] == [True, False, False, False]


def test_lines_stand_under_their_headings(people):
    rows = shown(
        [make_line("a:1", group="二"), make_line("b:1", group="一"), make_line("c:1", group="二")], people.office
    )
    assert [(group, [row.line.key for row in own]) for group, own in grouped(rows)] == [
        ("二", ["a:1", "c:1"]),
        ("一", ["b:1"]),
    ]


def test_a_wing_hands_in_lines(table, monkeypatch):
    toy = wings.Wing(name="toy", title="巡察", dues=lambda staff: [make_line("visit:1", due=DAY)])
    monkeypatch.setattr(wings, "_wings", wings._wings | {"toy": toy})
    assert {line.key for line in dues.all_lines()} == {f"table.fill:{table.pk}", "visit:1"}


def test_thirty_tables_cost_what_one_costs(table, people, cycle):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            lines = dues.all_lines()
            assert all(person.real_name for line in lines for person in line.people)
        return len(found)

    bring_to(Status.SUBMITTED, table, people)
    one = cost()
    for number in range(30):
        department = make_department(f"处室{number}")
        make_user(f"8{number:03}", f"负责人{number}", Role.HEAD, department=department)
        ControlTable.objects.create(cycle=cycle, scope="department", department=department)
    assert cost() == one
    assert len(staff().people) > 30
