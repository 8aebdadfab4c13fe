"""A newer source of a new year's draft: what it offers, what is taken over, what is left and remembered (issue 10)."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from riskcontrol.models import AuditEntry
from riskpoints.content import content
from riskpoints.enums import Action, Category, Likelihood, Scope, Status
from riskpoints.models import ControlTable, SourceChoice, TableVersion
from riskpoints.models.table import FrozenError
from riskpoints.tables import acts, editing, starting, workflow
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterVerb
from riskpoints.years import taking
from riskpoints.years.offers import offers, replaced
from tests import once
from tests.factories import assess_all, bring_to, make_cycle, make_measure, make_point, paper_signature


def fresh(version):
    return TableVersion.objects.select_related("table__cycle", "table__department", "base").get(pk=version.pk)


def found(draft):
    draft = fresh(draft)
    source = replaced(draft)
    return offers(draft, source) if source else None


def key_of(point):
    return f"point:{point.identity}"


def words(version):
    """Return what a version says, without what makes each version another one."""
    plain = json.loads(json.dumps(content.snapshot(content.load(fresh(version))), default=str))
    for name in ("seal", "number", "year"):
        plain.pop(name)
    for point in (point for row in plain["rows"] for point in row["points"]):
        point.pop("confirmed_level")
        point.pop("confirmed_reason")
    return plain


def put_in_force(version, people):
    version = workflow.perform(Action.SUBMIT, version, actor=people.head, comment="来不及逐条核对")
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    return fresh(workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature()))


@once.fixture
def later(table):
    """Return the table of the next year."""
    cycle = make_cycle(table.cycle.year + 1)
    return ControlTable.objects.create(cycle=cycle, scope=Scope.DEPARTMENT, department=table.department)


@once.fixture
def base(table, people):
    """Return what was in force when the next year's draft was begun; it is complete."""
    return bring_to(Status.CONFIRMED, table, people)


@once.fixture
def draft(base, later, people):
    """Return the next year's draft, begun before anything of this year was revised."""
    return starting.start_table(later, actor=people.head)


@once.fixture
def revision(draft, base, people):
    """Return a revision in force: a point reworded and raised, one gone with its measure, one new with a measure."""
    new = starting.open_revision(base, reason="岗位有变动", actor=people.head)
    first, second = new.points.filter(post__name="绿化管理员").order_by("order")[:2]
    values = {"text": "改写后的风险点", "likelihood": Likelihood.CONSIDERABLE, "proposed_level": 2}
    editing.save_point(new, values, point=first, actor=people.head)
    editing.remove_row(second, actor=people.head)
    added = make_point(new, actor=people.head, category=second.category, post=second.post, text="新增的风险点")
    make_measure(new, added, actor=people.head, text="新增的措施")
    editing.save_head(new, {"duties": "改过的职责"}, actor=people.head)
    return put_in_force(new, people)


@once.fixture
def changed(revision):
    """Return the points of the revision that differ, by name: as they were in the base."""
    base = revision.base
    now = {point.identity: point for point in revision.points.all()}
    gone = next(point for point in base.points.all() if point.identity not in now)
    reworded = next(p for p in base.points.all() if p.identity in now and now[p.identity].text != p.text)
    added = revision.points.get(text="新增的风险点")
    return {"gone": gone, "reworded": reworded, "added": added}


# ---- what is offered ---------------------------------------------------------------------------------------------


def test_nothing_is_offered_while_the_source_stays(draft):
    assert replaced(fresh(draft)) is None


def test_a_revision_in_force_is_offered_place_by_place(draft, revision, changed):
    assert replaced(fresh(draft)) == revision
    kinds = {item.key: item.change.kind for item in found(draft).items if item.place == "point"}
    assert kinds == {
        key_of(changed["gone"]): "removed",
        key_of(changed["reworded"]): "changed",
        key_of(changed["added"]): "added",
    }
    measures = sorted(item.change.kind for item in found(draft).items if item.place == "measure")
    assert measures == ["added", "removed"]
    assert [item.key for item in found(draft).items if item.place == "duties"] == ["duties:"]
    assert found(draft).conflict_count == 0
    [reworded] = [item for item in found(draft).items if item.key == key_of(changed["reworded"])]
    assert reworded.change.is_raised
    assert {field.name for field in reworded.change.fields} == {"text", "likelihood"}


