"""Upgrade: a verified backup comes first, a failure goes back by itself, --undo brings back program and data."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from riskcontrol.deploy import install, layout, service, upgrade
from riskcontrol.deploy.machine import SetupError
from riskcontrol.deploy.units import REMIND_UNITS
from tests.riskcontrol.deploy.copies import Copy

LAYOUT = layout.ServerLayout(has_nginx=False)
WISHES = install.Wishes(["register.school.cn"], "sqlite", 8000, None, "admin")
MIGRATION = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("riskcontrol", "{last}")]
    operations = [migrations.RunSQL("CREATE TABLE later (id integer)", "DROP TABLE later")]
"""


@pytest.fixture
def newer(tmp_path):
    """Return the folder of a newer program: another version, one more table."""
    folder = tmp_path / "newer"
    for name in layout.program_files(install.SOURCE):
        if name.parts[0] != "tests":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(install.SOURCE / name, folder / name)
    version = folder / "riskcontrol/__init__.py"
    version.write_text(re.sub('VERSION = ".*"', 'VERSION = "9.9.9"', version.read_text()))
    migrations = folder / "riskcontrol/migrations"
    last = max(path.stem for path in migrations.glob("0*.py"))
    (migrations / "9000_later.py").write_text(MIGRATION.format(last=last))
    return folder


def ask(root, statement, *values):
    """Ask the installed database, or tell it."""
    with closing(sqlite3.connect(root / "var/lib/riskcontrol/register.sqlite3")) as database:
        rows = database.execute(statement, values).fetchall()
        database.commit()
        return rows


def in_use(root):
    return (root / "opt/riskcontrol/current").readlink().name.partition("-")[0]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="it has a database of its own")
def test_an_upgrade_can_be_undone(tmp_path, newer, capsys):
    root = tmp_path / "root"
    copy = Copy(root, done={"migrate", "backup", "restore", "first_admin"})
    install.install(copy, LAYOUT, WISHES)
    former = in_use(root)
    assert ask(root, "SELECT staff_number FROM departments_user") == [("admin",)]
    ask(root, "UPDATE departments_user SET real_name = '升级前'")

    upgrade.upgrade(copy, LAYOUT, newer, offline=None)

    assert in_use(root) == "9.9.9"
    assert ask(root, "SELECT count(*) FROM later") == [(0,)]
    (entry,) = upgrade.read_record(copy, LAYOUT)
    assert copy.at(Path(entry["backup"])).is_file()
    ask(root, "UPDATE departments_user SET real_name = '升级后'")

    upgrade.undo(copy, LAYOUT)

    assert in_use(root) == former
    assert ask(root, "SELECT name FROM sqlite_master WHERE name = 'later'") == []
    assert ask(root, "SELECT real_name FROM departments_user") == [("升级前",)]
    assert ask(root, "SELECT action FROM riskcontrol_auditentry ORDER BY number DESC LIMIT 1") == [("backup.restore",)]
    (entry,) = upgrade.read_record(copy, LAYOUT)
    assert entry["undone"] is not None
    (kept,) = set((root / "var/backups/riskcontrol").glob("*.zip")) - {copy.at(Path(entry["backup"]))}
    assert f"升级以后录入的内容保存在 /{kept.relative_to(root)}" in capsys.readouterr().out
    with pytest.raises(SetupError, match="没有可以退回的升级"):
        upgrade.undo(copy, LAYOUT)


@pytest.fixture
def installed(tmp_path):
    """Return a copy of a machine with the program in place, on which no command does anything."""
    copy = Copy(tmp_path / "root")
    install.install(copy, LAYOUT, WISHES)
    backup = copy.at(LAYOUT.backups / "left-out.zip")
    backup.touch()
    copy.commands.clear()
    return copy


def manage(*words):
    return " ".join(["RELEASE/.venv/bin/python manage.py", *words])


