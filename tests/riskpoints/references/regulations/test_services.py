"""Regulations are registered, changed and led from state to state by those who keep them, and by nobody else."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.references.regulations import queries, services
from riskpoints.references.regulations.enums import Act, Executed, Kind, Plan, State
from riskpoints.references.regulations.models import ExecutionCheck, PlanDecision, Regulation
from riskpoints.references.regulations.permissions import RegulationAction, can, kinds_to_add, visible_to
from riskpoints.references.regulations.services import RegulationError
from riskpoints.references.regulations.states import TRANSITIONS, available
from riskpoints.references.regulations.verbs import RegulationVerb
from tests.factories import make_regulation

DAY = datetime.date(2026, 3, 1)
TODAY = timezone.localdate
YEAR = 2026


def values(**changed):
    return {"title": "采购管理办法", "kind": Kind.SCHOOL, "effective_on": DAY} | changed


def said(act, successor=None):
    """What each act is told."""
    reason = {"reason": "上级文件已有规定"}
    return {
        Act.ADOPT: {"effective_on": DAY, "document_number": "校发〔2026〕1 号"},
        Act.FINISH: {"effective_on": DAY, "document_number": "校发〔2026〕2 号"},
        Act.REPLACE: {"replaced_by": successor, "ended_on": TODAY()},
        Act.REPEAL: reason | {"ended_on": TODAY()},
    }.get(act, reason)


def errors(call):
    with pytest.raises(ValidationError) as caught:
        call()
    return set(caught.value.message_dict)


# ---- registering ---------------------------------------------------------------------------------------------


def test_the_office_registers_what_is_valid_already(office):
    row = services.add(values(title=" 《采购管理办法》"), state=State.IN_FORCE, actor=office)
    assert (row.title, row.state, row.created_by) == ("采购管理办法", State.IN_FORCE, office)
    entry = AuditEntry.objects.get(action=RegulationVerb.ADD)
    assert entry.detail["title"] == [None, "采购管理办法"]
    assert (entry.object_id, entry.object_label) == (str(row.pk), "《采购管理办法》（2026 年）")


def test_the_same_form_sent_twice_adds_one(office):
    rows = {services.add(values(), token="once", actor=office).pk for _ in range(2)}
    assert len(rows) == Regulation.objects.count() == 1


def test_one_title_of_two_years_is_allowed_and_told_apart(office):
    old = services.add(values(effective_on=datetime.date(2019, 9, 1)), state=State.IN_FORCE, actor=office)
    new = services.add(values(), state=State.IN_FORCE, actor=office)
    assert [str(old), str(new)] == ["《采购管理办法》（2019 年）", "《采购管理办法》（2026 年）"]
    assert errors(lambda: services.add(values(title="采购 管理办法"), actor=office)) == {"title"}
    assert Regulation.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"title": "甲\n乙"}, "title"),
        ({"effective_on": None}, "effective_on"),
        ({"adopted_on": datetime.date(2026, 3, 2)}, "effective_on"),
        ({"summary": "长" * 1001}, "summary"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(office, changed, field):
    assert errors(lambda: services.add(values(**changed), state=State.IN_FORCE, actor=office)) == {field}
    assert not Regulation.objects.exists()


def test_a_department_registers_its_own_only(people, department, other_department):
    own = values(kind=Kind.DEPARTMENT, department=department)
    other = values(kind=Kind.DEPARTMENT, department=other_department)
    assert services.add(own, state=State.IN_FORCE, actor=people.head).department == department
    assert errors(lambda: services.add(other, actor=people.head)) == {"department"}
    with pytest.raises(PermissionDenied):
        services.add(values(), actor=people.head)
    with pytest.raises(PermissionDenied):
        services.add(own | {"title": "另一项"}, actor=people.staff)


def test_a_clerk_drafts_and_the_head_adopts(people, department):
    own = values(kind=Kind.DEPARTMENT, department=department)
    with pytest.raises(PermissionDenied):
        services.add(own, state=State.IN_FORCE, actor=people.clerk)
    row = services.add(own, actor=people.clerk)
    services.change(row, {"summary": "采购的程序"}, actor=people.clerk)
    with pytest.raises(PermissionDenied):
        services.perform(Act.ADOPT, row, said(Act.ADOPT), actor=people.clerk)
    row = services.perform(Act.ADOPT, row, said(Act.ADOPT), actor=people.head)
    assert (row.state, row.summary) == (State.IN_FORCE, "采购的程序")
    with pytest.raises(PermissionDenied):
        services.change(row, {"summary": "改"}, actor=people.clerk)


def test_a_change_is_in_the_trail_old_and_new(office):
    row = make_regulation()
    services.change(row, {"summary": "新的提要"}, actor=office)
    services.change(row, {"summary": "新的提要"}, actor=office)
    assert [entry.detail for entry in AuditEntry.objects.filter(action=RegulationVerb.CHANGE)] == [
        {"summary": ["", "新的提要"]}
    ]


def test_a_head_cannot_make_it_another_departments(people, department, other_department):
    row = make_regulation(kind=Kind.DEPARTMENT, department=department)
    assert errors(lambda: services.change(row, {"department": other_department}, actor=people.head)) == {"department"}
    with pytest.raises(PermissionDenied):
        services.change(row, {"kind": Kind.SCHOOL}, actor=people.head)


def test_a_regulation_is_never_removed(db):
    row = make_regulation()
    for remove in (row.delete, Regulation.objects.all().delete):
        with pytest.raises(TypeError):
            remove()
    assert Regulation.objects.count() == 1


# ---- permissions ---------------------------------------------------------------------------------------------


def test_who_may_do_what(people, department):
    own = make_regulation(kind=Kind.DEPARTMENT, department=department)
    school = make_regulation("财务管理制度", department=department)
    allowed = {
        (name, action, row is own)
        for name, user in vars(people).items()
        for action in RegulationAction
        for row in (own, school)
        if action not in (RegulationAction.VIEW, RegulationAction.ADD) and can(user, action, row)
    }
    keeping = {RegulationAction.EDIT, RegulationAction.DECIDE, RegulationAction.PLAN, RegulationAction.CHECK}
    expected = {("head", action, True) for action in keeping - {RegulationAction.CHECK}}
    expected |= {(name, action, False) for name in ("office", "second_office") for action in keeping}
    reviewers = ("reviewer", "second_reviewer", "discipline_head")
    expected |= {(name, RegulationAction.CHECK, False) for name in reviewers}
    assert allowed == expected
    seeing = {name for name, user in vars(people).items() if visible_to(user).count() == 2}
    assert seeing == set(vars(people)) - {"disabled"}
    adding = {name for name, user in vars(people).items() if kinds_to_add(user) and can(user, RegulationAction.ADD)}
    assert adding == {"office", "second_office", "head", "clerk", "other_head", "discipline_head"}


def test_the_office_takes_over_from_a_closed_department(people, department):
    row = make_regulation(kind=Kind.DEPARTMENT, department=department)
    assert not can(people.office, RegulationAction.DECIDE, row)
    department.active_to = TODAY() - datetime.timedelta(days=1)
    department.save()
    row.refresh_from_db()
    assert [can(user, RegulationAction.DECIDE, row) for user in (people.office, people.head)] == [True, False]


def test_a_right_taken_away_meanwhile_is_asked_under_the_lock(people):
    row = make_regulation()
    office = people.office
    assert can(office, RegulationAction.DECIDE, row)  # the grants are known to this object now
    office.grants.all().delete()
    with pytest.raises(PermissionDenied):
        services.perform(Act.REPEAL, row, said(Act.REPEAL), actor=office)


# ---- states --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
def test_every_act_from_every_state(office, act, state):
    successor = make_regulation("采购管理办法（修订）", document_number="")
    ended = {"ended_on": TODAY(), "reason": "理由"} if state in (State.REPEALED, State.REPLACED) else {}
    row = make_regulation(state=state, replaced_by=successor if state == State.REPLACED else None, **ended)
    if state not in TRANSITIONS[act].sources:
        with pytest.raises(RegulationError):
            services.perform(act, row, said(act, successor), actor=office)
        row.refresh_from_db()
        assert row.state == state
        return
    row = services.perform(act, row, said(act, successor), actor=office)
    row.refresh_from_db()
    assert row.state == TRANSITIONS[act].target
    assert act in [found.act for found in available(state)]
    entry = AuditEntry.objects.get(action=TRANSITIONS[act].verb)
    assert entry.detail["state"] == [state, row.state]


@pytest.mark.parametrize("act", Act)
def test_what_an_act_needs_is_said_at_its_field(office, act):
    transition = TRANSITIONS[act]
    row = make_regulation(
        state=transition.sources[0],
        **({"ended_on": TODAY(), "reason": "理由"} if act == Act.REINSTATE else {}),
    )
    blank = {name: " " if name == "reason" else None for name in transition.asks}
    if transition.needs:
        assert errors(lambda: services.perform(act, row, blank, actor=office)) == set(transition.needs)
        row.refresh_from_db()
        assert row.state == transition.sources[0]
    else:
        assert services.perform(act, row, blank, actor=office).state == transition.target


def test_a_repeal_has_a_reason_and_a_day_that_has_come(office):
    row = make_regulation()
    late = said(Act.REPEAL) | {"ended_on": TODAY() + datetime.timedelta(days=1)}
    assert errors(lambda: services.perform(Act.REPEAL, row, late, actor=office)) == {"ended_on"}
    early = said(Act.REPEAL) | {"ended_on": datetime.date(2025, 2, 28)}
    assert errors(lambda: services.perform(Act.REPEAL, row, early, actor=office)) == {"ended_on"}
    row = services.perform(Act.REPEAL, row, said(Act.REPEAL), actor=office)
    assert (row.reason, row.ended_on) == ("上级文件已有规定", TODAY())
    with pytest.raises(IntegrityError), transaction.atomic():
        Regulation.objects.filter(pk=row.pk).update(reason="")


def test_it_is_replaced_by_another_that_is_valid(office):
    row, ended = make_regulation(), make_regulation("旧办法", state=State.REPEALED, ended_on=TODAY(), reason="理由")
    for other in (row, ended):
        wrong = said(Act.REPLACE, other)
        assert errors(lambda wrong=wrong: services.perform(Act.REPLACE, row, wrong, actor=office)) == {"replaced_by"}


def test_a_wrong_repeal_is_taken_back_and_stays_in_the_trail(office):
    row = services.perform(Act.REPEAL, make_regulation(), said(Act.REPEAL), actor=office)
    row = services.perform(Act.REINSTATE, row, {"reason": "选错了一项"}, actor=office)
    assert (row.state, row.ended_on) == (State.IN_FORCE, None)
    assert AuditEntry.objects.get(action=RegulationVerb.REINSTATE).detail["reason"] == [
        "上级文件已有规定",
        "选错了一项",
    ]


# ---- the year's plan and the checks --------------------------------------------------------------------------


def test_the_plan_of_a_year_is_kept_by_the_keeper_and_the_latest_holds(office, people):
    row = make_regulation()
    assert errors(lambda: services.decide(row, YEAR, Plan.REVISE, actor=office)) == {"due"}
    assert errors(lambda: services.decide(row, YEAR, Plan.NEW, due=DAY, actor=office)) == {"decision"}
    services.decide(row, YEAR, Plan.KEEP, actor=office)
    services.decide(row, YEAR, Plan.REVISE, due=DAY, note="办法已满五年", actor=office)
    assert [(each.decision, each.decided_by_name) for each in row.plans.all()] == [
        (Plan.KEEP, office.real_name),
        (Plan.REVISE, office.real_name),
    ]
    with pytest.raises(PermissionDenied):
        services.decide(row, YEAR, Plan.KEEP, actor=people.head)
    assert AuditEntry.objects.filter(action=RegulationVerb.PLAN).count() == 2


def test_the_execution_of_a_school_regulation_is_checked(people, department):
    row = make_regulation()
    told = {"executed": Executed.PARTLY, "problems": "", "suggestion": "补充询价程序", "checked_on": TODAY()}
    assert errors(lambda: services.check(row, YEAR, told, actor=people.reviewer)) == {"problems"}
    later = told | {"problems": "零星采购没有询价", "checked_on": TODAY() + datetime.timedelta(days=1)}
    assert errors(lambda: services.check(row, YEAR, later, actor=people.reviewer)) == {"checked_on"}
    services.check(row, YEAR, later | {"checked_on": TODAY()}, actor=people.reviewer)
    found = ExecutionCheck.objects.get()
    assert (found.year, found.checked_by_name, found.problems) == (YEAR, "纪委审核员", "零星采购没有询价")
    own = make_regulation("仓库制度", kind=Kind.DEPARTMENT, department=department)
    with pytest.raises(PermissionDenied):
        services.check(own, YEAR, later | {"checked_on": TODAY()}, actor=people.reviewer)
    drafted = make_regulation("拟订中的制度", state=State.DRAFTING)
    with pytest.raises(RegulationError, match="现行的校级"):
        services.check(drafted, YEAR, later | {"checked_on": TODAY()}, actor=people.reviewer)


@pytest.mark.parametrize("model", [PlanDecision, ExecutionCheck])
def test_what_was_recorded_is_never_changed(office, model):
    row = make_regulation()
    services.decide(row, YEAR, Plan.KEEP, actor=office)
    services.check(row, YEAR, {"executed": Executed.YES, "checked_on": TODAY()}, actor=office)
    with pytest.raises(TypeError):
        model.objects.update(year=2020)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET year = 2020")  # noqa: S608 - our own name


# ---- names in a text -----------------------------------------------------------------------------------------


def test_a_text_names_regulations_by_their_exact_title(db):
    old, new = make_regulation(document_number="1 号"), make_regulation(document_number="2 号")
    make_regulation("财务制度", state=State.REPEALED, ended_on=DAY, reason="理由")
    texts = ["采购管理办法", "《采购 管理办法》第五条", "采购管理", "财务制度", "", "《无此制度》"]
    assert queries.named_in(texts) == {"采购管理办法": [old, new], "《采购 管理办法》第五条": [old, new]}
