"""Findings: registering, deciding, and closing only when all that was owed is done (R42, R43, R45)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.enums import Status
from riskpoints.models import Cycle
from riskpoints.oversight.enums import (
    CheckAct,
    FindingAct,
    FindingState,
    HandlingKind,
    HandlingState,
    Result,
    Source,
)
from riskpoints.oversight.handling import findings
from riskpoints.oversight.handling.facts import finding_rows
from riskpoints.oversight.handling.states import FINDING_TRANSITIONS, HandlingError
from riskpoints.oversight.models import CheckSheet, Finding
from riskpoints.oversight.monitoring import acting as checking
from tests.factories import bring_to
from tests.riskpoints.oversight.conftest import fill_in, measures, write
from tests.riskpoints.oversight.handling.conftest import bring

S, A = FindingState, FindingAct
POSSIBLE = {
    (S.OPEN, A.DEMAND): S.OPEN,
    (S.HANDLED, A.DEMAND): S.HANDLED,
    (S.OPEN, A.DROP): S.DROPPED,
    (S.OPEN, A.PASS_ON): S.PASSED_ON,
}


def in_state(state, find, drafted, hands) -> Finding:
    if state == S.HANDLED:
        return drafted().findings.get()
    if state == S.CLOSED:
        return bring(drafted(), HandlingState.CLOSED, hands).findings.get()
    finding = find()
    act = {S.DROPPED: A.DROP, S.PASSED_ON: A.PASS_ON}.get(state)
    return findings.perform(act, finding, actor=hands.reviewer, text="理由", to_whom="工会") if act else finding


@pytest.mark.parametrize("state", FindingState)
@pytest.mark.parametrize("act", [A.DEMAND, A.DROP, A.PASS_ON, A.CLOSE])
def test_each_act_in_each_state(find, drafted, hands, state, act):
    finding = in_state(state, find, drafted, hands)
    target = POSSIBLE.get((state, act), state)
    if (state, act) in POSSIBLE:
        findings.perform(act, finding, actor=hands.second_reviewer, text="理由", to_whom="工会")
    else:
        with pytest.raises(HandlingError):
            findings.perform(act, finding, actor=hands.second_reviewer, text="理由", to_whom="工会")
    assert Finding.objects.get(pk=finding.pk).state == target
    assert set(FINDING_TRANSITIONS) == set(FindingAct) - {A.REGISTER}


def test_only_who_checks_the_department_registers(find, hands, department):
    may = {"reviewer", "second_reviewer", "discipline_head"}
    for name, user in vars(hands).items():
        if name not in may:
            with pytest.raises(PermissionDenied):
                find(actor=user)
    for name in may:
        assert find(actor=getattr(hands, name)).state == S.OPEN
    assert [row.sequence for row in Finding.objects.all()] == [1, 2, 3]


def test_a_reviewer_of_the_department_does_not_register_about_it(find, hands, department):
    hands.reviewer.grants.create(role="clerk", department=department)
    with pytest.raises(PermissionDenied):
        find(actor=hands.reviewer)


def test_the_same_token_is_the_same_finding(find):
    assert find(token="one") == find(token="one")
    assert Finding.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"found_on": datetime.date(2099, 1, 1)}, "found_on"),
        ({"text": "长" * 301}, "text"),
        ({"text": " "}, "text"),
        ({"nature": "person", "person_name": " "}, "person_name"),
        ({"nature": "person", "person_name": "总务处 职工"}, "person_name"),  # an account that exists
        ({"nature": "person", "person_name": "外聘人员甲", "text": "长" * 201}, "text"),
        ({"text": "字\ue000"}, "text"),  # no face can print it
    ],
)
def test_what_is_wrong_is_said_beside_its_field(find, values, field):
    with pytest.raises(ValidationError) as refused:
        find(**values)
    assert list(refused.value.message_dict) == [field]
    assert not Finding.objects.exists()


def test_persons_have_a_series_of_their_own(find, hands, cycle):
    rows = [find(), find(person=hands.colleague), find(), find(nature="person", person_name="外聘人员甲")]
    year = cycle.year
    assert [row.number for row in rows] == [f"{year}-问-1", f"{year}-个-1", f"{year}-问-2", f"{year}-个-2"]
    assert AuditEntry.objects.get(object_label=f"{year}-个-1").detail == {}


def test_without_an_open_year_nothing_is_registered(find, cycle):
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=timezone.now())
    with pytest.raises(HandlingError, match="先开启新年度"):
        find()


def test_dropping_and_passing_on_say_why_and_to_whom(find, hands):
    for act, field in ((A.DEMAND, "text"), (A.DROP, "text"), (A.PASS_ON, "to_whom")):
        with pytest.raises(ValidationError) as refused:
            findings.perform(act, find(), actor=hands.reviewer)
        assert list(refused.value.message_dict) == [field]


def test_what_demands_a_revision_closes_when_one_that_names_it_is_in_force(find, hands, confirmed_version):
    finding = find(demands_revision=True)
    with pytest.raises(HandlingError, match="还没有签字确定"):
        findings.perform(A.CLOSE, finding, actor=hands.reviewer)
    with pytest.raises(HandlingError, match="正在修订"):
        findings.answer(finding, confirmed_version, actor=hands.head)
    draft = bring_to(Status.DRAFT, confirmed_version.table, hands)
    with pytest.raises(PermissionDenied):
        findings.answer(finding, draft, actor=hands.other_head)
    assert findings.answer(finding, draft, actor=hands.head) == findings.answer(finding, draft, actor=hands.head)
    with pytest.raises(HandlingError, match="还没有签字确定"):
        findings.perform(A.CLOSE, finding, actor=hands.reviewer)


def test_a_revision_is_demanded_once_afterwards_and_of_no_person(find, hands, drafted):
    """What a check found is registered without asking: whether the table is to change is decided then (R43)."""
    finding = find()
    for _ in (1, 2):  # pressed twice
        findings.perform(A.DEMAND, finding, actor=hands.reviewer, text="完善验收措施")
    finding.refresh_from_db()
    assert (finding.demands_revision, [entry.act for entry in finding.entries.all()]) == (True, [A.REGISTER, A.DEMAND])
    with pytest.raises(HandlingError, match="已经要求修订"):
        findings.perform(A.DEMAND, finding, actor=hands.second_reviewer, text="又一次")
    with pytest.raises(HandlingError, match="还没有签字确定"):
        findings.perform(A.CLOSE, finding, actor=hands.reviewer)
    with pytest.raises(HandlingError, match="涉及个人"):
        findings.perform(A.DEMAND, find(person=hands.colleague), actor=hands.reviewer, text="修订")
    with pytest.raises(PermissionDenied):
        findings.perform(A.DEMAND, find(), actor=hands.head, text="修订")
    with pytest.raises(IntegrityError, match="不能收回"), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(demands_revision=False)


def test_a_closed_year_does_not_tell_what_was_demanded_afterwards(find, hands, cycle):
    before, after = find(), find()
    findings.perform(A.DEMAND, before, actor=hands.reviewer, text="修订")
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=timezone.now())
    findings.perform(A.DEMAND, after, actor=hands.reviewer, text="修订")
    told = finding_rows(Cycle.objects.get(pk=cycle.pk))
    assert [row["demands_revision"] for row in told] == [True, False]


def test_a_measure_that_a_check_found_undone_is_a_finding(sheet, hands, coming):
    row = measures(sheet)[0]
    fill_in(sheet, actor=hands.head)
    write(sheet, row, actor=hands.head, result=Result.NOT_DONE, seen="papers", note="没有台账", no_evidence="无")
    checking.perform(CheckAct.SUBMIT, sheet, actor=hands.head)
    finding = Finding.objects.get()
    assert (finding.source, finding.measure, finding.point) == (Source.CHECK, row, row.line.identity)
    assert "没有台账" in finding.text
    assert finding.state == S.OPEN
    # Handed in once more after a return it is the same finding.
    checking.perform(CheckAct.RETURN, CheckSheet.objects.get(pk=sheet.pk), actor=hands.principal, text="请补")
    checking.perform(CheckAct.SUBMIT, CheckSheet.objects.get(pk=sheet.pk), actor=hands.head)
    assert Finding.objects.count() == 1


def test_a_finding_is_handled_once_more_after_its_first_handling_is_withdrawn(drafted, hands):
    handling = bring(drafted(HandlingKind.CORRECT), HandlingState.WITHDRAWN, hands)
    finding = handling.findings.get()
    assert finding.state == S.OPEN
    assert [entry.act for entry in finding.entries.all()] == ["register", "handle", "release"]
