"""The short form of ./run bench fuzz, and the place where its long form runs."""

import os

import pytest

from tests.access import world as worlds
from tests.bench import walks

STEPS, SEED = int(os.environ.get("FUZZ_STEPS", "300")), int(os.environ.get("FUZZ_SEED", "2011"))


@pytest.fixture
def world(people, department, discipline_office, functions, purchasing_post, plain_post, other_post, discipline_post):
    """Return the school with 总务处's table in every status."""
    return worlds.build(people, department=department, discipline_office=discipline_office, functions=functions)


def broken(*args, **kwargs):
    raise RuntimeError("a page that breaks")


@pytest.mark.long
def test_nothing_breaks_whatever_is_asked(world, monkeypatch):
    tally = walks.run(world, steps=STEPS, number=SEED)
    print("\n" + tally.report())
    for fault in tally.faults[:20]:
        print(f"  {fault}")
    assert tally.faults == []
    assert tally.steps >= STEPS
    assert tally.requests >= STEPS
    assert {200, 302} <= set(tally.statuses)
    # The same walk notices where something does break.
    monkeypatch.setattr("riskpoints.views.inbox.render", broken)
    tally = walks.run(world, steps=20, number=SEED)
    assert any("RuntimeError('a page that breaks')" in fault for fault in tally.faults)
