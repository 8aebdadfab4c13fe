"""What the committee sees first: what it is to review, what is returned or late, the levels of today."""

import datetime

from django.utils import timezone

from riskpoints.boards.committee import committee_of
from riskpoints.enums import Action, Status
from riskpoints.models import Cycle
from riskpoints.tables import workflow
from tests.factories import bring_to


def figures(user) -> dict[str, list[str]]:
    return {words: [state.table.owner_name for state in states] for words, states in committee_of(user).figures}


def test_each_table_stands_where_it_waits(table, other_table, school_table, people):
    version = bring_to(Status.SUBMITTED, table, people)
    bring_to(Status.SUBMITTED, other_table, people)
    workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="请补充")
    bring_to(Status.REVIEWED, school_table, people)
    assert figures(people.reviewer) == {
        "待审核": ["教务处"], "退回修改中": ["总务处"], "逾期未提交": [], "公示期满待签字": ["学校"],
    }  # fmt: skip


def test_what_is_not_handed_in_in_time_is_late_and_what_is_handed_in_is_not(table, other_table, people):
    bring_to(Status.SUBMITTED, table, people)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Cycle.objects.update(fill_from=yesterday, fill_until=yesterday)
    assert figures(people.reviewer)["逾期未提交"] == ["教务处"]


def test_before_the_first_year_there_are_no_figures(department, people):
    found = committee_of(people.reviewer)
    assert (found.figures, found.tables, [line.name for line in found.map.lines]) == (
        [], None, ["总务处", "教务处", "纪委办公室"],
    )  # fmt: skip
