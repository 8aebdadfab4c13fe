"""What an archive holds, and that the same year gives the same bytes."""

import datetime
import hashlib
import json
import unicodedata
import zipfile
from pathlib import Path

import pytest
from django.utils import timezone

from departments.models import School
from riskcontrol import audit
from riskcontrol.models import AuditEntry
from riskpoints import content, drafting, workflow
from riskpoints.archives import builder, jobs, verifier
from riskpoints.archives.records import ArchiveError
from riskpoints.enums import Action, Status
from riskpoints.models import Decision, StoredDocument, TableVersion
from riskpoints.models.archive import ArchiveState
from tests.factories import bring_to
from tests.riskpoints.archives.packing import SCAN, build, confirm, falsify, rows, unpacked


def test_it_holds_everything_of_the_year_once(full_year, tmp_path):
    steps = []
    built = build(full_year, tmp_path / "a.zip", steps)
    files = unpacked(tmp_path / "a.zip")
    assert list(files) == [
        "00_学校/0001_附件1_领导小组成员名单.pdf",
        "00_学校/0002_学校廉政风险点防控表_第1版.pdf",
        "00_学校/0002_学校廉政风险点防控表_第1版.xlsx",
        "00_学校/0003_登记汇总表.pdf",
        "00_学校/0003_登记汇总表.xlsx",
        "办理记录.csv",
        "办理记录.json",
        "元数据.json",
        "审计记录.jsonl",
        "01_总务处/0001_部门廉政风险点防控表_第2版.pdf",
        "01_总务处/0001_部门廉政风险点防控表_第2版.xlsx",
        "01_总务处/0001_签字盖章扫描件_第1版_1.pdf",
        "01_总务处/0001_签字盖章扫描件_第2版_1.pdf",
        "归档文件目录.xlsx",
        "归档文件目录.csv",
        "说明.txt",
        "核验.py",
        "manifest.json",
        "校验清单.sha256",
    ]
    assert files["01_总务处/0001_签字盖章扫描件_第1版_1.pdf"] == SCAN
    assert files["01_总务处/0001_签字盖章扫描件_第2版_1.pdf"] == SCAN + b"2"
    assert files["核验.py"] == Path(verifier.__file__).read_bytes()
    assert verifier.verify(tmp_path / "a.zip") == []
    assert (built.size, built.sha256) == (
        (tmp_path / "a.zip").stat().st_size,
        hashlib.sha256((tmp_path / "a.zip").read_bytes()).hexdigest(),
    )
    assert [step.done for step in steps] == [0, *range(15)]
    assert {step.total for step in steps[1:]} == {15}
    left = [step.left for step in steps[1:]]
    assert left[0] > left[-1] > 0


def test_decisions_can_be_hashed_again_from_their_snapshots(full_year, tmp_path):
    build(full_year, tmp_path / "a.zip")
    files = unpacked(tmp_path / "a.zip")
    decisions = json.loads(files["办理记录.json"])
    stored = Decision.objects.filter(version__table__cycle=full_year).order_by("id")
    assert [(row["action"], row["actor"], row["content_hash"]) for row in decisions] == [
        (decision.action, decision.actor_name, decision.content_hash) for decision in stored
    ]
    assert [verifier.sha256(row["snapshot"]) for row in decisions] == [row["content_hash"] for row in decisions]
    in_force = json.loads(files["manifest.json"])["tables"]
    second = TableVersion.objects.get(pk=full_year.second.pk)
    assert {(table["owner"], table["version"], table["content_hash"]) for table in in_force} == {
        ("总务处", 2, content.sealed(content.load(second))[1]),
        ("山东省某某职业中专", 1, content.sealed(content.load(full_year.school))[1]),
    }


def test_totals_are_counted_from_what_is_in_force(full_year, tmp_path):
    build(full_year, tmp_path / "a.zip")
    manifest = json.loads(unpacked(tmp_path / "a.zip")["manifest.json"])
    points = full_year.second.points
    assert manifest["totals"] == {
        "tables": 2,
        "points": points.count() + full_year.school.points.count(),
        "measures": full_year.second.measures.count() + full_year.school.measures.count(),
        "department_points_by_level": {
            str(level): points.filter(confirmed_level=level).count()
            for level in sorted(set(points.values_list("confirmed_level", flat=True)))
        },
        "points_by_category": {"decision": 2, "duty": 1, "environment": 1, "institution": 1, "personnel": 2}
        | {"process": 1, "project": 2},
        "decisions": 10,
    }
    assert manifest["absent"] == ["教务处"]
    assert manifest["year"] == timezone.localdate().year


