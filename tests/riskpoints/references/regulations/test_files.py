"""The files of a regulation: judged by their content, replaced with a reason, never lost."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from riskcontrol import files as stored
from riskcontrol.models import AuditEntry
from riskcontrol.sizes import ATTACHMENT_BYTES
from riskpoints.references.regulations import files
from riskpoints.references.regulations.models import RegulationFile
from riskpoints.references.regulations.verbs import RegulationVerb
from tests import scans
from tests.factories import make_regulation


def refused(call):
    with pytest.raises(ValidationError) as caught:
        call()
    return {name: " ".join(texts) for name, texts in caught.value.message_dict.items()}


def test_a_file_is_kept_under_the_ending_of_its_content(office):
    row = files.add(make_regulation(), scans.PDF, name="采购管理办法.docx", actor=office)
    assert (row.name, row.suffix, row.added_by) == ("采购管理办法.pdf", "pdf", office)
    assert (stored.read(row.file), row.file.media_type) == (scans.PDF, "application/pdf")
    entry = AuditEntry.objects.get(action=RegulationVerb.FILE_ADD)
    assert (entry.detail["文件名"], entry.detail["file_hash"]) == ("采购管理办法.pdf", row.file.sha256)


def test_a_replaced_file_is_kept_and_the_next_says_why(office):
    regulation = make_regulation()
    old = files.add(regulation, scans.PDF, name="办法.pdf", actor=office)
    new = scans.pdf(mark="修订")
    assert set(refused(lambda: files.add(regulation, new, name="办法.pdf", replaces=old, actor=office))) == {"reason"}
    row = files.add(regulation, new, name="办法.pdf", replaces=old, reason="2026 年修订", actor=office)
    assert [each.pk for each in regulation.files.all()] == [old.pk, row.pk]
    assert old.replacement == row
    again = scans.pdf(mark="又一份")
    assert (
        "他人更换"
        in refused(lambda: files.add(regulation, again, name="办法.pdf", replaces=old, reason="再换", actor=office))[
            "file"
        ]
    )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {RegulationFile._meta.db_table} SET name = 'x'")  # noqa: S608 - our own name


def test_what_is_too_large_or_there_already_or_no_document_is_refused(office):
    regulation = make_regulation()
    files.add(regulation, scans.PDF, name="办法.pdf", actor=office)
    said = [
        refused(lambda content=content: files.add(regulation, content, name="办法.pdf", actor=office))["file"]
        for content in (b"x" * (ATTACHMENT_BYTES + 1), scans.PDF, b"MZ\x90 a program")
    ]
    assert [word in text for word, text in zip(("10 MB", "已经上传过", "不是 PDF"), said, strict=True)] == [True] * 3
    assert regulation.files.count() == 1


def test_only_who_keeps_it_adds_a_file(people):
    with pytest.raises(PermissionDenied):
        files.add(make_regulation(), scans.PDF, name="办法.pdf", actor=people.head)


@pytest.mark.parametrize(
    ("name", "kept"), [("C:\\目录\\办法.doc", "办法.pdf"), ("长" * 200, "长" * 116 + ".pdf"), ("\x00", "文件.pdf")]
)
def test_names_are_made_plain(office, name, kept):
    assert files.add(make_regulation(), scans.PDF, name=name, actor=office).name == kept
