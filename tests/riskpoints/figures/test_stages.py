"""How many 一级 points have measures of all three stages (R08)."""

from riskpoints.enums import Action, Category, Stage, Status
from riskpoints.figures.progress import year_progress
from riskpoints.figures.stages import StageCount, stage_count
from riskpoints.tables import workflow
from tests.factories import assess_all, bring_to, make_measure, paper_signature


def test_a_point_counts_with_its_own_measures_and_those_of_its_category(table, people, cycle, office):
    version = bring_to(Status.DRAFT, table, people)
    first = [point for point in version.points.all() if point.proposed_level == 1]
    assert {point.category for point in first} == {Category.DUTY, Category.INSTITUTION}
    assert stage_count([version.pk]) == StageCount(0, 2)
    whole = next(point for point in first if point.category == Category.INSTITUTION)
    for stage in (Stage.PREVENTION, Stage.RESPONSE):
        make_measure(version, whole, actor=people.head, text=f"{stage.label}的措施", stage=stage)
    assert stage_count([version.pk]) == StageCount(1, 2)
    # 岗位职责风险 has a measure of prevention for the whole category.
    own = next(point for point in first if point.category == Category.DUTY)
    make_measure(version, own, actor=people.head, text="追责", stage=Stage.RESPONSE)
    assert stage_count([version.pk]) == StageCount(2, 2)

    assert year_progress(cycle, office).stages == StageCount(0, 0)  # nothing is in force yet
    version = workflow.perform(Action.SUBMIT, version, actor=people.head)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    assert year_progress(cycle, office).stages == StageCount(2, 2)


def test_without_points_nothing_is_counted(db):
    assert stage_count([]) == StageCount(0, 0)
