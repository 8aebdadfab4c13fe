"""The database refuses what is frozen, whoever asks and however."""

import datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from departments.enums import Role
from riskcontrol import files, triggers
from riskcontrol.checks import triggers_are_installed
from riskcontrol.models import AuditEntry
from riskpoints.enums import Status
from riskpoints.models import Measure, NilDeclaration, RiskPoint, SignedScan
from riskpoints.models.table import FrozenError
from tests.factories import bring_to, record_historical


def run(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


CHANGES = [
    "UPDATE riskpoints_riskpoint SET text = 'x' WHERE version_id = %s",
    'UPDATE riskpoints_riskpoint SET "order" = 9 WHERE version_id = %s',
    "UPDATE riskpoints_measure SET text = 'x' WHERE version_id = %s",
    "UPDATE riskpoints_tableversion SET duties = 'x' WHERE id = %s",
    "UPDATE riskpoints_tableversion SET owner_name = 'x' WHERE id = %s",
    "UPDATE riskpoints_decision SET comment = 'x' WHERE version_id = %s",
    "INSERT INTO riskpoints_nildeclaration (version_id, category, lock) VALUES (%s, 'duty', 0)",
]
LEVELS = "UPDATE riskpoints_riskpoint SET confirmed_level = 1 WHERE version_id = %s"


@pytest.mark.parametrize("sql", CHANGES)
@pytest.mark.parametrize("status", ["submitted_version", "reviewed_version", "confirmed_version"])
def test_raw_sql_cannot_change_what_was_submitted(sql, status, request):
    version = request.getfixturevalue(status)
    with pytest.raises(IntegrityError):
        run(sql, version.pk)


def test_levels_can_be_set_while_submitted_and_never_later(submitted_version, reviewer):
    run(LEVELS, submitted_version.pk)
    assert set(submitted_version.points.values_list("confirmed_level", flat=True)) == {1}


@pytest.mark.parametrize("status", ["reviewed_version", "confirmed_version"])
def test_levels_stand_still_after_the_review(status, request):
    version = request.getfixturevalue(status)
    with pytest.raises(IntegrityError):
        run(LEVELS, version.pk)


def test_a_confirmed_version_takes_no_other_status(confirmed_version):
    with pytest.raises(IntegrityError):
        run("UPDATE riskpoints_tableversion SET status = 'draft' WHERE id = %s", confirmed_version.pk)


def test_a_draft_can_be_changed(draft_version):
    run("UPDATE riskpoints_riskpoint SET text = 'neu' WHERE version_id = %s", draft_version.pk)
    assert set(draft_version.points.values_list("text", flat=True)) == {"neu"}


def test_bulk_changes_are_refused(confirmed_version):
    points = list(RiskPoint.objects.filter(version=confirmed_version))
    for point in points:
        point.text = "x"
    with pytest.raises(FrozenError), transaction.atomic():
        RiskPoint.objects.bulk_update(points, ["text"])


@pytest.mark.parametrize(
    "row", [Measure(category="duty", text="x"), NilDeclaration(category="duty"), RiskPoint(category="duty", text="x")]
)
def test_bulk_additions_are_refused(confirmed_version, row):
    row.version = confirmed_version
    with pytest.raises((IntegrityError, FrozenError)), transaction.atomic():
        type(row).objects.bulk_create([row])


def test_the_database_lets_no_author_review(submitted_version, people):
    submitted_version.authors.add(people.clerk)
    with pytest.raises(IntegrityError, match="填写或提交"):
        run(
            "UPDATE riskpoints_tableversion SET reviewed_by_id = %s, reviewed_at = submitted_at WHERE id = %s",
            people.clerk.pk,
            submitted_version.pk,
        )


@pytest.mark.parametrize("column", ["reviewed_by_id", "confirmed_by_id"])
def test_the_database_lets_no_administrator_decide(reviewed_version, people, column):
    people.second_reviewer.grants.create(role=Role.ADMIN)
    with pytest.raises(IntegrityError, match="系统管理员"):
        run(
            f"UPDATE riskpoints_tableversion SET {column} = %s WHERE id = %s",  # noqa: S608 - names from this file
            people.second_reviewer.pk,
            reviewed_version.pk,
        )


def test_the_audit_trail_cannot_be_changed(draft_version):
    assert AuditEntry.objects.exists()
    with pytest.raises(IntegrityError):
        run("UPDATE riskcontrol_auditentry SET actor_name = 'x'")


def test_a_lost_trigger_is_reported_and_comes_back_with_migrate(db):
    assert triggers.missing() == []
    rule = next(rule for rule in triggers.rules() if rule.name == "riskpoint_update")
    on = "" if connection.vendor == "sqlite" else f' ON "{rule.table}"'
    run(f'DROP TRIGGER "{rule.trigger}"{on}')
    assert [missing.name for missing in triggers.missing()] == ["riskpoint_update"]
    assert [message.id for message in triggers_are_installed(databases=["default"])] == ["riskcontrol.W004"]
    call_command("migrate", verbosity=0)
    assert triggers.missing() == []


# ---- who confirms, and with what -----------------------------------------------------------------------------------

CONFIRMED = (
    "UPDATE riskpoints_tableversion SET status = 'confirmed', confirmed_by_id = %s, confirmed_how = %s, "
    "confirmed_at = CURRENT_TIMESTAMP, signer_name = '校长', signed_on = '2026-11-20', confirmation_rule = %s "
    "WHERE id = %s"
)


def scanned(version, people):
    """Give a reviewed version the scan of its paper, past the services."""
    file = files.keep(b"a scan", "application/pdf")
    return SignedScan.objects.create(version=version, file=file, suffix="pdf", added_by=people.office)


def test_raw_sql_confirms_by_other_hands_with_a_scan(reviewed_version, people):
    scanned(reviewed_version, people)
    run(CONFIRMED, people.office.pk, "paper", 2, reviewed_version.pk)
    reviewed_version.refresh_from_db()
    assert reviewed_version.status == "confirmed"


def test_raw_sql_needs_no_scan_for_the_principals_own_confirmation(reviewed_version, people):
    run(CONFIRMED, people.principal.pk, "browser", 2, reviewed_version.pk)


@pytest.mark.parametrize("part", ["head", "reviewer", "author", "assessor"])
@pytest.mark.parametrize("how", ["paper", "browser"])
def test_the_database_lets_nobody_confirm_the_own_work(reviewed_version, people, part, how):
    scanned(reviewed_version, people)
    reviewed_version.authors.add(people.clerk)
    reviewed_version.assessors.add(people.second_reviewer)
    person = {"author": people.clerk, "assessor": people.second_reviewer}.get(part) or getattr(people, part)
    with pytest.raises(IntegrityError):
        run(CONFIRMED, person.pk, how, 2, reviewed_version.pk)
    noted = "UPDATE riskpoints_tableversion SET confirmed_by_id = %s, confirmation_rule = 2 WHERE id = %s"
    with pytest.raises(IntegrityError):
        run(noted, person.pk, reviewed_version.pk)


def test_the_database_puts_no_paper_in_force_without_its_scan(reviewed_version, people):
    with pytest.raises(IntegrityError):
        run(CONFIRMED, people.office.pk, "paper", 2, reviewed_version.pk)


def test_the_database_knows_the_present_rule_only(reviewed_version, people):
    scanned(reviewed_version, people)
    with pytest.raises(IntegrityError):
        run(CONFIRMED, people.office.pk, "paper", 1, reviewed_version.pk)


@pytest.mark.usefixtures("without_triggers")
@pytest.mark.parametrize(("who", "how"), [("head", "browser"), (None, "browser"), ("office", "")])
def test_the_constraints_hold_by_themselves(reviewed_version, people, who, how):
    with pytest.raises(IntegrityError):
        run(CONFIRMED, getattr(people, who).pk if who else None, how, 2, reviewed_version.pk)


@pytest.mark.usefixtures("without_triggers")
def test_a_recorded_paper_is_not_in_force_uncompared(table, people):
    day = datetime.date(2011, 11, 15)
    version = record_historical(table, fill=lambda version: None, signed_on=day, actor=people.office)
    with pytest.raises(IntegrityError):
        run("UPDATE riskpoints_tableversion SET status = 'confirmed' WHERE id = %s", version.pk)


def test_a_scan_replaces_one_of_its_own_version_with_a_reason(confirmed_version, other_table, people):
    old = bring_to(Status.CONFIRMED, other_table, people).scans.get()
    file = files.keep(b"another scan", "application/pdf")
    values = {"file": file, "suffix": "pdf", "added_by": people.office}
    for version, reason in ((confirmed_version, "不是这一版的"), (old.version, "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            SignedScan.objects.create(version=version, replaces=old, reason=reason, **values)
    SignedScan.objects.create(version=old.version, replaces=old, reason="看不清", **values)
