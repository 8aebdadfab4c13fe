"""Two versions of a table compared: every kind of change is found, by identity, and nothing else."""

import pytest
from django.utils import timezone

from departments.enums import Level
from riskpoints.content import content
from riskpoints.content.differences import compare
from riskpoints.enums import Action, Category, Likelihood, Status
from riskpoints.models import ControlTable, TableVersion
from riskpoints.tables import editing, moving, starting, workflow
from riskpoints.years import opening
from tests import once
from tests.factories import assess_all, bring_to, make_measure, make_point, make_post


@once.fixture
def in_force(table, people):
    return bring_to(Status.CONFIRMED, table, people)


@once.fixture
def revision(in_force, head):
    in_force.table.refresh_from_db()
    return starting.open_revision(in_force, reason="岗位有变动", actor=head)


@pytest.fixture
def difference(in_force, revision):
    """Return a function that compares the version in force with the revision as it is now."""

    def found():
        stored = TableVersion.objects.select_related("table__cycle", "table__department").get(pk=revision.pk)
        return compare(content.load(in_force), content.load(stored))

    return found


def test_a_fresh_revision_differs_in_nothing(difference):
    found = difference()
    assert found.is_empty
    assert found.count == 0


def test_an_added_point_and_its_measure_are_found(difference, revision, head):
    point = make_point(revision, actor=head, text="验收走过场")
    measure = make_measure(revision, point, actor=head)
    found = difference()
    assert [change.new for change in found.points] == [point]
    assert [change.new for change in found.measures] == [measure]
    assert found.of_point(point.identity).kind == "added"
    assert found.of_point(point.identity).old is None
    assert found.of_measure(measure.identity).kind == "added"
    assert (len(found.added_points), len(found.removed_points), len(found.changed_points), found.count) == (1, 0, 0, 2)


def test_a_removed_point_takes_its_measure_and_shows_in_its_row(difference, revision, head):
    point = revision.points.first()
    measure = point.measures.get()
    editing.remove_row(point, actor=head)
    found = difference()
    assert [change.identity for change in found.removed_points_in(point.category)] == [point.identity]
    assert [change.identity for change in found.removed_measures_in(point.category)] == [measure.identity]
    assert found.removed_points_in(Category.ENVIRONMENT) == []
    assert found.of_point(point.identity).row.text == point.text
    assert found.count == 2


def test_changed_words_are_named_field_by_field(difference, revision, head):
    point = revision.points.first()
    old_text = point.text
    values = {"text": "询价走过场", "is_latent": False, "finding_methods": ["self", "other"], "finding_other": "巡察"}
    editing.save_point(revision, values, point=point, actor=head)
    [change] = difference().points
    assert change.kind == "changed"
    assert change.old_text == old_text
    assert [(f.name, f.label, f.old, f.new) for f in change.fields] == [
        ("text", "风险点", old_text, "询价走过场"),
        ("is_latent", "潜在风险", "潜在", "存在"),
        ("finding_methods", "查找方法", "自己找、互相查", "自己找、其他（巡察）"),
    ]
    assert [f.is_prose for f in change.fields] == [True, False, False]
    assert not change.is_relevelled


def test_a_raised_level_shows_old_and_new(difference, revision, plain_post, head):
    point = revision.points.filter(post=plain_post).first()
    values = {"likelihood": Likelihood.CONSIDERABLE, "proposed_level": Level.SECOND}
    editing.save_point(revision, values, point=point, actor=head)
    found = difference()
    [change] = found.relevelled_points
    assert (change.old_level, change.new_level, change.is_raised) == (Level.THIRD, Level.SECOND, True)
    assert [(f.name, f.old, f.new, f.is_assessment) for f in change.fields] == [("likelihood", "较小", "较高", True)]
    assert compare(found.new, found.old).relevelled_points[0].is_raised is False


def test_a_level_the_reviewer_changed_differs_without_any_field(revision, head, reviewer, difference, plain_post):
    revision = workflow.perform(Action.SUBMIT, revision, actor=head)
    assess_all(revision, actor=reviewer)
    point = revision.points.filter(post=plain_post).first()
    point.confirmed_level = Level.FIRST
    point.save(update_fields=["confirmed_level"])
    [change] = difference().points
    assert (change.kind, change.fields, change.new_level) == ("changed", (), Level.FIRST)


def test_a_measure_attached_to_another_point_is_changed(difference, revision, head):
    category = revision.points.first().category
    point = make_point(revision, actor=head, category=category, text="另一个风险点")
    measure = revision.measures.filter(points__isnull=False, category=category).first()
    editing.save_measure(revision, {"timing": "每月"}, points=[point], measure=measure, actor=head)
    [change] = difference().changed_measures
    assert [(f.label, f.old, f.new) for f in change.fields] == [
        ("时限或频次", "", "每月"),
        ("对应的风险点", "第 1 项", "第 2 项"),
    ]
    assert change.old_text is None


