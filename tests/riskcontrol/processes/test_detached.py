"""A command of our own in a process that outlives the request which began it."""

import fcntl
import threading

import pytest

from riskcontrol.processes import detached


def test_a_command_of_ours_runs_in_our_folder(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "manage.py").write_text("import sys; open('told', 'w').write(' '.join(sys.argv[1:]))")
    detached.start("build", "--job", "3", name="tried")
    for thread in threading.enumerate():
        if thread.name == "tried":
            thread.join(60)
    assert (tmp_path / "told").read_text() == "build --job 3"


def test_an_open_file_stays_locked_until_the_command_ends(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "manage.py").write_text("import pathlib, time\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)")
    with (tmp_path / "begun").open("ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        detached.start("build", name="kept", keeps=[stream.fileno()])
    with (tmp_path / "begun").open("rb") as stream:
        with pytest.raises(BlockingIOError):
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (tmp_path / "go").touch()
        for thread in threading.enumerate():
            if thread.name == "kept":
                thread.join(60)
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_what_can_not_be_started_is_said(monkeypatch):
    monkeypatch.setattr(detached.sys, "executable", "/nowhere/python")
    with pytest.raises(FileNotFoundError):
        detached.start("--version", name="tried")
