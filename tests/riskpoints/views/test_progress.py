"""全校进度: where each table stands, computed totals, gaps, and nothing of the drafts of others."""

import datetime
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from riskpoints.enums import Action, Status
from riskpoints.figures.progress import year_progress
from riskpoints.rules.working_days import working_days_after
from riskpoints.tables import editing, starting, workflow
from tests.factories import (
    assess_all,
    bring_to,
    make_cycle,
    make_department,
    make_point,
    make_post,
    paper_signature,
    publish_for,
)
from tests.riskpoints.views.conftest import BAD_VALUES

ADDRESS = reverse("riskpoints:progress")
READERS = {"office", "second_office", "reviewer", "second_reviewer", "discipline_head", "principal", "leader"}


def the_row(cycle, user, table):
    """Return what the page says of one table."""
    return next(row for row in year_progress(cycle, user).tables if row.table.pk == table.pk)


def test_those_who_steer_read_it_and_nobody_else(people, cycle, enter):
    answers = {name: enter(user).get(ADDRESS).status_code for name, user in vars(people).items() if name != "disabled"}
    assert {name for name, status in answers.items() if status == 200} == READERS
    assert {status for name, status in answers.items() if name not in READERS} == {403}


@pytest.mark.parametrize(
    ("status", "standing", "words"),
    [
        (None, "waiting", "未开始"),
        (Status.DRAFT, "draft", "填报中"),
        (Status.SUBMITTED, "submitted", "待审核"),
        (Status.REVIEWED, "signing", "待签字"),
        (Status.CONFIRMED, "in_force", "现行"),
    ],
)
def test_each_status_has_its_standing(table, people, cycle, office, enter, status, standing, words):
    if status:
        bring_to(status, table, people)
    row = the_row(cycle, office, table)
    assert (row.standing, row.words) == (standing, words)
    assert words in enter(office).get(ADDRESS).content.decode()


@pytest.mark.parametrize(
    ("status", "for_office", "for_leader"),
    [
        (None, False, False),
        (Status.SUBMITTED, False, False),
        (Status.REVIEWED, True, False),
        (Status.CONFIRMED, False, False),
    ],
)
def test_urgent_is_what_this_person_may_sign(table, people, cycle, status, for_office, for_leader):
    if status:
        bring_to(status, table, people)
    found = the_row(cycle, people.office, table).is_urgent, the_row(cycle, people.leader, table).is_urgent
    assert found == (for_office, for_leader)


def test_urgent_is_what_is_late_or_returned(table, people, cycle):
    late = year_progress(cycle, people.leader, on=cycle.fill_until + datetime.timedelta(days=1))
    assert (late.calm_count, {row.is_urgent for row in late.tables}) == (0, {True})
    version = bring_to(Status.SUBMITTED, table, people)
    workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="缺验收措施")
    assert the_row(cycle, people.leader, table).is_urgent


def test_a_returned_draft_says_so(submitted_version, cycle, reviewer, office, table):
    workflow.perform(Action.RETURN, submitted_version, actor=reviewer, comment="缺验收措施")
    assert the_row(cycle, office, table).standing == "returned"


def test_a_reviewed_table_is_published_until_its_period_ends(school, table, people, cycle, office):
    publish_for(3)
    version = bring_to(Status.REVIEWED, table, people)
    today = timezone.localdate()
    until = working_days_after(today, 3)
    assert version.publish_until == until
    standings = [
        next(iter(year_progress(cycle, office, on=day).tables)).standing
        for day in (today, until, until + datetime.timedelta(days=1))
    ]
    assert standings == ["published", "published", "signing"]
    first = year_progress(cycle, office).tables[0]
    assert first.due == first.open_version.publish_until != cycle.publish_until


def test_a_revision_leaves_the_table_in_force(table, people, cycle, office):
    bring_to(Status.CONFIRMED, table, people)
    bring_to(Status.DRAFT, table, people)
    row = the_row(cycle, office, table)
    assert (row.standing, row.in_force.number, row.open_version.number) == ("revising", 1, 2)
    assert (row.due, row.is_overdue) == (None, False)


def test_what_an_older_program_carried_over_and_nobody_touched_is_not_begun(confirmed_version, cycle, office, head):
    """Drafts used to be made when the year was opened, by nobody."""
    dates = dict.fromkeys(("fill_from", "fill_until", "review_until", "publish_until"), timezone.localdate())
    following = starting.open_year(cycle.year + 1, dates, actor=office)
    table = following.tables.get(department=confirmed_version.table.department)
    assert the_row(following, office, table).standing == "waiting"
    draft = starting.copy_version(confirmed_version, table, reason="结转", actor=None)
    assert the_row(following, office, table).standing == "waiting"
    editing.save_head(draft, {"duties": "今年的职责"}, actor=head)
    assert the_row(following, office, table).standing == "draft"


def test_what_was_begun_from_last_year_is_begun(confirmed_version, cycle, office, head):
    dates = dict.fromkeys(("fill_from", "fill_until", "review_until", "publish_until"), timezone.localdate())
    following = starting.open_year(cycle.year + 1, dates, actor=office)
    table = following.tables.get(department=confirmed_version.table.department)
    starting.start_table(table, actor=head)
    assert the_row(following, office, table).standing == "draft"


def test_lateness_is_counted_in_days(table, office):
    cycle = table.cycle
    late = cycle.fill_until + datetime.timedelta(days=4)
    [row] = year_progress(cycle, office, on=late).tables
    assert (row.is_overdue, row.days_late) == (True, 4)
    assert year_progress(cycle, office, on=late).overdue_count == 1
    [row] = year_progress(cycle, office, on=cycle.fill_until).tables
    assert (row.is_overdue, row.days_left) == (False, 0)


