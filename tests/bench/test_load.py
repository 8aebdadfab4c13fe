"""The short form of ./run bench load: three people for some seconds, on whichever database the run is about."""

import pytest

from tests.bench import load

pytestmark = pytest.mark.e2e


@pytest.mark.long
def test_three_people_at_their_tables_lose_nothing(site):
    site.variables["DJANGO_SETTINGS_MODULE"] = "tests.bench.floor_settings"
    floor, outcome = load.run(site, sessions=3, points=40, seconds=8)
    assert (outcome.errors, outcome.lost) == ([], [])
    assert set(floor.answers) == {"floor"}
    assert {"sheet", "save"} <= set(outcome.answers) <= set(load.MIX)  # of the others there are few in eight seconds
    assert outcome.memory > 0
    assert all(outcome.printing)
    assert "lost              0" in outcome.report(floor)


def test_what_the_slowest_of_twenty_waits():
    outcome = load.Outcome(2.0, {"sheet": [place / 1000 for place in range(1, 101)], "save": []})
    assert outcome.rate == 50
    assert (outcome.waited("sheet", 50), outcome.waited("sheet", 95), outcome.waited("save", 95)) == (51, 96, 0)