def test_a_revision_that_is_not_in_force_offers_nothing(draft, base, people):
    new = starting.open_revision(base, reason="原因", actor=people.head)
    editing.save_point(new, {"text": "还在改"}, point=new.points.first(), actor=people.head)
    workflow.perform(Action.SUBMIT, new, actor=people.head)
    assert replaced(fresh(draft)) is None


def test_a_revision_within_its_own_year_is_offered_nothing(revision, later, people):
    """Once the new year's table is in force, it goes on from itself."""
    first = put_in_force(fresh(later.versions.get()), people)
    own = starting.open_revision(first, reason="原因", actor=people.head)
    assert replaced(fresh(own)) is None


def test_another_owners_table_is_no_source(draft, other_table, school_table, people):
    bring_to(Status.CONFIRMED, other_table, people)
    bring_to(Status.CONFIRMED, school_table, people)
    assert replaced(fresh(draft)) is None


def test_where_the_draft_was_changed_it_is_a_conflict(draft, revision, changed, people):
    own = draft.points.get(identity=changed["reworded"].identity)
    editing.save_point(draft, {"text": "本稿自己的话"}, point=own, actor=people.head)
    item = found(draft).of(key_of(changed["reworded"]))
    assert (item.is_conflict, item.mine.text, item.theirs.text) == (True, "本稿自己的话", "改写后的风险点")


def test_what_the_draft_says_already_is_not_offered(draft, revision, changed, people):
    own = draft.points.get(identity=changed["reworded"].identity)
    values = {"text": "改写后的风险点", "likelihood": Likelihood.CONSIDERABLE, "proposed_level": 2}
    editing.save_point(draft, values, point=own, actor=people.head)
    assert found(draft).of(key_of(changed["reworded"])) is None


def test_what_the_source_left_alone_is_not_offered(draft, revision, people):
    """Changes of the draft's own are no matter of the newer source."""
    own = draft.points.get(post__name="采购员", order=1)
    editing.save_point(draft, {"text": "本稿自己的话"}, point=own, actor=people.head)
    assert found(draft).of(key_of(own)) is None


# ---- all at once -------------------------------------------------------------------------------------------------


def test_all_at_once_makes_it_what_would_be_begun_today(draft, revision, people):
    assert taking.take_all(draft, source_id=revision.pk, actor=people.head) == 0
    assert words(draft) == words(revision)
    carried = {p.identity: (p.likelihood, p.harm, p.proposed_level) for p in revision.points.all()}
    assert {p.identity: (p.likelihood, p.harm, p.proposed_level) for p in draft.points.all()} == carried
    assert {m.identity for m in draft.measures.all()} == {m.identity for m in revision.measures.all()}
    assert (fresh(draft).base, replaced(fresh(draft))) == (revision, None)


def test_a_draft_begun_empty_takes_a_late_table_over_whole(table, later, people):
    empty = starting.start_table(later, actor=people.head)
    assert empty.points.count() == 0
    late = bring_to(Status.CONFIRMED, table, people)
    kinds = {item.change.kind for item in found(empty).items if item.place in ("point", "measure")}
    assert (kinds, found(empty).conflict_count) == ({"added"}, 0)
    assert taking.take_all(empty, source_id=late.pk, actor=people.head) == 0
    assert words(empty) == words(late)
    assert (fresh(empty).base, fresh(empty).revision_reason) == (late, f"由 {table.cycle.year} 年度现行表结转")


def test_what_the_draft_changed_itself_is_left_for_a_choice(draft, revision, changed, people):
    own = draft.points.get(identity=changed["reworded"].identity)
    editing.save_point(draft, {"text": "本稿自己的话"}, point=own, actor=people.head)
    assert taking.take_all(draft, source_id=revision.pk, actor=people.head) == 1
    own.refresh_from_db()
    assert own.text == "本稿自己的话"
    assert fresh(draft).base != revision
    assert [item.key for item in found(draft).items] == [key_of(own)]


def test_a_point_that_the_draft_removed_is_not_brought_back_unasked(draft, revision, changed, people):
    editing.remove_row(draft.points.get(identity=changed["reworded"].identity), actor=people.head)
    taking.take_all(draft, source_id=revision.pk, actor=people.head)
    assert not draft.points.filter(identity=changed["reworded"].identity).exists()
    item = found(draft).of(key_of(changed["reworded"]))
    assert (item.is_conflict, item.note) == (True, "本稿已删除这一项。")
    taking.take(draft, item.key, source_id=revision.pk, state=item.state, actor=people.head)
    assert draft.points.get(identity=changed["reworded"].identity).text == "改写后的风险点"