def test_a_measure_of_the_whole_category_says_so(difference, revision, head):
    measure = revision.measures.filter(points__isnull=False).first()
    editing.save_measure(revision, {}, points=[], measure=measure, actor=head)
    [change] = difference().changed_measures
    assert [(f.old, f.new) for f in change.fields] == [("第 1 项", "整类共用")]


def test_the_head_of_the_form_is_compared(difference, revision, head):
    editing.save_head(revision, {"duties": "管采购。", "head_name": "新负责人"}, actor=head)
    assert [(f.name, f.new) for f in difference().head] == [("head_name", "新负责人"), ("duties", "管采购。")]


def test_an_explicit_nil_and_its_withdrawal_are_found(difference, revision, head):
    for point in list(revision.points.filter(category=Category.ENVIRONMENT)):
        editing.remove_row(point, actor=head)
    for measure in list(revision.measures.filter(category=Category.ENVIRONMENT)):
        editing.remove_row(measure, actor=head)
    editing.declare_nil(revision, Category.ENVIRONMENT, actor=head)
    found = difference()
    assert [(s.label, s.old, s.new) for s in found.nils] == [("外部环境风险", "", "无")]
    back = compare(found.new, found.old)
    assert [(s.old, s.new) for s in back.nils] == [("无", "")]


def test_a_post_stated_to_have_no_point_is_found(difference, revision, department, head):
    post = make_post(department, "门卫")
    editing.exempt_post(revision, post, "不接触人财物", actor=head)
    assert [(s.label, s.old, s.new) for s in difference().exemptions] == [("门卫", "", "不接触人财物")]


def test_order_alone_is_no_difference(difference, revision, head):
    category = revision.points.first().category
    new = make_point(revision, actor=head, category=category, text="后来的")
    moving.place_row(new, revision.points.filter(category=category).first(), actor=head)
    assert {change.kind for change in difference().points} == {"added"}


def test_two_years_of_a_department_are_compared_through_what_was_carried_over(in_force, department, office, head):
    year = in_force.table.cycle.year + 1
    today = timezone.localdate()
    dates = dict.fromkeys(("fill_from", "fill_until", "review_until", "publish_until"), today)
    cycle = opening.open_year(year, dates, actor=office)
    carried = starting.start_table(ControlTable.objects.get(cycle=cycle, department=department), actor=head)
    assert compare(content.load(in_force), content.load(carried)).is_empty
    editing.save_point(carried, {"text": "今年新写的"}, point=carried.points.first(), actor=head)
    assert compare(content.load(in_force), content.load(carried)).count == 1


def test_the_school_table_is_compared_by_its_own_rows(school_table, people):
    old = bring_to(Status.CONFIRMED, school_table, people)
    school_table.refresh_from_db()
    new = starting.open_revision(old, reason="修订", actor=people.office)
    make_point(new, actor=people.office, text="职称管理")
    found = compare(content.load(old), content.load(new))
    assert [change.row.text for change in found.added_points] == ["职称管理"]


def test_comparing_reads_nothing(django_assert_num_queries, in_force, revision):
    old, new = content.load(in_force), content.load(revision)
    with django_assert_num_queries(0):
        assert compare(old, new).is_empty


def test_without_the_assessment_a_change_of_scales_alone_is_nothing(difference, revision, purchasing_post, head):
    """The floor keeps the level at 一级, so only the scales differ."""
    point = revision.points.filter(post=purchasing_post).first()
    editing.save_point(revision, {"likelihood": Likelihood.CONSIDERABLE}, point=point, actor=head)
    found = difference()
    assert found.count == 1
    assert found.without_assessment().is_empty
    assert found.without_assessment().of_point(point.identity) is None


def test_without_the_assessment_words_and_levels_stay(difference, revision, plain_post, head):
    point = revision.points.filter(post=plain_post).first()
    values = {"text": "新的写法", "likelihood": Likelihood.CONSIDERABLE, "proposed_level": Level.SECOND}
    editing.save_point(revision, values, point=point, actor=head)
    [change] = difference().without_assessment().points
    assert [item.name for item in change.fields] == ["text"]
    assert (change.old_level, change.new_level) == (Level.THIRD, Level.SECOND)


def test_rows_of_the_form_that_do_not_differ_are_left_out(difference, revision, head):
    point = make_point(revision, actor=head, category=Category.INSTITUTION, text="制度没有时限")
    [row] = difference().rows
    assert (row.label, [change.new for change in row.points], row.measures, row.nil) == (
        "制度机制风险",
        [point],
        [],
        None,
    )
