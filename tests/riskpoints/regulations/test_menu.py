"""What waits for whom because of regulations, and what stands beside points: it goes when the draft is mended."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from riskcontrol.web.query import QueryReader
from riskpoints.enums import Action, Status
from riskpoints.references.regulations import services
from riskpoints.references.regulations.enums import Act, Kind, State
from riskpoints.register import filters, search
from riskpoints.regulations import menu, shown
from riskpoints.tables import editing, starting, workflow
from riskpoints.wings import Mark
from tests.factories import assess_all, bring_to, make_regulation, paper_signature

TODAY = timezone.localdate
DAY = datetime.timedelta(days=1)


@pytest.fixture
def cited(draft_version, people):
    """Return a measure of 总务处's draft that cites a regulation."""
    measure = draft_version.measures.filter(points__isnull=False).first()
    points = list(measure.points.all())
    return editing.save_measure(
        draft_version, {}, points=points, regulations=[make_regulation()], measure=measure, actor=people.head
    )


def repeal(regulation, office):
    values = {"ended_on": TODAY(), "reason": "已有上级规定"}
    return services.perform(Act.REPEAL, regulation, values, actor=office)


def verbs(user):
    return [task.verb for task in menu.tasks(user)]


def found(user, value, standing="draft"):
    query = QueryReader({"regulations_pages_standing": value, "standing": standing})
    return {row.pk for row in search.points(user, filters.read(query, filters.options(user)))}


def test_every_account_finds_it(people):
    assert [entry.address for entry in menu.entries(people.outsider)] == [reverse("regulations:index")]
    assert menu.entries(people.disabled) == []


def test_a_repeal_becomes_a_task_and_a_mark_until_the_draft_is_mended(cited, people):
    version, regulation = cited.version, cited.regulations.get()
    assert menu.tasks(people.head) == []
    assert shown.marks(people.head, [version]) == {}
    repeal(regulation, people.office)
    (task,) = menu.tasks(people.head)
    assert (task.verb, task.address) == ("修订，改引新制度", reverse("riskpoints:version", args=[version.pk]))
    assert task.title == "总务处防控表有 1 条措施引用的制度已废止或被替代"
    assert "已废止" in task.note
    others = (people.other_head, people.reviewer, people.office, people.clerk)
    assert [menu.tasks(user) for user in others] == [[], [], [], []]
    points = list(cited.points.all())
    assert shown.marks(people.head, [version]) == {
        version.pk: [Mark(shown.RESTS_ON_ENDED, point.identity) for point in points]
    }
    assert found(people.head, "ended") == {point.pk for point in points}
    successor = make_regulation("采购管理办法（2026）", document_number="")
    editing.save_measure(version, {}, points=points, regulations=[successor], measure=cited, actor=people.head)
    assert menu.tasks(people.head) == []
    assert shown.marks(people.head, [version]) == {}
    assert found(people.head, "ended") == set()


def test_what_is_in_force_keeps_its_mark_while_the_revision_is_mended(cited, people):
    regulation = cited.regulations.get()
    in_force = bring_to(Status.CONFIRMED, cited.version.table, people)
    repeal(regulation, people.office)
    assert [task.address for task in menu.tasks(people.head)] == [reverse("riskpoints:version", args=[in_force.pk])]
    revision = starting.open_revision(in_force, reason="改引新制度", actor=people.head)
    measure = revision.measures.get(identity=cited.identity)
    points = list(measure.points.all())
    editing.save_measure(revision, {}, points=points, regulations=[], measure=measure, actor=people.head)
    assert menu.tasks(people.head) == []
    assert set(shown.marks(people.head, [in_force, revision])) == {in_force.pk}
    workflow.perform(Action.SUBMIT, revision, actor=people.head)
    assert menu.tasks(people.head) == []
    assert found(people.head, "ended", "in_force") == {in_force.points.get(identity=points[0].identity).pk}


def test_a_measure_of_a_whole_category_marks_each_of_its_points(draft_version, people):
    measure = draft_version.measures.first()
    points = draft_version.points.filter(category=measure.category)
    said = {"points": [], "regulations": [make_regulation()], "measure": measure}
    editing.save_measure(draft_version, {}, **said, actor=people.head)
    repeal(measure.regulations.get(), people.office)
    marked = {mark.point for mark in shown.marks(people.head, [draft_version])[draft_version.pk]}
    assert marked == {point.identity for point in points}
    assert found(people.head, "ended") == {point.pk for point in points}


