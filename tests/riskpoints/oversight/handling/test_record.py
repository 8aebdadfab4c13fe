"""Findings and handlings of departments in the archive, and back; of persons' matters nothing (T22)."""

import datetime
import io
import json
import subprocess
import zipfile
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone

from departments.models import User
from riskcontrol.models import AuditEntry
from riskpoints import wings
from riskpoints.archives import verifier
from riskpoints.archives.importing import import_archive
from riskpoints.enums import Action, Scope, Status
from riskpoints.evidence import year_facts
from riskpoints.models import ControlTable, Cycle
from riskpoints.oversight.enums import FindingAct, FindingState, HandlingAct, HandlingKind, HandlingState, Nature
from riskpoints.oversight.handling import acting, archive, counts, drafting, findings, ledger, record
from riskpoints.oversight.handling.drafting import Draft
from riskpoints.oversight.handling.facts import finding_rows, handling_row, handling_rows
from riskpoints.oversight.models import Finding, FindingAnswer, Handling, HandlingEntry
from riskpoints.tables import workflow
from riskpoints.years import closing
from tests import scans
from tests.factories import assess_all, bring_to, make_cycle, paper_signature
from tests.riskpoints.archives.packing import build, forge, rows, unpacked
from tests.riskpoints.oversight.handling.conftest import REPLY, TEXT, bring, do

A, S = HandlingAct, HandlingState
OPEN_WAYS = {
    "asked": (A.APPROVE, A.RECEIVE, A.ASK),
    "granted": (A.APPROVE, A.RECEIVE, A.ASK, A.GRANT),
    "refused": (A.APPROVE, A.RECEIVE, A.ASK, A.REFUSE),
    "replied after asking": (A.APPROVE, A.RECEIVE, A.ASK, A.REPLY),
    "complained of": (A.APPROVE, A.RECEIVE, A.COMPLAINT),
    "too many rounds": (A.APPROVE, A.RECEIVE, A.REPLY, A.REJECT, A.REPLY, A.REJECT, A.REPLY, A.REJECT),
}


def way(handling, acts, hands):
    for act in acts:
        handling = do(act, handling, hands)
    return handling


def require_same(row, handling):
    """What the row tells is what the database holds."""
    handling.refresh_from_db()
    for name in (
        "state", "reply_due", "asked_due", "round", "must_escalate", "received_on", "receipt_due", "issued_on",
        "approved_by_name", "organ", "organ_on", "minutes_number", "receipt_number", "summary", "demand",
    ):  # fmt: skip
        assert row[name] == getattr(handling, name), name


# ---- what is told ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [state for state in S if state != S.LEFT])
def test_a_row_tells_the_state_of_the_database(drafted, hands, state):
    kind = HandlingKind.TRANSFER if state == S.TRANSFERRED else HandlingKind.RECTIFY
    handling = bring(drafted(kind), state, hands)
    row = handling_row(Handling.objects.get(pk=handling.pk))
    assert row["state"] == state
    require_same(row, handling)


@pytest.mark.parametrize("name", OPEN_WAYS)
def test_a_row_tells_what_was_asked_granted_and_forced(drafted, hands, name):
    handling = way(drafted(HandlingKind.CORRECT), OPEN_WAYS[name], hands)
    require_same(handling_row(Handling.objects.get(pk=handling.pk)), handling)


def test_told_keeps_the_names_of_then(drafted, hands, department):
    handling = way(drafted(), (A.APPROVE, A.RECEIVE, A.REPLY, A.REJECT), hands)
    User.objects.filter(pk=hands.deputy.pk).update(real_name="新名")
    type(department).objects.filter(pk=department.pk).update(name="后勤处")
    told = record.told(Handling.objects.get(pk=handling.pk))
    assert (told.department, told.approved_by, told.state) == ("总务处", hands.deputy.real_name, "重新整改")
    assert [one.text for one in told.findings] == [TEXT]
    assert told.first_due == handling.entries.get(act=A.APPROVE).due
    (once,) = told.rounds
    assert (once.causes, once.is_accepted, once.new_due) == ("人手不足", False, told.reply_due)
    assert (once.replied_by, once.verified_by, once.how) == (hands.head.real_name, hands.reviewer.real_name, "情况")


