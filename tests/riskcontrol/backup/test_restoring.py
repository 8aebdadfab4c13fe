"""The way back: what was comes back, what it replaces is kept, and what must not come in stays out."""

import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection

from departments.models import User
from riskcontrol import audit, keyring, landmark, sealing, seals, triggers
from riskcontrol.backup import canonical, container, copies, interrupted, making, rehearsal, restoring, scratch
from riskcontrol.backup.errors import BackupError
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemFact, SystemVerb
from tests.riskcontrol.backup.contents import EVERY_BYTE, newest_entry, rows, without_trail


def test_a_restore_brings_back_what_was_and_keeps_what_it_replaces(register, settings):
    folder = register / "backups"
    made = making.make_backup(folder)
    before = rows()
    User.objects.filter(staff_number="9001").update(real_name="后来的名字")
    audit.record(SystemVerb.LOGIN)
    (settings.VAR_DIR / "media/a/扫描件.pdf").write_bytes(b"changed")
    (settings.VAR_DIR / "archives/2026-0123456789abcdef.zip").unlink()
    (settings.VAR_DIR / "archives/later.zip").write_bytes(b"later")
    changed = rows()

    with pytest.raises(BackupError, match="已有内容，没有改动"):
        restoring.restore(made.path, folder, restoring.RestorePlan())
    assert rows() == changed

    done = restoring.restore(made.path, folder, restoring.RestorePlan(is_replacing=True))

    # The backup itself was noted in the trail after its copy was made.
    assert without_trail(rows()) == without_trail(before)
    assert (settings.VAR_DIR / "media/a/扫描件.pdf").read_bytes() == EVERY_BYTE
    assert (settings.VAR_DIR / "archives/2026-0123456789abcdef.zip").read_bytes() == EVERY_BYTE
    assert (settings.VAR_DIR / "archives/later.zip").read_bytes() == b"later"
    assert done.files == 2
    entry = newest_entry()
    assert (entry.number, entry.action) == (made.head.number + 1, SystemVerb.RESTORED)
    assert entry.detail[SystemFact.FILE_HASH] == made.sha256
    assert entry.detail["被替换内容的备份"] == done.replaced.name
    assert list(audit.verify_chain()) == []
    assert landmark.fault() is None, "what was replaced had a longer trail"
    assert triggers.missing() == []
    replaced = container.read(done.replaced)
    assert replaced.manifest["audit_head"]["number"] == made.head.number + 2
    with replaced.opened("canonical.jsonl") as lines:
        assert "后来的名字" in lines.read().decode()


def test_a_restore_that_was_killed_leaves_its_trace(register, settings, monkeypatch):
    folder = register / "backups"
    made = making.make_backup(folder)

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restoring.stored, "put_back", killed)
        with pytest.raises(KeyboardInterrupt):
            restoring.restore(made.path, folder, restoring.RestorePlan(is_replacing=True))
    assert newest_entry().action != SystemVerb.RESTORED, "the database knows nothing of it"
    assert f"备份“{made.path.name}”的恢复没有完成" in interrupted.trouble()

    again = making.make_backup(folder)

    assert interrupted.trouble() is None
    entries = list(AuditEntry.objects.order_by("-number")[:2])
    assert [entry.action for entry in entries] == [SystemVerb.BACKED_UP, SystemVerb.RESTORED]
    assert not entries[1].succeeded
    assert entries[1].detail["文件"] == made.path.name
    assert again.head.number == entries[1].number, "the entry is in the backup"


def test_a_second_restore_tells_of_the_one_that_was_killed(register, monkeypatch):
    folder = register / "backups"
    made = making.make_backup(folder)
    interrupted.begin({"文件": "earlier.zip", "备份的链首": "1:abc"})
    restoring.restore(made.path, folder, restoring.RestorePlan(is_replacing=True))
    assert newest_entry().detail["此前中断的恢复"] == {"文件": "earlier.zip", "备份的链首": "1:abc"}
    assert interrupted.trouble() is None


def test_nothing_is_replaced_while_a_server_works_on_it(register, settings):
    folder = register / "backups"
    made = making.make_backup(folder)
    before = rows()
    with _served(settings.VAR_DIR):
        with pytest.raises(BackupError, match="服务正在运行，没有改动"):
            restoring.restore(made.path, folder, restoring.RestorePlan(is_replacing=True))
        assert rows() == before
    restoring.restore(made.path, folder, restoring.RestorePlan(is_replacing=True))