def test_the_catalogue_numbers_each_item(whole):
    files = unpacked(whole)
    year, today = timezone.localdate().year, f"{timezone.localdate():%Y%m%d}"
    name = "山东省某某职业中专"
    shown = [
        (row["序号"], row["档号"], row["责任者"], row["题名"], row["日期"], row["页数"], row["备注"])
        for row in rows(files["归档文件目录.csv"])
    ]
    assert shown == [
        (
            "1",
            f"0001-WS·{year}-Y-00-0001",
            name,
            f"{name}廉政风险防控管理工作领导小组成员名单",
            "20200101",
            "1",
            "本届领导小组",
        ),
        ("2", f"0001-WS·{year}-Y-00-0002", name, f"{year}年度{name}廉政风险点防控表", today, "1", "第1版，校长签字"),
        ("3", f"0001-WS·{year}-Y-00-0003", name, f"{name}{year}年度廉政风险登记汇总表", today, "1", ""),
        ("4", f"0001-WS·{year}-Y-00-0004", name, f"{name}{year}年度廉政风险点防控表办理记录", today, "", ""),
        ("5", f"0001-WS·{year}-Y-00-0005", name, f"{name}{year}年度廉政风险点防控表审计记录", today, "", ""),
        (
            "6",
            f"0001-WS·{year}-D30-01-0001",
            "总务处",
            f"总务处{year}年度部门廉政风险点防控表",
            today,
            "1",
            "第2版，校长签字",
        ),
    ]
    assert files["归档文件目录.csv"].startswith(b"\xef\xbb\xbf")
    assert files["归档文件目录.csv"].count(b"\r\n") == files["归档文件目录.csv"].count(b"\n") == 7
    assert files["说明.txt"].startswith(b"\xef\xbb\xbf")
    assert files["说明.txt"].count(b"\r\n") == files["说明.txt"].count(b"\n") > 30


def test_the_explanation_tells_what_is_missing_and_the_head(whole):
    files = unpacked(whole)
    text, head = files["说明.txt"].decode("utf-8-sig"), json.loads(files["manifest.json"])["audit"]["head"]
    assert "截至生成时没有现行表的：教务处。" in text
    assert "生成时本年度尚未关闭，以后可能还有修订。" in text
    assert f"第 {head['number']} 条" in text
    assert head["hash"] in text


def test_a_closed_year_says_so(people, table, tmp_path):
    confirm(table, people)
    drafting.close_year(table.cycle, actor=people.office)
    build(table.cycle, tmp_path / "a.zip")
    files = unpacked(tmp_path / "a.zip")
    closing = AuditEntry.objects.get(action="关闭年度")
    assert json.loads(files["manifest.json"])["audit"]["head"]["hash"] == closing.hash
    text = files["说明.txt"].decode("utf-8-sig")
    assert "本年度已归档关闭，内容不再变动。" in text
    assert "本年度各张表均已确定，没有缺漏。" in text


def test_the_audit_extract_is_an_unbroken_piece_up_to_the_last_act(full_year, tmp_path, people):
    audit.record("登录", actor=people.head)
    build(full_year, tmp_path / "a.zip")
    files = unpacked(tmp_path / "a.zip")
    entries = [json.loads(line) for line in files["审计记录.jsonl"].decode().splitlines()]
    last = AuditEntry.objects.filter(object_type="riskpoints.tableversion").last()
    assert [entry["number"] for entry in entries] == list(range(entries[0]["number"], last.number + 1))
    assert json.loads(files["manifest.json"])["audit"]["head"]["hash"] == entries[-1]["hash"] == last.hash


def test_a_past_year_takes_all_its_entries_along(full_year, tmp_path, people, time_machine):
    audit.record("登录", actor=people.head)
    login = AuditEntry.objects.last()
    time_machine.move_to(datetime.datetime(full_year.year + 1, 3, 1, tzinfo=datetime.UTC))
    audit.record("登录", actor=people.head)
    build(full_year, tmp_path / "a.zip")
    head = json.loads(unpacked(tmp_path / "a.zip")["manifest.json"])["audit"]["head"]
    assert head["number"] == login.number


def test_the_same_content_gives_the_same_bytes(full_year, tmp_path, people):
    first = build(full_year, tmp_path / "a.zip")
    archive = jobs.open_build(full_year.year, actor=people.admin)
    audit.record("登录", actor=people.head)
    second = build(full_year, tmp_path / "b.zip")
    assert archive.state == ArchiveState.WAITING
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert first == second


