"""Points at each level: by version, by category, with the shades of the heat map."""

import pytest

from riskpoints.enums import Action, Status
from riskpoints.figures.counts import HeatCell, HeatRow, LevelCounts
from riskpoints.figures.progress import year_progress
from riskpoints.tables import workflow
from tests.factories import bring_to, paper_signature


@pytest.mark.parametrize(("count", "step"), [(0, 0), (1, 1), (2, 1), (3, 2), (8, 4)])
def test_shades_grow_with_the_count(count, step):
    row = HeatRow("", "", LevelCounts({1: count, None: 8}), most=8)
    assert row.cells == [HeatCell(1, count, step), HeatCell(2, 0, 0), HeatCell(3, 0, 0), HeatCell(0, 8, 4)]


def test_a_category_of_the_school_is_shown_once_it_has_points(school_table, table, people, cycle, office):
    names = [row.label for row in year_progress(cycle, office).categories]
    assert names == ["岗位职责风险", "业务流程风险", "制度机制风险", "外部环境风险"]
    bring_to(Status.CONFIRMED, school_table, people)
    assert [row.label for row in year_progress(cycle, office).categories][4:] == [
        "重大事项决策", "重要人事任免", "重大项目安排",
    ]  # fmt: skip


def test_points_without_a_level_are_counted_apart(school_table, people, cycle, office):
    """The school's table has no level cell."""
    draft = bring_to(Status.DRAFT, school_table, people)
    draft.points.update(likelihood=None, harm=None, computed_level=None, proposed_level=None)
    version = workflow.perform(Action.SUBMIT, draft, actor=people.office)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    workflow.perform(Action.CONFIRM, version, actor=people.second_office, signature=paper_signature())
    found = year_progress(cycle, office)
    assert (found.counted.unset, found.counted.total, found.tables[0].level) == (6, 6, None)
