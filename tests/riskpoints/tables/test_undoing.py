"""撤销: whatever was done last in a draft is taken back exactly, step by step, by who did it."""

import random

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from riskcontrol.models import AuditEntry
from riskpoints.enums import Action, Category, Status
from riskpoints.models import DraftAct, RiskPoint, TableVersion
from riskpoints.models.table import FrozenError
from riskpoints.tables import acts, editing, levelling, moving, recovering, starting, undoing, workflow
from riskpoints.tables.refusal import WorkflowError
from riskpoints.verbs import RegisterVerb
from tests import once
from tests.factories import bring_to, fill, make_measure, make_point


@once.fixture
def draft(table, people, purchasing_post, plain_post):
    """Return a whole draft with a shared measure and a level that was confirmed before."""
    draft = TableVersion.objects.create(table=table, number=1, owner_name="总务处", created_by=people.head)
    fill(draft, actor=people.head)
    one, two = draft.points.filter(category=Category.DUTY).first(), make_point(draft, actor=people.head, text="验收")
    make_measure(draft, one, two, actor=people.head, text="两点共用")
    RiskPoint.objects.filter(pk=two.pk).update(confirmed_level=two.proposed_level, confirmed_reason="核定")
    DraftAct.objects.all().delete()
    return TableVersion.objects.get(pk=draft.pk)


def words(version) -> dict:
    """Return all rows of a draft and its head, without the keys and locks of the rows."""
    version = TableVersion.objects.get(pk=version.pk)
    left_out = {"id", "version_id", "lock"}
    found = {"head": [version.duties, version.head_name, version.date_mode, version.filled_on]}
    for name in ("points", "measures", "nils", "exemptions"):
        rows = [{k: v for k, v in row.items() if k not in left_out} for row in getattr(version, name).values()]
        found[name] = sorted(rows, key=str)
    found["answers"] = sorted(version.measures.values_list("identity", "points__identity"), key=str)
    found["cites"] = sorted(version.measures.values_list("identity", "regulations"), key=str)
    return found


def current(version) -> TableVersion:
    return TableVersion.objects.get(pk=version.pk)


def undo_last(version, actor):
    act = undoing.last_own_act(current(version), actor)
    return undoing.undo(version, act.pk, actor=actor)


def said_last(version) -> str:
    return acts.last_act(current(version)).said


def random_act(version, actor, chance):
    """Do one of all the things that can be done to a draft."""
    points, measures = list(version.points.all()), list(version.measures.all())
    categories = [row.value for row in Category]
    point, measure = chance.choice(points), chance.choice(measures)
    beside = [one for one in points if one.category == point.category]
    choices = [
        lambda: make_point(version, actor=actor, text=f"新{chance.random()}", category=chance.choice(categories)),
        lambda: editing.save_point(version, {"text": f"改{chance.random()}"}, point=point, actor=actor),
        lambda: levelling.set_level(point, chance.choice(list(levelling.PAIRS)), lock=None, actor=actor),
        lambda: editing.remove_row(point, actor=actor),
        lambda: moving.place_row(point, chance.choice(beside), actor=actor),
        lambda: moving.move_to_category(point, chance.choice(categories), actor=actor),
        lambda: make_measure(version, *beside, actor=actor, text=f"新{chance.random()}"),
        lambda: editing.save_measure(version, {"text": "改"}, points=[], measure=measure, actor=actor),
        lambda: editing.remove_row(measure, actor=actor),
        lambda: editing.save_head(version, {"duties": f"职责{chance.random()}"}, actor=actor),
        lambda: editing.exempt_post(version, point.post, "不涉及", actor=actor),
    ]
    chance.choice(choices)()


@pytest.mark.parametrize("seed", range(4))
def test_every_act_is_taken_back_exactly_one_after_the_other(draft, people, seed):
    chance = random.Random(seed)  # noqa: S311  # it only chooses what is done
    states = [words(draft)]
    while len(states) < 12:
        try:
            random_act(current(draft), people.head, chance)
        except ValidationError:  # what is refused changes nothing
            assert words(draft) == states[-1]
        if (now := words(draft)) != states[-1]:
            states.append(now)
    while len(states) > 1:
        assert words(draft) == states.pop()
        undo_last(draft, people.head)
    assert words(draft) == states[0]
    assert undoing.last_own_act(current(draft), people.head) is None


def test_nil_and_the_statement_of_a_post_are_taken_back(draft, people, plain_post):
    before = words(draft)
    for point in draft.points.filter(category=Category.ENVIRONMENT):
        editing.remove_row(point, actor=people.head)
    for measure in draft.measures.filter(category=Category.ENVIRONMENT):
        editing.remove_row(measure, actor=people.head)
    count = DraftAct.objects.count()
    editing.declare_nil(draft, Category.ENVIRONMENT, actor=people.head)
    assert said_last(draft) == "确认外部环境风险为“无”"
    editing.withdraw_nil(draft, Category.ENVIRONMENT, actor=people.head)
    assert said_last(draft) == "取消外部环境风险为“无”"
    undo_last(draft, people.head)
    assert current(draft).nils.get().category == Category.ENVIRONMENT
    for _ in range(count + 1):
        undo_last(draft, people.head)
    assert words(draft) == before


