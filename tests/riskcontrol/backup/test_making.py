"""Making a backup: everything committed is in it, and it is tried out before it counts."""

import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from departments.models import User
from riskcontrol import audit, landmark
from riskcontrol.backup import canonical, container, copies, making, rehearsal, restoring, scratch, stored
from riskcontrol.backup.errors import BackupError
from riskcontrol.backup.examination import AuditHead, Examination
from riskcontrol.deploy import layout as places
from riskcontrol.deploy.machine import Machine
from riskcontrol.verbs import SystemFact, SystemVerb
from tests.riskcontrol.backup.contents import backups, newest_entry


def test_a_backup_holds_everything_but_keys_and_logins(register, client):
    client.force_login(User.objects.get(staff_number="9000"))
    sessions = [model for model in canonical.session_models() if model._base_manager.exists()]
    assert [model.__name__ for model in sessions] == ["LoginSession"]
    before = audit.stored_head()
    folder = register / "backups"

    made = making.make_backup(folder)

    assert made.faults == []
    assert backups(folder) == [made.path.name]
    assert making.NAME.fullmatch(made.path.name)
    read = container.read(made.path)
    copy = copies.COPY_NAMES[connection.vendor]
    kept = ["archives/2026-0123456789abcdef.zip", "media/a/扫描件.pdf", "fonts/FZXBSJW.TTF"]
    assert read.names() == [copy, "canonical.jsonl", *(f"files/{name}" for name in kept)]
    manifest = read.manifest
    assert (manifest["audit_head"]["number"], manifest["audit_head"]["hash"]) == (before.number, before.hash)
    assert manifest["counts"]["riskcontrol.auditentry"] == before.number
    assert manifest["counts"]["departments.user"] == User.objects.count()
    assert manifest["canonical"]["rows"] == sum(manifest["counts"].values()) == made.rows
    content = read.extract(copy, register / "copy").read_bytes()
    key = client.session.session_key.encode()
    assert key not in content + read.extract("canonical.jsonl", register / "lines").read_bytes()
    entry = newest_entry()
    assert (entry.action, entry.succeeded, entry.detail[SystemFact.FILE_HASH]) == (
        SystemVerb.BACKED_UP,
        True,
        made.sha256,
    )
    assert made.sha256 == container.file_sha256(made.path)
    assert restoring.known(made.path) == f"审计记录第 {entry.number} 条登记过这个文件。"


def test_what_was_acknowledged_before_is_in_it(register):
    acknowledged, errors, stop = [], [], threading.Event()

    def write():
        try:
            while not stop.is_set():
                acknowledged.append(audit.record(SystemVerb.LOGIN).number)
        except Exception as error:  # whatever it is, it is what the test looks for
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        while len(acknowledged) < 20 and not errors:
            stop.wait(0.01)
        before, count = max(acknowledged), len(acknowledged)
        made = making.make_backup(register / "backups")
        went_on = len(acknowledged) - count
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert errors == []
    assert made.faults == []
    assert made.head.number >= before
    assert went_on > 20, "people went on working meanwhile"
    with container.read(made.path).opened("canonical.jsonl") as lines:
        numbers = sum(b'"table":"riskcontrol.auditentry"' in line for line in lines)
    assert numbers == made.head.number
    assert list(audit.verify_chain(printed=[audit.Head(made.head.number, made.head.hash)])) == []


def test_a_register_with_faults_is_kept_as_it_is_and_told(confirmed_version, register, without_triggers):
    folder = register / "backups"
    older = [f"register-2020010{day}T010203Z.zip" for day in (1, 2)]
    folder.mkdir()
    for name in older:
        (folder / name).touch()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE riskcontrol_auditentry SET object_label = 'x' WHERE number = 3")
        cursor.execute("UPDATE riskpoints_riskpoint SET text = 'x'")
        cursor.execute("UPDATE riskcontrol_storedfile SET size = size, content = %s", [b"x"])

    with pytest.raises(CommandError) as caught:
        call_command("backup", to=folder, keep=1)

    assert caught.value.returncode == 3
    told = str(caught.value)
    assert "审计记录第 3 条：内容与校验值不符" in told
    assert "现存内容与最后一次办理时的内容不一致" in told
    assert "存档文件 40aff2e9d2d8：内容与校验值不符" in told
    assert "数据库保护 audit_entry 缺失" in told
    kept = backups(folder)
    assert kept[:2] == older, "a backup with faults pushes no good one out"
    assert len(kept) == 3
    assert newest_entry().succeeded is False
    with pytest.raises(BackupError, match="--accept-faults"):
        restoring.restore(folder / kept[2], folder, restoring.RestorePlan(is_replacing=True))


