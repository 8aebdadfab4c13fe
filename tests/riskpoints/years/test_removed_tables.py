"""A department that is closed asks nobody, and can be taken out of an open year with a reason, and brought back."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.desk import tasks
from riskpoints.enums import Action, Status
from riskpoints.figures.coverage import gaps_of
from riskpoints.figures.progress import opening_cycle, year_progress
from riskpoints.models import ControlTable
from riskpoints.models.table import FrozenError
from riskpoints.tables import editing, starting, workflow
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterVerb
from riskpoints.years import calendar, closing, membership, opening
from tests.factories import bring_to, make_point

DATES = dict(
    zip(calendar.DATES, (datetime.date(2027, month, 1) for month in (3, 4, 5, 6)), strict=True),
)


@pytest.fixture
def closed(draft_version, department):
    """Return the draft of 总务处, which was closed yesterday."""
    department.active_to = timezone.localdate() - datetime.timedelta(days=1)
    department.save()
    return draft_version


@pytest.fixture
def out(closed, office):
    """Return the draft of a table that was taken out of its year."""
    membership.remove_table(closed.table, "并入教务处", actor=office)
    closed.table.refresh_from_db()
    return closed


def standing(version, user) -> str:
    rows = year_progress(version.table.cycle, user).tables
    return next(row.standing for row in rows if row.table.pk == version.table_id)


def test_opening_asks_only_who_is_there_when_the_year_begins(
    department, other_department, office, school, time_machine
):
    time_machine.move_to("2026-11-28T04:00:00Z", tick=False)
    department.active_to = datetime.date(2026, 12, 31)
    department.save()
    cycle = opening.open_year(2027, DATES, actor=office)
    assert set(cycle.tables.values_list("department", flat=True)) == {other_department.pk, None}


def test_a_closed_department_asks_nobody(closed, people):
    assert tasks.tasks(people.head) == []
    assert standing(closed, people.office) == "closed"
    row = year_progress(closed.table.cycle, people.office).tables[0]
    assert (row.due, row.is_overdue, row.may_leave) == (None, False, True)


def test_a_department_that_closes_before_the_year_begins_is_not_asked_for_it(people, department, time_machine):
    time_machine.move_to("2026-11-28T04:00:00Z", tick=False)
    cycle = opening.open_year(2027, DATES, actor=people.office)
    later = cycle.tables.get(department=department)
    assert later.is_asked_for(timezone.localdate())
    assert [task.table for task in tasks.tasks(people.head)] == [later]
    department.active_to = datetime.date(2026, 12, 31)
    department.save()
    assert tasks.tasks(people.head) == []


def test_the_office_takes_it_out_with_a_reason_and_brings_it_back(out, people):
    table = out.table
    assert (table.removed_reason, table.removed_by) == ("并入教务处", people.office)
    assert AuditEntry.objects.get(action=RegisterVerb.TABLE_REMOVE).detail == {"理由": "并入教务处"}
    assert standing(out, people.office) == "removed"
    cycle = table.cycle
    assert gaps_of(cycle, list(cycle.tables.all()), on=timezone.localdate()).tables == []
    found = closing.before_closing(cycle, people.office)
    assert (found.removed, found.without, found.drafts) == ([table], [], [])
    membership.restore_table(table, actor=people.office)
    table.refresh_from_db()
    assert (table.is_removed, table.removed_reason) == (False, "")
    assert AuditEntry.objects.get(action=RegisterVerb.TABLE_RESTORE).detail == {"原移出理由": "并入教务处"}
    assert closing.before_closing(cycle, people.office).drafts == [out]


def test_what_was_written_stays_and_stands_still(out, people):
    points = out.points.count()
    with pytest.raises(FrozenError, match="移出"):
        make_point(out, actor=people.head, text="又一个")
    with pytest.raises(FrozenError, match="移出"):
        editing.save_head(out, {"duties": "新职责"}, actor=people.head)
    with pytest.raises((FrozenError, WorkflowError), match="移出"):
        workflow.perform(Action.SUBMIT, out, actor=people.head)
    with pytest.raises(WorkflowError, match="移出"):
        starting.start_table(out.table, actor=people.head)
    assert (out.points.count(), tasks.tasks(people.head)) == (points, [])
    assert workflow.available_actions(out, people.head) == []


def test_progress_does_not_wait_for_it(closed, people, time_machine):
    """On 2 January only the closed department has not finished the old year: the page opens on the new one."""
    old = closed.table.cycle.year
    time_machine.move_to(datetime.datetime(old + 1, 1, 2, 4, tzinfo=datetime.UTC), tick=False)
    dates = {name: day.replace(year=old + 1) for name, day in DATES.items()}
    opening.open_year(old + 1, dates, actor=people.office)
    ControlTable.objects.filter(cycle__year=old).exclude(pk=closed.table_id).delete()
    assert opening_cycle().year == old + 1
    closed.table.department.active_to = None
    closed.table.department.save()
    assert opening_cycle().year == old


@pytest.mark.parametrize("reason", ["", "  ", "\u200b"])
def test_a_reason_must_say_something(closed, office, reason):
    with pytest.raises(ValidationError, match="请写明理由"):
        membership.remove_table(closed.table, reason, actor=office)


def test_a_department_in_use_stays(draft_version, office):
    with pytest.raises(WorkflowError, match="还在用"):
        membership.remove_table(draft_version.table, "不填了", actor=office)


@pytest.mark.parametrize(
    ("status", "words"),
    [(Status.SUBMITTED, "正在审核"), (Status.REVIEWED, "正在审核"), (Status.CONFIRMED, "已签字确定")],
)
def test_a_table_on_its_way_or_signed_stays(table, people, department, status, words):
    version = bring_to(status, table, people)
    department.active_to = timezone.localdate() - datetime.timedelta(days=1)
    department.save()
    with pytest.raises(WorkflowError, match=words):
        membership.remove_table(version.table, "撤并", actor=people.office)


def test_a_closed_year_stays_as_it_was(closed, people):
    closing.close_year(closed.table.cycle, actor=people.office)
    with pytest.raises(WorkflowError, match="已经归档关闭"):
        membership.remove_table(closed.table, "撤并", actor=people.office)


def test_nobody_else_does_it(closed, people):
    for name in vars(people).keys() - {"office", "second_office"}:
        with pytest.raises(PermissionDenied):
            membership.remove_table(closed.table, "撤并", actor=getattr(people, name))
        with pytest.raises(PermissionDenied):
            membership.restore_table(closed.table, actor=getattr(people, name))


def test_the_database_wants_a_reason_and_nothing_in_force(confirmed_version, draft_of_other, people):
    """Past every service: a table that is in force is never out of its year, and no table is without a reason."""
    values = {"removed_at": timezone.now(), "removed_by": people.office}
    refused = [(confirmed_version.table_id, "撤并"), (draft_of_other.table_id, "")]
    for key, reason in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            ControlTable.objects.filter(pk=key).update(**values, removed_reason=reason)


@pytest.fixture
def draft_of_other(other_table, people):
    return bring_to(Status.DRAFT, other_table, people)