def test_the_statement_that_ended_with_a_point_comes_back(draft, people, plain_post):
    for point in draft.points.filter(post=plain_post):
        editing.remove_row(point, actor=people.head)
    editing.exempt_post(draft, plain_post, "不涉及", actor=people.head)
    assert said_last(draft) == "岗位无风险点说明"
    point = make_point(draft, actor=people.head, text="其实有", post=plain_post)
    assert not current(draft).exemptions.exists()
    undo_last(draft, people.head)
    assert current(draft).exemptions.get().reason == "不涉及"
    assert not draft.points.filter(identity=point.identity).exists()


def test_what_a_step_is_called(draft, people):
    point = draft.points.first()
    editing.save_point(draft, {"text": "甲" * 30}, point=point, actor=people.head)
    assert said_last(draft) == f"修改风险点“{'甲' * 20}…”"
    levelling.set_level(RiskPoint.objects.get(pk=point.pk), "1-1", lock=None, actor=people.head)
    assert said_last(draft).startswith("定级风险点“甲")
    moving.move_to_category(RiskPoint.objects.get(pk=point.pk), Category.PROCESS, actor=people.head)
    assert said_last(draft).endswith("移到业务流程风险")
    editing.remove_row(RiskPoint.objects.get(pk=point.pk), actor=people.head)
    assert said_last(draft).startswith("删除风险点“甲")
    with editing.editing(draft, actor=people.head) as held:
        one = make_point(held, actor=people.head, text="乙")
        make_measure(held, one, actor=people.head, text="丙")
        make_point(held, actor=people.head, text="丁")
    assert said_last(draft) == "新增 风险点 2、防范措施 1"


def test_the_trail_tells_the_undoing_row_by_row(draft, people):
    point = draft.points.first()
    text, identity = point.text, point.identity
    editing.remove_row(point, actor=people.head)
    after = AuditEntry.objects.latest("number").number
    undo_last(draft, people.head)
    verbs = [entry.action for entry in AuditEntry.objects.filter(number__gt=after).order_by("number")]
    assert verbs == [
        RegisterVerb.POINT_ADD,
        RegisterVerb.MEASURE_ADD,
        RegisterVerb.MEASURE_CHANGE,
        RegisterVerb.UNDO_ACT,
    ]
    entry = AuditEntry.objects.latest("number")
    assert entry.detail == {"撤销": f"删除风险点“{text}”"}
    assert draft.points.get(identity=identity).text == text


def test_one_press_takes_back_one_step(draft, people):
    for text in ("甲", "乙"):
        make_point(draft, actor=people.head, text=text)
    act = undoing.last_own_act(current(draft), people.head)
    undoing.undo(draft, act.pk, actor=people.head)
    with pytest.raises(WorkflowError, match="已经撤销"):
        undoing.undo(draft, act.pk, actor=people.head)
    assert draft.points.filter(text="甲").exists()
    assert not draft.points.filter(text="乙").exists()


def test_nobody_takes_back_what_another_did_or_changed_since(draft, people):
    make_point(draft, actor=people.head, text="负责人写的")
    act = undoing.last_own_act(current(draft), people.head)
    assert undoing.last_own_act(current(draft), people.clerk) is None
    with pytest.raises(WorkflowError):
        undoing.undo(draft, act.pk, actor=people.clerk)
    with pytest.raises(PermissionDenied):
        undoing.undo(draft, act.pk, actor=people.other_head)
    make_point(draft, actor=people.clerk, text="填报员写的")
    assert undoing.last_own_act(current(draft), people.head) is None
    with pytest.raises(WorkflowError):
        undoing.undo(draft, act.pk, actor=people.head)
    assert draft.points.filter(text="负责人写的").exists()


def test_what_was_handed_in_is_not_taken_back_later(table, people):
    version = bring_to(Status.DRAFT, table, people)
    make_point(version, actor=people.head, text="最后一处")
    act = undoing.last_own_act(current(version), people.head)
    submitted = workflow.perform(Action.SUBMIT, current(version), actor=people.head)
    with pytest.raises((FrozenError, PermissionDenied)):
        undoing.undo(submitted, act.pk, actor=people.head)
    returned = workflow.perform(Action.RETURN, submitted, actor=people.reviewer, comment="请补充")
    assert undoing.last_own_act(current(returned), people.head) is None


def test_only_so_many_steps_are_remembered(draft, people, monkeypatch):
    monkeypatch.setattr(acts, "REMEMBERED", 3)
    for number in range(5):
        make_point(draft, actor=people.head, text=f"第{number}")
    assert [act.said for act in draft.acts.all()] == [f"新增风险点“第{number}”" for number in (2, 3, 4)]


