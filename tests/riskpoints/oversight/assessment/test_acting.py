"""Each act in each state by each person; what is frozen when; grades; nobody judges the own work."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from departments.enums import Role
from riskcontrol.models import AuditEntry
from riskpoints.models import Cycle
from riskpoints.models.table import FrozenError
from riskpoints.oversight.assessment import acting, filling, sheets
from riskpoints.oversight.assessment.acting import Given
from riskpoints.oversight.assessment.filling import Said
from riskpoints.oversight.assessment.states import AssessmentError
from riskpoints.oversight.enums import AssessmentAct as Act
from riskpoints.oversight.enums import AssessmentState as State
from riskpoints.oversight.models import Assessment, AssessmentItem, ItemScore
from riskpoints.rules import services as rules
from riskpoints.rules.enums import Grade, Key
from tests import scans
from tests.factories import set_rule
from tests.riskpoints.oversight.assessment.conftest import bring, decide, give, manual, say

POSSIBLE = {
    (State.SELF, Act.FILL): State.SELF,
    (State.SELF, Act.SUBMIT): State.HANDED_IN,
    (State.HANDED_IN, Act.SCORE): State.SCORING,
    (State.SCORING, Act.SCORE): State.SCORING,
    (State.SCORING, Act.FINISH): State.SCORED,
    (State.HANDED_IN, Act.RETURN): State.SELF,
    (State.SCORING, Act.RETURN): State.SELF,
    (State.SCORED, Act.RETURN): State.SELF,
    (State.SCORED, Act.DECIDE): State.DECIDED,
}
MAY = {
    Act.FILL: {"head"},
    Act.SUBMIT: {"head"},
    Act.SCORE: {"reviewer", "second_reviewer", "discipline_head"},
    Act.FINISH: {"reviewer", "second_reviewer", "discipline_head"},
    Act.RETURN: {"reviewer", "second_reviewer", "discipline_head"},
    Act.DECIDE: {"principal", "office", "second_office"},
}
NOW = models.QuerySet(Assessment)


def do(act, row, actor):
    if act == Act.FILL:
        return say(row, "20", actor=actor)
    if act == Act.SUBMIT:
        return acting.submit(row, actor=actor)
    if act == Act.SCORE:
        return give(row, "26", actor=actor)
    if act == Act.FINISH:
        return acting.finish(row, actor=actor)
    if act == Act.RETURN:
        return acting.give_back(row, "请补制度清单", actor=actor)
    return decide([row], actor=actor)[0]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
def test_each_act_in_each_state_by_each_person(begun, people, state, act):
    row = bring(begun, state, people)
    if state == State.SELF:
        row = say(row, actor=people.head)
    target = POSSIBLE.get((state, act))
    for name, user in vars(people).items():
        if name not in MAY[act]:
            with pytest.raises(PermissionDenied):
                do(act, row, user)
    assert Assessment.objects.get(pk=row.pk).state == state
    actor = getattr(people, sorted(MAY[act])[0])
    if target is None and (state, act) != (State.HANDED_IN, Act.SUBMIT):  # pressed again, that is done
        with pytest.raises(AssessmentError):
            do(act, row, actor)
    else:
        do(act, row, actor)
    assert Assessment.objects.get(pk=row.pk).state == (target or state)


def test_the_whole_way_with_its_entries(begun, people):
    row = bring(begun, State.SCORED, people)
    row = acting.give_back(row, "请补制度清单", actor=people.reviewer)
    assert (row.self_score, row.reviewed_score, row.submitted_by, ItemScore.objects.count()) == (None, None, None, 0)
    row = bring(row, State.DECIDED, people)
    assert [entry.act for entry in row.entries.all()] == [
        "submit", "score", "finish", "return", "submit", "score", "finish", "decide",
    ]  # fmt: skip
    assert (row.self_score, row.reviewed_score) == (Decimal("96.67"), Decimal("96.67"))
    assert (row.grade_by_score, row.final_grade, row.minutes_number) == ("excellent", "excellent", "纪要〔2026〕9号")
    assert (row.decided_by, row.decided_by_name, row.head_name) == (people.principal, "校长", "总务处负责人")
    told = list(AuditEntry.objects.of("assessment.submit", "assessment.decide").values_list("action", flat=True))
    assert told == ["assessment.submit", "assessment.submit", "assessment.decide"]


def test_it_is_begun_once_by_the_head_of_a_department_in_a_judged_year(cycle, department, people, year):
    with pytest.raises(AssessmentError, match="还没有启用"):
        filling.begin(cycle, department, actor=people.head)
    made = sheets.activate(sheets.draft(cycle, actor=people.office), actor=people.office)
    for name, user in vars(people).items():
        if name != "head":
            with pytest.raises(PermissionDenied):
                filling.begin(cycle, department, actor=user)
    row = filling.begin(cycle, department, actor=people.head)
    assert filling.begin(cycle, department, actor=people.head) == row
    assert row.items.count() == made.indicators.count()
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.create(cycle=cycle, sheet=made, department=department, head=people.head)


def test_what_is_missing_keeps_it_back(begun, people):
    with pytest.raises(AssessmentError, match="第 3 项还没有自评分"):
        acting.submit(begun, actor=people.head)
    say(begun, evidence=" ", actor=people.head)
    with pytest.raises(AssessmentError, match="第 3 项还没有自评说明"):
        acting.submit(begun, actor=people.head)


@pytest.mark.parametrize("score", ["-1", "30.01"])
def test_nobody_gives_more_than_the_weight(begun, people, score):
    with pytest.raises(ValidationError) as refused:
        say(begun, score, actor=people.head)
    assert list(refused.value.message_dict) == [f"score-{manual(begun).pk}"]
    row = bring(begun, State.HANDED_IN, people)
    with pytest.raises(ValidationError):
        give(row, score, "理由", actor=people.reviewer)


def test_a_file_supports_what_is_said(begun, people):
    row = say(begun, file=("制度清单.pdf", scans.PDF), actor=people.head)
    assert manual(row).file_name == "制度清单.pdf"
    with pytest.raises(ValidationError) as refused:
        say(begun, file=("制度清单.pdf", b"no pdf"), actor=people.head)
    assert list(refused.value.message_dict) == [f"file-{manual(row).pk}"]


def test_what_another_saved_is_not_overwritten(begun, people):
    say(begun, actor=people.head)
    with pytest.raises(ValidationError, match="别人保存过"):
        filling.save(begun, {manual(begun).pk: Said(Decimal(1), "别的")}, seen=0, actor=people.head)


def test_what_is_reckoned_is_frozen_until_it_is_returned(begun, people, department):
    row = bring(begun, State.HANDED_IN, people)
    posts = next(item for item in acting.items_of(row) if item.indicator.formula == "posts")
    powers = next(item for item in acting.items_of(row) if item.indicator.formula == "powers")
    assert (posts.value, posts.self_score) == (Decimal(1), Decimal(60))
    assert posts.reckoning == "在用岗位 2 个，有风险点或写明没有的 2 个，2÷2=1"
    assert posts.counts == {"of": 2, "done": 2}
    assert (powers.value, powers.self_score, powers.reckoning) == (None, None, "职权 0 项，已备案 0 项，不适用")
    department.posts.create(name="新岗位")
    assert acting.finish(give(row, actor=people.reviewer), actor=people.reviewer).reviewed_score == Decimal("96.67")
    row = acting.give_back(row, "岗位变了", actor=people.reviewer)
    row = bring(row, State.HANDED_IN, people)
    posts.refresh_from_db()
    assert (posts.value, posts.self_score) == (Decimal("0.67"), Decimal("40.2"))
    assert row.self_score == Decimal("74.67")  # (40.2 + 27) ÷ 90 × 100


def test_two_reviewers_count_by_their_mean_and_a_third_is_too_many(begun, people, discipline_head):
    row = bring(begun, State.HANDED_IN, people)
    give(row, "24", actor=people.reviewer)
    give(row, "25", actor=people.reviewer)
    give(row, "26", actor=people.second_reviewer)
    with pytest.raises(AssessmentError, match="已有两位"):
        give(row, "27", actor=discipline_head)
    row = acting.finish(row, actor=people.second_reviewer)
    assert manual(row).score == Decimal("25.5")
    assert row.reviewed_score == Decimal("95")  # (60 + 25.5) ÷ 90 × 100


def test_a_score_far_from_the_departments_says_why(begun, people):
    row = bring(begun, State.HANDED_IN, people)
    with pytest.raises(ValidationError) as refused:
        give(row, "20.99", " ", actor=people.reviewer)
    assert list(refused.value.message_dict) == [f"reason-{manual(row).pk}"]
    give(row, "21", actor=people.reviewer)
    assert give(row, "10", "制度清单缺四项", actor=people.reviewer).state == State.SCORING


def test_what_has_no_score_is_not_finished(begun, people):
    row = bring(begun, State.HANDED_IN, people)
    with pytest.raises(AssessmentError, match="请至少给一项打分"):
        acting.score(row, {manual(row).pk: Given(None)}, actor=people.reviewer)
    with pytest.raises(AssessmentError, match="第 3 项还没有核分"):
        acting.finish(row, actor=people.reviewer)


def test_the_committees_own_department_is_scored_by_a_deputy(sheet, discipline_table, discipline_office, people):
    row = filling.begin(sheet.cycle, discipline_office, actor=people.discipline_head)
    row = acting.submit(say(row, actor=people.discipline_head), actor=people.discipline_head)
    for user in (people.reviewer, people.second_reviewer, people.discipline_head):
        with pytest.raises(PermissionDenied):
            give(row, actor=user)
    assert give(row, actor=people.deputy).state == State.SCORING


def test_a_reviewer_of_the_department_does_not_score_it(begun, people, department):
    row = bring(begun, State.HANDED_IN, people)
    people.reviewer.grants.create(role=Role.STAFF, department=department)
    with pytest.raises(PermissionDenied):
        give(row, actor=people.reviewer)


def test_it_is_returned_with_a_reason(begun, people):
    row = bring(begun, State.HANDED_IN, people)
    with pytest.raises(ValidationError) as refused:
        acting.give_back(row, " \u200b", actor=people.reviewer)
    assert list(refused.value.message_dict) == ["text"]


def test_a_decision_has_its_meeting(begun, people):
    row = bring(begun, State.SCORED, people)
    day = datetime.timedelta(days=1)
    for changed, field in (
        ({"number": " "}, "minutes_number"),
        ({"on": timezone.localdate() + day}, "decided_on"),
        ({"on": timezone.localdate() - day}, "decided_on"),
    ):
        with pytest.raises(ValidationError) as refused:
            decide([row], actor=people.office, **changed)
        assert list(refused.value.message_dict) == [field]


def test_nobody_decides_about_the_own_field(begun, people, department):
    row = bring(begun, State.SCORED, people)
    people.office.grants.create(role=Role.STAFF, department=department)
    people.reviewer.grants.create(role=Role.OFFICE)
    for user in (people.office, people.reviewer):
        with pytest.raises(PermissionDenied):
            decide([row], actor=user)
    with pytest.raises(IntegrityError), transaction.atomic():
        NOW.filter(pk=row.pk).update(**decided(people.reviewer))
    with pytest.raises(IntegrityError), transaction.atomic():
        NOW.filter(pk=row.pk).update(**decided(people.head))
    assert decide([row], actor=people.second_office)[0].is_decided


def decided(user):
    return {
        "state": "decided",
        "grade_by_score": "good",
        "final_grade": "good",
        "decided_on": timezone.localdate(),
        "minutes_number": "1",
        "decided_by": user,
    }


@pytest.mark.parametrize(
    ("score", "grade"), [("27", Grade.EXCELLENT), ("17", Grade.GOOD), ("8", Grade.FAIR), ("0", Grade.POOR)]
)
def test_the_grade_follows_the_score(begun, people, score, grade):
    """(60 + score) ÷ 90 × 100: 96.67, 85.56, 75.56, 66.67."""
    row = bring(begun, State.DECIDED, people, score=score)
    assert (row.grade_by_score, row.final_grade) == (grade, grade)


def test_the_rule_of_the_meetings_day_judges(begun, people, time_machine):
    set_rule(Key.GRADES, {"excellent": 98, "good": 80, "fair": 70})
    row = bring(begun, State.SCORED, people)
    today = timezone.localdate()
    tomorrow = today + datetime.timedelta(days=1)
    rules.change(
        Key.GRADES, {"excellent": 90, "good": 80, "fair": 70}, since=tomorrow, reason="会议决定", actor=people.office
    )
    time_machine.move_to(timezone.now() + datetime.timedelta(days=1))
    (row,) = decide([row], actor=people.principal, on=today)
    assert row.final_grade == Grade.GOOD


def test_pressed_twice_is_done_once(begun, people):
    row = bring(begun, State.HANDED_IN, people)
    assert acting.submit(row, actor=people.head).state == State.HANDED_IN
    row = acting.finish(give(row, actor=people.reviewer), actor=people.reviewer)
    acting.finish(row, actor=people.reviewer)
    assert [entry.act for entry in row.entries.all()] == ["submit", "score", "finish"]


@pytest.mark.parametrize("act", Act)
def test_nothing_is_done_in_a_closed_year(begun, people, act):
    state = next(state for (state, possible), _ in POSSIBLE.items() if possible == act)
    row = bring(begun, state, people)
    Cycle.objects.filter(pk=row.cycle_id).update(closed_at=timezone.now())
    with pytest.raises(AssessmentError, match="已经关闭"):
        do(act, row, getattr(people, sorted(MAY[act])[0]))


def refused(statement, *values):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_database_keeps_what_was_handed_in(begun, people):
    bring(begun, State.HANDED_IN, people)
    for name, value in (("self_score", 30), ("evidence", "别的"), ("value", 0), ("reckoning", "别的")):
        refused(f"UPDATE oversight_assessmentitem SET {name} = %s", value)  # noqa: S608
    refused("UPDATE oversight_assessment SET submitted_by_id = NULL")
    refused("UPDATE oversight_assessmententry SET text = '别的'")


def test_the_database_keeps_what_was_scored(begun, people):
    row = bring(begun, State.SCORING, people)
    refused("UPDATE oversight_itemscore SET by_id = %s", people.head.pk)
    acting.finish(row, actor=people.reviewer)
    refused("UPDATE oversight_itemscore SET score = 1")
    refused("UPDATE oversight_assessmentitem SET score = 1")
    refused("UPDATE oversight_assessment SET reviewed_score = NULL")
    one = ItemScore.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemScore.objects.create(item=one.item, by=people.second_reviewer, by_name="x", score=1)


def test_the_database_keeps_what_was_decided(begun, people):
    row = bring(begun, State.DECIDED, people)
    for name, value in (
        ("final_grade", "good"), ("reviewed_score", 1), ("minutes_number", "2"), ("state", "scored"),
    ):  # fmt: skip
        refused(f"UPDATE oversight_assessment SET {name} = %s", value)  # noqa: S608
    for act in (
        lambda: Assessment.objects.update(lock=9),
        lambda: row.save(),
        lambda: row.delete(),
        lambda: Assessment.objects.all().delete(),
    ):
        with pytest.raises(FrozenError):
            act()


def test_items_are_added_before_it_is_handed_in_alone(begun, people):
    bring(begun, State.HANDED_IN, people)
    item = manual(begun)
    with pytest.raises(IntegrityError, match="不能增加"), transaction.atomic():
        AssessmentItem.objects.create(assessment=begun, indicator=item.indicator)


def test_a_meeting_decides_about_all_its_departments_or_none(begun, people, other_department, year):
    row = bring(begun, State.SCORED, people)
    other = filling.begin(year, other_department, actor=people.other_head)
    with pytest.raises(AssessmentError, match="教务处的考核现在是“自评中”"):
        decide([row, other], actor=people.principal)
    row.refresh_from_db()
    assert row.state == State.SCORED