MIGRATE, COLLECT = manage("migrate --no-input --verbosity=0"), manage("collectstatic --no-input --clear --verbosity=0")
BACKUP = manage("backup --to /var/backups/riskcontrol")
REFRESH = "python3 -m riskcontrol.deploy.install --refresh"
STOP = "systemctl stop riskcontrol-remind.timer riskcontrol-backup.timer riskcontrol.service"
START = "systemctl start riskcontrol-remind.timer riskcontrol-backup.timer riskcontrol.service"
RESTORE = manage("restore /var/backups/riskcontrol/left-out.zip --to /var/backups/riskcontrol")
SAVED = " --replace --saved /var/backups/riskcontrol/left-out.zip"


def test_the_backup_comes_before_anything_changes(installed, newer):
    upgrade.upgrade(installed, LAYOUT, newer, offline=None)
    assert installed.commands == [
        "RELEASE/run setup",
        "RELEASE/.venv/bin/python -m compileall -q riskcontrol departments riskpoints",
        STOP,
        BACKUP,
        MIGRATE,
        COLLECT,
        REFRESH,
        "systemctl enable --now riskcontrol-backup.timer riskcontrol-remind.timer",
        "systemctl enable riskcontrol.service",
        "systemctl restart riskcontrol.service",
    ]


def test_without_a_backup_nothing_changes(installed, newer):
    former, installed.broken = in_use(installed.root), {"backup"}
    with pytest.raises(SetupError, match="backup failed"):
        upgrade.upgrade(installed, LAYOUT, newer, offline=None)
    assert installed.commands[-3:] == [STOP, BACKUP, START]
    assert in_use(installed.root) == former
    assert upgrade.read_record(installed, LAYOUT) == []


def test_a_failed_migration_goes_back_by_itself(installed, newer):
    former, installed.broken = in_use(installed.root), {"migrate"}
    with pytest.raises(SetupError, match="原来的程序和数据已恢复使用"):
        upgrade.upgrade(installed, LAYOUT, newer, offline=None)
    assert installed.commands[-7:] == [BACKUP, MIGRATE, STOP, RESTORE + SAVED, COLLECT, REFRESH, START]
    assert in_use(installed.root) == former


def test_tables_that_nobody_can_read_are_put_aside(installed, newer):
    installed.broken = {"migrate", "restore"}
    with pytest.raises(SetupError, match="restore failed"):
        upgrade.upgrade(installed, LAYOUT, newer, offline=None)
    assert installed.commands[-2:] == [RESTORE + SAVED, RESTORE + " --damaged"]


def test_the_same_program_again_is_nothing_to_do(installed, capsys):
    upgrade.upgrade(installed, LAYOUT, install.SOURCE, offline=None)
    assert installed.commands == []
    assert "已在使用，不需要升级" in capsys.readouterr().out


def test_an_undo_needs_the_program_that_was_upgraded_to(installed, newer):
    with pytest.raises(SetupError, match="没有可以退回的升级"):
        upgrade.undo(installed, LAYOUT)
    upgrade.upgrade(installed, LAYOUT, newer, offline=None)
    entry = upgrade.read_record(installed, LAYOUT)[0]
    installed.at(Path(entry["backup"])).unlink()
    installed.commands.clear()
    with pytest.raises(SetupError, match="已不在，没有改动"):
        upgrade.undo(installed, LAYOUT)
    installed.link(LAYOUT.current, Path(entry["from"]))
    with pytest.raises(SetupError, match="现在用的不是最近一次升级的版本"):
        upgrade.undo(installed, LAYOUT)
    assert installed.commands == []