def test_of_a_person_only_who_it_is_is_told(drafted, hands):
    handling = bring(drafted(HandlingKind.REMIND, person=hands.colleague), S.ISSUED, hands)
    told = record.told(handling)
    assert (told.person, told.number) == (hands.colleague.real_name, handling.number)
    assert (told.findings, told.demand, told.has_reply_sheet) == ((), "", False)


def test_what_must_be_escalated_says_so(drafted, hands):
    handling = way(drafted(HandlingKind.CORRECT), OPEN_WAYS["complained of"], hands)
    assert record.told(handling).state == "已签收，必须升级"
    do(A.ESCALATE, handling, hands)
    assert record.told(Handling.objects.get(pk=handling.pk)).state == "已升级"


def test_the_ledger_reads_the_last_handling(drafted, find, hands, cycle):
    done = bring(drafted(), S.CLOSED, hands)
    way(drafted(HandlingKind.CORRECT), (A.APPROVE, A.RECEIVE, A.REPLY, A.ESCALATE), hands)
    bring(drafted(), S.WITHDRAWN, hands)
    find(person=hands.colleague)
    findings.perform(FindingAct.PASS_ON, find(), actor=hands.reviewer, text="", to_whom="工会")
    lines = record.ledger_lines(cycle)
    today = timezone.localdate()
    assert [(line.progress, line.closing) for line in lines] == [
        ("已完成", f"{today}"),
        ("拟办中", "未销号"),
        ("待处置", "未销号"),
        ("转办", "转工会"),
    ]
    assert (lines[0].measures, lines[0].responsible, lines[0].due) == (REPLY["measures"], REPLY["responsible"], today)
    # Nothing is answered to the higher step yet.
    assert (lines[1].measures, lines[1].responsible) == (REPLY["measures"], REPLY["responsible"])
    assert (lines[2].measures, lines[2].due) == ("", None)
    assert (lines[0].handling, lines[1].handling) == (done.number, f"{cycle.year}-处-3")
    only = Finding.objects.filter(pk=done.findings.get().pk)
    assert record.ledger_lines(cycle, only) == lines[:1]


def test_the_volume_holds_persons_matters_without_their_names(drafted, hands, cycle):
    drafted()
    talk = do(A.RECORD_TALK, do(A.APPROVE, drafted(HandlingKind.TALK, person=hands.colleague), hands), hands)
    (line,) = record.volume_lines(cycle, Handling.objects.all())
    assert (line.number, line.kind, line.day, line.paper_number, line.keeping_place) == (
        talk.number,
        HandlingKind.TALK,
        talk.issued_on,
        "谈-1",
        "1 号柜",
    )
    assert hands.colleague.real_name not in repr(line)
    assert record.volume_lines(cycle, Handling.objects.none()) == []


@pytest.mark.parametrize("many", [1, 4])
def test_reading_a_year_takes_as_many_queries_for_many(drafted, hands, cycle, django_assert_num_queries, many):
    for _ in range(many):
        way(drafted(), (A.APPROVE, A.RECEIVE, A.REPLY, A.REJECT), hands)
    with django_assert_num_queries(10):
        handling_rows(cycle)
    with django_assert_num_queries(8):
        finding_rows(cycle)


def test_the_figures_count_departments_matters_alone(drafted, find, hands, cycle):
    assert record.figures(hands.office, cycle) == []
    bring(drafted(), S.CLOSED, hands)
    drafted()
    bring(drafted(HandlingKind.REMIND, person=hands.colleague), S.CLOSED, hands)
    found = {figure.label: figure.value for figure in record.figures(hands.office, cycle)}
    assert found == {"登记的问题": "2 件，销号 1 件", "处置（部门）": "1 件"}
    (_, shown) = next(pair for pair in wings.figures(hands.office, cycle) if pair[0] == "监控、处置、考核")
    assert {figure.label for figure in shown} == {"登记的问题", "处置（部门）"}


# ---- a closed year ----------------------------------------------------------------------------------------------


