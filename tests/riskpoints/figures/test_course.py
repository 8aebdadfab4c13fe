"""How a year went: each table counts once a stage, on the day of its first decision, and tomorrow is not known."""

import datetime

import pytest
from django.utils import timezone

from riskpoints.enums import Action, Scope, Status
from riskpoints.figures.course import course_of
from riskpoints.figures.pictures import course_of_year
from riskpoints.figures.progress import year_progress
from riskpoints.models import ControlTable, Cycle
from riskpoints.tables import starting, workflow
from tests.factories import assess_all, bring_to, make_cycle, make_department, paper_signature

NOVEMBER = datetime.date(2026, 11, 28)


def after(days) -> datetime.date:
    return NOVEMBER + datetime.timedelta(days=days)


@pytest.fixture
def year(year_2026):
    """Return 2026 with a plan around the end of November."""
    Cycle.objects.filter(pk=year_2026.pk).update(
        fill_from=after(-5), fill_until=after(5), review_until=after(10), publish_until=after(20)
    )
    year_2026.refresh_from_db()
    return year_2026


@pytest.fixture
def handed_in(year, november, department, purchasing_post, plain_post, people):
    """Return 总务处's table, handed in on 28 November, returned two days later, handed in again the day after."""
    table = ControlTable.objects.create(cycle=year, scope=Scope.DEPARTMENT, department=department)
    version = bring_to(Status.SUBMITTED, table, people)
    november(after(2))
    workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="请补充")
    november(after(3))
    version.refresh_from_db()
    return workflow.perform(Action.SUBMIT, version, actor=people.head)


def stages(found) -> dict[str, list[datetime.date]]:
    return {stage.words: list(stage.days) for stage in found.stages}


def test_a_returned_table_counts_from_its_first_submission(handed_in, year, november, people):
    november(after(6))
    assess_all(handed_in, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, handed_in, actor=people.reviewer)
    november(after(8))
    workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    found = course_of(year, [handed_in.table])
    assert stages(found) == {"已提交": [after(0)], "已审核": [after(6)], "已确定": [after(8)]}
    assert [(line.day, [count for _, count in line.named], line.words) for line in found.days] == [
        (after(0), [1, 0, 0], ""),
        (after(5), [1, 0, 0], "填报截止"),
        (after(6), [1, 1, 0], ""),
        (after(8), [1, 1, 1], ""),
    ]


def test_a_revision_counts_no_table_twice(handed_in, year, november, people):
    assess_all(handed_in, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, handed_in, actor=people.reviewer)
    version = workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    november(after(9))
    revision = starting.open_revision(version, reason="调整", actor=people.head)
    workflow.perform(Action.SUBMIT, revision, actor=people.head)
    assert [len(days) for days in stages(course_of(year, [handed_in.table])).values()] == [1, 1, 1]


def test_it_goes_to_today_and_on_paper_to_the_end_of_the_plan(handed_in, year):
    found = course_of(year, [handed_in.table])
    assert (found.first, found.until, found.last) == (after(-5), after(3), after(20))
    assert course_of(year, [handed_in.table], on=after(40)).last == after(40)  # an open year that is late goes on
    early = course_of(year, [handed_in.table], on=after(-1))
    assert [stage.count for stage in early.stages] == [0, 0, 0]
    (_, chart), _ = found.charts
    assert [(mark.words, mark.code) for mark in chart.marks] == [
        ("今天", "today"), ("填报截止", "plan"), ("审核截止", "plan"), ("公示截止", "plan"),
    ]  # fmt: skip


def test_a_closed_year_ends_with_its_last_day(handed_in, year, november):
    november(after(60))
    year.closed_at = timezone.now()
    year.save()
    found = course_of(year, [handed_in.table])
    assert (found.until, found.last, found.is_over) == (after(20), after(20), True)
    (_, chart), _ = found.charts
    assert "今天" not in [mark.words for mark in chart.marks]


def test_dates_of_one_day_are_said_together(year, department, people):
    table = ControlTable.objects.create(cycle=year, scope=Scope.DEPARTMENT, department=department)
    Cycle.objects.update(review_until=after(5), publish_until=after(5))
    year.refresh_from_db()
    assert course_of(year, [table]).plan == ((after(5), "填报、审核、公示截止"),)


def test_there_is_none_before_the_year_begins_without_tables_and_of_a_year_typed_in(year, department):
    table = ControlTable.objects.create(cycle=year, scope=Scope.DEPARTMENT, department=department)
    assert course_of(year, [table], on=after(-6)) is None
    assert course_of(year, [table], on=after(-5)) is not None
    assert course_of(year, []) is None
    typed = make_cycle(2011)
    Cycle.objects.filter(pk=typed.pk).update(is_historical=True)
    typed.refresh_from_db()
    assert course_of(typed, [table]) is None


def test_a_table_that_nobody_is_asked_for_any_more_is_not_counted(handed_in, year, people, other_department):
    closed = ControlTable.objects.create(cycle=year, scope=Scope.DEPARTMENT, department=other_department)
    assert course_of_year(year_progress(year, people.office)).total == 2
    other_department.active_to = after(-1)
    other_department.save()
    assert course_of_year(year_progress(year, people.office)).total == 1
    assert closed.versions.count() == 0


def test_it_costs_one_query_for_one_table_and_for_thirty(handed_in, year, django_assert_num_queries):
    for number in range(29):
        ControlTable.objects.create(cycle=year, scope=Scope.DEPARTMENT, department=make_department(f"第{number}处"))
    with django_assert_num_queries(1):
        course_of(year, [handed_in.table])
    tables = list(ControlTable.objects.all())
    assert len(tables) == 30
    with django_assert_num_queries(1):
        course_of(year, tables)
