"""What was printed at a decision is kept beside it, and served as kept for ever."""

import hashlib

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from departments.models import School
from riskcontrol import files
from riskcontrol.models import AuditEntry, StoredFile
from riskpoints import documents
from riskpoints.content import completeness, content
from riskpoints.enums import Action, Status
from riskpoints.models import Decision, RiskPoint, SignedScan, StoredDocument
from riskpoints.tables import papers, workflow
from riskpoints.tables.workflow import IncompleteError, WorkflowError
from riskpoints.verbs import RegisterVerb
from tests import scans
from tests.factories import assess_all, bring_to, paper_signature

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def kept(settings):
    """Keep documents as production does."""
    settings.KEPT_DOCUMENTS = ("pdf", "xlsx")


@pytest.fixture
def reviewed(kept, submitted_version, people):
    assess_all(submitted_version, actor=people.reviewer)
    return workflow.perform(Action.APPROVE, submitted_version, actor=people.reviewer)


def test_a_review_keeps_the_form_with_its_hash(reviewed):
    decision = reviewed.decisions.get(action=Action.APPROVE)
    kept = {document.kind: document.file for document in decision.documents.select_related("file")}
    assert sorted(kept) == ["pdf", "xlsx"]
    for file in kept.values():
        assert hashlib.sha256(files.read(file)).hexdigest() == file.sha256
        assert file.size == len(files.read(file))
    assert papers.document_of(reviewed, "pdf") == files.read(kept["pdf"])
    assert documents.version_document(reviewed, "pdf") == files.read(kept["pdf"])


def test_a_later_rename_changes_nothing_that_was_kept(reviewed, people):
    before = papers.document_of(reviewed, "pdf")
    School.objects.update(short_name="改名职专", full_name="改名职业中专")
    assert papers.document_of(reviewed, "pdf") == before
    assert documents.version_document(reviewed, "pdf") != before


def test_a_confirmation_keeps_its_own(reviewed, people):
    done = workflow.perform(Action.CONFIRM, reviewed, actor=people.office, signature=paper_signature())
    kept = StoredDocument.objects.filter(decision__version=done).values_list("decision__action", "kind")
    assert sorted(kept) == [("approve", "pdf"), ("approve", "xlsx"), ("confirm", "pdf"), ("confirm", "xlsx")]


def test_a_draft_is_printed_afresh(kept, draft_version):
    assert papers.kept_document(draft_version, "pdf") is None
    assert papers.document_of(draft_version, "pdf")[:5] == b"%PDF-"


def test_a_returned_table_is_printed_as_the_draft_it_is(reviewed, people):
    workflow.perform(Action.RETURN, reviewed, actor=people.reviewer, comment="改")
    reviewed.refresh_from_db()
    assert papers.kept_document(reviewed, "pdf") is None
    assert StoredDocument.objects.filter(decision__version=reviewed).count() == 2


def test_what_cannot_be_printed_is_not_approved(kept, submitted_version, people, monkeypatch):
    assess_all(submitted_version, actor=people.reviewer)

    def fails(version, kind):
        raise papers.DocumentError("字体里没有这些字：X")

    monkeypatch.setattr(documents, "version_document", fails)
    with pytest.raises(WorkflowError, match="字体里没有这些字：X"):
        workflow.perform(Action.APPROVE, submitted_version, actor=people.reviewer)
    submitted_version.refresh_from_db()
    assert submitted_version.status == Status.SUBMITTED
    assert not Decision.objects.filter(version=submitted_version, action=Action.APPROVE).exists()


def test_a_content_that_moved_while_it_was_printed_is_not_decided(kept, submitted_version, people, monkeypatch):
    assess_all(submitted_version, actor=people.reviewer)
    printing = documents.version_document

    def prints_while_another_reviewer_saves(version, kind):
        made = printing(version, kind)
        point = RiskPoint.objects.filter(version=submitted_version).order_by("order").last()
        point.confirmed_reason = "另一位审核员刚写的理由"
        point.save(update_fields=["confirmed_reason"])
        return made

    monkeypatch.setattr(documents, "version_document", prints_while_another_reviewer_saves)
    with pytest.raises(WorkflowError, match="有了变动"):
        workflow.perform(Action.APPROVE, submitted_version, actor=people.reviewer)
    submitted_version.refresh_from_db()
    assert submitted_version.status == Status.SUBMITTED
    assert not StoredDocument.objects.exists()


def test_changed_bytes_are_never_handed_out(reviewed, without_triggers):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE riskcontrol_storedfile SET content = %s", [b"forged"])
    with pytest.raises(files.ChangedFileError):
        papers.document_of(reviewed, "pdf")


@pytest.mark.parametrize("name", ["riskcontrol_storedfile", "riskpoints_storeddocument", "riskpoints_signedscan"])
def test_the_database_refuses_to_change_what_is_kept(reviewed, people, name):
    signature = paper_signature(scan=PNG, scan_suffix="png")
    workflow.perform(Action.CONFIRM, reviewed, actor=people.office, signature=signature)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {name} SET id = id + 100")  # noqa: S608 - names from this file


