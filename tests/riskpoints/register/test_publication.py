"""What is published: which versions on which day, whom it is shown to, and how points and measures stand together."""

import datetime

import pytest
from django.utils import timezone

from riskpoints.enums import Action, Category, Status
from riskpoints.register import publication
from riskpoints.rules.enums import Key, Readers
from riskpoints.tables import reviewing, workflow
from tests import once
from tests.factories import bring_to, make_cycle, make_measure, make_point, publish_for, set_rule


@once.fixture
def running(school, table, people):
    """Return a reviewed version in its publication period of three days."""
    publish_for(3)
    return bring_to(Status.REVIEWED, table, people)


@pytest.mark.parametrize(
    ("end", "days", "is_published"),
    [("publish_from", -1, False), ("publish_from", 0, True), ("publish_until", 0, True), ("publish_until", 1, False)],
)
def test_the_period_has_a_first_and_a_last_day(running, end, days, is_published):
    day = getattr(running, end) + datetime.timedelta(days=days)
    assert publication.published_versions(on=day).filter(pk=running.pk).exists() is is_published


def test_the_table_in_force_stays_while_its_revision_is_published(school, table, people):
    first = bring_to(Status.CONFIRMED, table, people)
    publish_for(3)
    second = bring_to(Status.REVIEWED, table, people)
    running, in_force = publication.published_tables()
    assert [item.version_id for item in running] == [second.pk]
    assert [item.version_id for item in in_force] == [first.pk]


def test_of_each_owner_the_newest_year_is_shown(record_table, cycle):
    older = record_table("甲处", in_cycle=make_cycle(cycle.year - 1))
    only_older = record_table("乙处", in_cycle=older.cycle)
    newer = record_table("甲处", department=older.department)
    _, in_force = publication.published_tables()
    assert {item.version_id for item in in_force} == {newer.in_force_id, only_older.in_force_id}


def test_the_school_table_lies_side_by_side(school_table, people):
    version = bring_to(Status.CONFIRMED, school_table, people)
    sheet = publication.published_sheet(version)
    assert [len(row.lines) for row in sheet.rows] == [1, 1, 1, 1]
    assert [row.is_nil for row in sheet.rows] == [False, False, False, True]
    assert sheet.shows_levels is False


def test_what_is_in_force_is_read_without_an_account_where_the_school_says_so(confirmed_version, school_table, people):
    of_school = bring_to(Status.CONFIRMED, school_table, people)

    def read_by_anybody() -> set[int]:
        return set(publication.published_versions(logged_in=False).values_list("pk", flat=True))

    assert read_by_anybody() == {confirmed_version.pk, of_school.pk}
    set_rule(Key.IN_FORCE, {"readers": Readers.ALL, "except": [confirmed_version.table.department_id]})
    assert read_by_anybody() == {of_school.pk}
    set_rule(Key.IN_FORCE, {"readers": Readers.LOGGED_IN, "except": []})
    assert read_by_anybody() == set()
    assert publication.published_versions().count() == 2


def test_what_is_in_its_period_is_read_by_anybody(running):
    set_rule(Key.IN_FORCE, {"readers": Readers.LOGGED_IN, "except": []})
    assert publication.published_versions(logged_in=False).get() == running


@pytest.mark.parametrize(
    ("field", "days", "is_published"),
    [("active_to", -1, False), ("active_to", 0, True), ("active_from", 0, True), ("active_from", 1, False)],
)
def test_a_department_that_is_closed_or_not_begun_publishes_nothing(running, department, field, days, is_published):
    setattr(department, field, timezone.localdate() + datetime.timedelta(days=days))
    department.save()
    assert publication.published_versions().filter(pk=running.pk).exists() is is_published


def test_departments_stand_in_their_order_and_the_school_last(school_table, other_table, table, people):
    for one in (school_table, other_table, table):
        bring_to(Status.CONFIRMED, one, people)
    _, in_force = publication.published_tables()
    assert [item.owner for item in in_force] == ["总务处", "教务处", "山东省某某职业中专"]
    assert [(item.is_school, item.until, item.total) for item in in_force] == [(False, None, 4)] * 2 + [(True, None, 6)]
    assert in_force[0].level_counts == [(1, 2), (2, 0), (3, 2)]


def test_levels_are_those_that_the_committee_confirmed(school, submitted_version, people):
    """What the department proposed is never shown, even where it differs."""
    publish_for(3)
    given = {point.pk: reviewing.Assessment(1) for point in submitted_version.points.all()}
    reviewing.assess(submitted_version, given, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, submitted_version, actor=people.reviewer)
    sheet = publication.published_sheet(version)
    assert [point.level for point in sheet.points] == [1, 1, 1, 1]
    assert (sheet.shows_levels, sheet.since, sheet.until) == (True, version.publish_from, version.publish_until)
    running, _ = publication.published_tables()
    assert [(table.level_counts, table.until) for table in running] == [([(1, 4), (2, 0), (3, 0)], sheet.until)]


def test_a_table_in_force_has_no_period(confirmed_version):
    sheet = publication.published_sheet(confirmed_version)
    assert (sheet.since, sheet.until, sheet.signed_on) == (None, None, confirmed_version.signed_on)


def test_a_measure_stands_beside_its_point_and_one_of_the_category_by_itself(draft_version, people):
    second = make_point(draft_version, actor=people.head, text="另一个风险点", category=Category.DUTY)
    make_measure(draft_version, second, actor=people.head, text="另一项的措施")
    first = next(point for point in draft_version.points.filter(category=Category.DUTY) if point.pk != second.pk)
    make_measure(draft_version, first, second, actor=people.head, text="两项共同的措施")
    row = publication.published_sheet(draft_version).rows[0]
    found = [
        ([point.number for point in line.points], [(said.text, said.numbers) for said in line.measures])
        for line in row.lines
    ]
    assert found == [
        ([1], [("岗位职责风险的监控措施1", ""), ("两项共同的措施", "1、2")]),
        ([2], [("另一项的措施", "")]),
        ([], [("每学期开展一次岗位廉政教育并考试", "")]),
    ]
    assert [said.number for line in row.lines for said in line.measures] == [1, 2, 3, 4]
