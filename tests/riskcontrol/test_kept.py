"""What is kept for each state of the register: which acts end it, and how much is kept."""

import datetime

import pytest
from django.utils import timezone

from riskcontrol import audit, kept
from riskcontrol.kept import Kept, state_of_acts, state_of_trail
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb


@pytest.fixture(autouse=True)
def _kept(monkeypatch):
    """As in the program: elsewhere in the tests nothing is kept."""
    monkeypatch.setattr(kept, "IS_ON", True)
    yield
    kept.forget_all()


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


def test_everything_can_be_forgotten_at_once():
    found: Kept[str] = Kept(most=2)
    found.value("a", ("hash", datetime.date(2026, 1, 1), 0), lambda: "b")
    kept.forget_all()
    assert found.keys() == []