def test_a_closed_year_reads_as_it_was_while_work_goes_on(drafted, find, hands, cycle, confirmed_version):
    """What was open at the closing is decided afterwards; the year's record and its papers stay."""
    replied, issued, waiting = bring(drafted(), S.REPLIED, hands), bring(drafted(), S.ISSUED, hands), drafted()
    asked = way(drafted(), OPEN_WAYS["asked"], hands)
    loose = find()
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=timezone.now())
    cycle.refresh_from_db()
    names = [part.name for part in archive.PARTS]
    before = year_facts.plain({part.name: part.facts(cycle) for part in archive.PARTS})
    figures, lines = record.figures(hands.office, cycle), record.ledger_lines(cycle)
    assert [row["state"] for row in before["handlings"]] == [S.REPLIED, S.ISSUED, S.DRAFTED, S.RECEIVED]
    assert [row["state"] for row in before["findings"]] == [*[FindingState.HANDLED] * 4, FindingState.OPEN]
    do(A.ACCEPT, replied, hands)
    way(issued, (A.RECEIVE, A.REPLY, A.REJECT), hands)
    do(A.APPROVE, waiting, hands)
    do(A.GRANT, asked, hands)
    findings.perform(FindingAct.DROP, loose, actor=hands.reviewer, text="不属实")
    after = year_facts.plain({part.name: part.facts(cycle) for part in archive.PARTS})
    assert [name for name in names if after[name] != before[name]] == []
    assert (record.figures(hands.office, cycle), record.ledger_lines(cycle)) == (figures, lines)


def test_closing_keeps_them(drafted, hands, cycle, table):
    bring_to(Status.CONFIRMED, table, hands)
    bring(drafted(), S.REPLIED, hands)
    closing.close_year(cycle, actor=hands.office)
    cycle.refresh_from_db()
    assert [row["state"] for row in handling_rows(cycle)] == [S.REPLIED]


# ---- the archive ------------------------------------------------------------------------------------------------

SECRET = "某某私下收受礼品卡的情况"


def confirm(draft, hands):
    """Put a draft in force, as it is."""
    draft = workflow.perform(Action.SUBMIT, draft, actor=hands.head)
    assess_all(draft, actor=hands.reviewer)
    draft = workflow.perform(Action.APPROVE, draft, actor=hands.reviewer)
    return workflow.perform(Action.CONFIRM, draft, actor=hands.office, signature=paper_signature())


@pytest.fixture
def world(find, drafted, hands, table, department, cycle):
    """Return what was done in a year: of 总务处 one handling in each kind of state, of a person four."""
    version = bring_to(Status.CONFIRMED, table, hands)
    User.objects.filter(pk=hands.colleague.pk).update(real_name="欧阳秘密")
    hands.colleague.refresh_from_db()
    for kind in (HandlingKind.REMIND, HandlingKind.TALK, HandlingKind.ADMONISH):
        matter = find(person=hands.colleague, text=SECRET)
        handling = drafting.draft([matter], Draft(kind, SECRET), token=f"secret-{kind}", actor=hands.reviewer)
        handling = do(A.APPROVE, handling, hands)
        talked = kind != HandlingKind.REMIND
        handling = do(A.RECORD_TALK if talked else A.RECEIVE, handling, hands)
    find(person=hands.colleague, text=SECRET)
    closed = bring(drafted(), S.RECEIVED, hands)
    values = REPLY | {"done_by": timezone.localdate()}
    closed = acting.perform(A.REPLY, closed, actor=hands.head, values=values, sent=("整改照片.pdf", scans.PDF))
    closed = do(A.REPLY, do(A.REJECT, closed, hands), hands)
    closed = do(A.ACCEPT, closed, hands)
    way(drafted(HandlingKind.CORRECT), (A.APPROVE, A.ESCALATE), hands)
    bring(drafted(), S.WITHDRAWN, hands)
    drafting.draft([find()], Draft(HandlingKind.RECTIFY, "草拟的事由", "草拟的要求"), token="d", actor=hands.reviewer)
    way(drafted(HandlingKind.REMIND), OPEN_WAYS["asked"], hands)
    revised = bring_to(Status.DRAFT, table, hands)
    findings.answer(find(demands_revision=True), revised, actor=hands.head)
    confirm(revised, hands)
    findings.answer(find(demands_revision=True), bring_to(Status.DRAFT, table, hands), actor=hands.head)
    return SimpleNamespace(cycle=cycle, versions=[version, revised])


