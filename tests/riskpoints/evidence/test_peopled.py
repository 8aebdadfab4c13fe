"""Who wrote, proposed and set levels, sent remarks, the walk's answers: changed past the program, all are found."""

import pytest

from riskpoints.enums import Action, Status
from riskpoints.models import Remark
from riskpoints.tables import reviewing, workflow
from tests.factories import bring_to
from tests.riskpoints.evidence.forging import faults_of_rows as faults
from tests.riskpoints.evidence.forging import run


@pytest.fixture
def reviewed(settings, table, people):
    return bring_to(Status.REVIEWED, table, people)


@pytest.mark.parametrize(("kind", "title"), [("authors", "填写人"), ("proposers", "提出人"), ("assessors", "核定人")])
def test_somebody_written_in_or_taken_out_is_found(reviewed, people, without_triggers, kind, title):
    assert faults() == []
    table = f"riskpoints_tableversion_{kind}"
    run(f"INSERT INTO {table} (tableversion_id, user_id) VALUES (%s, %s)", reviewed.pk, people.outsider.pk)  # noqa: S608
    assert any(f"{title}与审计记录第" in line for line in faults())
    run(f"DELETE FROM {table} WHERE tableversion_id = %s AND user_id = %s", reviewed.pk, people.outsider.pk)  # noqa: S608
    assert faults() == []
    run(f"DELETE FROM {table} WHERE tableversion_id = %s", reviewed.pk)  # noqa: S608
    assert any(f"{title}与审计记录第" in line for line in faults()) == (kind != "proposers"), "nobody proposed anything"


def test_a_remark_that_reached_the_department_is_found_when_changed_or_gone(table, people, without_triggers):
    version = bring_to(Status.SUBMITTED, table, people)
    reviewing.assess(version, {}, general_remark="请写清楚", actor=people.reviewer)
    version.refresh_from_db()
    workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="见意见")
    assert faults() == []
    remark = Remark.objects.get()
    run("UPDATE riskpoints_remark SET text = '很好' WHERE id = %s", remark.pk)
    assert any(line.startswith(f"{Remark._meta.verbose_name} {remark.pk}：与审计记录") for line in faults())
    run("DELETE FROM riskpoints_remark WHERE id = %s", remark.pk)
    assert any(line.startswith(f"{Remark._meta.verbose_name} {remark.pk}：审计记录") for line in faults())


@pytest.mark.parametrize(
    ("of", "column", "value"),
    [
        ("riskpoints_tableversion", "status", "unknown"),
        ("riskpoints_decision", "action", "unknown"),
        ("riskpoints_decision", "snapshot", "?"),
        ("riskpoints_riskpoint", "category", "unknown"),
    ],
)
def test_a_value_that_no_program_writes_is_a_finding_and_no_crash(reviewed, without_triggers, of, column, value):
    run(f"UPDATE {of} SET {column} = %s", value)  # noqa: S608
    assert faults() != []