def test_a_closed_year_is_never_late(table, office):
    cycle = table.cycle
    cycle.closed_at = timezone.now()
    cycle.save()
    [row] = year_progress(cycle, office, on=cycle.fill_until + datetime.timedelta(days=9)).tables
    assert row.is_overdue is False


def test_totals_are_counted_from_what_is_in_force(record_table, cycle, office, enter):
    record_table("甲处", 3)
    record_table("乙处", 5)
    found = year_progress(cycle, office)
    assert (found.counted.first, found.counted.second, found.counted.third) == (3, 3, 2)
    assert [(row.label, row.levels.total) for row in found.categories] == [
        ("岗位职责风险", 3),
        ("业务流程风险", 2),
        ("制度机制风险", 2),
        ("外部环境风险", 1),
    ]
    page = enter(office).get(ADDRESS).content.decode()
    assert "现行表共 <b>8</b> 个风险点：一级（高）3，二级（中）3，三级（低）2" in page


def test_the_bar_covers_every_table_once(table, other_table, people, cycle, office):
    bring_to(Status.CONFIRMED, table, people)
    bar = year_progress(cycle, office).bar
    assert [(part.code, part.start, part.count) for part in bar] == [("in_force", 0, 1), ("waiting", 1, 1)]


@pytest.mark.parametrize("who", ["office", "reviewer", "leader", "principal"])
def test_a_draft_of_others_shows_as_a_state_only(draft_version, people, who, enter, head):
    make_point(draft_version, actor=head, text="不该让人看到的风险点")
    page = enter(getattr(people, who)).get(ADDRESS).content.decode()
    assert "填报中" in page
    assert "不该让人看到的风险点" not in page
    assert reverse("riskpoints:version", args=[draft_version.pk]) not in page
    assert "填写 " not in page  # neither how complete it is
    row = the_row(draft_version.table.cycle, getattr(people, who), draft_version.table)
    assert (row.can_open, row.percent, row.levels.total) == (False, None, 0)


def test_the_office_sees_how_complete_its_own_draft_is(school_table, people, cycle, office):
    bring_to(Status.DRAFT, school_table, people)
    assert the_row(cycle, office, school_table).percent == 100


def test_who_records_the_signature_finds_the_button(reviewed_version, people, enter):
    address = reverse("riskpoints:act", args=[reviewed_version.pk, "confirm"])
    assert address in enter(people.office).get(ADDRESS).content.decode()
    assert address in enter(people.principal).get(ADDRESS).content.decode()
    assert address not in enter(people.second_reviewer).get(ADDRESS).content.decode()
    assert address not in enter(people.leader).get(ADDRESS).content.decode()


def test_a_leader_finds_the_own_departments_first(table, other_table, people, cycle, other_department):
    people.leader.grants.all().delete()
    people.leader.grants.create(role="leader", department=other_department)
    found = year_progress(cycle, people.leader).tables
    assert [(row.table.owner_name, row.is_mine) for row in found] == [("教务处", True), ("总务处", False)]
    assert [row.is_mine for row in year_progress(cycle, people.office).tables] == [False, False]


def test_gaps_name_departments_tables_and_posts(
    confirmed_version, department, discipline_office, other_table, cycle, office
):
    founded = make_department("新设处")
    forgotten = make_post(department, "新设岗位")
    gaps = year_progress(cycle, office).gaps
    assert gaps.departments == [discipline_office, founded]
    assert gaps.tables == [other_table]
    assert gaps.posts == [forgotten]
    assert gaps.count == 4


def test_a_post_stated_to_have_no_point_is_no_gap(table, people, department, cycle, head):
    for order in (30, 40, 50):
        make_post(department, f"岗位{order}", order=order)
    version = bring_to(Status.DRAFT, table, people)
    last = version.points.order_by("order").last()
    editing.remove_row(last, actor=head)
    editing.exempt_post(version, last.post, "不接触人财物", actor=head)
    version = workflow.perform(Action.SUBMIT, version, actor=head)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    assert year_progress(cycle, people.office).gaps.posts == []


def test_a_post_out_of_use_is_no_gap(confirmed_version, department, cycle, office):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    make_post(department, "旧岗位", active_to=yesterday)
    assert year_progress(cycle, office).gaps.posts == []


def test_another_year_can_be_chosen(cycle, record_table, office, enter):
    old = make_cycle(cycle.year - 1)
    record_table("旧处", in_cycle=old)
    page = enter(office).get(ADDRESS, {"year": old.year}).content.decode()
    assert "旧处" in page
    assert "旧处的风险点" not in page
    assert "旧处</th>" not in enter(office).get(ADDRESS).content.decode()


def test_a_malformed_year_is_ignored_and_said(cycle, office, enter):
    client = enter(office)
    for value in BAD_VALUES:
        answer = client.get(f"{ADDRESS}?{urlencode({'year': value})}")
        assert answer.status_code == 200, value
        assert ("已忽略：年度" in answer.content.decode()) == bool(value), value


def test_without_a_year_the_office_is_sent_to_open_one(school, office, principal, enter):
    assert reverse("riskpoints:years") + '">到' in enter(office).get(ADDRESS).content.decode()
    assert "到“年度与档案”开启" not in enter(principal).get(ADDRESS).content.decode()


@pytest.mark.parametrize("who", ["office", "leader", "reviewer", "principal"])
def test_thirty_tables_cost_no_more_queries_than_one(record_table, people, enter, queries_of, who):
    client = enter(getattr(people, who))
    record_table("处1")
    few = queries_of(client, ADDRESS)
    for number in range(2, 31):
        record_table(f"处{number}", 3)
    assert queries_of(client, ADDRESS) == few
