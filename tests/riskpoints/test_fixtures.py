"""The fixtures stand where they say."""

import re

import pytest

from riskpoints.content import completeness, content
from riskpoints.enums import Status
from tests.factories import bring_to


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("name", ["table", "other_table", "discipline_table", "school_table"])
def test_each_table_reaches_each_status(request, people, name, status):
    version = bring_to(status, request.getfixturevalue(name), people)
    assert version.status == status


def test_a_filled_table_is_told_of_stages_only(draft_version):
    report = completeness.check(content.load(draft_version))
    assert (report.missing, len(report.hints)) == ([], 4)
    assert all(re.search("还没有.*的措施", finding.message) for finding in report.hints)


@pytest.mark.parametrize("status", ["draft", "submitted", "reviewed", "confirmed"])
def test_version_fixtures_have_their_status(request, status):
    assert request.getfixturevalue(f"{status}_version").status == status
