"""Closing a year freezes it: no service writes in it any more, and the database refuses what goes past them."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, Category, Status
from riskpoints.evidence import freezing
from riskpoints.models import Cycle, SignedScan
from riskpoints.models.table import FrozenError
from riskpoints.tables import editing, historical, moving, papers, reviewing, starting, workflow
from riskpoints.tables.workflow import WorkflowError
from riskpoints.years import calendar, changing, closing, membership, opening
from tests import once
from tests.factories import bring_to, make_department, paper_signature

REFUSED = (FrozenError, WorkflowError, PermissionDenied, ValidationError)
SHEET = historical.RecordedSheet("", "", "校长", None, [], "", b"%PDF", "pdf")


@once.fixture
def year(table, other_table, discipline_table, people):
    """Return the open 年度: 总务处 in force with a kept scan, 教务处 in draft, 纪委办公室 without a version."""
    cycle = table.cycle
    cycle.table, cycle.other_table, cycle.empty_table = table, other_table, discipline_table
    cycle.confirmed = bring_to(Status.CONFIRMED, table, people)
    papers.add_scan(cycle.confirmed, b"%PDF-1.4\n%%EOF", "pdf", actor=people.office)
    cycle.draft = bring_to(Status.DRAFT, other_table, people)
    cycle.people, cycle.founded = people, make_department("新设处")
    return cycle


WRITES = {
    "head of the form": lambda y: editing.save_head(y.draft, {"duties": "x"}, actor=y.people.other_head),
    "point": lambda y: editing.save_point(
        y.draft, {"text": "x"}, point=y.draft.points.first(), actor=y.people.other_head
    ),
    "new measure": lambda y: editing.save_measure(
        y.draft, {"text": "x", "category": Category.DUTY}, actor=y.people.other_head
    ),
    "removal": lambda y: editing.remove_row(y.draft.measures.first(), actor=y.people.other_head),
    "order": lambda y: moving.place_row(*y.draft.points.all()[:2], actor=y.people.other_head),
    "无": lambda y: editing.withdraw_nil(y.draft, Category.DUTY, actor=y.people.other_head),
    "submission": lambda y: workflow.perform(Action.SUBMIT, y.draft, actor=y.people.other_head),
    "start": lambda y: starting.start_table(y.empty_table, actor=y.people.discipline_head),
    "revision": lambda y: starting.open_revision(y.confirmed, reason="x", actor=y.people.head),
    "scan": lambda y: papers.add_scan(y.confirmed, b"%PDF-1.5\n%%EOF", "pdf", actor=y.people.office),
    "dates": lambda y: changing.change_dates(y, dict.fromkeys(calendar.DATES, y.fill_from), actor=y.people.office),
    "missing table": lambda y: membership.add_missing_table(y, y.founded, actor=y.people.office),
    "record": lambda y: historical.record_sheet(y, y.founded, SHEET, actor=y.people.office),
}


def refusal(write, *arguments):
    """Return the kind of error that a write ends with, or None."""
    try:
        with transaction.atomic():
            write(*arguments)
    except REFUSED as error:
        return type(error)
    return None


def test_no_service_writes_in_a_closed_year(year, people):
    year.closed_at = closing.close_year(year, actor=people.office).closed_at
    for version in (year.confirmed, year.draft):
        version.refresh_from_db()
    before = AuditEntry.objects.count()
    assert [name for name, write in WRITES.items() if refusal(write, year) is None] == []
    assert AuditEntry.objects.count() == before


def test_the_same_writes_go_through_in_an_open_year(year):
    """Or they would prove nothing: only what may be recorded in past years alone is refused."""
    assert [name for name, write in WRITES.items() if _undone(write, year) is not None] == ["record"]


def _undone(write, year):
    with transaction.atomic():
        refused = refusal(write, year)
        transaction.set_rollback(True)
    year.confirmed.refresh_from_db()
    year.draft.refresh_from_db()
    return refused


STATEMENTS = {
    "cycle": "UPDATE riskpoints_cycle SET fill_until = fill_until WHERE id = {cycle}",
    "cycle reopened": "UPDATE riskpoints_cycle SET closed_at = NULL WHERE id = {cycle}",
    "table": "UPDATE riskpoints_controltable SET in_force_id = NULL WHERE id = {table}",
    "new table": "INSERT INTO riskpoints_controltable (cycle_id, scope, department_id, removed_reason) "
    "VALUES ({cycle}, 'department', {founded}, '')",
    "draft": "UPDATE riskpoints_tableversion SET duties = 'x' WHERE id = {draft}",
    "draft given up": "UPDATE riskpoints_tableversion SET status = 'discarded' WHERE id = {draft}",
    "author": "INSERT INTO riskpoints_tableversion_authors (tableversion_id, user_id) VALUES ({draft}, {user})",
    "point": "UPDATE riskpoints_riskpoint SET text = 'x' WHERE version_id = {draft}",
    "measure": "UPDATE riskpoints_measure SET text = 'x' WHERE version_id = {draft}",
    "无": "INSERT INTO riskpoints_nildeclaration (version_id, category, lock) VALUES ({draft}, 'duty', 0)",
    "answered points": "INSERT INTO riskpoints_measure_points (measure_id, riskpoint_id) "
    "SELECT m.id, p.id FROM riskpoints_measure m, riskpoints_riskpoint p WHERE m.version_id = {draft} "
    "AND p.version_id = {draft} AND NOT EXISTS (SELECT 1 FROM riskpoints_measure_points l "
    "WHERE l.measure_id = m.id AND l.riskpoint_id = p.id)",
    "decision": "INSERT INTO riskpoints_decision (version_id, action, actor_name, at, comment, snapshot, content_hash) "
    "VALUES ({draft}, 'submit', 'x', '2026-01-01 00:00:00+00', '', '', '')",
    "remark": "INSERT INTO riskpoints_remark (version_id, text, author_id, at) "
    "VALUES ({draft}, 'x', {user}, '2026-01-01 00:00:00+00')",
    "kept form": "INSERT INTO riskpoints_storeddocument (decision_id, kind, file_id) "
    "SELECT MIN(d.id), 'docx', MIN(f.id) FROM riskpoints_decision d, riskcontrol_storedfile f "
    "WHERE d.version_id = {confirmed}",
    "choice": "INSERT INTO riskpoints_sourcechoice (version_id, source_id, key, is_taken, actor_id, at) "
    "VALUES ({draft}, {confirmed}, 'duties:', FALSE, {user}, '2026-01-01 00:00:00+00')",
    "scan": "INSERT INTO riskpoints_signedscan (version_id, file_id, suffix, added_by_id, added_at, reason) "
    "SELECT {draft}, id, 'pdf', {user}, stored_at, '' FROM riskcontrol_storedfile",
}


def run(year, sql):
    """Run a statement by itself; returns how many rows it wrote."""
    keys = {
        "cycle": year.pk,
        "table": year.table.pk,
        "draft": year.draft.pk,
        "confirmed": year.confirmed.pk,
        "founded": year.founded.pk,
        "user": year.people.outsider.pk,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(**keys))
        count = cursor.rowcount
        transaction.set_rollback(True)
    return count


def test_the_database_takes_it_in_an_open_year_and_refuses_it_in_a_closed_one(year, people):
    assert [name for name, sql in STATEMENTS.items() if not run(year, sql)] == []
    closing.close_year(year, actor=people.office)
    for name, sql in STATEMENTS.items():
        with pytest.raises(IntegrityError, match=freezing.CLOSED):
            pytest.fail(f"{name}: {run(year, sql)} rows written")


def test_other_years_stay_open(year, people, other_department):
    closing.close_year(year, actor=people.office)
    dates = dict.fromkeys(calendar.DATES, year.fill_until)
    opening.open_year(year.year + 1, dates, actor=people.office)
    assert not Cycle.objects.get(year=year.year + 1).is_closed
    assert Cycle.objects.get(year=year.year + 1).tables.count() == 5


def test_the_page_offers_no_scan_any_more(year, client):
    client.force_login(year.people.office)
    address = f"/versions/{year.confirmed.pk}/"
    assert "补登扫描件" in client.get(address).content.decode() or "再加一页" in client.get(address).content.decode()
    scans = SignedScan.objects.count()
    closing.close_year(year, actor=year.people.office)
    page = client.get(address).content.decode()
    assert "再加一页" not in page
    assert SignedScan.objects.count() == scans


def test_a_review_is_not_given_in_a_closed_year(year, people):
    """A year with tables on their way can't be closed by the program; where it was, nothing goes on."""
    version = workflow.perform(Action.SUBMIT, year.draft, actor=people.other_head)
    Cycle.objects.filter(pk=year.pk).update(closed_at=year.opened_at)
    given = {point.pk: reviewing.Assessment(point.proposed_level) for point in version.points.all()}
    with pytest.raises(REFUSED):
        reviewing.assess(version, given, actor=people.reviewer)
    for action, signature in ((Action.APPROVE, None), (Action.RECALL, None), (Action.CONFIRM, paper_signature())):
        with pytest.raises(REFUSED):
            workflow.perform(action, version, actor=people.reviewer, signature=signature)