@pytest.fixture(scope="session")
def packed():
    """Keep the archive that is built once for the whole run."""
    return {}


@pytest.fixture
def elsewhere(request, packed, tmp_path, db):
    """Return the archive of that year, what its rows told, and what nobody may read, of a database that is gone."""
    path = tmp_path / "a.zip"
    if not packed:
        with transaction.atomic():
            world = request.getfixturevalue("world")
            cycle, versions = world.cycle, frozenset(str(version.pk) for version in world.versions)
            told = wings.shown(wings.facts(cycle), versions)
            numbers = [row.number for row in (*_of_persons(Finding), *_of_persons(Handling))]
            build(cycle, path)
            packed |= {"content": path.read_bytes(), "told": told, "numbers": numbers, "year": cycle.year}
            transaction.set_rollback(True)
    path.write_bytes(packed["content"])
    return SimpleNamespace(path=path, **packed)


def _of_persons(model):
    return model.objects.filter(nature=Nature.PERSON).select_related("cycle")


def texts(name, data):
    """Return everything that can be read of a file of an archive."""
    if name.endswith(".pdf"):
        if data.startswith(b"%PDF-1") and name.endswith("整改照片.pdf"):
            return ""
        found = subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True).stdout
        about = subprocess.run(["pdfinfo", "-"], input=data, capture_output=True, check=True).stdout
        return "".join((found + about).decode().split())
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return "".join(book.read(part).decode("utf-8", "replace") for part in book.namelist())
    return data.decode("utf-8", "replace")


def test_nothing_of_a_persons_matter_is_in_an_archive(elsewhere):
    assert len(elsewhere.numbers) == 7
    never = [
        "欧阳秘密", SECRET, SECRET[:6], f"{elsewhere.year}-个", "个处", "谈-1", "1 号柜", "谈话记录", "上级纪委",
        *elsewhere.numbers,
    ]  # fmt: skip
    files = unpacked(elsewhere.path)
    found = [
        (name, word)
        for name, data in files.items()
        if name != "核验.py"
        for word in never
        if word in name or word.replace(" ", "") in texts(name, data) or word.encode() in data
    ]
    assert found == []


def test_of_persons_matters_there_are_counts_alone(elsewhere):
    files = unpacked(elsewhere.path)
    (listed,) = [name for name in files if name.endswith(f"{counts.PART.title}.csv")]
    assert [tuple(row.values()) for row in rows(files[listed])] == [
        ("各种方式", "全年", "3"),
        ("合计", "全年", "3"),
    ]


def test_keys_of_the_database_stay_at_home(elsewhere):
    """Gaps between them would count what is not shown."""
    metadata = json.loads(unpacked(elsewhere.path)[verifier.METADATA])
    for name in ("findings", "handlings"):
        for row in metadata["parts"][name]:
            assert "id" not in row
            assert [one for one in [*row["entries"], *row.get("replies", [])] if "id" in one] == []


def test_drafts_show_their_numbers_alone(elsewhere):
    found = {row["sequence"]: row for row in elsewhere.told["handlings"]}
    drafts = [row for row in found.values() if row["state"] in (S.DRAFTED, S.WITHDRAWN)]
    assert sorted(found) == list(range(1, 7))
    assert [(row["summary"], row["demand"], row["entries"][-1]["text"]) for row in drafts] == [("", "", "")] * 3
    files = unpacked(elsewhere.path)
    assert [name for name, data in files.items() if "草拟的事由" in texts(name, data)] == []


