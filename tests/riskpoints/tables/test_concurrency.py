"""Two people at the same moment, each with a database connection of his own: one succeeds, the other is told so."""

import threading
from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from departments.models import User
from riskcontrol.audit import verify_chain
from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, Status
from riskpoints.models import ControlTable, Cycle, Decision, RiskPoint, SourceChoice, TableVersion
from riskpoints.tables import editing, reviewing, starting, workflow
from riskpoints.tables.editing import ConflictError
from riskpoints.tables.workflow import WorkflowError, perform
from riskpoints.verbs import RegisterVerb
from riskpoints.years import closing, opening, taking
from tests.factories import assess_all, bring_to, make_cycle, make_measure, make_point, paper_signature

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run each call in a thread with a connection of its own, all let go at one moment; return what came of them."""
    gate = threading.Barrier(len(calls), timeout=30)
    results = [None] * len(calls)

    def run(place, call):
        try:
            connection.ensure_connection()
            gate.wait()
            results[place] = call()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return results


def kinds(results):
    """Count what came of the calls: the class of an error, or “done”."""
    return Counter(type(result).__name__ if isinstance(result, Exception) else "done" for result in results)


def fresh(row):
    """Return the row as a request of its own would read it."""
    return type(row).objects.get(pk=row.pk)


def act(action, version, user, **values):
    version, user = fresh(version), fresh(user)
    return lambda: perform(action, version, actor=user, **values)


def test_two_parallel_starts_give_one_version(table, people):
    calls = []
    for user in (people.head, people.clerk, people.head, people.clerk):
        mine, me = ControlTable.objects.select_related("cycle", "department").get(pk=table.pk), fresh(user)
        calls.append(lambda mine=mine, me=me: starting.start_table(mine, actor=me))
    results = at_once(*calls)
    assert kinds(results) == {"done": 4}
    assert [version.pk for version in results] == [TableVersion.objects.get().pk] * 4
    assert AuditEntry.objects.filter(action=RegisterVerb.START).count() == 1


def test_two_parallel_revisions_give_one(table, people):
    version = bring_to(Status.CONFIRMED, table, people)
    calls = []
    for user in (people.head, people.clerk):
        mine, me = fresh(version), fresh(user)
        calls.append(lambda mine=mine, me=me: starting.open_revision(mine, reason="岗位变动", actor=me))
    results = at_once(*calls)
    assert kinds(results) == {"done": 1, "WorkflowError": 1}
    assert TableVersion.objects.count() == 2
    assert fresh(version).points.count() == TableVersion.objects.get(number=2).points.count()


def test_a_year_opened_by_two_at_once_is_opened_once(people, department):
    dates = {
        name: f"2030-0{month}-01"
        for month, name in enumerate(("fill_from", "fill_until", "review_until", "publish_until"), 1)
    }
    calls = []
    for user in (people.office, people.second_office):
        me = fresh(user)
        calls.append(lambda me=me: opening.open_year(2030, dates, actor=me))
    results = at_once(*calls)
    assert kinds(results) == {"done": 1, "ValidationError": 1}
    refusal = next(result for result in results if isinstance(result, ValidationError))
    assert refusal.message_dict == {"year": ["这个年度已经开启。"]}
    assert Cycle.objects.get(year=2030).tables.count() == 4


def test_a_newer_source_taken_over_by_two_at_once_is_taken_over_once(table, people):
    bring_to(Status.CONFIRMED, table, people)
    cycle = make_cycle(table.cycle.year + 1)
    later = ControlTable.objects.create(cycle=cycle, scope=table.scope, department=table.department)
    draft = starting.start_table(later, actor=people.head)
    table.refresh_from_db()
    revision = starting.open_revision(table.in_force, reason="原因", actor=people.head)
    make_measure(revision, make_point(revision, actor=people.head, text="新增的"), actor=people.head)
    revision = workflow.perform(Action.SUBMIT, revision, actor=people.head)
    assess_all(revision, actor=people.reviewer)
    revision = workflow.perform(Action.APPROVE, revision, actor=people.reviewer)
    revision = workflow.perform(Action.CONFIRM, revision, actor=people.office, signature=paper_signature())
    calls = []
    for user in (people.head, people.clerk):
        mine, me = fresh(draft), fresh(user)
        calls.append(lambda mine=mine, me=me: taking.take_all(mine, source_id=revision.pk, actor=me))
    assert kinds(at_once(*calls)) == {"done": 1, "WorkflowError": 1}
    assert draft.points.filter(text="新增的").count() == 1
    assert SourceChoice.objects.values("key").distinct().count() == SourceChoice.objects.count() == 2
    assert draft.authors.count() == 1


# ---- one act, twice at once --------------------------------------------------------------------------------------

PAIRS = [
    (Status.DRAFT, [("submit", "head"), ("submit", "head")]),
    (Status.SUBMITTED, [("approve", "reviewer"), ("approve", "second_reviewer")]),
    (Status.SUBMITTED, [("approve", "reviewer"), ("recall", "head")]),
    (Status.SUBMITTED, [("return", "reviewer"), ("approve", "second_reviewer")]),
    (Status.SUBMITTED, [("return", "reviewer"), ("return", "second_reviewer")]),
    (Status.REVIEWED, [("confirm", "office"), ("confirm", "second_office")]),
    (Status.REVIEWED, [("confirm", "office"), ("confirm", "principal")]),
    (Status.REVIEWED, [("confirm", "office"), ("return", "principal")]),
]
AFTER = {
    "submit": Status.SUBMITTED,
    "approve": Status.REVIEWED,
    "recall": Status.DRAFT,
    "return": Status.DRAFT,
    "confirm": Status.CONFIRMED,
}


@pytest.mark.parametrize(
    ("status", "pair"), PAIRS, ids=lambda value: "+".join(a for a, _ in value) if isinstance(value, list) else value
)
def test_of_two_acts_at_once_exactly_one_succeeds(table, people, status, pair):
    version = bring_to(status, table, people)
    if status == Status.SUBMITTED:
        assess_all(version, actor=people.reviewer)
    decisions, entries = Decision.objects.count(), AuditEntry.objects.count()
    calls = []
    for action, name in pair:
        values = {"comment": "意见"} | ({"signature": paper_signature()} if action == "confirm" else {})
        calls.append(act(Action(action), version, getattr(people, name), **values))
    results = at_once(*calls)
    assert kinds(results) == {"done": 1, "WorkflowError": 1}
    refusal = next(result for result in results if isinstance(result, WorkflowError))
    assert "可能已由他人办理" in str(refusal)
    winner = next(place for place, result in enumerate(results) if not isinstance(result, Exception))
    assert fresh(version).status == AFTER[pair[winner][0]]
    assert Decision.objects.count() == decisions + 1
    # A confirmation on paper keeps its scan with it, which has an entry of its own.
    assert AuditEntry.objects.count() == entries + (2 if pair[winner][0] == "confirm" else 1)
    table.refresh_from_db()
    assert (table.in_force == version) == (fresh(version).status == Status.CONFIRMED)
    assert list(verify_chain()) == []


def test_many_submit_at_once(table, people):
    version = bring_to(Status.DRAFT, table, people)
    results = at_once(*[act(Action.SUBMIT, version, people.head) for _ in range(6)])
    assert kinds(results) == {"done": 1, "WorkflowError": 5}
    assert Decision.objects.count() == 1


# ---- the same row, the same table --------------------------------------------------------------------------------


def test_of_two_who_save_the_same_point_one_sees_the_conflict(table, people):
    version = bring_to(Status.DRAFT, table, people)
    point = version.points.first()
    calls = []
    for user, text in [(people.head, "负责人的说法"), (people.clerk, "填报员的说法")]:
        mine, my_point, me = fresh(version), fresh(point), fresh(user)
        calls.append(
            lambda mine=mine, my_point=my_point, me=me, text=text: editing.save_point(
                mine, {"text": text}, point=my_point, lock=0, actor=me
            )
        )
    results = at_once(*calls)
    assert kinds(results) == {"done": 1, "ConflictError": 1}
    saved = next(result for result in results if not isinstance(result, Exception))
    conflict = next(result for result in results if isinstance(result, ConflictError))
    assert fresh(point).text == saved.text == conflict.stored.text


def test_a_form_sent_several_times_at_once_adds_one_row(table, people):
    version = bring_to(Status.DRAFT, table, people)
    points, values = version.points.count(), {"category": "duty", "text": "只写了一次", "likelihood": 1, "harm": 1}
    calls = []
    for _ in range(4):
        mine, me = fresh(version), fresh(people.head)
        calls.append(lambda mine=mine, me=me: editing.save_point(mine, values, token="one form", actor=me))
    results = at_once(*calls)
    assert kinds(results) == {"done": 4}
    assert len({point.pk for point in results}) == 1
    assert version.points.count() == points + 1


def test_no_change_to_different_rows_is_lost(table, people):
    version = bring_to(Status.DRAFT, table, people)
    before = version.__class__.objects.get(pk=version.pk).lock
    points = list(version.points.all())
    calls = []
    for number, point in enumerate(points):
        mine, me = fresh(version), fresh(people.head if number % 2 else people.clerk)
        calls.append(
            lambda mine=mine, point=point, me=me: editing.save_point(
                mine, {"text": f"{point.text}（改）"}, point=point, lock=0, actor=me
            )
        )
    assert kinds(at_once(*calls)) == {"done": len(points)}
    assert [fresh(point).text for point in points] == [f"{point.text}（改）" for point in points]
    assert fresh(version).lock == before + len(points)
    assert list(verify_chain()) == []


def test_nothing_is_written_into_a_table_that_is_being_submitted(table, people):
    """Whoever comes first: what the decision is bound to is what the version says afterwards."""
    version = bring_to(Status.DRAFT, table, people)
    point, mine, me = version.points.first(), fresh(version), fresh(people.clerk)
    results = at_once(
        act(Action.SUBMIT, version, people.head),
        lambda: editing.save_point(mine, {"text": "最后一刻的改动"}, point=point, actor=me),
    )
    assert kinds(results) in ({"done": 2}, {"done": 1, "FrozenError": 1})
    assert fresh(version).status == Status.SUBMITTED
    text, content_hash = workflow.content.sealed(workflow.content.load(fresh(version)))
    decision = Decision.objects.get()
    assert (decision.content_hash, decision.snapshot) == (content_hash, text)


def test_levels_and_approval_at_once_leave_what_was_decided(table, people):
    version = bring_to(Status.SUBMITTED, table, people)
    assess_all(version, actor=people.reviewer)
    point = RiskPoint.objects.filter(version=version, proposed_level=3).first()
    mine, me = fresh(version), fresh(people.second_reviewer)
    results = at_once(
        act(Action.APPROVE, version, people.reviewer),
        lambda: reviewing.assess(mine, {point.pk: reviewing.Assessment(2, "理由")}, actor=me),
    )
    # The approval is bound to the content that was printed for it: a level saved in between makes it wait.
    assert kinds(results) in ({"done": 2}, {"done": 1, "FrozenError": 1}, {"done": 1, "WorkflowError": 1})
    decision = Decision.objects.filter(action=Action.APPROVE).first()
    assert fresh(version).status == (Status.REVIEWED if decision else Status.SUBMITTED)
    if decision:
        assert decision.content_hash == workflow.content.sealed(workflow.content.load(fresh(version)))[1]


def test_a_year_is_not_closed_over_a_table_just_submitted(table, people, cycle):
    version = bring_to(Status.DRAFT, table, people)
    mine, me = fresh(cycle), User.objects.get(pk=people.office.pk)
    results = at_once(act(Action.SUBMIT, version, people.head), lambda: closing.close_year(mine, actor=me))
    assert kinds(results) == {"done": 1, "WorkflowError": 1}
    assert (fresh(version).status, fresh(cycle).is_closed) in [(Status.SUBMITTED, False), (Status.DRAFT, True)]