def test_nothing_written_for_a_point_goes_with_it_unasked(draft, revision, changed, people):
    own = draft.points.get(identity=changed["gone"].identity)
    make_measure(draft, own, actor=people.head, text="本稿新写的措施")
    taking.take_all(draft, source_id=revision.pk, actor=people.head)
    assert draft.measures.filter(text="本稿新写的措施").exists()
    assert found(draft).of(key_of(own)).is_conflict


def test_an_explicit_nothing_of_the_draft_stays_until_it_is_chosen(table, later, people):
    empty = starting.start_table(later, actor=people.head)
    editing.declare_nil(empty, Category.DUTY, actor=people.head)
    late = bring_to(Status.CONFIRMED, table, people)
    taking.take_all(empty, source_id=late.pk, actor=people.head)
    assert empty.nils.get().category == Category.DUTY
    assert not empty.points.filter(category=Category.DUTY).exists()
    item = next(item for item in found(empty).items if item.place == "point")
    taking.take(empty, item.key, source_id=late.pk, state=item.state, actor=people.head)
    assert (empty.nils.count(), empty.points.filter(category=Category.DUTY).count()) == (0, 1)


def test_nothing_in_a_category_is_taken_over_and_taken_back(draft, base, people):
    new = starting.open_revision(base, reason="原因", actor=people.head)
    for row in [*new.measures.filter(category=Category.ENVIRONMENT), *new.points.filter(category=Category.ENVIRONMENT)]:
        editing.remove_row(row, actor=people.head)
    editing.declare_nil(new, Category.ENVIRONMENT, actor=people.head)
    with_nil = put_in_force(new, people)
    assert taking.take_all(draft, source_id=with_nil.pk, actor=people.head) == 0
    assert words(draft) == words(with_nil)
    again = starting.open_revision(with_nil, reason="原因", actor=people.head)
    editing.withdraw_nil(again, Category.ENVIRONMENT, actor=people.head)
    point = make_point(again, actor=people.head, category=Category.ENVIRONMENT, text="又有了")
    make_measure(again, point, actor=people.head)
    again = put_in_force(again, people)
    assert taking.take_all(draft, source_id=again.pk, actor=people.head) == 0
    assert words(draft) == words(again)


# ---- one by one --------------------------------------------------------------------------------------------------


def choose(write, draft, key, revision, actor):
    item = found(draft).of(key)
    return write(draft, key, source_id=revision.pk, state=item.state, actor=actor)


def test_a_point_is_taken_over_with_its_measures(draft, revision, changed, people):
    choose(taking.take, draft, key_of(changed["added"]), revision, people.head)
    point = draft.points.get(identity=changed["added"].identity)
    assert (point.text, point.likelihood, point.harm) == ("新增的风险点", changed["added"].likelihood, point.harm)
    assert [measure.text for measure in point.measures.all()] == ["新增的措施"]
    assert point.measures.get().identity == changed["added"].measures.get().identity
    assert draft.points.filter(identity=changed["gone"].identity).exists()  # nobody asked for that


def test_a_choice_is_made_and_not_undone(draft, revision, changed, people):
    make_point(draft, actor=people.head, text="先前写的")
    choose(taking.take, draft, key_of(changed["added"]), revision, people.head)
    assert acts.last_act(TableVersion.objects.get(pk=draft.pk)) is None


def test_who_chooses_writes_and_who_declines_does_not(draft, revision, changed, people):
    choose(taking.keep_own, draft, key_of(changed["gone"]), revision, people.clerk)
    assert list(draft.authors.all()) == []
    choose(taking.take, draft, key_of(changed["reworded"]), revision, people.clerk)
    assert list(draft.authors.all()) == [people.clerk]


def test_what_was_declined_is_not_asked_again(draft, revision, changed, people):
    gone = draft.points.get(identity=changed["gone"].identity)
    choose(taking.keep_own, draft, key_of(gone), revision, people.head)
    assert found(draft).of(key_of(gone)) is None
    assert draft.points.filter(pk=gone.pk).exists()
    row = SourceChoice.objects.get(key=key_of(gone))
    assert (row.is_taken, row.actor, row.source) == (False, people.head, revision)


