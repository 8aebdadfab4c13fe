"""The short form of ./run bench faults: a kill of each kind while six people save; the long form has 200."""

import pytest
from django.db import connection

from tests.bench import faults

pytestmark = pytest.mark.e2e


@pytest.mark.long
def test_killing_loses_nothing_that_was_acknowledged(tmp_path):
    kinds = 3 if connection.vendor == "sqlite" else 5
    outcome = faults.run(connection.vendor, kinds, folder=tmp_path, is_short=True, seed=20111115)
    assert outcome.faults == []
    assert set(outcome.kills.values()) == {1}
    assert outcome.kills.total() == kinds
    assert outcome.verdict["acknowledged"] >= 6
