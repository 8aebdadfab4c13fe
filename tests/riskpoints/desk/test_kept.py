"""What is kept for each state of the register: never out of date, and read once while nothing is done."""

import datetime

import pytest
from django.utils import timezone

from departments.enums import Level
from departments.services import revoke_role
from riskcontrol import audit
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from riskpoints.desk import kept
from riskpoints.desk.kept import Kept, board_lines, duties_today, state_of_acts, state_of_trail
from riskpoints.enums import Action, Status
from riskpoints.tables import workflow
from tests.factories import bring_to


@pytest.fixture(autouse=True)
def _kept(monkeypatch):
    """As in the program: elsewhere in the tests nothing is kept."""
    monkeypatch.setattr(kept, "IS_ON", True)
    yield
    for one in (kept._lines, kept._duties):
        one.forget()


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


def test_that_people_come_read_and_are_refused_ends_nothing(submitted_version, people):
    before = state_of_acts()
    whole = state_of_trail()
    for verb in (SystemVerb.LOGIN, SystemVerb.LOGOUT):
        audit.record(verb, actor=people.head)
    audit.record(SystemVerb.REFUSED, actor=people.head, succeeded=False)
    assert state_of_acts() == before
    assert state_of_trail()[0] == AuditEntry.objects.latest("number").hash != whole[0]


def test_a_new_day_ends_it(submitted_version, monkeypatch):
    before = state_of_acts()
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    monkeypatch.setattr(kept.timezone, "localdate", lambda *asked: tomorrow)
    assert state_of_acts()[:2] == (before[0], tomorrow)


def test_without_a_trail_it_is_read_each_time():
    found: Kept[int] = Kept(most=2)
    values = iter(range(9))
    assert [found.value("a", None, lambda: next(values)) for _ in range(3)] == [0, 1, 2]


def test_the_ones_asked_for_longest_ago_go_first():
    found: Kept[str] = Kept(most=2)
    state = ("hash", datetime.date(2026, 1, 1), 0)
    for key in ("a", "b", "c"):
        found.value(key, state, lambda key=key: key)
    assert found.keys() == ["b", "c"]
