"""Every command that the two READMEs print runs as printed; those of README's list in their order, on a clean clone."""

import os
import re
import shlex
import subprocess

import pytest
from django.conf import settings
from django.core.management import CommandError, get_commands, load_command_class
from django.db import connection

from riskcontrol.deploy import console, install, upgrade
from tests.test_run import MACHINE_VERBS, RUN, dispatched

READMES = ("README.md", "riskcontrol/deploy/README.md", "SECURITY.md")
# What a reader replaces: a file, a folder, a number, what the school chooses. The names of a table are no commands.
STANDS_FOR = re.compile(r"^(?:[A-Z][A-Z_-]+|…)$")
COMMAND = re.compile(r"(?:[A-Z_]+=\S+ )*(?:(?:sudo )?\./run|(?:sudo )?riskcontrol)(?: .*)?")
OF_A_SERVER = {"sudo", "riskcontrol"}


def printed():
    """Each command that a README prints, in a block or between two backquotes, as (file, words)."""
    for name in READMES:
        text = (settings.BASE_DIR / name).read_text()
        blocks = re.findall(r"^ *```\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
        lines = [line.split(" #")[0].strip() for block in blocks for line in block.splitlines()]
        spans = re.findall(r"`([^`\n]+)`", re.sub(r"^ *```\n.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE))
        for line in [*lines, *spans]:
            if COMMAND.fullmatch(line) and line != "riskcontrol":
                yield name, shlex.split(line)


COMMANDS = sorted({(name, " ".join(words)) for name, words in printed()})


CONSOLE = set(console._options()._subparsers._group_actions[0].choices)
OPTIONS = {"install": install._options, "upgrade": upgrade._options}


def is_understood(words):
    """Whether a command, without what is set before it, names a verb that is there and options that it takes."""
    words = [word for word in words if not re.match(r"[A-Z_]+=", word)]
    if words[:2] == ["sudo", "./run"]:
        words = words[1:]
    if words[0] in OF_A_SERVER:
        words = words[words.index("riskcontrol") :]
        if words[1:2] == ["upgrade"]:
            words = ["./run", *words[1:]]
        elif words[1:2] and words[1] in CONSOLE:
            console._options().parse_args(words[1:])
            return True
    if words[0] in OF_A_SERVER:
        words = ["./run", "manage", *words[words.index("riskcontrol") + 1 :]]
    if len(words) == 1:
        return True
    verb, arguments = words[1], words[2:]
    assert verb in dispatched() | MACHINE_VERBS, f"there is no verb {verb}"
    if verb in CONSOLE:
        console._options().parse_args(words[1:])
    elif verb in MACHINE_VERBS:
        OPTIONS[verb]().parse_args(arguments)
    elif verb in ("backup", "restore"):
        parse(verb, arguments)
    elif verb == "manage":
        parse(arguments[0], arguments[1:])
    elif verb == "bench":
        assert (settings.BASE_DIR / "tests/bench" / f"{arguments[0]}.py").exists()
    elif verb == "test":
        assert set(arguments) <= {"--sqlite", "--postgres"}
    else:
        assert arguments == []
    return True


def parse(name, arguments):
    """Read a command's arguments as manage.py does; SystemExit where it doesn't take them."""
    if STANDS_FOR.match(name):
        return
    assert name in get_commands(), f"manage.py has no command {name}"
    filled = ["2026" if argument in ("N", "…") else argument for argument in arguments]
    load_command_class(get_commands()[name], name).create_parser("manage.py", name).parse_args(filled)


@pytest.mark.parametrize(("readme", "command"), COMMANDS)
def test_each_printed_command_is_there_with_its_options(readme, command):
    assert is_understood(shlex.split(command))


def test_the_commands_are_found_in_both_readmes():
    words = {command for _, command in COMMANDS}
    assert {
        "./run demo",
        "sudo ./run install --names NAME",
        "sudo riskcontrol rename NAME",
        "./run manage load_sample",
        "VAR_DIR=var-restored ./run manage import_archive 2011年档案.zip",
        "riskcontrol restore FILE --into scratch",
        "sudo riskcontrol rescue_account NUMBER",
        "./run manage check --deploy",
    } <= words


@pytest.mark.parametrize(
    "wrong",
    [
        "./run deploy",
        "./run install --hosts a",
        "./run manage export --year 2011",
        "./run manage verify_archive",
        "./run bench nothing",
        "riskcontrol rescue_account",
    ],
)
def test_what_would_not_run_is_noticed(wrong):
    with pytest.raises((AssertionError, SystemExit, CommandError)):
        is_understood(shlex.split(wrong))


def listed():
    """The commands of README's list, as they stand."""
    section = (settings.BASE_DIR / "README.md").read_text().split("## Commands\n")[1].split("\n## ")[0]
    block = re.search(r"^```\n(.*?)^```", section, re.DOTALL | re.MULTILINE).group(1)
    return [line.split("  #")[0].strip() for line in block.splitlines()]


@pytest.fixture
def clone(tmp_path):
    """A copy of the program without any data, and with the packages and fonts that are here already."""
    folder = tmp_path / "clone"
    folder.mkdir()
    for name in os.listdir(settings.BASE_DIR):
        if not (name.startswith("var") or name == ".git"):
            (folder / name).symlink_to(settings.BASE_DIR / name)
    (folder / "run").unlink()
    (folder / "run").write_bytes(RUN.read_bytes())
    (folder / "run").chmod(0o755)
    return folder


@pytest.mark.long
@pytest.mark.skipif(connection.vendor != "sqlite", reason="it has a database of its own")
def test_the_list_of_commands_runs_as_printed_on_a_clean_clone(clone):
    kept = ("DATABASE_URL", "SECRET_KEY", "SECRET_KEY_FILE", "DEMO", "DEBUG", "VAR_DIR", "DJANGO_SETTINGS_MODULE")
    plain = {name: value for name, value in os.environ.items() if name not in kept}
    commands = listed()
    assert [command.split("./run manage ")[1].split()[0] for command in commands] == [
        "load_sample",
        "export_table",
        "export_table",
        "build_archive",
        "verify_archive",
        "import_archive",
    ]
    for command in commands:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=clone,
            env=plain | {"FONT_DIR": str(settings.FONT_DIR)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert (clone / "附件2.pdf").read_bytes().startswith(b"%PDF")
    assert (clone / "var-restored/register.sqlite3").exists()
