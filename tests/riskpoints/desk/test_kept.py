"""What is kept for each state of the register: never out of date, and read once while nothing is done."""

import pytest

from departments.enums import Level
from departments.services import revoke_role
from riskcontrol import kept
from riskcontrol.kept import state_of_acts
from riskpoints.desk.kept import board_lines, duties_today
from riskpoints.enums import Action, Status
from riskpoints.tables import workflow
from tests.factories import bring_to


@pytest.fixture(autouse=True)
def _kept(monkeypatch):
    """As in the program: elsewhere in the tests nothing is kept."""
    monkeypatch.setattr(kept, "IS_ON", True)
    yield
    kept.forget_all()


def said() -> list[str]:
    return [line.said for line in board_lines(state_of_acts())]


def test_an_act_ends_what_is_kept(table, people):
    version = bring_to(Status.SUBMITTED, table, people)
    words = f"审核：总务处{table.cycle.year}年度防控表"
    assert words in said()
    workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="请补充。")
    assert words not in said()
    assert f"按意见修改：总务处{table.cycle.year}年度防控表" in said()


def test_while_nothing_is_done_it_costs_one_query(submitted_version, people, django_assert_num_queries):
    first = said()
    with django_assert_num_queries(1):
        assert said() == first


def test_a_role_that_is_taken_away_ends_it(table, people):
    department = table.department.pk
    before = duties_today(state_of_acts()).of(department, Level.SECOND)
    assert (before.people, before.is_vacant) == ((people.leader,), False)
    revoke_role(people.leader.grants.get(), actor=people.admin)
    after = duties_today(state_of_acts()).of(department, Level.SECOND)
    assert (after.people, after.is_vacant) == ((people.principal,), True)
