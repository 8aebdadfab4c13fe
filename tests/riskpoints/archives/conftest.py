"""Fixtures: a year with everything that an archive can hold, and an archive of it."""

import pytest

from riskpoints.enums import Status
from tests.factories import bring_to
from tests.riskpoints.archives.packing import SCAN, build, confirm


@pytest.fixture
def full_year(people, table, other_table, school_table):
    """Return the 年度 of today: 总务处 in force twice (revised) with scans, the school in force, 教务处 submitted."""
    first = confirm(table, people, scan=SCAN)
    second = confirm(table, people, scan=SCAN + b"2")
    school = confirm(school_table, people)
    bring_to(Status.SUBMITTED, other_table, people)
    table.cycle.first, table.cycle.second, table.cycle.school = first, second, school
    return table.cycle


@pytest.fixture(scope="session")
def kept():
    """Keep what was built once for the tests that only damage it: {"zip": bytes}."""
    return {}


@pytest.fixture
def whole(request, kept, tmp_path):
    """Return the path of a whole archive of `full_year`, built once for the whole run."""
    path = tmp_path / "档案.zip"
    if not kept:
        build(request.getfixturevalue("full_year"), path)
        kept["zip"] = path.read_bytes()
    path.write_bytes(kept["zip"])
    return path
