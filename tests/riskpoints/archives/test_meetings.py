"""What a meeting decided about the table of the 校领导班子 lies in the year's archive, and comes back from it (R53)."""

import pytest
from django.db import transaction

from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.enums import ConfirmedBy, Status
from riskpoints.evidence.verification import verify_register
from riskpoints.models import MeetingDecision, TableVersion
from tests.factories import bring_to
from tests.riskpoints.archives.packing import build, unpacked


@pytest.fixture
def elsewhere(request, tmp_path, db):
    """Return the archive of a year with such a table, made in a database that is gone, and what was decided."""
    with transaction.atomic():
        _, table, people = (request.getfixturevalue(name) for name in ("school", "leaders_table", "people"))
        version = bring_to(Status.CONFIRMED, table, people)
        told = version.meetings.get().said()
        build(table.cycle, tmp_path / "a.zip")
        transaction.set_rollback(True)
    return tmp_path / "a.zip", told


def test_it_lies_in_the_archive_and_comes_back(elsewhere, tmp_path):
    path, told = elsewhere
    files = unpacked(path)
    assert verifier.verify(path) == []
    assert [name for name in files if "会议决定表_第1版" in name and name.endswith(".pdf")]
    assert "领导小组会议（会议纪要 〔2026〕6号）决定" in files["归档文件目录.csv"].decode("utf-8-sig")
    imported = import_archive(path)
    row = MeetingDecision.objects.get()
    assert row.said() == told
    version = TableVersion.objects.get()
    assert (version.confirmed_how, version.minutes_number) == (ConfirmedBy.MEETING, "〔2026〕6号")
    assert [f"{fault.about}：{fault.reason}" for fault in verify_register()] == []
    build(imported.cycle, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == path.read_bytes()