def test_a_change_that_changes_nothing_is_no_step(draft, people):
    point = draft.points.first()
    editing.save_point(draft, {"text": point.text}, point=point, actor=people.head)
    assert not draft.acts.exists()


def test_a_post_that_is_gone_is_said(draft, people):
    point = draft.points.first()
    editing.remove_row(point, actor=people.head)
    act = draft.acts.get()
    act.before = {key: (values and values | {"post_id": 999999}) for key, values in act.before.items()}
    act.save()
    with pytest.raises(WorkflowError, match="不能原样撤销"):
        undo_last(draft, people.head)


# ---- 恢复 --------------------------------------------------------------------------------------------------------


@once.fixture
def revised(table, people):
    """Return a draft that was begun from what is in force."""
    version = bring_to(Status.CONFIRMED, table, people)
    return starting.open_revision(version, reason="岗位调整", actor=people.head)


def test_a_struck_point_comes_back_with_its_measures(revised, people):
    before = words(revised)
    point = revised.points.first()
    editing.remove_row(point, actor=people.head)
    assert words(revised) != before
    row = recovering.recover_point(current(revised), point.identity, actor=people.head)
    assert row.identity == point.identity
    assert words(revised) == before
    undo_last(revised, people.head)
    assert not revised.points.filter(identity=point.identity).exists()
    recovering.recover_point(current(revised), point.identity, actor=people.head)
    again = AuditEntry.objects.latest("number").number
    recovering.recover_point(current(revised), point.identity, actor=people.head)
    assert AuditEntry.objects.latest("number").number == again, "pressed twice is once"


def test_a_struck_measure_comes_back_only_beside_its_point(revised, people):
    before = words(revised)
    point = revised.points.first()
    measure = point.measures.first()
    editing.remove_row(measure, actor=people.head)
    recovering.recover_measure(current(revised), measure.identity, actor=people.head)
    assert words(revised) == before
    editing.remove_row(revised.points.get(identity=point.identity), actor=people.head)
    with pytest.raises(ValidationError, match="请先恢复那个风险点"):
        recovering.recover_measure(current(revised), measure.identity, actor=people.head)


def test_nothing_comes_back_that_the_base_does_not_have(revised, people):
    added = make_point(revised, actor=people.head, text="新增的")
    with pytest.raises(WorkflowError, match="所本的表里没有"):
        recovering.recover_point(current(revised), added.identity, actor=people.head)
    with pytest.raises(WorkflowError, match="所本的表里没有"):
        recovering.recover_measure(current(revised), added.identity, actor=people.head)


def test_a_struck_point_does_not_come_back_beside_nil(revised, people):
    rows = list(revised.points.filter(category=Category.ENVIRONMENT))
    for row in rows:
        editing.remove_row(row, actor=people.head)
    for row in revised.measures.filter(category=Category.ENVIRONMENT):
        editing.remove_row(row, actor=people.head)
    editing.declare_nil(revised, Category.ENVIRONMENT, actor=people.head)
    with pytest.raises(ValidationError, match="请先取消“无”"):
        recovering.recover_point(current(revised), rows[0].identity, actor=people.head)


# ---- 移到另一类 --------------------------------------------------------------------------------------------------


def test_a_point_moves_with_its_measures_and_leaves_shared_ones(draft, people):
    one = draft.points.filter(category=Category.DUTY).first()
    own = one.measures.exclude(text="两点共用").get()
    shared = one.measures.get(text="两点共用")
    moved = moving.move_to_category(one, Category.PROCESS, actor=people.head)
    assert (moved.category, moved.text) == (Category.PROCESS, one.text)
    assert {m.text for m in moved.measures.all()} == {own.text, "两点共用"}
    assert {m.category for m in moved.measures.all()} == {Category.PROCESS}
    assert moved.measures.get(text=own.text).identity == own.identity
    assert list(shared.points.values_list("text", flat=True)) == ["验收"]


def test_a_point_does_not_move_where_it_can_not_stand(draft, people):
    point = draft.points.filter(category=Category.DUTY).first()
    for row in draft.points.filter(category=Category.ENVIRONMENT):
        editing.remove_row(row, actor=people.head)
    for row in draft.measures.filter(category=Category.ENVIRONMENT):
        editing.remove_row(row, actor=people.head)
    editing.declare_nil(draft, Category.ENVIRONMENT, actor=people.head)
    for category, words_ in ((Category.ENVIRONMENT, "请先取消“无”"), ("funds", "没有这个风险类别")):
        with pytest.raises(ValidationError, match=words_):
            moving.move_to_category(point, category, actor=people.head)
    editing.remove_row(point, actor=people.head)
    with pytest.raises(WorkflowError, match="刚刚已经删除"):
        moving.move_to_category(point, Category.PROCESS, actor=people.head)
