"""R50: both conditions, two people, no 优秀 beside a veto in force – held by the services and by the database."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.models import Cycle
from riskpoints.models.table import FrozenError
from riskpoints.oversight.assessment import vetoes
from riskpoints.oversight.assessment.states import AssessmentError
from riskpoints.oversight.assessment.vetoes import Corrected
from riskpoints.oversight.enums import AssessmentState, VetoAct, VetoState
from riskpoints.oversight.models import Assessment, AssessmentCorrection, Veto, VetoEntry
from riskpoints.rules.enums import Grade
from tests.riskpoints.oversight.assessment.conftest import bring, case

POSSIBLE = {
    (VetoState.PROPOSED, VetoAct.CONFIRM): VetoState.IN_FORCE,
    (VetoState.PROPOSED, VetoAct.WITHDRAW): VetoState.WITHDRAWN,
    (VetoState.IN_FORCE, VetoAct.LIFT): VetoState.LIFTED,
}
MAY = {
    VetoAct.CONFIRM: {"principal", "deputy"},
    VetoAct.WITHDRAW: {"principal", "deputy", "reviewer", "second_reviewer", "discipline_head"},
    VetoAct.LIFT: {"principal"},
}
ACTS = list(MAY)


def do(act, veto, actor):
    if act == VetoAct.CONFIRM:
        return vetoes.confirm(veto, actor=actor)
    if act == VetoAct.WITHDRAW:
        return vetoes.withdraw(veto, "写错了部门", actor=actor)
    return lift(veto, actor=actor)


def lift(veto, *, actor, **changed):
    values = {
        "decision_number": "某纪复〔2027〕2号",
        "decision_organ": "某市纪委监委",
        "decision_on": timezone.localdate(),
    }
    text = changed.pop("text", "原案复查后撤销")
    return vetoes.lift(veto, Corrected(**(values | changed)), text, actor=actor)


def bring_veto(veto, state, people):
    if state == VetoState.WITHDRAWN:
        return do(VetoAct.WITHDRAW, veto, people.reviewer)
    if state in (VetoState.IN_FORCE, VetoState.LIFTED):
        veto = do(VetoAct.CONFIRM, veto, people.deputy)
    return do(VetoAct.LIFT, veto, people.principal) if state == VetoState.LIFTED else veto


@pytest.mark.parametrize("state", VetoState)
@pytest.mark.parametrize("act", ACTS)
def test_each_act_in_each_state_by_each_person(proposed, people, state, act):
    veto = bring_veto(proposed, state, people)
    for name, user in vars(people).items():
        if name not in MAY[act]:
            with pytest.raises(PermissionDenied):
                do(act, veto, user)
    assert Veto.objects.get(pk=veto.pk).state == state
    target, actor = POSSIBLE.get((state, act)), people.principal
    if target is None and (state, act) != (VetoState.LIFTED, VetoAct.LIFT):  # pressed again, that is done
        with pytest.raises(AssessmentError):
            do(act, veto, actor)
    else:
        do(act, veto, actor)
    assert Veto.objects.get(pk=veto.pk).state == (target or state)


def test_only_the_committee_proposes(year, department, people):
    may = {"reviewer", "second_reviewer", "discipline_head"}
    for name, user in vars(people).items():
        if name not in may:
            with pytest.raises(PermissionDenied):
                vetoes.propose(year, department, people.head, "", case(), actor=user)
    made = vetoes.propose(year, department, people.head, "", case(), actor=people.reviewer)
    assert (made.state, made.head_name, made.proposed_by) == (VetoState.PROPOSED, "总务处负责人", people.reviewer)
    assert vetoes.propose(year, department, people.head, "", case(), actor=people.reviewer) == made
    with pytest.raises(AssessmentError, match="已经拟定"):
        vetoes.propose(year, department, people.head, "", case(), actor=people.second_reviewer)


@pytest.mark.parametrize("part", ["violation", "impact"])
def test_one_condition_alone_is_no_veto(year, department, people, part):
    empty = {name: None if name.endswith("_on") else " " for name in vars(case()) if name.startswith(part)}
    with pytest.raises(ValidationError, match="两个条件同时具备"):
        vetoes.propose(year, department, people.head, "", case(**empty), actor=people.reviewer)
    assert not Veto.objects.exists()


@pytest.mark.parametrize("name", list(vars(case())))
def test_each_condition_says_where_its_paper_lies(year, department, people, name):
    values = {name: None if name.endswith("_on") else ""}
    with pytest.raises(ValidationError) as refused:
        vetoes.propose(year, department, people.head, "", case(**values), actor=people.reviewer)
    assert list(refused.value.message_dict) == [name]


def test_a_day_to_come_is_refused(year, department, people):
    to_come = timezone.localdate() + datetime.timedelta(days=1)
    with pytest.raises(ValidationError, match="不能晚于今天"):
        vetoes.propose(year, department, people.head, "", case(impact_on=to_come), actor=people.reviewer)


def test_whoever_proposes_never_confirms(year, department, people, group):
    group.members.filter(user=people.deputy).update(user=people.reviewer)
    veto = vetoes.propose(year, department, people.head, "", case(), actor=people.reviewer)
    with pytest.raises(PermissionDenied):
        vetoes.confirm(veto, actor=people.reviewer)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.QuerySet(Veto).filter(pk=veto.pk).update(
            state="in_force", confirmed_by=people.reviewer, confirmed_at=timezone.now()
        )


def test_nobody_acts_on_a_veto_about_oneself(year, department, people):
    with pytest.raises(ValidationError):
        vetoes.propose(year, department, people.reviewer, "", case(), actor=people.reviewer)
    veto = vetoes.propose(year, department, people.principal, "", case(), actor=people.reviewer)
    with pytest.raises(PermissionDenied):
        vetoes.confirm(veto, actor=people.principal)


def test_the_trail_says_nothing_of_the_case(proposed, people):
    bring_veto(proposed, VetoState.LIFTED, people)
    entries = AuditEntry.objects.of("veto.propose", "veto.confirm", "veto.lift")
    assert entries.count() == 3
    assert not [entry for entry in entries if entry.detail]


# ---- its effect --------------------------------------------------------------------------------------------------


def test_a_veto_in_force_keeps_from_the_first_grade_and_leaves_the_score(begun, proposed, people):
    vetoes.confirm(proposed, actor=people.deputy)
    row = bring(begun, AssessmentState.DECIDED, people)
    assert (str(row.reviewed_score), row.grade_by_score, row.final_grade) == ("96.67", Grade.EXCELLENT, Grade.GOOD)


@pytest.mark.parametrize("state", [VetoState.PROPOSED, VetoState.WITHDRAWN, VetoState.LIFTED])
def test_any_other_keeps_from_nothing(begun, proposed, people, state):
    bring_veto(proposed, state, people)
    assert bring(begun, AssessmentState.DECIDED, people).final_grade == Grade.EXCELLENT


def test_another_grade_stays(begun, proposed, people):
    vetoes.confirm(proposed, actor=people.deputy)
    assert bring(begun, AssessmentState.DECIDED, people, score="8").final_grade == Grade.FAIR


def test_it_follows_the_head_to_another_department(begun, year, other_department, people):
    veto = vetoes.propose(year, other_department, people.head, "", case(), actor=people.reviewer)
    vetoes.confirm(veto, actor=people.deputy)
    assert bring(begun, AssessmentState.DECIDED, people).final_grade == Grade.GOOD


def test_what_becomes_known_afterwards_is_corrected_by_the_principal_with_a_reason(begun, proposed, people):
    row = bring(begun, AssessmentState.DECIDED, people)
    with pytest.raises(AssessmentError, match="由单位主要负责人写明更正理由"):
        vetoes.confirm(proposed, text="事后查明", actor=people.deputy)
    with pytest.raises(ValidationError) as refused:
        vetoes.confirm(proposed, actor=people.principal)
    assert list(refused.value.message_dict) == ["text"]
    vetoes.confirm(proposed, text="事后查明", actor=people.principal)
    row.refresh_from_db()
    (correction,) = AssessmentCorrection.objects.all()
    assert (correction.former_grade, correction.grade, correction.reason) == ("excellent", "good", "事后查明")
    assert (row.grade_by_score, row.final_grade, row.state) == ("excellent", "good", "decided")
    assert AuditEntry.objects.of("assessment.correct").get().detail == {"等次": ["优秀", "合格"]}
    lift(proposed, actor=people.principal)
    row.refresh_from_db()
    assert row.final_grade == Grade.EXCELLENT
    assert [one.grade for one in row.corrections.all()] == ["good", "excellent"]


def test_in_a_closed_year_the_principal_alone_confirms(begun, proposed, people):
    bring(begun, AssessmentState.DECIDED, people, score="8")
    Cycle.objects.filter(pk=proposed.cycle_id).update(closed_at=timezone.now())
    with pytest.raises(AssessmentError, match="由单位主要负责人确认"):
        vetoes.confirm(proposed, actor=people.deputy)
    assert vetoes.confirm(proposed, actor=people.principal).is_in_force


def test_a_second_veto_keeps_the_grade_when_the_first_is_lifted(begun, year, department, people, proposed):
    other = vetoes.propose(year, department, people.head, "", case(violation_number="另一号"), actor=people.reviewer)
    for veto in (proposed, other):
        vetoes.confirm(veto, actor=people.deputy)
    row = bring(begun, AssessmentState.DECIDED, people)
    lift(proposed, actor=people.principal)
    row.refresh_from_db()
    assert row.final_grade == Grade.GOOD
    lift(other, actor=people.principal)
    row.refresh_from_db()
    assert row.final_grade == Grade.EXCELLENT


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"decision_number": " "}, "decision_number"),
        ({"decision_organ": ""}, "decision_organ"),
        ({"text": " "}, "text"),
        ({"decision_on": datetime.date(2100, 1, 1)}, "decision_on"),
    ],
)
def test_it_is_lifted_by_the_decision_that_corrected_the_case_alone(proposed, people, changed, field):
    veto = vetoes.confirm(proposed, actor=people.deputy)
    with pytest.raises(ValidationError) as refused:
        lift(veto, actor=people.principal, **changed)
    assert list(refused.value.message_dict) == [field]
    assert Veto.objects.get().is_in_force


def test_pressed_twice_is_done_once(proposed, people):
    for _ in range(2):
        vetoes.confirm(proposed, actor=people.deputy)
    for _ in range(2):
        lift(proposed, actor=people.principal)
    assert [entry.act for entry in VetoEntry.objects.all()] == ["propose", "confirm", "lift"]


# ---- what the database holds by itself -----------------------------------------------------------------------------


def refused(statement, *values):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_database_has_no_first_grade_beside_a_veto_in_force(begun, proposed, people):
    vetoes.confirm(proposed, actor=people.deputy)
    row = bring(begun, AssessmentState.SCORED, people)
    values = {"state": "decided", "grade_by_score": "excellent", "minutes_number": "1", "decided_by": people.office}
    values |= {"decided_on": timezone.localdate()}
    with pytest.raises(IntegrityError, match="有否决生效"), transaction.atomic():
        models.QuerySet(Assessment).filter(pk=row.pk).update(final_grade="excellent", **values)
    models.QuerySet(Assessment).filter(pk=row.pk).update(final_grade="good", **values)
    row.corrections.create(
        veto=proposed, former_grade="good", grade="excellent", reason="x", by=people.principal, by_name="x"
    )
    with pytest.raises(IntegrityError, match="有否决生效"), transaction.atomic():
        row.correct("excellent")


def test_the_database_lets_no_veto_pass_a_first_grade(begun, proposed, people, year):
    bring(begun, AssessmentState.DECIDED, people)
    values = {"state": "in_force", "confirmed_by": people.deputy, "confirmed_at": timezone.now()}
    with pytest.raises(IntegrityError, match="先更正等次"), transaction.atomic():
        models.QuerySet(Veto).filter(pk=proposed.pk).update(**values)
    copied = {field.attname: getattr(proposed, field.attname) for field in Veto._meta.concrete_fields}
    with pytest.raises(IntegrityError, match="先更正等次"), transaction.atomic():
        Veto.objects.create(**copied | {"id": None, "violation_number": "别的"} | values)


def test_the_database_keeps_vetoes_and_what_was_done_to_them(proposed, people):
    refused("UPDATE oversight_veto SET violation_number = '别的'")
    refused("UPDATE oversight_veto SET impact_source = ''")
    refused("UPDATE oversight_veto SET state = 'lifted'")
    vetoes.confirm(proposed, actor=people.deputy)
    refused("UPDATE oversight_veto SET state = 'proposed', confirmed_by_id = NULL, confirmed_at = NULL")
    refused("UPDATE oversight_veto SET state = 'lifted'")
    refused("UPDATE oversight_vetoentry SET text = '别的'")
    lift(proposed, actor=people.principal)
    refused("UPDATE oversight_veto SET state = 'in_force'")
    for act in (lambda: Veto.objects.update(head_name="x"), lambda: Veto.objects.all().delete(), proposed.delete):
        with pytest.raises(FrozenError):
            act()


def test_a_lift_without_its_decision_is_no_entry(proposed, people):
    with pytest.raises(IntegrityError), transaction.atomic():
        VetoEntry.objects.create(veto=proposed, act="lift", text="x", by=people.principal, by_name="x")