def test_a_backup_sealed_with_a_key_that_is_not_here_goes_on_under_the_one_that_is(register, settings, tmp_path):
    made = making.make_backup(register / "backups")
    other = tmp_path / "other_keys"
    other.write_text(keyring.new_key().line)
    settings.SEAL_KEYS_FILE = other
    assert audit.stored_head().number > 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEAL_KEYS_FILE", str(other))
        done = restoring.restore(made.path, register / "backups", restoring.RestorePlan(is_replacing=True))
    assert done.faults == []
    entry = newest_entry()
    assert (entry.action, entry.detail["理由"]) == (SystemVerb.SEAL_BEGIN, sealing.RESTORED)
    assert (entry.number, entry.detail["覆盖到第"]) == (made.head.number + 2, made.head.number + 1)
    assert list(audit.verify_chain()) == []
    assert seals.state().name == keyring.parse(other.read_text())[0].name


def test_a_backup_from_before_a_migration_is_brought_up_to_date(register):
    call_command("migrate", "sessions", "zero", verbosity=0)
    try:
        made = making.make_backup(register / "backups")
        assert rehearsal.is_older(container.read(made.path))
        plan = restoring.RestorePlan(is_replacing=True, saved=made.path)
        audit.record(SystemVerb.LOGIN)
        with pytest.raises(BackupError, match="不是现有内容的备份"):
            restoring._make_room(register, plan)
        plan = restoring.RestorePlan(is_replacing=True, saved=_saved(register))
        making.audit.record(
            SystemVerb.BACKED_UP
        )  # that a backup was made is the one thing that may have happened since
        done = restoring.restore(made.path, register, plan)
        assert (done.faults, done.replaced) == ([], plan.saved)
        assert "sessions.0001_initial" in canonical.applied_migrations()
    finally:
        call_command("migrate", verbosity=0)


@contextmanager
def _served(data):
    """A process of its own that serves these data, as gunicorn does."""
    told = f"from pathlib import Path; from riskcontrol.processes import serving; serving.hold(Path({str(data)!r}))"
    words = [sys.executable, "-c", f"{told}; print('held', flush=True); input()"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        try:
            yield
        finally:
            child.kill()


def _saved(register):
    """A package that says it is of what is there now: the backup proper is another test's."""
    head = making.head()
    path = register / "saved.zip"
    with container.written(path) as writer:
        writer.finish({"audit_head": {"number": head.number, "hash": head.hash, "at": head.at}})
    return path


def test_a_newer_program_is_asked_for(package):
    manifest = {"migrations": ["riskcontrol.9999_later"], "program": {"version": "9.0"}}
    with pytest.raises(BackupError, match=r"出自更新的程序（9\.0 版）"):
        rehearsal.require_known_tables(container.BackupPackage(package, manifest))


def test_the_sample_school_does_not_become_the_real_one(beside):
    path = beside / "sample.zip"
    with container.written(path) as writer:
        writer.finish({"is_sample": True})
    with pytest.raises(BackupError, match="口令是公开的"):
        restoring.restore(path, beside, restoring.RestorePlan(is_replacing=True))


def test_an_empty_database_is_known(db):
    assert restoring.is_empty()
    User.objects.create_user("1", "一")
    assert not restoring.is_empty()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file that can be damaged")
def test_a_damaged_database_is_set_aside(register):
    folder = register / "backups"
    made = making.make_backup(folder)
    broken = register / "broken.sqlite3"
    broken.write_bytes(b"garbage " * 1000)
    url = f"sqlite:///{broken}"
    with pytest.raises(BackupError, match="--replace --damaged"):
        scratch.manage(url, "restore", str(made.path), "--replace", f"--to={folder}")
    with pytest.raises(BackupError, match="file is not a database"):
        copies.copy_sqlite(broken, register / "copy")
    told = scratch.manage(url, "restore", str(made.path), "--damaged", f"--to={folder}")
    (aside,) = register.glob("broken.damaged-*.sqlite3")
    assert aside.read_bytes() == b"garbage " * 1000
    assert f"原来的内容保存在 {aside}" in told
    assert scratch.examine(url).head.number == made.head.number + 1
    assert (register / "child/fonts/FZXBSJW.TTF").read_bytes() == EVERY_BYTE
