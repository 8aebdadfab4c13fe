"""How far a year has come: where each table stands, until when its next step is due, levels, whom it is shown to."""

import datetime

import pytest
from django.utils import timezone

from riskpoints.enums import Action, Scope, Status
from riskpoints.figures import progress
from riskpoints.figures.progress import year_progress
from riskpoints.models import ControlTable
from riskpoints.rules.working_days import working_days_after
from riskpoints.tables import editing, starting, workflow
from riskpoints.years import opening
from tests.factories import bring_to, make_cycle, publish_for, record_historical


def the_row(cycle, user, table, **day):
    """Return what is known of one table."""
    return next(row for row in year_progress(cycle, user, **day).tables if row.table.pk == table.pk)


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
    following = opening.open_year(cycle.year + 1, dates, actor=office)
    table = following.tables.get(department=confirmed_version.table.department)
    assert the_row(following, office, table).standing == "waiting"
    draft = starting.copy_version(confirmed_version, table, reason="结转", actor=None)
    assert the_row(following, office, table).standing == "waiting"
    editing.save_head(draft, {"duties": "今年的职责"}, actor=head)
    assert the_row(following, office, table).standing == "draft"


def test_what_was_begun_from_last_year_is_begun(confirmed_version, cycle, office, head):
    dates = dict.fromkeys(("fill_from", "fill_until", "review_until", "publish_until"), timezone.localdate())
    following = opening.open_year(cycle.year + 1, dates, actor=office)
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


def test_the_bar_covers_every_table_once(table, other_table, people, cycle, office):
    bring_to(Status.CONFIRMED, table, people)
    bar = year_progress(cycle, office).bar
    assert [(part.code, part.start, part.count) for part in bar] == [("in_force", 0, 1), ("waiting", 1, 1)]


def test_the_office_sees_how_complete_its_own_draft_is(school_table, people, cycle, office):
    bring_to(Status.DRAFT, school_table, people)
    assert the_row(cycle, office, school_table).percent == 100


def test_a_leader_finds_the_own_departments_first(table, other_table, people, cycle, other_department):
    people.leader.grants.all().delete()
    people.leader.grants.create(role="leader", department=other_department)
    found = year_progress(cycle, people.leader).tables
    assert [(row.table.owner_name, row.is_mine) for row in found] == [("教务处", True), ("总务处", False)]
    assert [row.is_mine for row in year_progress(cycle, people.office).tables] == [False, False]


def test_a_publication_that_runs_late_has_its_own_last_day(school, table, people, cycle, office):
    """What is due of a published table is the end of its publication, however early the year's plan wanted it."""
    publish_for(3)
    version = bring_to(Status.REVIEWED, table, people)
    cycle.fill_until = cycle.review_until = cycle.publish_until = cycle.fill_from
    cycle.save()
    row = the_row(cycle, office, table)
    assert (row.standing, row.due, row.is_overdue) == ("published", version.publish_until, False)


@pytest.mark.parametrize(("days", "due"), [(-9, 0), (9, 9)])
def test_a_table_to_be_signed_is_due_when_plan_and_publication_are_over(
    school, table, people, cycle, office, days, due
):
    """Nobody can sign before the publication ends, so a plan that ended before makes nobody late."""
    publish_for(3)
    until = bring_to(Status.REVIEWED, table, people).publish_until
    plan = until + datetime.timedelta(days=days)
    cycle.fill_from = cycle.fill_until = cycle.review_until = cycle.publish_until = plan
    cycle.save()
    row = the_row(cycle, office, table, on=until + datetime.timedelta(days=1))
    assert (row.standing, row.due) == ("signing", until + datetime.timedelta(days=due))


@pytest.mark.parametrize(
    ("status", "date"),
    [(None, "fill_until"), (Status.DRAFT, "fill_until"), (Status.SUBMITTED, "review_until"), (Status.CONFIRMED, None)],
)
def test_each_step_has_its_day_of_the_plan(table, people, cycle, office, status, date):
    names = ("fill_from", "fill_until", "review_until", "publish_until")
    for days, name in enumerate(names):
        setattr(cycle, name, datetime.date(cycle.year, 6, 1 + days))
    cycle.save()
    if status:
        bring_to(status, table, people)
    assert the_row(cycle, office, table).due == (getattr(cycle, date) if date else None)


