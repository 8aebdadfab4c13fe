"""Whoever proposed a point that was accepted doesn't review that table; signing it is another matter."""

import importlib

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from departments.enums import Role
from departments.models import RoleGrant, User
from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, Category
from riskpoints.evidence import verification
from riskpoints.models import TableVersion
from riskpoints.participation import opinions, services
from riskpoints.participation.enums import Outcome
from riskpoints.permissions import can
from riskpoints.tables import editing as tables
from riskpoints.tables import starting, workflow
from riskpoints.verbs import RegisterVerb
from tests.factories import assess_all, paper_signature
from tests.pages import text_of

VALUES = {"category": Category.PROCESS, "text": "领用物资不登记", "measure": "逐笔登记，双人签字"}
REVIEWING = (Action.ASSESS, Action.APPROVE, Action.RETURN)


def accept_from(user, draft, people):
    """Return the draft with the accepted point of this person, judged and thus complete."""
    proposal = services.propose(draft.table.department, VALUES, actor=user)
    point = services.accept(proposal, actor=people.head)
    complete(point, people)
    return TableVersion.objects.get(pk=draft.pk)


def complete(point, people):
    values = {"likelihood": 1, "harm": 1, "proposed_level": 1, "text": point.text, "category": point.category}
    tables.save_point(point.version, values, point=point, actor=people.head)


def submitted(user, draft, people):
    return workflow.perform(Action.SUBMIT, accept_from(user, draft, people), actor=people.head)


def test_the_proposer_does_not_review_and_a_colleague_does(draft_version, people):
    version = submitted(people.reviewer, draft_version, people)
    assert [can(people.reviewer, action, version) for action in REVIEWING] == [False] * 3
    assert [can(people.second_reviewer, action, version) for action in REVIEWING] == [True] * 3
    with pytest.raises(PermissionDenied):
        workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    entry = AuditEntry.objects.get(action=RegisterVerb.NOTE_PROPOSER)
    assert (entry.actor_name, entry.detail) == (
        "总务处负责人",
        {"提出人": f"{people.reviewer}（{people.reviewer.staff_number}）"},
    )


def test_the_page_says_why_one_does_not_review(draft_version, people, school, client):
    version = submitted(people.reviewer, draft_version, people)
    address = reverse("riskpoints:version", args=[version.pk])
    said = "您提出的建议已写入这张表，由另一位审核人审核。"
    for person, is_told in ((people.reviewer, True), (people.second_reviewer, False), (people.head, False)):
        client.force_login(person)
        assert (said in text_of(client.get(address))) is is_told, person


def test_a_proposer_who_becomes_a_reviewer_later_neither(draft_version, people):
    version = submitted(people.other_head, draft_version, people)
    RoleGrant.objects.filter(user=people.other_head).delete()
    RoleGrant.objects.create(user=people.other_head, role=Role.REVIEWER)
    assert not can(User.objects.get(pk=people.other_head.pk), Action.APPROVE, version)


def test_what_was_declined_binds_nobody(draft_version, people):
    proposal = services.propose(draft_version.table.department, VALUES, actor=people.reviewer)
    services.decline(proposal, "已有同样的风险点", actor=people.head)
    version = workflow.perform(Action.SUBMIT, draft_version, actor=people.head)
    assert can(people.reviewer, Action.APPROVE, version)


def test_it_holds_for_later_versions_of_the_table_and_not_for_next_years(draft_version, people):
    version = submitted(people.second_reviewer, draft_version, people)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    version = workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    revision = starting.open_revision(version, reason="岗位有变动", actor=people.head)
    assert list(revision.proposers.all()) == [people.second_reviewer]
    revision = workflow.perform(Action.SUBMIT, revision, actor=people.head)
    assert not can(people.second_reviewer, Action.APPROVE, revision)
    assert can(people.reviewer, Action.APPROVE, revision)
    assert list(verification.verify_register()) == []


def test_a_principal_who_pointed_at_a_risk_signs_all_the_same(draft_version, people):
    version = submitted(people.principal, draft_version, people)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    assert can(people.principal, Action.CONFIRM, version)


def test_who_worded_what_the_public_said_counts_as_its_proposer(confirmed_version, people):
    RoleGrant.objects.create(user=people.office, role=Role.REVIEWER)
    office = User.objects.get(pk=people.office.pk)
    said = opinions.send_feedback(confirmed_version, text="领用没有登记")
    opinions.answer_feedback(said, outcome=Outcome.PASSED_ON, answer="已转总务处。", worded=VALUES, actor=office)
    revision = starting.open_revision(confirmed_version, reason="岗位有变动", actor=people.head)
    services.accept(said.proposal, actor=people.head)
    assert list(revision.proposers.all()) == [office]


def test_the_database_refuses_the_proposers_review(draft_version, people):
    version = submitted(people.reviewer, draft_version, people)
    statement = "UPDATE riskpoints_tableversion SET reviewed_by_id = %s WHERE id = %s"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [people.reviewer.pk, version.pk])
    with connection.cursor() as cursor:
        cursor.execute(statement, [people.second_reviewer.pk, version.pk])


def test_verification_finds_a_review_by_the_proposer(reviewed_version, people):
    reviewed_version.proposers.add(people.reviewer)
    reasons = [fault.reason for fault in verification.verify_register()]
    assert reasons[0] == "审核人提出的建议已写入这一版"
    assert [reason.startswith("提出人与审计记录第 ") for reason in reasons[1:]] == [True]


def test_what_was_accepted_before_the_rule_binds_what_is_still_to_be_reviewed(draft_version, people):
    version = submitted(people.reviewer, draft_version, people)
    version.proposers.clear()
    importlib.import_module("riskpoints.participation.migrations.0003_proposers").note_proposers(
        apps, connection.schema_editor()
    )
    assert list(version.proposers.all()) == [people.reviewer]


def test_a_review_from_before_the_rule_stays_as_it_is(draft_version, people):
    """It was allowed then: the migration lets nobody find fault with it afterwards."""
    version = submitted(people.reviewer, draft_version, people)
    version.proposers.clear()
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, TableVersion.objects.get(pk=version.pk), actor=people.reviewer)
    importlib.import_module("riskpoints.participation.migrations.0003_proposers").note_proposers(
        apps, connection.schema_editor()
    )
    assert list(version.proposers.all()) == []
    assert list(verification.verify_register()) == []
