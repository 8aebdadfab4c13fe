"""The short form of ./run bench crowd: eight people in one table, on whichever database the run is about."""

import pytest

from tests.bench import crowd

pytestmark = pytest.mark.e2e


@pytest.mark.long
def test_eight_people_in_one_table_lose_nothing(site):
    outcome = crowd.run(site, saves=3)
    assert outcome.faults == []
    assert outcome.tally.saves == outcome.verdict["acknowledged"] >= 8 * 2