def test_names_are_right_on_windows(whole):
    with zipfile.ZipFile(whole) as package:
        for info in package.infolist():
            assert not set('\\:*?"<>|') & set(info.filename)
            assert len(info.filename) <= 100
            assert info.filename == unicodedata.normalize("NFC", info.filename)
            assert bool(info.flag_bits & 0x800) != info.filename.isascii()
            assert info.flag_bits & ~0x800 == 0
            assert info.date_time[3:] == (0, 0, 0)


def test_there_is_no_archive_of_nothing(people, table, tmp_path):
    with pytest.raises(ArchiveError, match="还没有确定的表"):
        build(table.cycle, tmp_path / "a.zip")
    with pytest.raises(ArchiveError, match="没有 1999 年度"):
        builder.build(1999, tmp_path / "a.zip", lambda progress: None)
    assert list(tmp_path.iterdir()) == []


def test_a_changed_scan_is_never_archived(full_year, tmp_path):
    falsify(full_year.second.scans.get().file, content=SCAN + b"!")
    with pytest.raises(ArchiveError, match="总务处：签字盖章扫描件 第2版 1（PDF）与登记时的校验值不符"):
        build(full_year, tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


def test_forms_are_taken_as_they_were_kept(people, table, settings, tmp_path):
    settings.KEPT_DOCUMENTS = ("pdf", "xlsx")
    version = confirm(table, people)
    kept = {
        stored.kind: bytes(stored.file.content)
        for stored in StoredDocument.objects.filter(decision__version=version, decision__action=Action.CONFIRM)
    }
    School.objects.update(short_name="改名后的学校")
    build(table.cycle, tmp_path / "a.zip")
    files = unpacked(tmp_path / "a.zip")
    name = "01_总务处/0001_部门廉政风险点防控表_第1版"
    assert {kind: files[f"{name}.{kind}"] for kind in ("pdf", "xlsx")} == kept


def test_forms_kept_at_decisions_lie_beside_their_records(people, table, other_table, settings, tmp_path):
    confirm(table, people)
    settings.KEPT_DOCUMENTS = ("xlsx",)
    returned = bring_to(Status.REVIEWED, other_table, people)
    workflow.perform(Action.RETURN, returned, actor=people.reviewer, comment="请改")
    build(table.cycle, tmp_path / "a.zip")
    files = unpacked(tmp_path / "a.zip")
    kept = StoredDocument.objects.get()
    assert [name for name in files if name.startswith("办理过程/")] == ["办理过程/0005_教务处_第1版_审核通过.xlsx"]
    assert files["办理过程/0005_教务处_第1版_审核通过.xlsx"] == bytes(kept.file.content)
    facts = json.loads(files["元数据.json"])
    assert [decision["documents"] for decision in facts["decisions"]][4] == {"xlsx": kept.file.sha256}
    assert rows(files["办理记录.csv"])[4]["事项"] == "审核通过，核定等级"
    assert "办理过程：" in files["说明.txt"].decode("utf-8-sig")


def test_what_was_changed_past_the_program_is_not_printed(people, table, tmp_path):
    version = confirm(table, people)
    falsify(version.points.first(), text="改过的风险点")
    with pytest.raises(ArchiveError, match="总务处 第 1 版的现存内容与确定时的不一致"):
        build(table.cycle, tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_kept_form_that_was_changed_is_never_archived(people, table, settings):
    settings.KEPT_DOCUMENTS = ("pdf",)
    version = confirm(table, people)
    falsify(
        StoredDocument.objects.get(decision__version=version, decision__action=Action.CONFIRM).file, content=b"%PDF"
    )
    with pytest.raises(ArchiveError, match="部门廉政风险点防控表 第1版（PDF）与登记时的校验值不符"):
        jobs.run(jobs.open_build(table.cycle.year))


def test_letters_written_in_two_ways_are_one(people, table, tmp_path):
    version = bring_to(Status.SUBMITTED, table, people)
    workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="Cafe\u0301 费用不清\r\n=请核对")
    confirm(table, people)
    build(table.cycle, tmp_path / "a.zip")
    files = unpacked(tmp_path / "a.zip")
    assert verifier.verify(tmp_path / "a.zip") == []
    assert rows(files["办理记录.csv"])[1]["意见"] == "Café 费用不清\n=请核对"
