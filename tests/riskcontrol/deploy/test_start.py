"""A wrong setting stops the unit with one sentence; the units are such as systemd itself understands."""

import os
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

from riskcontrol.deploy import install, layout, service, start
from tests.riskcontrol.deploy.copies import Copy


def started(tmp_path, **variables):
    """Start the server as the unit does; a stand-in for gunicorn tells that it came so far."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "python").symlink_to(sys.executable)
    (folder / "gunicorn").write_text('#!/bin/sh\necho "gunicorn $* as $$"\n')
    (folder / "gunicorn").chmod(0o755)
    words = [
        "-c",
        f"import sys; sys.executable = {str(folder / 'python')!r}\n"
        "from riskcontrol.deploy import start; sys.exit(start.main())",
    ]
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path / "var"), "SECRET_KEY": "x1y2z" * 20}
    return subprocess.run(
        [sys.executable, *words],
        env=environment | variables,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


def test_with_good_settings_it_becomes_the_server(tmp_path):
    done = started(tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("gunicorn --config riskcontrol/deploy/server.py riskcontrol.wsgi as ")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SESSION_IDLE", "soon", "SESSION_IDLE is 'soon': write a whole number from 1 to 720."),
        ("PORT", "http", "PORT is 'http': write a whole number from 1 to 65535."),
        ("WEB_THREADS", "0", "WEB_THREADS is '0'"),
        ("SECRET_KEY", "short", "The secret key is too short"),
        ("DATABASE_URL", "mysql://a/b", "DATABASE_URL: write sqlite"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_an_end(tmp_path, name, value, reason):
    done = started(tmp_path, **{name: value})
    assert done.returncode == start.WRONG_SETTING
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"设置有误，服务没有启动：{reason}")
    assert line.endswith(start.WAY_OUT)
    assert done.stdout == ""


def test_the_unit_does_not_try_again_then():
    unit = (service.units.TEMPLATES / "riskcontrol.service").read_text()
    assert f"RestartPreventExitStatus={start.WRONG_SETTING}\n" in unit
    assert "-m riskcontrol.deploy.start\n" in unit


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_understands_the_units(tmp_path):
    copy = Copy(tmp_path / "root")
    install.install(copy, layout.ServerLayout(), install.Wishes(["register.school.cn"], "sqlite", 8000, None, "admin"))
    folder = copy.at(service.UNIT_FOLDER)
    program = copy.at(layout.ServerLayout().releases) / "x/.venv/bin"
    program.mkdir(parents=True)
    (program / "python").symlink_to(sys.executable)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 6
    for path in folder.iterdir():  # in the copy, the program lies elsewhere
        path.write_text(path.read_text().replace("/opt/riskcontrol/current", str(program.parent.parent)))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *(folder / name for name in names)],
        env={"PATH": os.environ["PATH"], "SYSTEMD_LOG_LEVEL": "warning"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in (done.stdout + done.stderr).splitlines() if "riskcontrol" in line]
    assert told == []
    assert done.returncode == 0


# ---- the administrator's command ---------------------------------------------------------------------------------


@pytest.fixture
def command(tmp_path):
    """Return a function that calls `riskcontrol` with stand-ins for the system's programs; what they were told."""
    tools, told = tmp_path / "tools", tmp_path / "told"
    tools.mkdir()
    (tmp_path / "env").write_text("# settings\nPORT=8000\n")
    bodies = {
        "id": "echo 0",
        "systemctl": f'echo "systemctl $*" >>{told}; [ "$1" != is-active ] || [ -e {tmp_path}/active ]',
        "runuser": f'echo "runuser $* PORT=$PORT umask=$(umask)" >>{told}; exit "${{CODE:-0}}"',
        "python3": f'echo "python3 $* in $PWD for $CALLER_DIR" >>{told}',
    }
    for name, body in bodies.items():
        (tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (tools / name).chmod(0o755)
    values = {
        "environment": str(tmp_path / "env"),
        "data": "/data",
        "program": str(tmp_path),
        "user": "riskcontrol",
        "logs": "",
    }
    script = tmp_path / "riskcontrol"
    script.write_text(service.units.filled("riskcontrol.sh", **values))

    def call(*words, **variables):
        told.write_text("")
        environment = {"PATH": f"{tools}:{os.environ['PATH']}"} | variables
        done = subprocess.run(["sh", script, *words], env=environment, cwd=tools, check=False, capture_output=True)
        return done.returncode, told.read_text().splitlines()

    return call


def test_a_restore_stops_the_service_and_starts_it_again_however_it_ends(command, tmp_path):
    (tmp_path / "active").touch()
    for code in (0, 1):
        exit_code, told = command("restore", "b.zip", "--replace", CODE=str(code))
        assert exit_code == code
        assert [line.split(" -u ")[0] for line in told] == [
            "systemctl is-active --quiet riskcontrol.service",
            "systemctl stop riskcontrol.service",
            "runuser",
            "systemctl start riskcontrol.service",
        ]
    assert "manage.py restore b.zip --replace PORT=8000 umask=0027" in told[2]


def test_a_service_that_stands_still_or_a_mere_look_is_left_alone(command, tmp_path):
    assert [line.split()[0] for line in command("restore", "b.zip", "--replace")[1]] == ["systemctl", "runuser"]
    (tmp_path / "active").touch()
    for words in (["restore", "b.zip", "--into", "scratch"], ["backup"], ["restore", "b.zip"]):
        told = command(*words)[1]
        assert not any("stop" in line for line in told)
        assert told[-1].startswith("runuser ")


def test_verbs_of_the_installation_run_as_root_from_the_callers_folder(command, tmp_path):
    assert command("status")[1] == [f"python3 -m riskcontrol.deploy.console status in {tmp_path} for {tmp_path}/tools"]
    assert command()[1] == [f"python3 -m riskcontrol.deploy.console in {tmp_path} for {tmp_path}/tools"]