def test_they_lie_in_the_archive_and_come_back(elsewhere, tmp_path):
    files = unpacked(elsewhere.path)
    assert verifier.verify(elsewhere.path) == []
    names = list(files)
    for title, folder, many in (
        (ledger.TITLE, "00_学校", 1),
        ("整改通知书", "01_总务处", 1),
        ("廉政风险预警（纠错）通知书", "01_总务处", 1),
        ("廉政风险预警（提醒）通知书", "01_总务处", 1),
        ("整改情况回告表", "01_总务处", 1),
    ):
        assert len([name for name in names if title in name and name.startswith(folder)]) == many, title
    assert [files[name] for name in names if name.endswith("整改照片.pdf")] == [scans.PDF]
    titles = [row["题名"] for row in rows(files[verifier.CATALOGUE])]
    assert f"总务处整改通知书（{elsewhere.year}-处-1，总务处）" in titles
    (listed,) = [name for name in names if name.endswith("部门问题的处置.csv")]
    assert [row["状态"] for row in rows(files[listed])] == ["已销号", "已升级", "拟办", "已撤销", "拟办", "已签收"]
    imported = import_archive(elsewhere.path)
    told = wings.shown(wings.facts(imported.cycle), frozenset(_versions(elsewhere.told)))
    for name in ("findings", "handlings", "handling_counts"):
        assert year_facts.plain(told[name]) == year_facts.plain(elsewhere.told[name]), name
    build(imported.cycle, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == elsewhere.path.read_bytes()


def _versions(told):
    return [str(answer["version"]) for row in told["findings"] for answer in row["answers"]]


def test_what_came_back_stands_as_it_did(elsewhere):
    import_archive(elsewhere.path)
    assert not _of_persons(Handling).exists()
    assert not _of_persons(Finding).exists()
    first, second, higher, _, _, asked = Handling.objects.order_by("sequence")
    assert (first.state, first.round, first.replies.count()) == (S.CLOSED, 2, 2)
    assert [one.name for one in first.replies.get(round=1).files.all()] == ["整改照片.pdf"]
    assert [one.verification.is_accepted for one in first.replies.all()] == [False, True]
    assert (higher.escalated_from, second.state) == (second, S.ESCALATED)
    assert asked.asked_due is not None
    assert [entry.act for entry in asked.entries.all()] == ["draft", "approve", "receive", "ask"]
    assert {row.state for row in first.findings.all()} == {FindingState.CLOSED}
    assert Handling.objects.values("token").distinct().count() == Handling.objects.count()
    # The other one is answered in a draft, which is in no archive.
    (answer,) = FindingAnswer.objects.select_related("finding", "version")
    assert (answer.finding.sequence, answer.version.number) == (6, 2)
    assert [row.entries.get(act=FindingAct.ANSWER).text != "" for row in _answered()] == [True, False]
    assert HandlingEntry.objects.filter(by__is_active=True).count() == 0
    assert not AuditEntry.objects.filter(action__startswith="handling.").exists()


def _answered():
    return Finding.objects.filter(entries__act=FindingAct.ANSWER).order_by("sequence")


def test_the_verifier_finds_a_number_that_is_missing(elsewhere, tmp_path):
    for name, series in (("findings", "问"), ("handlings", "处")):
        files = unpacked(elsewhere.path)
        metadata = json.loads(files[verifier.METADATA])
        del metadata["parts"][name][1]
        files[verifier.METADATA] = json.dumps(metadata, ensure_ascii=False).encode()
        path = forge(tmp_path / f"{name}.zip", files)
        assert f"“{verifier.METADATA}”里 {elsewhere.year}-{series} 的编号不连续" in verifier.verify(path)


def forged(elsewhere, path, change):
    """Return what the verifier says of the archive whose parts were changed, with all hashes fitting."""
    files = unpacked(elsewhere.path)
    metadata = json.loads(files[verifier.METADATA])
    change(metadata["parts"])
    files[verifier.METADATA] = json.dumps(metadata, ensure_ascii=False).encode()
    return verifier.verify(forge(path, files))


def test_the_verifier_looks_up_the_numbers_that_are_named(elsewhere, tmp_path):
    """A series that was cut at its end has no gap: whatever names the last of it tells."""
    year, path = elsewhere.year, tmp_path / "forged.zip"
    faults = forged(elsewhere, path, lambda parts: parts["handlings"].pop())
    assert f"“{verifier.METADATA}”的“findings”写到 {year}-处-6，包里的处置登记没有这个编号" in faults
    (of_paper,) = [fault for fault in faults if verifier.CATALOGUE in fault]
    assert f"写到 {year}-处-6，" in of_paper

    def name_another(parts):
        parts["handlings"][0]["findings"][0]["number"] = f"{year}-问-99"

    assert forged(elsewhere, path, name_another) == [
        f"“{verifier.METADATA}”的“handlings”写到 {year}-问-99，包里的问题登记没有这个编号"
    ]


def test_the_verifier_leaves_words_and_other_years_alone(elsewhere, tmp_path):
    """Another year's register is in the archive of that year; what somebody wrote names nothing."""

    def change(parts):
        parts["findings"][0]["handled"][0]["number"] = f"{elsewhere.year - 1}-处-99"
        parts["findings"][0]["text"] = f"{elsewhere.year}-处-99"

    assert forged(elsewhere, tmp_path / "forged.zip", change) == []


def test_a_handling_of_last_years_finding_names_it(drafted, hands, cycle):
    handling = drafted()
    finding = handling.findings.get()
    other = Cycle.objects.create(**{
        name: getattr(cycle, name) for name in ("fill_from", "fill_until", "review_until", "publish_until")
    }, year=cycle.year - 1)  # fmt: skip
    Finding.objects.filter(pk=finding.pk).update(cycle=other)
    (row,) = handling_rows(cycle)
    assert row["findings"][0]["number"] == f"{other.year}-问-{finding.sequence}"
    assert finding_rows(other)[0]["handled"][0]["number"] == handling.number


def years_apart(hands, drafted, cycle):
    """Return last year and this one, with a step of this year about last year's finding, above last year's step."""
    last = make_cycle(cycle.year - 1)
    lower = bring(drafted(HandlingKind.CORRECT), S.ISSUED, hands)
    finding = lower.findings.get()
    Finding.objects.filter(pk=finding.pk).update(cycle=last)
    Handling.objects.filter(pk=lower.pk).update(cycle=last)
    do(A.ESCALATE, Handling.objects.get(pk=lower.pk), hands)
    return last, cycle


@pytest.mark.parametrize("which", [0, 1])
def test_what_goes_on_over_the_years_comes_back_in_words(request, db, which, tmp_path):
    """Whichever of two years is imported: the other is not there, and the next archive says the same of it."""
    with transaction.atomic():
        hands, drafted, table, cycle = map(request.getfixturevalue, ("hands", "drafted", "table", "cycle"))
        bring_to(Status.CONFIRMED, table, hands)
        years = years_apart(hands, drafted, cycle)
        year = years[which]
        if not which:
            other = ControlTable.objects.create(cycle=year, scope=Scope.DEPARTMENT, department=table.department)
            bring_to(Status.CONFIRMED, other, hands)
        told = year_facts.plain({part.name: part.facts(year) for part in archive.PARTS})
        build(year, tmp_path / "a.zip")
        transaction.set_rollback(True)
    imported = import_archive(tmp_path / "a.zip")
    assert Cycle.objects.count() == 1
    again = year_facts.plain({part.name: part.facts(imported.cycle) for part in archive.PARTS})
    assert again["findings"] == told["findings"]
    assert [(row["findings"], row["escalated_from_number"]) for row in again["handlings"]] == [
        (row["findings"], row["escalated_from_number"]) for row in told["handlings"]
    ]
    named = json.dumps([told["findings"], told["handlings"]], ensure_ascii=False)
    assert f"{years[1 - which].year}-" in named


def test_days_of_an_archive_are_read_as_those_of_the_database(drafted, hands):
    handling = way(drafted(), (A.APPROVE, A.RECEIVE, A.REPLY, A.REJECT), hands)
    row = handling_row(Handling.objects.get(pk=handling.pk))
    assert record.read(json.loads(json.dumps(year_facts.plain(row)))) == record.read(row)
    assert record.read(row).issued_on == datetime.date.fromisoformat(f"{handling.issued_on}")