def test_one_at_a_time(beside):
    with making.alone(), pytest.raises(BackupError, match="正在进行"):
        making.make_backup(beside / "backups")


def test_a_folder_that_takes_no_files_is_told(db, beside):
    (beside / "file").touch()
    with pytest.raises(BackupError, match=r"备份没有做成：.*请检查磁盘空间和文件夹权限"):
        making.make_backup(beside / "file" / "backups")
    assert newest_entry().detail["结果"] == "没有完成"


def test_the_oldest_go(db, tmp_path):
    names = [f"register-2026010{day}T010203Z.zip" for day in range(1, 6)]
    others = ["register-2026.zip", "notes.txt", "register-20260101T010203Z.zip.part"]
    for name in [*names, *others]:
        (tmp_path / name).touch()
    assert [path.name for path in making.rotate(tmp_path, 2, made=tmp_path / names[4])] == names[:3]
    assert backups(tmp_path) == sorted([*names[3:], *others])


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_the_one_just_made_stays_though_the_clock_was_set_back(register, keep):
    folder = register / "backups"
    folder.mkdir()
    later = [f"register-2099010{day}T010203Z.zip" for day in range(1, 4)]
    for name in later:
        (folder / name).touch()
    made = making.make_backup(folder, keep=keep)
    assert made.path.is_file()
    assert backups(folder) == sorted([made.path.name, *later[len(later) - keep + 1 :]])


def packed(folder, day, number, digest):
    """A backup that says it is of this head, by a clock that says this day."""
    path = folder / f"register-{day}T010203Z.zip"
    with container.written(path) as writer:
        writer.finish({"audit_head": {"number": number, "hash": digest, "at": ""}})
    return path


def test_the_newest_is_the_one_with_the_longest_trail_whatever_the_clock_said(db, tmp_path):
    entries = [audit.record(SystemVerb.LOGIN) for _ in range(4)]
    days = ["20990101", "20260104", "20260103", "20260102"]  # the clock was ahead, then put right, then went back
    paths = [packed(tmp_path, day, entry.number, entry.hash) for day, entry in zip(days, entries, strict=True)]
    assert making.rotate(tmp_path, 2, made=paths[3]) == paths[:2]
    assert backups(tmp_path) == sorted(path.name for path in paths[2:])


def test_what_a_restore_took_back_goes_before_what_is_in_use(db, tmp_path):
    entry = audit.record(SystemVerb.LOGIN)
    taken_back = [packed(tmp_path, f"2026010{day}", 900 + day, "f" * 64) for day in (1, 2)]
    made = packed(tmp_path, "20260105", entry.number, entry.hash)
    assert making.rotate(tmp_path, 2, made=made) == taken_back[:1]


