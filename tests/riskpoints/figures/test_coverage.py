"""不漏岗、不缺项: what of the school no table in force covers, as of which day."""

import datetime

from django.utils import timezone

from riskpoints.enums import Action, Status
from riskpoints.figures.coverage import gaps_of
from riskpoints.figures.progress import year_progress
from riskpoints.models import ControlTable
from riskpoints.tables import editing, workflow
from tests.factories import assess_all, bring_to, make_department, make_post, paper_signature


def gaps(cycle, on=None):
    """Return the gaps of a year as of a day."""
    tables = list(ControlTable.objects.filter(cycle=cycle).select_related("cycle", "department"))
    return gaps_of(cycle, tables, on=on or timezone.localdate())


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


def test_a_past_year_is_judged_on_its_last_day(november, confirmed_version, department):
    """A post made in January is no gap of the year before; one that was closed in January was one."""
    cycle = confirmed_version.table.cycle
    make_post(department, "新年岗位", active_from=datetime.date(cycle.year + 1, 1, 5))
    closed = make_post(department, "旧年岗位", active_to=datetime.date(cycle.year + 1, 1, 5))
    assert gaps(cycle, on=datetime.date(cycle.year + 1, 2, 1)).posts == [closed]


def test_the_year_that_runs_is_judged_today(confirmed_version, department):
    cycle = confirmed_version.table.cycle
    make_post(department, "年底岗位", active_from=datetime.date(cycle.year, 12, 31))
    assert gaps(cycle, on=datetime.date(cycle.year, 12, 30)).posts == []
    assert len(gaps(cycle, on=datetime.date(cycle.year, 12, 31)).posts) == 1


def test_no_department_is_missed_in_a_past_year(table, cycle, discipline_office):
    """Nobody can add a table to it any more, and the departments of that time are not known from those of today."""
    assert gaps(cycle, on=datetime.date(cycle.year, 12, 31)).departments == [discipline_office]
    assert gaps(cycle, on=datetime.date(cycle.year + 1, 1, 1)).departments == []


def test_of_a_closed_year_only_tables_are_named(confirmed_version, other_table, cycle, department, discipline_office):
    make_post(department, "漏掉的岗位")
    cycle.closed_at = timezone.now()
    cycle.save()
    found = gaps(cycle)
    assert (found.departments, found.tables, found.posts, found.count) == ([], [other_table], [], 1)


def test_a_table_that_left_the_year_is_no_gap(table, cycle, office):
    assert gaps(cycle).tables == [table]
    ControlTable.objects.filter(pk=table.pk).update(removed_at=timezone.now(), removed_by=office, removed_reason="撤并")
    assert gaps(cycle).tables == []


def test_posts_of_a_table_that_is_not_in_force_are_not_named_beside_it(draft_version, cycle):
    found = gaps(cycle)
    assert (found.tables, found.posts) == ([draft_version.table], [])


def test_a_point_in_a_draft_covers_no_post(confirmed_version, people, department, cycle):
    """What counts is in force; the revision that covers the new post isn't yet."""
    post = make_post(department, "新岗位")
    draft = bring_to(Status.DRAFT, confirmed_version.table, people)
    editing.save_point(
        draft, {"category": "duty", "text": "风险", "post": post}, point=draft.points.first(), actor=people.head
    )
    assert gaps(cycle).posts == [post]