def test_an_upgrade_needs_an_installation(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CALLER_DIR", str(tmp_path))
    assert upgrade.main(["--root", "root"]) == 1
    assert "请先运行 ./run install" in capsys.readouterr().err


def test_a_folder_of_something_else_is_refused(installed, tmp_path):
    with pytest.raises(SetupError, match="不是本程序的文件夹"):
        upgrade.upgrade(installed, LAYOUT, tmp_path, offline=None)


def test_a_new_program_is_fetched_from_git(installed):
    with upgrade.fetched(installed, "https://git.school.cn/register.git", "v2") as folder:
        assert folder.name == "program"
    assert re.fullmatch(
        r"git clone --quiet --depth=1 --branch v2 -- https://git\.school\.cn/register\.git \S+/program",
        installed.commands[-1],
    )
    assert not folder.parent.exists()


def test_a_former_program_without_reminders_has_no_timer_for_them(installed, newer):
    """The timer would call a command that the former program doesn't know, and fail every morning."""
    upgrade.upgrade(installed, LAYOUT, newer, offline=None)
    former = Path(upgrade.read_record(installed, LAYOUT)[0]["from"])
    for name in REMIND_UNITS:
        installed.at(former / "riskcontrol/deploy/templates" / name).unlink()
    installed.commands.clear()
    upgrade.undo(installed, LAYOUT)
    assert installed.commands[-4:] == [
        "systemctl disable --now riskcontrol-remind.timer",
        REFRESH,
        "systemctl daemon-reload",
        START.replace("riskcontrol-remind.timer ", ""),
    ]
    assert [installed.at(service.UNIT_FOLDER / name).exists() for name in REMIND_UNITS] == [False, False]


def test_a_former_program_with_reminders_keeps_their_timer(installed, newer):
    upgrade.upgrade(installed, LAYOUT, newer, offline=None)
    installed.commands.clear()
    upgrade.undo(installed, LAYOUT)
    assert installed.commands[-1] == START
    assert installed.at(service.UNIT_FOLDER / REMIND_UNITS[1]).exists()


def test_two_releases_stay(installed, newer):
    former = installed.at(LAYOUT.current).readlink()
    for name in ("0.1-aaaaaaaaaaaa", "0.2-bbbbbbbbbbbb.part"):
        installed.at(LAYOUT.releases / name).mkdir()
    upgrade.upgrade(installed, LAYOUT, newer, offline=None)
    left = {path.name for path in installed.at(LAYOUT.releases).iterdir()}
    assert left == {former.name, installed.at(LAYOUT.current).readlink().name}


def test_a_release_that_failed_goes(installed, newer):
    installed.broken = {"migrate"}
    with pytest.raises(SetupError):
        upgrade.upgrade(installed, LAYOUT, newer, offline=None)
    (left,) = installed.at(LAYOUT.releases).iterdir()
    assert left.name == installed.at(LAYOUT.current).readlink().name


def test_an_undo_that_broke_off_is_called_again(installed, newer):
    upgrade.upgrade(installed, LAYOUT, newer, offline=None)
    former = Path(upgrade.read_record(installed, LAYOUT)[0]["from"])
    installed.broken = {"collectstatic"}
    with pytest.raises(SetupError, match="collectstatic failed"):
        upgrade.undo(installed, LAYOUT)
    (entry,) = upgrade.read_record(installed, LAYOUT)
    assert entry["undone"] is None, "it is not done"
    assert installed.at(LAYOUT.current).readlink() == former

    installed.broken = set()
    upgrade.undo(installed, LAYOUT)

    (entry,) = upgrade.read_record(installed, LAYOUT)
    assert entry["undone"] is not None
    assert installed.commands[-1] == START
    with pytest.raises(SetupError, match="没有可以退回的升级"):
        upgrade.undo(installed, LAYOUT)


def test_units_that_the_former_program_does_not_know_go(installed, newer):
    (newer / "riskcontrol/deploy/templates/riskcontrol-later.timer").write_text("[Timer]\n")
    upgrade.upgrade(installed, LAYOUT, newer, offline=None)
    unit = installed.at(service.UNIT_FOLDER / "riskcontrol-later.timer")
    unit.write_text("[Timer]\n")  # as the newer program's own refresh writes it
    upgrade.undo(installed, LAYOUT)
    assert not unit.exists()
    assert "systemctl disable --now riskcontrol-later.timer" in installed.commands
