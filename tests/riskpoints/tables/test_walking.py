"""逐条核对: what is answered about each point of a renewal, what counts, and what the submission asks for."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from departments.permissions import own_posts
from riskcontrol.models import AuditEntry
from riskpoints.content.content import load
from riskpoints.content.walk import walk_of
from riskpoints.enums import Action, Status
from riskpoints.models import ControlTable, RiskPoint, TableVersion, WalkAnswer
from riskpoints.models.table import FrozenError
from riskpoints.tables import editing, moving, recovering, starting, undoing, walking, workflow
from riskpoints.tables.demands import UnwalkedError
from riskpoints.tables.refusal import WorkflowError
from riskpoints.verbs import RegisterVerb
from riskpoints.years import opening
from tests.factories import bring_to, make_measure, make_point, walk_all, year_dates
from tests.leaders import make_leaders


@pytest.fixture
def draft(open_2027, department, people) -> TableVersion:
    """Return 总务处's draft of 2027, as it was begun from the table of 2026."""
    return starting.start_table(open_2027.tables.get(department=department), actor=people.head)


def seen(point):
    point = RiskPoint.objects.select_related("version__table").get(pk=point.pk)
    return walking.state_of(point, load(point.version).measures_of(point))


def keep(point, actor):
    walking.keep(point, seen=seen(point), actor=actor)


def said(draft):
    """(answer, whose) of each point in the order of the form."""
    draft = TableVersion.objects.get(pk=draft.pk)
    return [(item.words, item.answer and item.answer.author_name) for item in walk_of(load(draft)).points]


def first(draft):
    return draft.points.select_related("version__table").order_by("order").first()


def test_nothing_is_walked_in_the_beginning(draft):
    walk = walk_of(load(draft))
    assert (walk.done, walk.total, walk.year, walk.has_answers) == (0, 4, 2026, False)
    assert said(draft) == [("未核对", None)] * 4
    assert walk.words == "由 2026 年度结转的 4 个风险点中，未核对 4 个。"


def test_what_still_applies_is_told_with_who_and_when(draft, people):
    point = first(draft)
    keep(point, people.head)
    row = WalkAnswer.objects.get()
    assert (row.version, row.point_identity, row.kind, row.text) == (draft, point.identity, "kept", point.text)
    assert (row.author, row.author_name, row.reason) == (people.head, people.head.real_name, "")
    assert said(draft)[0] == ("仍然适用", people.head.real_name)
    entry = AuditEntry.objects.of(RegisterVerb.WALK).get()
    assert (entry.detail, entry.object_id) == ({"核对": "仍然适用"}, str(point.pk))
    assert list(draft.authors.all()) == [people.head]  # whoever says so never reviews it


def test_the_same_answer_twice_is_one_answer(draft, people):
    keep(first(draft), people.head)
    lock = TableVersion.objects.get(pk=draft.pk).lock
    keep(first(draft), people.head)
    assert WalkAnswer.objects.count() == AuditEntry.objects.of(RegisterVerb.WALK).count() == 1
    assert TableVersion.objects.get(pk=draft.pk).lock == lock
    keep(first(draft), people.clerk)
    assert said(draft)[0] == ("仍然适用", people.clerk.real_name)


def test_changed_words_are_walked_and_what_they_were_stays(draft, people):
    point = first(draft)
    before = point.text
    walking.change(point, "改了说法", lock=point.lock, actor=people.head)
    assert said(draft)[0] == ("修改", people.head.real_name)
    assert AuditEntry.objects.of(RegisterVerb.POINT_CHANGE).get().detail["text"] == [before, "改了说法"]
    assert draft.base.points.get(identity=point.identity).text == before


@pytest.mark.parametrize("text", ["", "  "])
def test_words_are_needed_and_have_to_be_others(draft, people, text):
    point = first(draft)
    for wrong in (text, point.text, f" {point.text}\r\n"):
        with pytest.raises(ValidationError):
            walking.change(point, wrong, lock=point.lock, actor=people.head)
    assert not WalkAnswer.objects.exists()


