"""What verification says, fault by fault: of contents, of people, of files, and of what an archive brought along."""

import json

import pytest
from django.db import connection

from riskcontrol import audit, files, landmark, triggers
from riskcontrol.models import StoredFile
from riskpoints.archives.importing import import_archive
from riskpoints.content import content
from riskpoints.enums import Action, ConfirmationRule, Status
from riskpoints.evidence import record
from riskpoints.evidence.verification import has_its_hash, is_as_decided, verify_decided, verify_register
from riskpoints.models import Decision
from tests import before
from tests.factories import bring_to, record_historical
from tests.riskpoints.archives.packing import falsify


def said(**heads) -> list[str]:
    """Return every fault in words, but for the triggers that a test took away, and the marks that it broke on the way:
    those are tried in test_peopled.py and test_watched.py."""
    faults = [f"{fault.about}：{fault.reason}" for fault in verify_register(**heads)]
    return [fault for fault in faults if not fault.startswith("数据库保护") and "条时的不一致" not in fault]


# ---- contents ----------------------------------------------------------------------------------------------------


SAID = audit.sha256("{}")


@pytest.mark.parametrize(
    ("action", "snapshot", "content_hash", "open_hash", "is_brought", "fits"),
    [
        ("confirm", "{}", SAID, None, False, True),
        ("confirm", "{}", "x", None, False, False),
        ("confirm", "{}", "x", SAID, False, False),  # only what an archive brought has an open part
        ("confirm", "{}", SAID, None, True, True),
        ("confirm", "{}", SAID, "y", True, True),
        ("submit", "{}", SAID, None, True, True),
        ("confirm", "{}", "x", SAID, True, True),
        ("confirm", "{}", "x", None, True, True),  # the entry is from before the hash of the open part was told
        ("confirm", "{}", "x", "y", True, False),
        ("record", "{}", "x", SAID, True, True),
        ("compare", "{}", "x", "y", True, False),
        ("submit", "", "x", None, True, True),
        ("submit", "{}", "x", None, True, False),
        ("submit", "", "x", None, False, False),
    ],
)
def test_a_decision_has_its_snapshot_or_came_with_the_part_that_may_be_shown(
    action, snapshot, content_hash, open_hash, is_brought, fits
):
    decision = Decision(action=action, snapshot=snapshot, content_hash=content_hash)
    assert has_its_hash(decision, open_hash, is_brought=is_brought) is fits


def test_what_an_archive_brought_is_compared_by_the_part_that_may_be_shown(confirmed_version):
    loaded = content.load(confirmed_version)
    shown = content.open_part(content.sealed(loaded)[0])
    assert is_as_decided(confirmed_version, loaded, Decision(snapshot=shown, content_hash="x"))
    assert not is_as_decided(confirmed_version, loaded, Decision(snapshot="{}", content_hash="x"))
    assert not is_as_decided(confirmed_version, loaded, None)


def test_a_submitted_table_is_compared_without_the_reviewers_levels(submitted_version):
    loaded = content.load(submitted_version)
    text = content.sealed(loaded)[0]
    decided = json.loads(text)
    decided["rows"][0]["points"][0]["confirmed_level"] = 1
    assert is_as_decided(submitted_version, loaded, Decision(snapshot=json.dumps(decided)))
    decided["rows"][0]["points"][0]["proposed_level"] = 2
    assert not is_as_decided(submitted_version, loaded, Decision(snapshot=json.dumps(decided)))
    for unreadable in ("x", "[]", "{}"):
        assert not is_as_decided(submitted_version, loaded, Decision(snapshot=unreadable))


def test_a_draft_is_as_decided_whatever_it_says(draft_version):
    assert is_as_decided(draft_version, content.load(draft_version), None)


def test_a_decision_of_another_version_is_called_so(table, people):
    first = bring_to(Status.CONFIRMED, table, people)
    second = bring_to(Status.CONFIRMED, table, people)
    decision = first.decisions.get(action=Action.CONFIRM)
    falsify(decision, version_id=second.pk)
    assert f"{second} 确定（领导小组办公室干事）：当时内容属于另一张表或另一版" in said()
    assert f"{second} 确定（领导小组办公室干事）：审计记录里没有这次办理" in said()


def test_a_snapshot_that_cannot_be_read_is_called_so(confirmed_version):
    decision = confirmed_version.decisions.get(action=Action.SUBMIT)
    about = f"{confirmed_version} 提交纪委审核（总务处负责人）"
    falsify(decision, snapshot="x")
    assert said() == [f"{about}：当时内容与校验值不符", f"{about}：当时内容读不出来"]


def test_a_decision_that_is_gone_is_named_by_its_entry(submitted_version):
    number = audit.stored_head().number
    [decision] = submitted_version.decisions.all()
    falsify(decision, content_hash="x")
    assert f"审计记录第 {number} 条“提交纪委审核”：对应的办理记录不见了" in said()


