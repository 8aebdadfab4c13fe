"""The script a newcomer calls: its verbs, what it refuses, and that another account's set-up is explained."""

import os
import re
import subprocess

import pytest
from django.conf import settings

RUN = settings.BASE_DIR / "run"
# Those that change the machine itself are handed to riskcontrol/deploy before anything else is set up.
MACHINE_VERBS = {"install", "upgrade", "bundle"}


def dispatched():
    """Return the verbs that the script's last lines call a function for."""
    line = re.search(r"^  ([a-z |]+)\) \"verb_\$1\"", RUN.read_text(), re.MULTILINE)
    return set(line.group(1).split(" | "))


def call(*arguments, **variables):
    return subprocess.run(
        ["bash", str(RUN), *arguments],
        env={"PATH": os.environ["PATH"]} | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("script", ["run", ".ci/run"])
def test_the_scripts_are_valid_and_executable(script):
    path = settings.BASE_DIR / script
    assert subprocess.run(["bash", "-n", path], check=False).returncode == 0
    assert os.access(path, os.X_OK)


def test_alone_it_prints_its_verbs(tmp_path):
    done = call(VAR_DIR=str(tmp_path / "data"))
    assert done.returncode == 0
    printed = re.findall(r"^  ([a-z]+) ", done.stdout, re.MULTILINE)
    assert len(printed) == len(set(printed))
    assert set(printed) == dispatched() | MACHINE_VERBS


def test_each_verb_has_its_function():
    assert dispatched() <= set(re.findall(r"^verb_([a-z]+)\(\)", RUN.read_text(), re.MULTILINE))


def test_each_bench_is_explained_and_there(tmp_path):
    script = RUN.read_text()
    names = re.search(r"bench takes the name of a bench: (.*)\.", script).group(1)
    benches = set(re.split(r", | or ", names))
    explained = call(VAR_DIR=str(tmp_path / "data")).stdout
    assert benches == set(re.findall(r"bench ([a-z]+)", explained))
    assert all((settings.BASE_DIR / "tests/bench" / f"{name}.py").exists() for name in benches)
    cases = re.search(r"^verb_bench\(\) \{\n(.*?)^\}", script, re.DOTALL | re.MULTILINE).group(1)
    patterns = re.findall(r"^    ([a-z| ]+)\)", cases, re.MULTILINE)
    assert {name for pattern in patterns for name in pattern.split(" | ")} == benches


def test_an_unknown_verb_is_refused(tmp_path):
    done = call("deploy", VAR_DIR=str(tmp_path / "data"))
    assert done.returncode == 1
    assert "there is no verb “deploy”" in done.stderr


def test_the_sample_school_and_a_real_one_never_share_a_folder(tmp_path):
    (tmp_path / "secret_key").write_text("k")
    done = call("demo", VAR_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "holds a production database" in done.stderr

    (tmp_path / "secret_key").unlink()
    (tmp_path / "demo_secret_key").write_text("k")
    done = call("serve", VAR_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "holds the sample school, whose passwords are published" in done.stderr


def test_without_root_the_missing_packages_are_named(tmp_path):
    """A stand-in dpkg-query that knows no package, and an id that says we are not root."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, body in {"dpkg-query": "exit 1", "id": "echo 1000", "apt-get": "exit 1"}.items():
        (tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (tools / name).chmod(0o755)
    done = call("manage", "check", PATH=f"{tools}:{os.environ['PATH']}", VAR_DIR=str(tmp_path / "data"))
    assert done.returncode == 1
    assert "  sudo apt-get install --no-install-recommends fonts-noto-cjk " in done.stderr
    assert "libpango-1.0-0" in done.stderr


@pytest.mark.parametrize("busy", ["lists/lock", "archives/lock"])
def test_another_apt_is_waited_for(tmp_path, busy):
    """dpkg's own lock is left to apt, told for how long; of the others it only says that it could not get them."""
    tools = tmp_path / "tools"
    tools.mkdir()
    said = f"E: Could not get lock /var/lib/apt/{busy}. It is held by process 42 (apt-get)"
    apt = (
        f'echo "$@" >>{tmp_path}/asked\n[ "$(wc -l <{tmp_path}/asked)" -gt 2 ] || {{ echo "{said}" >&2; exit 100; }}\n'
    )
    bodies = {"dpkg-query": "exit 1", "id": "echo 0", "apt-get": apt + "echo no more >&2; exit 7"}
    for name, body in bodies.items():
        (tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (tools / name).chmod(0o755)
    done = call("setup", PATH=f"{tools}:{os.environ['PATH']}", VAR_DIR=str(tmp_path / "data"), FONT_DIR="/nowhere")
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked == ["-o DPkg::Lock::Timeout=900 update --quiet"] * 3
    assert done.returncode == 1
    assert "no more" in done.stderr


def test_apt_is_called_by_its_one_door():
    lines = [line for line in RUN.read_text().splitlines() if re.search(r"\bapt-get\b", line.split(" # ")[0])]
    assert [line.strip() for line in lines if not line.lstrip().startswith("#")] == [
        'LC_ALL=C apt-get -o DPkg::Lock::Timeout="$APT_WAIT" "$@" 2>"$said" || status=$?',
        'command -v apt-get >/dev/null || fail "this set-up knows Debian\'s packages only (apt-get is missing)."',
        "printf '  sudo apt-get install --no-install-recommends %s\\n\\n' \"${missing[*]}\" >&2",
    ]


# ---- in the folder of an installation -----------------------------------------------------------------------------


@pytest.fixture
def release(tmp_path):
    """Return the folder of an installed release, beside a command that says how it was called."""
    folder = tmp_path / "opt/releases/1.0-abc"
    folder.mkdir(parents=True)
    (folder / "run").write_text(RUN.read_text())
    (tmp_path / "opt/current").symlink_to(folder)
    command = tmp_path / "bin/riskcontrol"
    command.parent.mkdir()
    command.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    command.chmod(0o755)
    return folder


def call_in(release, *arguments, way="releases/1.0-abc"):
    """Call the script of a release from a folder of the caller's own."""
    root = release.parent.parent.parent
    return subprocess.run(
        ["bash", str(root / "opt" / way / "run"), *arguments],
        env={"PATH": f"{root / 'bin'}:{os.environ['PATH']}"},
        cwd=root / "bin",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("way", ["releases/1.0-abc", "current"])
def test_in_the_installed_folder_the_installation_is_meant(release, way):
    beside = release.parent.parent.parent / "bin"
    done = call_in(release, "backup", "--to", "here", "--keep", "3", way=way)
    assert done.stdout.splitlines() == ["backup", "--to", str(beside / "here"), "--keep", "3"]
    done = call_in(release, "restore", "b.zip", "--into", "scratch", way=way)
    assert done.stdout.splitlines() == ["restore", str(beside / "b.zip"), "--into", "scratch"]
    done = call_in(release, "manage", "verify_register", way=way)
    assert done.stdout.splitlines() == ["verify_register"]
    assert [path.name for path in release.iterdir()] == ["run"], "nothing is made there"


@pytest.mark.parametrize("verb", ["demo", "serve"])
def test_an_installed_release_is_not_served_by_hand(release, verb):
    done = call_in(release, verb)
    assert done.returncode == 1
    assert "systemctl start riskcontrol" in done.stderr
    assert [path.name for path in release.iterdir()] == ["run"]


def test_a_lost_command_is_told(release):
    (release.parent.parent.parent / "bin/riskcontrol").unlink()
    done = call_in(release, "backup")
    assert done.returncode == 1
    assert "./run install brings it back" in done.stderr