def test_a_change_on_the_sheet_counts_and_so_does_one_of_a_measure(draft, people):
    one, two, three, four = draft.points.order_by("order")
    editing.save_point(draft, {"manifestation": "另一种表现"}, point=one, actor=people.clerk)
    measure = two.measures.get()
    editing.save_measure(draft, {"text": "改了措施"}, points=[two], measure=measure, actor=people.head)
    make_measure(draft, three, actor=people.head, text="加一条")
    editing.remove_row(four.measures.get(), actor=people.head)
    clerk, head = people.clerk.real_name, people.head.real_name
    assert said(draft) == [("修改", clerk), ("修改", head), ("修改", head), ("修改", head)]


def test_saving_without_a_change_or_moving_is_no_answer(draft, people):
    one, two = draft.points.order_by("order")[:2]
    editing.save_point(draft, {"text": one.text}, point=one, actor=people.head)
    make_point(draft, actor=people.head, category=one.category, text="新的", post=one.post)
    moving.place_row(one, draft.points.get(text="新的"), actor=people.head)
    assert said(draft)[1] == ("未核对", None)
    assert two.pk
    assert list(WalkAnswer.objects.values_list("kind", flat=True)) == ["added"]


def test_what_was_changed_and_changed_back_is_to_be_walked(draft, people):
    point = first(draft)
    before = point.text
    walking.change(point, "改了说法", lock=point.lock, actor=people.head)
    with pytest.raises(ValidationError, match="已经修改过"):
        keep(point, people.head)
    editing.save_point(draft, {"text": before}, point=point, actor=people.head)
    assert said(draft)[0] == ("未核对", None)
    keep(point, people.head)
    assert said(draft)[0] == ("仍然适用", people.head.real_name)


def test_what_was_kept_and_is_changed_later_is_changed(draft, people):
    keep(first(draft), people.head)
    editing.save_point(draft, {"text": "后来又改了"}, point=first(draft), actor=people.clerk)
    assert said(draft)[0] == ("修改", people.clerk.real_name)


def test_a_new_point_needs_no_walk(draft, people, plain_post):
    point = make_point(draft, actor=people.head, post=plain_post, category="environment", text="新的风险点")
    walk = walk_of(load(draft))
    assert (walk.by_identity[point.identity].words, walk.total, len(walk.left)) == ("新增", 4, 4)
    with pytest.raises(ValidationError, match="本年新增"):
        keep(point, people.head)
    assert walk.words == "由 2026 年度结转的 4 个风险点中，未核对 4 个；另新增 1 个。"


def test_what_no_longer_applies_goes_with_its_measures_and_its_reason(draft, people):
    point = first(draft)
    walking.drop(point, "  这项业务已移交\r\n", seen=seen(point), actor=people.head)
    assert not draft.points.filter(pk=point.pk).exists()
    assert not draft.measures.filter(text__endswith="监控措施1").exists()
    row = WalkAnswer.objects.get()
    assert (row.kind, row.text, row.reason) == ("removed", point.text, "这项业务已移交")
    assert AuditEntry.objects.of(RegisterVerb.WALK).get().detail == {"核对": "不再适用", "理由": "这项业务已移交"}
    walk = walk_of(load(draft))
    assert (walk.total, walk.done, walk.removed) == (4, 1, [row])


def test_a_removal_is_undone_also_after_others_were_confirmed(draft, people):
    one, two = draft.points.order_by("order")[:2]
    keep(one, people.head)
    walking.drop(one, "按错了", seen=seen(one), actor=people.head)
    keep(two, people.head)
    step = undoing.last_own_act(TableVersion.objects.get(pk=draft.pk), people.head)
    undoing.undo(draft, step.pk, actor=people.head)
    assert draft.points.count() == 4
    assert said(draft)[:2] == [("未核对", None), ("仍然适用", people.head.real_name)]  # what came back is asked anew
    assert walk_of(load(draft)).removed == []