def test_a_replaced_regulation_counts_like_a_repealed_one(cited, people):
    said = {"replaced_by": make_regulation("新办法", document_number=""), "ended_on": TODAY()}
    services.perform(Act.REPLACE, cited.regulations.get(), said, actor=people.office)
    assert verbs(people.head) == ["修订，改引新制度"]


def test_a_history_is_not_marked(cited, people):
    """What was in force before another version is no matter of today's."""
    old, regulation = bring_to(Status.CONFIRMED, cited.version.table, people), cited.regulations.get()
    revision = starting.open_revision(old, reason="改引新制度", actor=people.head)
    measure = revision.measures.get(identity=cited.identity)
    said = {"points": measure.points.all(), "regulations": [], "measure": measure}
    editing.save_measure(revision, {}, **said, actor=people.head)
    revision = workflow.perform(Action.SUBMIT, revision, actor=people.head)
    assess_all(revision, actor=people.reviewer)
    revision = workflow.perform(Action.APPROVE, revision, actor=people.reviewer)
    revision = workflow.perform(Action.CONFIRM, revision, actor=people.office, signature=paper_signature())
    repeal(regulation, people.office)
    assert shown.marks(people.head, [old, revision]) == {}
    assert menu.tasks(people.head) == []


@pytest.mark.parametrize(("days", "expected"), [(0, []), (-1, ["拟订缺少的制度"])])
def test_a_missing_regulation_is_overdue_from_the_day_after(draft_version, people, days, expected):
    values = {"missing_regulation": "验收办法", "missing_drafter": "总务处", "missing_due": TODAY() + days * DAY}
    point = editing.save_point(draft_version, values, point=draft_version.points.first(), actor=people.head)
    assert verbs(people.head) == expected
    assert bool(shown.marks(people.head, [draft_version])) == bool(expected)
    assert found(people.head, "missing") == {point.pk}
    assert found(people.head, "overdue") == ({point.pk} if expected else set())


def test_a_review_that_is_due_waits_for_the_keeper(people, department):
    make_regulation("校级", next_review_on=TODAY(), document_number="")
    make_regulation("部门", kind=Kind.DEPARTMENT, department=department, next_review_on=TODAY(), document_number="")
    make_regulation("以后的", next_review_on=TODAY() + DAY, document_number="")
    ended = {"state": State.REPEALED, "ended_on": TODAY(), "reason": "理由"}
    make_regulation("废止的", next_review_on=TODAY(), document_number="", **ended)
    waiting = {name: [task.title for task in menu.tasks(getattr(people, name))] for name in ("office", "head", "clerk")}
    assert waiting == {
        "office": ["《校级》（2025 年）到了评估的日子"],
        "head": ["《部门》（2025 年）到了评估的日子"],
        "clerk": [],
    }


def test_the_school_s_own_table_is_the_office_s_to_mend(school_table, people):
    draft = bring_to(Status.DRAFT, school_table, people)
    measure, regulation = draft.measures.first(), make_regulation()
    said = {"points": measure.points.all(), "regulations": [regulation], "measure": measure}
    editing.save_measure(draft, {}, **said, actor=people.office)
    repeal(regulation, people.office)
    assert verbs(people.office) == ["修订，改引新制度"]
    assert menu.tasks(people.head) == []


def test_one_measure_and_many_take_the_same_queries(draft_version, people):
    """Measures of a whole category included; the same for the task."""
    first, *others = draft_version.measures.all()
    regulation = make_regulation()

    def cite(measure, points):
        said = {"points": points, "regulations": [regulation], "measure": measure}
        editing.save_measure(draft_version, {}, **said, actor=people.head)

    cite(first, list(first.points.all()))
    repeal(regulation, people.office)
    menu.tasks(people.head)  # whose roles are known to this object from now on
    few = asked(lambda: shown.marks(people.head, [draft_version])), asked(lambda: menu.tasks(people.head))
    for place, measure in enumerate(others):
        measure.regulations.add(regulation)
        if place % 2:
            measure.points.clear()
    many = asked(lambda: shown.marks(people.head, [draft_version])), asked(lambda: menu.tasks(people.head))
    assert few == many


def asked(call):
    with CaptureQueriesContext(connection) as found:
        call()
    return len(found)
