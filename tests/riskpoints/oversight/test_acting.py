"""Handing in, reviewing, returning: each act in each state, and never by whom it concerns."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from departments.enums import Level, Role
from departments.models import Appointment
from riskcontrol.models import AuditEntry
from riskpoints.models import Cycle
from riskpoints.models.table import FrozenError
from riskpoints.oversight import routing
from riskpoints.oversight.enums import CheckAct, CheckKind, Period, Result, Standing, State
from riskpoints.oversight.models import CheckSheet
from riskpoints.oversight.monitoring import acting, filling, starting, states
from riskpoints.oversight.monitoring.states import CheckError
from riskpoints.oversight.permissions import OversightAction, can
from riskpoints.rules.enums import Duty, Key
from tests.factories import set_rule
from tests.riskpoints.oversight.conftest import NAMED, YEAR, fill_in, measures, write

POSSIBLE = {
    (State.FILLING, CheckAct.FILL): State.FILLING,
    (State.FILLING, CheckAct.SUBMIT): State.SUBMITTED,
    (State.RETURNED, CheckAct.FILL): State.FILLING,
    (State.RETURNED, CheckAct.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, CheckAct.REVIEW): State.REVIEWED,
    (State.SUBMITTED, CheckAct.RETURN): State.RETURNED,
}


def bring(sheet, state, people):
    """Bring a filled-in sheet of 一级 into a state."""
    fill_in(sheet, actor=people.head)
    if state != State.FILLING:
        sheet = acting.perform(CheckAct.SUBMIT, sheet, actor=people.head)
    if state == State.RETURNED:
        sheet = acting.perform(CheckAct.RETURN, sheet, actor=people.principal, text="请补证据")
    if state == State.REVIEWED:
        sheet = acting.perform(CheckAct.REVIEW, sheet, actor=people.principal)
    return sheet


def do(act, sheet, people):
    if act == CheckAct.FILL:
        return write(sheet, measures(sheet)[0], actor=people.head, result=Result.NO_CASE, note="没有采购")
    actor = people.head if act == CheckAct.SUBMIT else people.principal
    return acting.perform(act, sheet, actor=actor, text="意见")


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", CheckAct)
def test_each_act_in_each_state(sheet, people, state, act):
    sheet = bring(sheet, state, people)
    target = POSSIBLE.get((state, act))
    if target is None:
        with pytest.raises(CheckError):
            do(act, sheet, people)
    else:
        do(act, sheet, people)
    assert CheckSheet.objects.get(pk=sheet.pk).state == (target or state)


def test_the_whole_way_leaves_its_entries(sheet, people):
    sheet = bring(sheet, State.RETURNED, people)
    do(CheckAct.FILL, sheet, people)
    acting.perform(CheckAct.SUBMIT, sheet, actor=people.head)
    sheet = acting.perform(CheckAct.REVIEW, sheet, actor=people.principal, text="属实")
    assert [(entry.act, entry.by_name, entry.text) for entry in sheet.entries.all()] == [
        ("submit", "总务处负责人", ""),
        ("return", "校长", "请补证据"),
        ("submit", "总务处负责人", ""),
        ("review", "校长", "属实"),
    ]
    assert (sheet.reviewed_by, sheet.reviewed_by_name, sheet.review_note) == (people.principal, "校长", "属实")
    verbs = [f"check.{name}" for name in ("submit", "return", "submit", "review")]
    assert list(AuditEntry.objects.of(*verbs).values_list("action", flat=True)) == verbs


def test_it_is_returned_with_a_reason(sheet, people):
    sheet = bring(sheet, State.SUBMITTED, people)
    with pytest.raises(ValidationError) as refused:
        acting.perform(CheckAct.RETURN, sheet, actor=people.principal, text=" \u200b")
    assert list(refused.value.message_dict) == ["text"]


def test_the_head_hands_in_and_nobody_else(sheet, people):
    fill_in(sheet, actor=people.clerk)
    for name, user in vars(people).items():
        if name != "head":
            with pytest.raises(PermissionDenied):
                acting.perform(CheckAct.SUBMIT, sheet, actor=user)
    assert acting.perform(CheckAct.SUBMIT, sheet, actor=people.head).state == State.SUBMITTED


@pytest.mark.parametrize(
    ("level", "may"),
    [
        (Level.FIRST, {"principal"}),
        (Level.SECOND, {"leader"}),
        (Level.THIRD, {"reviewer", "second_reviewer", "discipline_head"}),
    ],
)
def test_whoever_answers_for_the_level_reviews(sheet, people, level, may):
    sheet = bring(sheet, State.SUBMITTED, people)
    models.QuerySet(CheckSheet).filter(pk=sheet.pk).update(level=level)
    sheet.refresh_from_db()
    assert {name for name, user in vars(people).items() if can(user, OversightAction.REVIEW, sheet)} == may
    for name, user in vars(people).items():
        if name not in may:
            with pytest.raises(PermissionDenied):
                acting.perform(CheckAct.REVIEW, sheet, actor=user)


def test_a_rule_that_names_the_head_leaves_the_review_to_the_leader(sheet, people):
    set_rule(Key.RESPONSIBLE_FIRST, Duty.HEAD)
    sheet = bring(sheet, State.SUBMITTED, people)
    assert routing.route(sheet).people == (people.leader,)
    set_rule(Key.RESPONSIBLE_FIRST, Duty.LEADER)
    assert routing.route(sheet).words == "分管副校长（分管领导）"


def test_a_head_with_the_leaders_role_does_not_review_the_own_sheet(sheet, people, department):
    set_rule(Key.RESPONSIBLE_FIRST, Duty.LEADER)
    people.leader.grants.all().delete()
    people.head.grants.create(role=Role.LEADER, department=department)
    sheet = bring(sheet, State.SUBMITTED, people)
    with pytest.raises(PermissionDenied, match="参加了这次检查"):
        acting.perform(CheckAct.REVIEW, sheet, actor=people.head)
    assert routing.route(sheet).people == (people.principal,)


@pytest.mark.parametrize("how", ["responsible", "account", "name", "former name", "checker", "filled in"])
def test_whom_it_concerns_is_passed_over(which, people, purchasing_post, department, how):
    set_rule(Key.RESPONSIBLE_FIRST, Duty.LEADER)
    leader, today = people.leader, timezone.localdate()
    named = {"responsible": "责任人3", "former name": "责任人3"}.get(how)
    if how == "responsible":
        type(leader).objects.filter(pk=leader.pk).update(real_name="责任人１")
    if how == "former name":
        type(leader).objects.filter(pk=leader.pk).update(former_names=[["责任人1", "2020-01-01T00:00:00+00:00"]])
    if how == "account":
        Appointment.objects.create(post=purchasing_post, holder_name="别名", user=leader, since=today)
    if how == "name":
        Appointment.objects.create(post=purchasing_post, holder_name="分管 副校长", since=today)
    sheet = starting.start(which(), actor=people.head)
    assert named is None or named in {line.responsible for line in sheet.lines.all()}
    if how == "filled in":
        leader.grants.create(role=Role.CLERK, department=department)
        write(sheet, measures(sheet)[0], actor=leader, result=Result.DONE)
    fill_in(sheet, actor=people.head, **({"checker": "分管副校长、总务处负责人"} if how == "checker" else {}))
    if how == "filled in":
        write(sheet, measures(sheet)[0], actor=type(leader).objects.get(pk=leader.pk), result=Result.NO_CASE, note="无")
    sheet = acting.perform(CheckAct.SUBMIT, sheet, actor=people.head)
    with pytest.raises(PermissionDenied, match="不能"):
        acting.perform(CheckAct.REVIEW, sheet, actor=type(leader).objects.get(pk=leader.pk))
    assert routing.route(sheet).people == (people.principal,)
    assert acting.perform(CheckAct.REVIEW, sheet, actor=people.principal).state == State.REVIEWED


def test_where_everybody_is_barred_it_is_the_committees_and_then_nobodys(sheet, people):
    sheet = bring(sheet, State.SUBMITTED, people)
    people.principal.grants.all().delete()
    committee = {people.reviewer, people.second_reviewer, people.discipline_head}
    assert set(routing.route(sheet).people) == committee
    for user in committee:
        user.grants.all().delete()
    assert routing.route(sheet).people == ()
    assert routing.route(sheet).words == routing.NOBODY


def test_a_check_of_the_committee_is_reviewed_by_another(which, people):
    made = starting.start(which(kind=CheckKind.SUPERVISION, level=Level.THIRD), actor=people.reviewer, **NAMED)
    fill_in(made, actor=people.reviewer)
    made = acting.perform(CheckAct.SUBMIT, made, actor=people.reviewer)
    assert set(routing.route(made).people) == {people.second_reviewer, people.discipline_head}
    with pytest.raises(PermissionDenied):
        acting.perform(CheckAct.REVIEW, made, actor=people.reviewer)


def test_an_administrator_reviews_nothing(sheet, people):
    sheet = bring(sheet, State.SUBMITTED, people)
    people.principal.grants.create(role=Role.ADMIN)
    assert people.principal not in routing.route(sheet).people


@pytest.mark.parametrize("field", ["submitted_by", "started_by"])
def test_the_database_keeps_reviewer_and_submitter_apart(sheet, people, field):
    sheet = bring(sheet, State.SUBMITTED, people)
    changed = {field: people.principal, "state": State.REVIEWED, "reviewed_by": people.principal}
    with pytest.raises(IntegrityError), transaction.atomic():
        models.QuerySet(CheckSheet).filter(pk=sheet.pk).update(**changed, reviewed_at=timezone.now())


def test_a_reviewed_sheet_is_frozen(sheet, people):
    sheet = bring(sheet, State.REVIEWED, people)
    with pytest.raises(FrozenError):
        sheet.save()
    with pytest.raises(FrozenError):
        CheckSheet.objects.update(opinion="x")
    with pytest.raises(IntegrityError, match="已复核"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE oversight_checksheet SET opinion = 'x'")


@pytest.mark.parametrize(("day", "is_late"), [((3, 31), False), ((4, 1), True)])
def test_what_is_handed_in_after_its_period_stays_marked(sheet, people, on, day, is_late):
    on(*day)
    assert states.is_overdue(YEAR, Period.Q1, states.standing(sheet)) is is_late
    sheet = bring(sheet, State.RETURNED, people)
    on(5, 1)
    sheet = acting.perform(CheckAct.SUBMIT, sheet, actor=people.head)
    assert sheet.is_late is is_late
    assert not states.is_overdue(YEAR, Period.Q1, states.standing(sheet))


def test_a_sheet_ends_with_its_department_or_its_year(sheet, people, coming, department, on):
    on(2, 11)
    department.active_to = timezone.localdate()
    department.save()
    assert states.standing(CheckSheet.objects.get(pk=sheet.pk)) == Standing.FILLING
    on(2, 12)
    assert states.standing(CheckSheet.objects.get(pk=sheet.pk)) == Standing.DISSOLVED
    type(department).objects.filter(pk=department.pk).update(active_to=None)
    Cycle.objects.filter(pk=coming.pk).update(closed_at=timezone.now())
    found = CheckSheet.objects.select_related("cycle", "department").get(pk=sheet.pk)
    assert states.standing(found) == Standing.UNFINISHED
    assert not states.is_overdue(YEAR, Period.Q1, Standing.UNFINISHED)
    for act in (CheckAct.SUBMIT, CheckAct.REVIEW):
        with pytest.raises((CheckError, PermissionDenied)):
            acting.perform(act, found, actor=people.head)


def test_a_sheet_handed_in_stays_handed_in_when_the_year_closes(sheet, people, coming):
    sheet = bring(sheet, State.SUBMITTED, people)
    Cycle.objects.filter(pk=coming.pk).update(closed_at=timezone.now())
    sheet = CheckSheet.objects.select_related("cycle", "department").get(pk=sheet.pk)
    assert states.standing(sheet) == Standing.SUBMITTED
    with pytest.raises(CheckError, match="已经关闭"):
        acting.perform(CheckAct.REVIEW, sheet, actor=people.principal)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张三、李四", {"张三", "李四"}),
        ("张三 李四", {"张三李四", "张三", "李四"}),
        ("王　某（采购员）；赵六/钱七", {"王某", "王", "某", "采购员", "赵六", "钱七"}),
        ("", set()),
    ],
)
def test_names_are_found_in_what_people_write(text, names):
    assert routing.names_in(text) == names


def test_as_many_queries_for_one_sheet_as_for_many(sheet, third, people, django_assert_max_num_queries):
    sheet = bring(sheet, State.SUBMITTED, people)
    with django_assert_max_num_queries(30) as one:
        routing.routes([sheet])
    with django_assert_max_num_queries(30) as two:
        routing.routes([sheet, third])
    assert len(two) <= len(one)


def test_mark_changes_with_each_value():
    marks = {filling.mark(one) for one in (filling.Found(), filling.Found(result="done"), filling.Found(note="done"))}
    assert len(marks) == 3