def test_what_a_killed_backup_left_goes_at_once_and_what_is_worked_in_stays(tmp_path):
    killed, locked, begun = (tmp_path / f".work-{name}" for name in ("killed", "locked", "begun"))
    for path in (killed, locked, begun):
        path.mkdir()
    for path in (killed, locked):
        (path / "lock").touch()
    with (locked / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert making.clear_work(tmp_path) == [killed]
        assert backups(tmp_path) == [".work-begun", ".work-locked"]
    os.utime(begun, (0, 0))
    with making.work_folder(tmp_path) as work:
        assert [path for path in tmp_path.iterdir() if path.is_dir()] == [work]
    assert backups(tmp_path) == []


def test_a_backup_that_is_stopped_says_so_and_leaves_nothing(register, monkeypatch):
    def stopped(*args, **kwargs):
        raise SystemExit(143)

    monkeypatch.setattr(making, "rehearse", stopped)
    with pytest.raises(SystemExit):
        making.make_backup(register / "backups")
    assert backups(register / "backups") == []
    assert (newest_entry().succeeded, newest_entry().detail["原因"]) == (False, "备份进程被停止")


def test_systemds_signal_is_an_exit(register):
    """As a child: SIGTERM in the middle of a backup removes the work folder."""
    folder = register / "backups"
    words = ["manage.py", "backup", "--to", str(folder)]
    child = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        if list(folder.glob(".work-*/lock")):
            break
        time.sleep(0.05)
    child.terminate()
    assert child.wait(60) == 143
    assert backups(folder) == []


def test_a_backup_of_an_emptied_register_pushes_no_older_one_out(register):
    folder = register / "backups"
    first = making.make_backup(folder).path
    known = json.loads(landmark.path().read_text())
    assert known["number"] == newest_entry().number
    landmark.path().write_text(json.dumps(known | {"number": known["number"] + 1}))
    with pytest.raises(CommandError, match="被清空、截去") as caught:
        call_command("backup", to=folder, keep=1)
    assert caught.value.returncode == 3
    assert first.is_file()


def test_files_being_written_are_not_taken(beside):
    assert [name for name, _ in stored.kept()] == [
        "files/archives/2026-0123456789abcdef.zip",
        "files/media/a/扫描件.pdf",
        "files/fonts/FZXBSJW.TTF",
    ]


def test_a_lie_of_the_manifest_is_found():
    head = AuditHead(5, "a" * 64, "2026-01-01")
    true = Examination(["a.0001"], {"a.a": 1}, "f" * 64, head, [], [])
    told = {
        "migrations": ["a.0001"],
        "counts": {"a.a": 1},
        "canonical": {"sha256": "f" * 64},
        "audit_head": {"number": 5, "hash": "a" * 64, "at": "2026-01-01"},
    }

    def differences(**changes):
        return list(rehearsal._differences(container.BackupPackage(Path("x"), told | changes), true))

    assert differences() == []
    assert differences(migrations=[]) == ["数据表版本不同"]
    assert differences(counts={"a.a": 2}) == ["a.a 应有 2 行，得到 1 行"]
    assert differences(counts={"a.b": 0}) == ["a.b 应有 0 行，得到 None 行"]
    assert differences(canonical={"sha256": "e" * 64}) == ["内容校验值不同"]
    assert differences(audit_head={"number": 4, "hash": "a" * 64, "at": "2026-01-01"}) == ["审计链首不同"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite needs none")
def test_a_scratch_database_given_is_left_empty(register, settings):
    name = "given_scratch"
    config = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        settings.SCRATCH_DATABASE = {key: config[key] for key in ("USER", "PASSWORD", "HOST", "PORT")} | {"NAME": name}
        settings.SCRATCH_DATABASE_URL = (
            f"postgres://{config['USER']}:{config['PASSWORD']}@{config['HOST']}:{config['PORT']}/{name}"
        )
        assert making.make_backup(register / "backups").faults == []
        with copies.opened({"NAME": name}, "given") as using:
            assert connections[using].introspection.table_names() == []
            with connections[using].cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(20111115)")
            with pytest.raises(BackupError, match="另一台服务器"), scratch.scratch(register):
                pass
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_the_schedule_is_printed(beside, settings, capsys):
    call_command("backup", schedule=True, to=beside / "backups", keep=14)
    told = capsys.readouterr().out
    assert f"--to {beside / 'backups'} --keep 14\n" in told
    assert f"Environment=VAR_DIR={settings.VAR_DIR}\n" in told
    assert "OnCalendar=*-*-* 02:30:00 Asia/Shanghai\n" in told
    assert "systemctl enable --now riskcontrol-backup.timer" in told
    assert "@" not in told


def test_backups_of_an_installation_go_where_it_keeps_them(settings, monkeypatch, tmp_path):
    copy = Machine(root=tmp_path)
    monkeypatch.setattr(making, "Machine", lambda: copy)
    assert making.folder_of_backups() == settings.VAR_DIR / "backups"
    places.remember(copy, places.ServerLayout(backups=Path("/mnt/backups")))
    assert making.folder_of_backups() == settings.VAR_DIR / "backups", "these data are not the installation's"
    settings.VAR_DIR = places.ServerLayout().data
    assert making.folder_of_backups() == Path("/mnt/backups")
