"""The canonical dump: the same bytes from both kinds of database, and loaded whole or not at all."""

import hashlib

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connections, transaction

from departments.models import User
from riskcontrol import audit, triggers
from riskcontrol.backup import canonical, copies
from riskcontrol.backup.errors import BackupError
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from tests.riskcontrol.backup.contents import rows


def test_another_kind_of_database_holds_the_same(register):
    """From the one under test to SQLite and back: three dumps, the same bytes."""
    first = rows()
    User.objects.get(staff_number="9001").delete()
    given = canonical.read_sequences()
    sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(register / "other.sqlite3"), "OPTIONS": {}}
    with copies.opened(sqlite, "other") as other:
        call_command("migrate", database=other, verbosity=0)
        canonical.load(first, canonical.Dumped(_sha256(first)), sequences=given, using=other)
        assert rows(other) == first
        assert canonical.read_sequences(using=other) == given
        with pytest.raises(IntegrityError, match="审计记录只增不改"), connections[other].cursor() as cursor:
            cursor.execute("UPDATE riskcontrol_auditentry SET action = 'x'")
        second = rows(other)
    canonical.load(second, canonical.Dumped(_sha256(second)), sequences=given)
    assert rows() == first
    assert canonical.read_sequences() == given
    assert User.objects.create_user("9002", "新人").pk == given["departments.user"] + 1
    assert audit.record(SystemVerb.LOGIN).number == AuditEntry.objects.count()
    assert list(audit.verify_chain()) == []


def _sha256(lines):
    return hashlib.sha256(b"".join(lines)).hexdigest()


def test_a_dump_that_does_not_arrive_whole_changes_nothing(register):
    lines = rows()
    cases = {
        "与备份不一致": lines[:-1],
        "不是本程序的数据导出文件": [b"{}\n", *lines[1:]],
        "不是同一版": [lines[0].replace(b"0001_initial", b"0009_later", 1), *lines[1:]],
        "与本程序的数据表不符": [lines[0], lines[1].replace(b'"row":{', b'"row":{"more":1,', 1), *lines[2:]],
    }
    for reason, changed in cases.items():
        with pytest.raises(BackupError, match=reason):
            canonical.load(changed, canonical.Dumped(_sha256(lines)), sequences={})
        assert rows() == lines
        assert triggers.missing() == []
    orphan = [line for line in lines if b'"table":"contenttypes.contenttype"' not in line]
    with pytest.raises(IntegrityError):
        canonical.load(orphan, canonical.Dumped(_sha256(orphan)), sequences={})
    assert rows() == lines


def test_the_command_tells_the_fingerprint_and_waits_for_nobody(register, capsys):
    output = register / "all.jsonl"
    with transaction.atomic():  # somebody is in the middle of a change, and keeps SQLite's lock
        audit.record(SystemVerb.LOGIN)
        call_command("canonical_dump", output=output)
    told = capsys.readouterr().err
    content = output.read_bytes()
    assert hashlib.sha256(content).hexdigest() in told
    assert "还没有提交" not in content.decode()
    assert content.count(b"\n") == 1 + int(told.split()[0])