def test_a_point_that_is_recovered_is_to_be_walked(draft, people):
    point = first(draft)
    walking.drop(point, seen=seen(point), actor=people.head)
    recovering.recover_point(TableVersion.objects.get(pk=draft.pk), point.identity, actor=people.head)
    walk = walk_of(load(draft))
    assert (walk.by_identity[point.identity].words, walk.total, len(walk.left)) == ("未核对", 4, 4)


def test_a_shared_measure_that_answers_one_point_less_is_no_change_of_the_other(draft, people):
    one, two = draft.points.order_by("order")[:2]
    moving.move_to_category(two, one.category, actor=people.head)
    make_measure(draft, *draft.points.filter(pk__in=[one.pk, two.pk]), actor=people.head, text="共用的措施")
    WalkAnswer.objects.all()._raw_delete("default")
    two = draft.points.select_related("version__table").get(pk=two.pk)
    walking.drop(two, seen=seen(two), actor=people.head)
    assert list(WalkAnswer.objects.values_list("kind", "point_identity")) == [("removed", two.identity)]


def test_a_removal_on_the_sheet_is_told_too(draft, people):
    editing.remove_row(first(draft), actor=people.clerk)
    assert list(WalkAnswer.objects.values_list("kind", "reason", "author")) == [("removed", "", people.clerk.pk)]


def test_whoever_saw_something_else_is_asked_again(draft, people):
    point = first(draft)
    before = seen(point)
    editing.save_measure(draft, {"text": "改了措施"}, points=[point], measure=point.measures.get(), actor=people.clerk)
    for act in (walking.keep, walking.drop):
        with pytest.raises(editing.ConflictError) as told:
            act(point, seen=before, actor=people.head)
        assert told.value.stored == point
    editing.remove_row(point, actor=people.clerk)
    with pytest.raises(editing.ConflictError) as told:
        walking.keep(RiskPoint(pk=point.pk, version=draft), seen=before, actor=people.head)
    assert told.value.stored is None


def test_only_who_fills_in_a_draft_walks_it(draft, people):
    point = first(draft)
    for person in (people.other_head, people.reviewer, people.office, people.principal):
        with pytest.raises(PermissionDenied):
            keep(point, person)
        with pytest.raises(PermissionDenied):
            walking.drop(point, seen=seen(point), actor=person)
        with pytest.raises(PermissionDenied):
            walking.change(point, "别的说法", lock=point.lock, actor=person)
    walk_all(draft, actor=people.head)
    workflow.perform(Action.SUBMIT, draft, actor=people.head)
    with pytest.raises(FrozenError):
        keep(first(draft), people.head)


def test_a_table_that_is_no_renewal_has_no_walk(signed, people):
    draft = starting.open_revision(signed, reason="岗位调整", actor=people.head)
    point = first(draft)
    assert walk_of(load(signed)) is None
    assert walk_of(load(draft)) is None
    for act in (walking.keep, walking.drop):
        with pytest.raises(WorkflowError, match="不用逐条核对"):
            act(point, seen=seen(point), actor=people.head)
    with pytest.raises(WorkflowError, match="不用逐条核对"):
        walking.change(point, "别的说法", lock=point.lock, actor=people.head)
    editing.save_point(draft, {"text": "改了说法"}, point=point, actor=people.head)
    assert not WalkAnswer.objects.exists()
    assert workflow.perform(Action.SUBMIT, draft, actor=people.head).decisions.last().comment == ""