def test_a_table_of_a_closed_department_may_leave_the_year(table, department, cycle, office):
    department.active_to = timezone.localdate() - datetime.timedelta(days=1)
    department.save()
    row = the_row(cycle, office, table)
    assert (row.standing, row.words, row.may_leave, row.due) == ("closed", "部门停用", True, None)
    ControlTable.objects.filter(pk=table.pk).update(removed_at=timezone.now(), removed_by=office, removed_reason="撤并")
    row = the_row(cycle, office, table)
    assert (row.standing, row.words, row.may_leave) == ("removed", "已移出", True)


def test_what_a_closed_department_has_in_force_stays(confirmed_version, department, cycle, office):
    department.active_to = timezone.localdate() - datetime.timedelta(days=1)
    department.save()
    row = the_row(cycle, office, confirmed_version.table)
    assert (row.standing, row.may_leave) == ("of_year", False)
    assert year_progress(cycle, office).signed_word == "已确定"


def test_all_in_force_today_are_called_so(confirmed_version, cycle, office):
    assert year_progress(cycle, office).signed_word == "现行"


def test_a_typed_in_paper_waits_to_be_compared(table, people, cycle, office):
    record_historical(table, fill=lambda version: None, signed_on=datetime.date(cycle.year, 1, 2), actor=office)
    assert the_row(cycle, office, table).words == "待核对"


@pytest.mark.parametrize(("who", "may"), [("office", True), ("principal", True), ("head", False), ("reviewer", False)])
def test_who_may_sign_is_counted(reviewed_version, people, cycle, who, may):
    found = year_progress(cycle, getattr(people, who))
    assert [row.can_sign for row in found.tables] == [may]
    assert found.to_sign_count == int(may)


def test_nothing_of_a_closed_year_is_signed(reviewed_version, people, cycle, office):
    cycle.closed_at = timezone.now()
    cycle.save()
    assert year_progress(cycle, office).to_sign_count == 0


def test_the_level_that_counts_is_the_committees(confirmed_version, cycle, office):
    """A table's level is the worst of its points, and a raised level counts, not the proposal."""
    row = the_row(cycle, office, confirmed_version.table)
    assert (row.level, row.levels.first, row.levels.third, row.levels.total) == (1, 2, 2, 4)


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


# ---- which year the page opens on --------------------------------------------------------------------------------


def test_the_page_opens_on_the_earliest_year_that_has_work(november, school, department, people):
    """Not on one that is closed, merely recorded, not begun, or all in force."""
    years = {year: make_cycle(year) for year in (2024, 2025, 2026, 2027)}
    tables = {
        year: ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=department)
        for year, cycle in years.items()
    }
    assert progress.opening_cycle() == years[2024]
    years[2024].is_historical = True
    years[2024].save()
    assert progress.opening_cycle() == years[2025]
    ControlTable.objects.filter(pk=tables[2025].pk).update(
        removed_at=timezone.now(), removed_by=people.office, removed_reason="撤并"
    )
    assert progress.opening_cycle() == years[2026]
    years[2026].closed_at = timezone.now()
    years[2026].save()
    assert progress.opening_cycle() == years[2026]  # the year that is now; that to come is not begun
    assert progress.opening_cycle(on=datetime.date(2027, 1, 1)) == years[2027]


def test_a_table_in_force_is_work_again_while_it_is_revised(signed, people):
    make_cycle(2025)
    assert progress.opening_cycle() == signed.table.cycle
    starting.open_revision(signed, reason="调整", actor=people.head)
    later = make_cycle(2027)
    assert progress.opening_cycle(on=datetime.date(2027, 1, 1)) == signed.table.cycle != later


def test_a_closed_departments_table_is_no_work(november, department):
    cycle = make_cycle(2025)
    now = make_cycle(2026)
    ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=department)
    assert progress.opening_cycle() == cycle
    department.active_to = datetime.date(2026, 11, 27)
    department.save()
    assert progress.opening_cycle() == now
