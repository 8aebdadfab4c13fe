"""What an archive holds, and that the same year gives the same bytes."""

import hashlib
import io
import json
import re
import unicodedata
import zipfile
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from departments.models import School
from riskcontrol import audit
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from riskpoints import fields
from riskpoints.archives import builder, jobs, records, verifier
from riskpoints.archives.records import ArchiveError
from riskpoints.content import content
from riskpoints.enums import Action, Status
from riskpoints.evidence import year_facts
from riskpoints.models import Decision, StoredDocument, TableVersion
from riskpoints.models.archive import ArchiveState
from riskpoints.tables import editing, reviewing, workflow
from riskpoints.verbs import RegisterFact, RegisterVerb
from riskpoints.years import closing
from tests.access.reading import words_in
from tests.factories import bring_to, make_point, paper_signature
from tests.riskcontrol.trails import without_salts
from tests.riskpoints.archives.packing import SCAN, build, confirm, falsify, rows, unpacked


def test_it_holds_everything_of_the_year_once(full_year, tmp_path):
    steps = []
    built = build(full_year, tmp_path / "a.zip", steps)
    files = unpacked(tmp_path / "a.zip")
    assert list(files) == [
        "00_学校/0001_附件1_领导小组成员名单.pdf",
        "00_学校/0002_学校廉政风险点防控表_第1版.pdf",
        "00_学校/0002_学校廉政风险点防控表_第1版.xlsx",
        "00_学校/0002_签字盖章扫描件_第1版_1.pdf",
        "00_学校/0003_登记汇总表.pdf",
        "00_学校/0003_登记汇总表.xlsx",
        "00_学校/0004_参与情况统计.csv",
        "00_学校/0005_风险点查找方法统计表.pdf",
        "办理记录.csv",
        "办理记录.json",
        "元数据.json",
        "审计记录.jsonl",
        "00_学校/0008_分级管理清单.pdf",
        "01_总务处/0001_部门廉政风险点防控表_第2版.pdf",
        "01_总务处/0001_部门廉政风险点防控表_第2版.xlsx",
        "01_总务处/0001_岗位廉政风险防控一览表_第2版.pdf",
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
    assert [step.done for step in steps] == [0, *range(20)]
    assert {step.total for step in steps[1:]} == {20}
    left = [step.left for step in steps[1:]]
    assert left[0] > left[-1] > 0


def test_decisions_can_be_hashed_again_from_their_snapshots(full_year, tmp_path):
    build(full_year, tmp_path / "a.zip")
    files = unpacked(tmp_path / "a.zip")
    decisions = json.loads(files["办理记录.json"])
    stored = Decision.objects.filter(version__status=Status.CONFIRMED).order_by("id")
    assert stored.count() == Decision.objects.count() - 1  # 教务处 has only handed its table in
    assert [(row["action"], row["actor"], row["content_hash"]) for row in decisions] == [
        (decision.action, decision.actor_name, decision.content_hash) for decision in stored
    ]
    shown = [row for row in decisions if row["snapshot"]]
    assert [row["action"] for row in shown] == ["confirm"] * 3
    assert [verifier.sha256(row["snapshot"]) for row in shown] == [row["open_hash"] for row in shown]
    told = AuditEntry.objects.filter(action=RegisterVerb.CONFIRM).order_by("number")
    assert [entry.detail[RegisterFact.OPEN_HASH] for entry in told] == [row["open_hash"] for row in shown]
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
        "decisions": 9,
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
        ("4", f"0001-WS·{year}-Y-00-0004", name, f"{name}{year}年度参与情况统计", today, "", ""),
        ("5", f"0001-WS·{year}-Y-00-0005", name, f"{name}{year}年度风险点查找方法统计表", today, "1", ""),
        ("6", f"0001-WS·{year}-Y-00-0006", name, f"{name}{year}年度廉政风险点防控表办理记录", today, "", ""),
        ("7", f"0001-WS·{year}-Y-00-0007", name, f"{name}{year}年度廉政风险点防控表审计记录", today, "", ""),
        ("8", f"0001-WS·{year}-Y-00-0008", name, f"{name}{year}年度廉政风险分级管理清单", today, "1", ""),
        (
            "9",
            f"0001-WS·{year}-D30-01-0001",
            "总务处",
            f"总务处{year}年度部门廉政风险点防控表",
            today,
            "1",
            "第2版，校长签字",
        ),
    ]
    assert files["归档文件目录.csv"].startswith(b"\xef\xbb\xbf")
    assert files["归档文件目录.csv"].count(b"\r\n") == files["归档文件目录.csv"].count(b"\n") == 10
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
    closing.close_year(table.cycle, actor=people.office)
    build(table.cycle, tmp_path / "a.zip")
    files = unpacked(tmp_path / "a.zip")
    entry = AuditEntry.objects.get(action=RegisterVerb.YEAR_CLOSE)
    assert json.loads(files["manifest.json"])["audit"]["head"]["hash"] == entry.hash
    text = files["说明.txt"].decode("utf-8-sig")
    assert "本年度已归档关闭，内容不再变动。" in text
    assert "本年度各张表均已确定，没有缺漏。" in text


