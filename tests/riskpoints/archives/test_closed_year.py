"""The archive of a closed year stays what it is, whatever is renamed, moved or printed otherwise since."""

import datetime
import json
import shutil

import pytest
from django.utils import timezone

from departments.enums import GroupPosition, Role
from departments.models import Department, GroupMember, LeadershipGroup, Post, PostFunction, School, User
from riskcontrol import audit, files
from riskcontrol.models import AuditEntry, StoredFile
from riskcontrol.verbs import SystemVerb
from riskpoints.archives import jobs, records, shelf
from riskpoints.enums import Status
from riskpoints.evidence import record, year_facts
from riskpoints.models import StoredDocument
from riskpoints.models.archive import ArchiveState
from riskpoints.tables import papers
from riskpoints.verbs import RegisterVerb
from riskpoints.years import closing
from tests.factories import bring_to
from tests.riskpoints.archives.packing import SCAN, build, confirm, falsify, unpacked


@pytest.fixture
def closed(people, table, other_table, school_table, settings):
    """Return a closed 年度: 总务处 and the school with their forms kept, one with a scan, 教务处 never handed in."""
    settings.KEPT_DOCUMENTS = ("pdf", "xlsx")
    table.cycle.version = confirm(table, people, scan=SCAN)
    confirm(school_table, people)
    bring_to(Status.DRAFT, other_table, people)
    closing.close_year(table.cycle, actor=people.office)
    table.cycle.refresh_from_db()
    return table.cycle


def rename_everything():
    """Change all that stands around the tables, past every screen."""
    School.objects.update(full_name="新校名", short_name="新校", form_title="新表", fonds_code="9999")
    Department.objects.filter(name="总务处").update(name="后勤处", order=1000)
    for post in Post.objects.all():
        Post.objects.filter(pk=post.pk).update(name=f"新岗位{post.pk}", order=1)
    PostFunction.objects.update(floor=3, basis="新依据")
    LeadershipGroup.objects.update(title="新名单", until=datetime.date(2020, 1, 2))
    GroupMember.objects.filter(position=GroupPosition.MEMBER).delete()
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(real_name="新名", staff_number=f"x{user.pk}")
    Department.objects.get(name="后勤处").grants.filter(role=Role.LEADER).delete()


def test_its_archive_stays_the_same_to_the_last_byte(closed, tmp_path, time_machine):
    build(closed, tmp_path / "a.zip")
    rename_everything()
    audit.record(SystemVerb.LOGIN, actor=User.objects.first())
    time_machine.move_to(datetime.datetime(closed.year + 3, 5, 1, tzinfo=datetime.UTC))
    audit.record(SystemVerb.LOGIN, actor=User.objects.first())
    build(closed, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "a.zip").read_bytes()


def test_an_open_year_shows_what_was_renamed(people, table, tmp_path):
    confirm(table, people)
    build(table.cycle, tmp_path / "a.zip")
    School.objects.update(full_name="新校名")
    build(table.cycle, tmp_path / "b.zip")
    assert "新校名" in unpacked(tmp_path / "b.zip")["归档文件目录.csv"].decode()
    assert "新校名" not in unpacked(tmp_path / "a.zip")["归档文件目录.csv"].decode()


def test_what_its_first_archive_printed_is_kept_for_good(closed, people, empty_parts):
    first = jobs.run(jobs.open_build(closed.year, actor=people.admin))
    kept = records.read_year(closed.year).printed
    assert sorted(path.rpartition("/")[2] for path in kept) == [
        "0001_岗位廉政风险防控一览表_第1版.pdf",
        "0001_附件1_领导小组成员名单.pdf",
        "0003_登记汇总表.pdf",
        "0003_登记汇总表.xlsx",
        "0005_风险点查找方法统计表.pdf",
        "0008_分级管理清单.pdf",
    ]
    shown = unpacked(shelf.file_of(first))
    assert {path: files.content(sha256) for path, sha256 in kept.items()} == {path: shown[path] for path in kept}
    shutil.rmtree(empty_parts)
    again = jobs.run(jobs.open_build(closed.year, actor=people.admin))
    assert again.sha256 == first.sha256
    builds = AuditEntry.objects.filter(action=RegisterVerb.ARCHIVE_BUILD, detail__结果__startswith="完成").order_by(
        "number"
    )
    assert [entry.detail["新打印"] for entry in builds] == [6, 0]


def test_closing_keeps_what_stood_around_the_tables(closed):
    entry = AuditEntry.objects.get(action=RegisterVerb.YEAR_CLOSE)
    facts = json.loads(files.content(entry.detail[record.RECORD]))
    assert facts == year_facts.facts_of_year(closed)
    assert facts["cycle"]["closed_at"] == year_facts.plain(closed.closed_at)
    assert [row["leader"] for row in facts["departments"]] == ["分管副校长", ""]
    assert [table["in_force"] is None for table in facts["tables"]] == [False, True, False]


def test_a_changed_record_of_the_closing_is_never_archived(closed):
    entry = AuditEntry.objects.get(action=RegisterVerb.YEAR_CLOSE)
    falsify(StoredFile.objects.get(sha256=entry.detail[record.RECORD]), content=b"{}")
    archive = jobs.open_build(closed.year)
    with pytest.raises(records.ArchiveError, match="存档文件与登记时的校验值不符"):
        jobs.run(archive)
    archive.refresh_from_db()
    assert archive.state == ArchiveState.FAILED


def test_its_tables_open_in_the_form_they_had(closed, client, people):
    kept = StoredDocument.objects.get(decision__version=closed.version, decision__action="confirm", kind="pdf")
    rename_everything()
    assert papers.document_of(closed.version, "pdf") == files.read(kept.file)


def test_a_year_closed_past_the_program_is_archived_from_what_is_there(people, table, tmp_path):
    confirm(table, people)
    type(table.cycle).objects.update(closed_at=timezone.now())
    build(table.cycle, tmp_path / "a.zip")
    assert "本年度已归档关闭" in unpacked(tmp_path / "a.zip")["说明.txt"].decode()