def test_each_leader_walks_the_own_posts_points(year_2026, people):
    leaders = make_leaders(people.principal, people.leader)
    table = ControlTable.objects.create(cycle=year_2026, scope="department", department=leaders)
    bring_to(Status.CONFIRMED, table, people)
    cycle = opening.open_year(2027, year_dates(2027), actor=people.office)
    draft = starting.start_table(cycle.tables.get(department=leaders), actor=people.office)
    own = {
        person.pk: draft.points.filter(post__in=own_posts(person, leaders))
        for person in (people.principal, people.leader)
    }
    for person in (people.principal, people.leader):
        for point in own[person.pk]:
            keep(point, person)
        for key, others in own.items():
            if key != person.pk and others.first() is not None:
                with pytest.raises(PermissionDenied):
                    keep(others.first(), person)
    with pytest.raises(PermissionDenied):
        keep(own[people.principal.pk].first(), people.office)
    assert set(WalkAnswer.objects.values_list("author", flat=True)) == set(own)


# ---- the submission ------------------------------------------------------------------------------------------------


def test_a_renewal_is_handed_in_walked_or_with_the_reason_why_not(draft, people):
    keep(first(draft), people.head)
    with pytest.raises(UnwalkedError, match="还有 3 个风险点没有逐条核对"):
        workflow.perform(Action.SUBMIT, draft, actor=people.head, comment=" ")
    assert TableVersion.objects.get(pk=draft.pk).status == Status.DRAFT
    done = workflow.perform(Action.SUBMIT, draft, actor=people.head, comment="负责人住院，由填报员代办")
    decision = done.decisions.get()
    assert decision.comment == "3 个风险点没有逐条核对：负责人住院，由填报员代办"
    assert AuditEntry.objects.of(RegisterVerb.SUBMIT).latest("number").detail["comment"] == decision.comment


def test_a_walked_renewal_needs_no_words(draft, people):
    walk_all(draft, actor=people.head)
    done = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    assert done.decisions.get().comment == ""


# ---- what the committee sees ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 秒"),
        (40, "40 秒"),
        (119, "119 秒"),
        (121, "3 分钟"),
        (7199, "120 分钟"),
        (7201, "3 小时"),
        (180000, "3 天"),
    ],
)
def test_how_fast_it_went_is_said(draft, people, november, time_machine, seconds, words):
    one, two = draft.points.order_by("order")[:2]
    keep(one, people.head)
    time_machine.shift(datetime.timedelta(seconds=seconds))
    keep(two, people.head)
    hand = walk_of(load(draft)).hands[0]
    assert hand.words == f"{people.head.real_name}确认 2 个仍然适用，前后 {words}"


def test_each_person_is_told_by_name(draft, people):
    one, two, three, four = draft.points.select_related("version__table").order_by("order")
    keep(one, people.clerk)
    keep(two, people.head)
    walking.change(three, "改了", lock=three.lock, actor=people.head)
    walking.drop(four, seen=seen(four), actor=people.head)
    clerk, head = people.clerk.real_name, people.head.real_name
    said = walk_of(load(draft)).words.split("中，")[1]
    assert said == f"{clerk}确认 1 个仍然适用；{head}确认 1 个仍然适用；修改 1 个；不再适用 1 个。"


# ---- what the database refuses -------------------------------------------------------------------------------------


def test_an_answer_is_never_changed_or_given_after_the_submission(draft, people, time_machine):
    walk_all(draft, actor=people.head)
    row = WalkAnswer.objects.first()
    with pytest.raises(TypeError):
        row.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        WalkAnswer.objects.filter(pk=row.pk)._update([(WalkAnswer._meta.get_field("text"), None, "别的")])
    workflow.perform(Action.SUBMIT, draft, actor=people.head)
    time_machine.shift(datetime.timedelta(seconds=1))
    with pytest.raises(DatabaseError), transaction.atomic():
        WalkAnswer.objects.create(
            version=draft,
            point_identity=row.point_identity,
            kind="kept",
            text=row.text,
            author=people.head,
            author_name="负责人",
        )


def test_only_a_removal_has_a_reason(draft, people):
    values = {"version": draft, "point_identity": first(draft).identity, "text": "x", "author": people.head}
    with pytest.raises(DatabaseError), transaction.atomic():
        WalkAnswer.objects.create(kind="kept", reason="没有理由", author_name="负责人", **values)
