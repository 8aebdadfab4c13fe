"""The database refuses what is frozen, whoever asks and however."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from departments.enums import Role
from riskcontrol import triggers
from riskcontrol.checks import triggers_are_installed
from riskcontrol.models import AuditEntry
from riskpoints.models import Measure, NilDeclaration, RiskPoint
from riskpoints.models.table import FrozenError


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