def test_a_changed_file_is_named(confirmed_version):
    file = StoredFile.objects.first()
    falsify(file, content=b"x")
    assert said() == [f"存档文件 {file.sha256[:12]}：内容与校验值不符"]


def test_a_trail_that_lost_its_end_is_called_so(draft_version):
    landmark.path().write_text(json.dumps({"number": 99, "hash": "0" * 64, "at": "2026-11-28"}), encoding="utf-8")
    assert said() == [f"审计记录：{landmark.fault()}"]


def test_each_trigger_that_is_missing_is_named(db, without_triggers):
    assert {f"{fault.about}：{fault.reason}" for fault in verify_register()} == {
        f"数据库保护 {rule.name}：缺失，请运行 manage.py migrate 恢复" for rule in triggers.rules()
    }


# ---- people ------------------------------------------------------------------------------------------------------


@pytest.fixture
def reviewer_may_confirm(without_triggers):
    """Let the database take a version that one person reviewed and confirmed, until the test ends."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute('ALTER TABLE riskpoints_tableversion DROP CONSTRAINT "reviewer_is_not_confirmer"')
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


@pytest.mark.parametrize(
    ("kind", "who", "reason"),
    [
        ("authors", "reviewer", "审核人也是填写人或提交人"),
        ("proposers", "reviewer", "审核人提出的建议已写入这一版"),
        ("authors", "office", "确定登记人也是填写人、提交人或核定人"),
        ("assessors", "office", "确定登记人也是填写人、提交人或核定人"),
    ],
)
def test_people_who_should_be_apart_are_named(confirmed_version, people, without_triggers, kind, who, reason):
    getattr(confirmed_version, kind).add(getattr(people, who))
    assert said() == [f"{confirmed_version}：{reason}"]


@pytest.mark.parametrize(("kind", "who"), [("authors", "clerk"), ("proposers", "office"), ("assessors", "reviewer")])
def test_people_who_may_be_the_same_are_not(confirmed_version, people, without_triggers, kind, who):
    getattr(confirmed_version, kind).add(getattr(people, who))
    assert said() == []


def test_what_was_confirmed_by_an_older_rule_is_judged_by_it(confirmed_version, people, without_triggers):
    confirmed_version.authors.add(people.office)
    falsify(confirmed_version, confirmation_rule=ConfirmationRule.FORMER)
    assert said() == []


def test_who_typed_a_paper_in_may_be_called_its_confirmer(table, people, without_triggers):
    version = record_historical(
        table, fill=lambda version: None, signed_on="2011-11-15", actor=people.office, reviewer=people.reviewer
    )
    version.authors.add(version.confirmed_by)
    assert said() == []


def test_one_who_reviewed_and_confirmed_is_named(confirmed_version, reviewer_may_confirm):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE riskpoints_tableversion SET confirmed_by_id = reviewed_by_id WHERE id = %s", [confirmed_version.pk]
        )
    assert f"{confirmed_version}：确定人也是审核人" in said()


# ---- what an archive brought along -------------------------------------------------------------------------------


@pytest.fixture
def imported(db, tmp_path, settings):
    """Return the piece of another installation's trail that came with an archive of before."""
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    import_archive(before.ARCHIVE)
    [piece] = record.extracts()
    return piece


def test_a_head_printed_by_the_other_installation_is_known(imported):
    last = json.loads(files.content(imported).decode().splitlines()[-1])
    head = audit.Head(last["number"], last["hash"])
    assert said(printed=[head]) == []
    assert said(printed=[audit.Head(head.number, "0" * 64)]) != []
    assert said(printed=[head, audit.Head(10**6, "0" * 64)]) != []


def test_what_was_shown_of_a_brought_decision_is_compared_with_the_trail_that_came_along(imported):
    decision = Decision.objects.filter(action=Action.CONFIRM).first()
    about = f"{decision.version} 确定（{decision.actor_name}）"
    shown = json.loads(decision.snapshot)
    shown["duties"] = "改过的职责"
    falsify(decision, snapshot=json.dumps(shown))
    assert f"{about}：当时内容与校验值不符" in said()


def test_a_brought_decision_that_is_gone_is_named_by_the_entry_of_then(imported):
    lines = [json.loads(line) for line in files.content(imported).decode().splitlines()]
    decision = Decision.objects.filter(action=Action.CONFIRM).first()
    entry = next(
        line for line in lines if line.get("object_id") == str(decision.version_id) and line["action"] == "确定"
    )
    falsify(decision, content_hash="x")
    assert f"导入前的审计记录第 {entry['number']} 条“确定”：对应的办理记录不见了" in said()


def test_a_trail_that_came_along_and_was_changed_is_called_so(imported):
    falsify(StoredFile.objects.get(sha256=imported), content=b"{}\n")
    reasons = [f"{fault.about}：{fault.reason}" for fault in verify_decided()]
    assert reasons[0].startswith("随年度档案导入的记录：存档文件与登记时的校验值不符")
    assert said(printed=[audit.Head(10**6, "0" * 64)])  # said of the file, and of a head that nobody knows
