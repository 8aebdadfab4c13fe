"""The short form of ./run bench faults: six kills while six people save; the long form has 200."""

import pytest
from django.db import connection

from tests.bench import faults

pytestmark = pytest.mark.e2e


def test_killing_loses_nothing_that_was_acknowledged(tmp_path):
    outcome = faults.run(connection.vendor, 6, folder=tmp_path, is_short=True, seed=20111115)
    assert outcome.faults == []
    assert outcome.kills.total() == 6
    assert outcome.verdict["acknowledged"] >= 6
