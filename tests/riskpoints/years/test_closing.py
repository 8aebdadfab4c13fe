"""A year is closed: once, by the office, when nothing is on its way any more."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, Status
from riskpoints.models import ControlTable
from riskpoints.tables import workflow
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterVerb
from riskpoints.years import closing, opening
from tests import once, roles
from tests.factories import bring_to, year_dates


@once.fixture
def next_year(cycle):
    return cycle.year + 1


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.REVIEWED])
def test_a_year_with_tables_on_their_way_is_not_closed(table, other_table, people, cycle, status):
    bring_to(status, table, people)
    bring_to(Status.CONFIRMED, other_table, people)
    with pytest.raises(WorkflowError, match="还有 1 张表在审核或待签字"):
        closing.close_year(cycle, actor=people.office)
    cycle.refresh_from_db()
    assert not cycle.is_closed


def test_a_year_is_closed_once(table, other_table, people, cycle):
    bring_to(Status.CONFIRMED, table, people)
    bring_to(Status.DRAFT, other_table, people)
    closed = closing.close_year(cycle, actor=people.office)
    assert closed.is_closed
    number = AuditEntry.objects.count()
    assert AuditEntry.objects.get(action=RegisterVerb.YEAR_CLOSE).object_label == str(cycle)
    again = closing.close_year(cycle, actor=people.office)
    assert (again.closed_at, AuditEntry.objects.count()) == (closed.closed_at, number)


def test_only_the_office_closes_a_year(people, cycle):
    for name in roles.PEOPLE.keys() - {"office"}:
        with pytest.raises(PermissionDenied):
            closing.close_year(cycle, actor=getattr(people, name))
    cycle.refresh_from_db()
    assert not cycle.is_closed


def test_tables_of_another_year_do_not_hold_a_year_open(table, people, cycle, next_year):
    later = opening.open_year(next_year, year_dates(next_year), actor=people.office)
    bring_to(Status.SUBMITTED, ControlTable.objects.get(cycle=later, department=table.department), people)
    assert closing.close_year(cycle, actor=people.office).is_closed


def test_closing_finds_what_is_on_its_way_and_what_was_never_begun(
    draft_version, other_table, discipline_table, school_table, people
):
    """A table that left the year is neither; a signed one without a scan is named."""
    signed = bring_to(Status.CONFIRMED, school_table, people)
    theirs = bring_to(Status.DRAFT, other_table, people)
    found = closing.before_closing(draft_version.table.cycle, people.office)
    drafts = {version.pk for version in found.drafts}
    assert (drafts, found.without) == ({draft_version.pk, theirs.pk}, [discipline_table])
    assert (found.waiting, found.is_blocked, found.removed, found.in_force) == ([], False, [], 1)
    assert found.unscanned == ([] if signed.scans.exists() else [signed])
    assert signed.pk in found.readable
    assert draft_version.pk not in found.readable
    ControlTable.objects.filter(pk__in=[draft_version.table_id, discipline_table.pk]).update(
        removed_at=timezone.now(), removed_by=people.office, removed_reason="撤并"
    )
    waiting = workflow.perform(Action.SUBMIT, theirs, actor=people.other_head)
    found = closing.before_closing(draft_version.table.cycle, people.office)
    assert (found.waiting, found.is_blocked, found.drafts) == ([waiting], True, [])
    assert discipline_table not in found.without
    assert sorted(table.pk for table in found.removed) == sorted([draft_version.table_id, discipline_table.pk])