def test_the_audit_extract_is_an_unbroken_piece_up_to_the_last_decision(full_year, tmp_path, people):
    audit.record(SystemVerb.LOGIN, actor=people.head)
    build(full_year, tmp_path / "a.zip")
    files = unpacked(tmp_path / "a.zip")
    entries = [json.loads(line) for line in files["审计记录.jsonl"].decode().splitlines()]
    last = AuditEntry.objects.filter(action=RegisterVerb.CONFIRM).last()
    assert [entry["number"] for entry in entries] == list(range(entries[0]["number"], last.number + 1))
    assert json.loads(files["manifest.json"])["audit"]["head"]["hash"] == entries[-1]["hash"] == last.hash


def test_a_trail_from_before_the_salts_is_shown_or_left_bare(full_year, tmp_path):
    """What is shown is whole; what has to be hidden gives its number and its hashes, and those beside it hold it."""
    entries = list(AuditEntry.objects.order_by("number"))
    without_salts(entries[: len(entries) // 2])
    build(full_year, tmp_path / "a.zip")
    lines = [json.loads(line) for line in unpacked(tmp_path / "a.zip")["审计记录.jsonl"].decode().splitlines()]
    kinds = ["shown" if "action" in line else "covered" if "digest" in line else "bare" for line in lines]
    assert set(kinds) == {"shown", "covered", "bare"}
    assert {"salt" in line for line, kind in zip(lines, kinds, strict=True) if kind == "shown"} == {True, False}
    assert set(lines[kinds.index("bare")]) == {"number", "previous_hash", "hash"}
    assert verifier.verify(tmp_path / "a.zip") == []


def test_the_same_content_gives_the_same_bytes(full_year, tmp_path, people):
    first = build(full_year, tmp_path / "a.zip")
    archive = jobs.open_build(full_year.year, actor=people.admin)
    audit.record(SystemVerb.LOGIN, actor=people.head)
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


def test_the_form_of_a_version_that_was_in_force_lies_beside_the_records(people, table, settings, tmp_path):
    settings.KEPT_DOCUMENTS = ("xlsx",)
    first = confirm(table, people)
    settings.KEPT_DOCUMENTS = ()
    confirm(table, people)
    build(table.cycle, tmp_path / "a.zip")
    files = unpacked(tmp_path / "a.zip")
    kept = StoredDocument.objects.get(decision__version=first, decision__action=Action.CONFIRM)
    assert [name for name in files if name.startswith("办理过程/")] == ["办理过程/0003_总务处_第1版_确定.xlsx"]
    assert files["办理过程/0003_总务处_第1版_确定.xlsx"] == bytes(kept.file.content)
    facts = json.loads(files["元数据.json"])
    assert [decision["documents"] for decision in facts["decisions"]][1:3] == [{}, {"xlsx": kept.file.sha256}]
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
    version = bring_to(Status.REVIEWED, table, people)
    comment = "Cafe\u0301 费用不清\r\n=请核对"
    signature = paper_signature()
    workflow.perform(Action.CONFIRM, version, actor=people.office, signature=signature, comment=comment)
    build(table.cycle, tmp_path / "a.zip")
    files = unpacked(tmp_path / "a.zip")
    assert verifier.verify(tmp_path / "a.zip") == []
    assert rows(files["办理记录.csv"])[2]["意见"] == "Café 费用不清\n=请核对"


# ---- what an administrator may not read --------------------------------------------------------------------------


def test_a_package_tells_no_draft_no_remark_and_no_assessment(people, table, other_table, settings, tmp_path):
    """Marked words stand in everything that is not in force; none is anywhere in the package, in any kind of file."""
    settings.KEPT_DOCUMENTS = ("pdf", "xlsx")
    draft = bring_to(Status.DRAFT, table, people)
    point = make_point(draft, actor=people.head, text="暗语草稿风险点", likelihood=1, harm=1, proposed_level=1)
    returned = workflow.perform(Action.SUBMIT, draft, actor=people.head, comment="暗语提交意见")
    remarks = {
        key: reviewing.Assessment(None, remark="暗语审核意见") for key in returned.points.values_list("pk", flat=True)
    }
    reviewing.assess(returned, remarks, general_remark="暗语整表意见", actor=people.reviewer)
    draft = workflow.perform(Action.RETURN, returned, actor=people.reviewer, comment="暗语退回意见")
    values = {"text": "现行风险点", "likelihood": 3, "harm": 3, "proposed_level": 3, "manifestation": "现行的表现"}
    editing.save_point(draft, values, point=point, actor=people.head)
    submitted = workflow.perform(Action.SUBMIT, draft, actor=people.head)
    given = {
        item.pk: reviewing.Assessment(1, reason="暗语核定理由") if item.level != 1 else reviewing.Assessment(1)
        for item in submitted.points.all()
    }
    reviewing.assess(submitted, given, actor=people.reviewer)
    reviewed = workflow.perform(Action.APPROVE, submitted, actor=people.reviewer, comment="暗语通过意见")
    signature = paper_signature()
    workflow.perform(Action.CONFIRM, reviewed, actor=people.office, signature=signature, comment="签字齐全")
    other = bring_to(Status.SUBMITTED, other_table, people)
    make_rejected(other, people)
    build(table.cycle, tmp_path / "a.zip")
    files = unpacked(tmp_path / "a.zip")
    words = words_in((tmp_path / "a.zip").read_bytes())
    assert "现行风险点" in words
    assert "签字齐全" in words
    assert sorted(set(re.findall("暗语.{4}", words))) == []
    for name, data in files.items():
        if name.endswith((".json", ".jsonl", ".csv")):
            text = data.decode()
            assert not [field for field in fields.assessments(fields.CURRENT) if field in text], name
            assert "seal" not in text, name
    assert "别处风险" not in words
    assert verifier.verify(tmp_path / "a.zip") == []


def make_rejected(version, people):
    """Return a table of another department, whose words would be its own alone."""
    draft = workflow.perform(Action.RETURN, version, actor=people.reviewer, comment="暗语另一意见")
    make_point(draft, actor=people.other_head, text="暗语别处风险点")


def test_a_year_that_was_kept_before_levels_had_holders_has_no_list_of_them(full_year, tmp_path, monkeypatch):
    facts = year_facts.facts_of_year

    def as_before(cycle):
        found = facts(cycle)
        departments = [{key: row[key] for key in row if key != "answers"} for row in found["departments"]]
        return found | {"departments": departments}

    monkeypatch.setattr(year_facts, "facts_of_year", as_before)
    build(full_year, tmp_path / "a.zip")
    assert not [name for name in unpacked(tmp_path / "a.zip") if "分级管理清单" in name]
    year = records.read_year(timezone.localdate().year)
    leaders = {row["id"]: row["leader"] for row in year.facts["departments"]}
    version = next(version for version in year.in_force if version.table.department_id)
    key = version.table.department_id
    assert [year.leader_of(key, level) for level in (1, 3)] == [leaders[key], leaders[key]]


def test_the_catalogue_has_the_head_on_paper_as_verify_register_takes_it(whole):
    files = unpacked(whole)
    head = json.loads(files["manifest.json"])["audit"]["head"]
    sheet = load_workbook(io.BytesIO(files["归档文件目录.xlsx"])).active
    assert str(sheet.cell(sheet.max_row, 1).value).endswith(f"：{head['number']}:{head['hash']}")