def test_the_same_bytes_are_stored_once(db):
    assert files.keep(b"same", "text/plain").pk == files.keep(b"same", "text/plain").pk
    assert StoredFile.objects.count() == 1


def test_a_scan_comes_with_the_signature(reviewed, people):
    signature = paper_signature(scan=PNG, scan_suffix="png")
    done = workflow.perform(Action.CONFIRM, reviewed, actor=people.office, signature=signature)
    scan = done.scans.get()
    assert (files.read(scan.file), scan.suffix, scan.added_by) == (PNG, "png", people.office)
    assert AuditEntry.objects.filter(action=RegisterVerb.ADD_SCAN).count() == 1


def test_the_office_adds_scans_later_and_nobody_else_does(table, people):
    version = bring_to(Status.CONFIRMED, table, people)
    papers.add_scan(version, PNG, "png", actor=people.office)
    papers.add_scan(version, PNG, "png", actor=people.office)
    assert SignedScan.objects.filter(version=version).count() == 2  # that of the confirmation, and this one
    for person in (people.head, people.reviewer, people.principal, people.admin):
        with pytest.raises(PermissionDenied):
            papers.add_scan(version, PNG + b"1", "png", actor=person)


def test_a_wrong_scan_is_replaced_and_both_are_kept(table, people):
    version = bring_to(Status.CONFIRMED, table, people)
    old = version.scans.get()
    new = papers.replace_scan(old, PNG, "png", reason=" 扫描成了另一张表 ", actor=people.office)
    assert (new.replaces, new.reason, old.replacement) == (old, "扫描成了另一张表", new)
    assert [scan.pk for scan in papers.valid_scans(version)] == [new.pk]
    assert (files.read(old.file), version.scans.count()) == (scans.PDF, 2)
    entry = AuditEntry.objects.filter(action=RegisterVerb.REPLACE_SCAN).get()
    assert (entry.detail["原因"], entry.detail["原校验值"]) == ("扫描成了另一张表", old.file.sha256)


def test_a_scan_is_not_replaced_without_a_reason_twice_or_by_itself(table, people):
    version = bring_to(Status.CONFIRMED, table, people)
    old = version.scans.get()
    for scan, reason in ((PNG, "  "), (scans.PDF, "同一份")):
        with pytest.raises(papers.ScanError):
            papers.replace_scan(old, scan, "png", reason=reason, actor=people.office)
    papers.replace_scan(old, PNG, "png", reason="看不清", actor=people.office)
    with pytest.raises(papers.ScanError, match="已由他人更换"):
        papers.replace_scan(old, PNG + b"1", "png", reason="看不清", actor=people.second_office)
    for person in (people.head, people.reviewer, people.principal, people.admin):
        with pytest.raises(PermissionDenied):
            papers.replace_scan(version.scans.last(), PNG + b"2", "png", reason="看不清", actor=person)
    assert version.scans.count() == 2


def test_a_replaced_scan_does_not_count_as_added_once_more(table, people, client):
    """It was answered 扫描件已登记, and the sheet in force was still the other one."""
    version = bring_to(Status.CONFIRMED, table, people)
    papers.replace_scan(version.scans.get(), PNG, "png", reason="看不清", actor=people.office)
    with pytest.raises(papers.ScanError, match="更换掉"):
        papers.add_scan(version, scans.PDF, "pdf", actor=people.office)
    client.force_login(people.office)
    sent = {"scan": SimpleUploadedFile("扫描.pdf", scans.PDF)}
    page = client.post(reverse("riskpoints:scan_add", args=[version.pk]), sent, follow=True).content.decode()
    assert "请重新扫描一次" in page
    assert "扫描件已登记。" not in page


def test_who_wrote_the_table_replaces_no_scan_of_its_signature(school_table, people):
    version = bring_to(Status.CONFIRMED, school_table, people)
    with pytest.raises(PermissionDenied, match="没有填写、提交或核定这张表的人"):
        papers.replace_scan(version.scans.get(), PNG, "png", reason="看不清", actor=people.office)
    assert papers.replace_scan(version.scans.get(), PNG, "png", reason="看不清", actor=people.second_office)


def test_no_scan_before_the_confirmation(reviewed_version, people):
    with pytest.raises(PermissionDenied):
        papers.add_scan(reviewed_version, PNG, "png", actor=people.office)


def test_what_no_face_can_draw_is_found_before_the_submission(draft_version, people):
    point = draft_version.points.order_by("order").first()
    point.text = "宴请\U0001f600"
    point.save()
    findings = completeness.check(content.load(draft_version)).missing
    assert [(finding.anchor, "\U0001f600" in finding.message) for finding in findings] == [(f"point-{point.pk}", True)]
    with pytest.raises(IncompleteError):
        workflow.perform(Action.SUBMIT, draft_version, actor=people.head)