def test_all_declined_the_draft_stays_and_is_asked_about_the_next_one_only(draft, revision, people):
    before = words(draft)
    taking.keep_all(draft, source_id=revision.pk, actor=people.head)
    assert (words(draft), found(draft)) == (before, None)
    assert fresh(draft).base == revision
    newer = starting.open_revision(revision, reason="又变了", actor=people.head)
    make_point(newer, actor=people.head, text="再新增的")
    newer = put_in_force(newer, people)
    assert [item.theirs.text for item in found(draft).items] == ["再新增的"]


def test_each_choice_is_in_the_trail(draft, revision, changed, people):
    number = AuditEntry.objects.count()
    choose(taking.take, draft, key_of(changed["reworded"]), revision, people.head)
    choose(taking.keep_own, draft, key_of(changed["gone"]), revision, people.head)
    entries = AuditEntry.objects.filter(number__gt=number).order_by("number")
    assert [(entry.action, entry.actor_number) for entry in entries] == [
        (RegisterVerb.POINT_CHANGE, people.head.staff_number),
        (RegisterVerb.OFFER_TAKE, people.head.staff_number),
        (RegisterVerb.OFFER_DECLINE, people.head.staff_number),
    ]
    assert entries[0].detail["text"] == [changed["reworded"].text, "改写后的风险点"]
    assert entries[1].detail == {"新版": str(revision), "内容": ["风险点：改写后的风险点"]}


def test_a_form_opened_before_notices_that_the_point_was_taken_over(draft, revision, changed, people):
    own = draft.points.get(identity=changed["reworded"].identity)
    choose(taking.take, draft, key_of(own), revision, people.head)
    with pytest.raises(editing.ConflictError):
        editing.save_point(draft, {"text": "早先打开的表单"}, point=own, lock=own.lock, actor=people.clerk)


def test_a_choice_is_made_about_what_was_seen(draft, revision, changed, people):
    seen = found(draft).of(key_of(changed["reworded"]))
    own = draft.points.get(identity=changed["reworded"].identity)
    editing.save_point(draft, {"text": "刚刚由填报员改写"}, point=own, actor=people.clerk)
    with pytest.raises(WorkflowError, match="已由他人处理或改动"):
        taking.take(draft, seen.key, source_id=revision.pk, state=seen.state, actor=people.head)
    own.refresh_from_db()
    assert own.text == "刚刚由填报员改写"


def test_a_choice_about_an_older_new_version_is_refused(draft, revision, people):
    newer = put_in_force(starting.open_revision(revision, reason="又变了", actor=people.head), people)
    with pytest.raises(WorkflowError, match="又有了新版"):
        taking.take_all(draft, source_id=revision.pk, actor=people.head)
    assert replaced(fresh(draft)) == newer
    assert not SourceChoice.objects.exists()


def test_the_second_press_finds_nothing_left(draft, revision, people):
    taking.take_all(draft, source_id=revision.pk, actor=people.head)
    with pytest.raises(WorkflowError, match="没有未处理的新版"):
        taking.take_all(draft, source_id=revision.pk, actor=people.clerk)
    assert list(draft.authors.all()) == [people.head]


def test_only_who_fills_in_chooses(draft, revision, people):
    for actor in (people.reviewer, people.office, people.other_head, people.principal):
        with pytest.raises(PermissionDenied):
            taking.take_all(draft, source_id=revision.pk, actor=actor)
        with pytest.raises(PermissionDenied):
            taking.keep_all(draft, source_id=revision.pk, actor=actor)


def test_a_table_that_was_handed_in_takes_nothing(draft, revision, people):
    before = words(draft)
    workflow.perform(Action.SUBMIT, draft, actor=people.head, comment="来不及逐条核对")
    assert replaced(fresh(draft)) == revision  # its head and reviewer are told
    for write in (taking.take_all, taking.keep_all):
        with pytest.raises(FrozenError):
            write(draft, source_id=revision.pk, actor=people.head)
    assert words(draft) == before


def test_the_database_keeps_choices_as_they_are(draft, revision, people):
    taking.keep_all(draft, source_id=revision.pk, actor=people.head)
    for write in (SourceChoice.objects.all().update, SourceChoice.objects.first().save):
        with pytest.raises(TypeError, match="append-only"):
            write()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE riskpoints_sourcechoice SET is_taken = TRUE")
