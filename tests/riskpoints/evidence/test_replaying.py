"""What was changed past the program in acts, states, rights and files is found: the trail tells them all."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.enums import Role
from departments.models import PostFunction
from departments.services import grant_role, revoke_role
from departments.services.records import save_record
from riskpoints.enums import Action, Status
from riskpoints.evidence import replaying
from riskpoints.models import TableVersion
from riskpoints.tables import workflow
from tests import scans
from tests.factories import bring_to, make_user
from tests.riskpoints.evidence.forging import faults_of_rows as faults
from tests.riskpoints.evidence.forging import run


@pytest.fixture
def confirmed(settings, table, people):
    settings.KEPT_DOCUMENTS = ("xlsx",)
    return bring_to(Status.CONFIRMED, table, people)


def test_where_a_version_stands_after_an_act_is_as_the_workflow_moves_it():
    moved = {action: transition.target for action, transition in workflow.TRANSITIONS.items()}
    assert moved | {Action.RECORD: Status.REVIEWED} == replaying.AFTER


FORGERIES = {
    "decision's actor": ("riskpoints_decision", "actor_id = {other}", "action = 'approve'", "办理人"),
    "decision's name": ("riskpoints_decision", "actor_name = '某人'", "action = 'approve'", "办理人"),
    "decision's comment": ("riskpoints_decision", "comment = '同意'", "action = 'confirm'", "意见"),
    "decision's date": ("riskpoints_decision", "at = '2001-01-01'", "action = 'submit'", "办理时间"),
    "signer": ("riskpoints_tableversion", "signer_name = '别人'", "1 = 1", "签字人"),
    "day of signature": ("riskpoints_tableversion", "signed_on = '2001-01-01'", "1 = 1", "签字日期"),
    "how it was confirmed": ("riskpoints_tableversion", "confirmed_how = 'browser'", "1 = 1", "确定方式"),
    "reason of the deputy": ("riskpoints_tableversion", "deputy_reason = '出差'", "1 = 1", "签字人"),
    "submitter": ("riskpoints_tableversion", "submitted_by_id = {other}", "1 = 1", "提交的人员"),
    "reviewer": ("riskpoints_tableversion", "reviewed_by_id = {other}", "1 = 1", "审核的人员"),
    "confirmer": ("riskpoints_tableversion", "confirmed_by_id = {other}", "1 = 1", "确定的人员"),
    "time of the submission": ("riskpoints_tableversion", "submitted_at = '2001-01-01'", "1 = 1", "提交的人员或时间"),
    "time of the review": ("riskpoints_tableversion", "reviewed_at = '2001-01-01'", "1 = 1", "审核的人员或时间"),
    "time of confirming": ("riskpoints_tableversion", "confirmed_at = '2001-01-01'", "1 = 1", "确定的人员或时间"),
    "status": ("riskpoints_tableversion", "status = 'reviewed'", "1 = 1", "状态是“已审核”"),
    "nothing in force": ("riskpoints_controltable", "in_force_id = NULL", "1 = 1", "现行版不是"),
    "another scan": (
        "riskpoints_signedscan",
        "file_id = (SELECT MIN(id) FROM riskcontrol_storedfile WHERE id NOT IN"
        " (SELECT file_id FROM riskpoints_signedscan))",
        "1 = 1",
        "没有审计记录",
    ),
}


@pytest.mark.parametrize(("of", "change", "where", "said"), FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_of_acts_and_states_is_found(confirmed, people, without_triggers, of, change, where, said):
    assert faults() == []
    statement = "UPDATE {of} SET {change} WHERE {where}"
    run(statement.format(of=of, change=change.format(other=people.outsider.pk), where=where))
    assert any(said in line for line in faults()), faults()


@pytest.mark.parametrize(("of", "said"), [("storeddocument", "不是同一份"), ("signedscan", "不见了")])
def test_a_kept_file_that_is_taken_away_is_found(confirmed, without_triggers, of, said):
    run(f"DELETE FROM riskpoints_{of}")  # noqa: S608  # a name from above
    assert any(said in line for line in faults())


def test_a_submitted_table_made_in_force_without_a_decision_is_found(submitted_version, people, without_triggers):
    facts = f"confirmed_by_id = {people.office.pk}, confirmed_how = 'paper', reviewed_by_id = {people.reviewer.pk}"
    days = "signer_name = '校长', signed_on = '2026-01-01', confirmed_at = '2026-01-01', reviewed_at = '2026-01-01'"
    statement = "UPDATE riskpoints_tableversion SET status = 'confirmed', {facts}, {days} WHERE id = %s"
    run(statement.format(facts=facts, days=days), submitted_version.pk)
    run("UPDATE riskpoints_controltable SET in_force_id = %s", submitted_version.pk)
    said = faults()
    assert any("状态是“已确定”，最后一次办理以后应是“待审核”" in line for line in said)
    assert any("现行版不是最后一次确定的那一版" in line for line in said)


def test_no_file_and_no_snapshot_is_read_for_it(confirmed, people):
    with CaptureQueriesContext(connection) as asked:
        assert list(replaying.verify_told(set())) == []
    sql = " ".join(query["sql"] for query in asked)
    assert '"content"' not in sql
    assert '"snapshot"' not in sql


def test_a_version_without_any_decision_is_a_draft(draft_version, without_triggers):
    assert faults() == []
    run("UPDATE riskpoints_tableversion SET status = 'discarded' WHERE id = %s", draft_version.pk)
    assert any("应是“填报中”" in line for line in faults())


def test_a_kept_paper_that_was_exchanged_is_found(confirmed, without_triggers):
    run("UPDATE riskpoints_storeddocument SET file_id = (SELECT MAX(id) FROM riskcontrol_storedfile)")
    assert any("不是同一份" in line for line in faults())


def test_recalled_and_returned_tables_are_whole(table, people):
    version = bring_to(Status.SUBMITTED, table, people)
    version = workflow.perform(Action.RECALL, version, actor=people.head)
    version = workflow.perform(Action.SUBMIT, version, actor=people.head)
    version = workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="请补充")
    assert faults() == []
    assert TableVersion.objects.get(pk=version.pk).submitted_by is None


def test_a_clock_that_was_put_back_is_no_forgery(table, people, monkeypatch):
    version = bring_to(Status.REVIEWED, table, people)
    earlier = timezone.now() - datetime.timedelta(days=3)
    monkeypatch.setattr(timezone, "now", lambda: earlier)
    workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="请补充")
    assert faults() == []


def test_a_signature_that_is_noted_first_is_whole(table, people):
    version = bring_to(Status.REVIEWED, table, people)
    signed = workflow.Signature("校长", timezone.localdate(), "paper")
    noted = workflow.note_signature(version, signed, actor=people.office)
    assert faults() == []
    whole = workflow.Signature("校长", timezone.localdate(), "paper", scan=scans.PDF, scan_suffix="pdf")
    workflow.perform(Action.CONFIRM, noted, actor=people.office, signature=whole)
    assert faults() == []


def test_words_that_the_trail_writes_in_another_form_are_the_same(table, people):
    version = bring_to(Status.SUBMITTED, table, people)
    comment = "Cafe\u0301 费用不清\n请核对"
    version = workflow.perform(Action.RETURN, version, actor=people.reviewer, comment=comment)
    assert faults() == []


def test_an_account_that_got_another_number_is_still_who_acted(confirmed, people):
    people.head.staff_number = "7777"
    save_record(people.head, actor=people.admin)
    assert faults() == []


# ---- rights and floors -------------------------------------------------------------------------------------------


@pytest.fixture
def granted(people, department):
    """Return a role that was given after another one, by the program."""
    first = make_user("8801", "甲")
    grant_role(first, Role.STAFF, department=department, actor=people.admin)
    second = make_user("8802", "乙")
    return grant_role(second, Role.REVIEWER, actor=people.admin)


ROLES = {
    "another role": "UPDATE departments_rolegrant SET role = 'auditor' WHERE id = {pk}",
    "another person": "UPDATE departments_rolegrant SET user_id = {other} WHERE id = {pk}",
    "taken away": "DELETE FROM departments_rolegrant WHERE id = {pk}",
    "given": "INSERT INTO departments_rolegrant (user_id, role, department_id) VALUES ({other}, 'auditor', NULL)",
}


@pytest.mark.parametrize("sql", ROLES.values(), ids=ROLES)
def test_a_right_that_the_program_did_not_give_or_take_is_found(granted, people, without_triggers, sql):
    assert faults() == []
    run(sql.format(pk=granted.pk, other=people.outsider.pk))
    assert [line for line in faults() if line.startswith("角色")]


def test_rights_that_come_and_go_are_whole(granted, people):
    revoke_role(granted, actor=people.admin)
    assert faults() == []


def test_a_floor_that_was_lowered_is_found(people, without_triggers):
    function = save_record(PostFunction(name="校车", floor=2, basis="会议决定", order=90), actor=people.reviewer)
    function.floor = 1
    save_record(function, actor=people.reviewer)
    assert faults() == []
    run("UPDATE departments_postfunction SET floor = 3 WHERE id = %s", function.pk)
    assert any("校车" in line and "与审计记录里最后写的不一致" in line for line in faults())
