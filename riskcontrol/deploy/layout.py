"""Where the parts of an installation lie, and the settings that it was given."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from riskcontrol import VERSION
from riskcontrol.deploy.machine import Machine, SetupError
from riskcontrol.deploy.units import ENVIRONMENT

NAME = "riskcontrol"
ETC = ENVIRONMENT.parent
SECRET = ETC / "secret_key"
# Where things were put and how, so that an upgrade and a second call need not be told again.
CHOICES = ETC / "install.json"
# What lies in a project folder and isn't the program.
NOT_PROGRAM = re.compile(r"\.git|\.venv|var.*|__pycache__|\..*_cache|\.hypothesis")


@dataclass(frozen=True)
class ServerLayout:
    """One installation: releases lie side by side, `current` leads to the one in use; `keep` nightly backups stay."""

    program: Path = Path("/opt/riskcontrol")
    data: Path = Path("/var/lib/riskcontrol")
    backups: Path = Path("/var/backups/riskcontrol")
    logs: Path = Path("/var/log/riskcontrol")
    user: str = NAME
    keep: int = 30
    has_nginx: bool = True

    @property
    def pages(self) -> Path:
        """What nginx shows while the site is away."""
        return self.program / "pages"

    @property
    def current(self) -> Path:
        return self.program / "current"

    @property
    def releases(self) -> Path:
        return self.program / "releases"

    @property
    def record(self) -> Path:
        """Which upgrade took which backup."""
        return self.program / "upgrades.json"


def remembered(machine: Machine) -> ServerLayout | None:
    """What an earlier call was told; None before the first."""
    path = machine.at(CHOICES)
    if not path.is_file():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    return ServerLayout(
        program=Path(kept["program"]),
        data=Path(kept["data"]),
        backups=Path(kept["backups"]),
        keep=kept["keep"],
        has_nginx=kept["has_nginx"],
    )


def remember(machine: Machine, layout: ServerLayout) -> None:
    """Write down what this call was told."""
    folders = {name: str(getattr(layout, name)) for name in ("program", "data", "backups")}
    kept = folders | {"keep": layout.keep, "has_nginx": layout.has_nginx}
    machine.write(CHOICES, json.dumps(kept, indent=1) + "\n")


def settings_of(machine: Machine) -> dict[str, str]:
    """The variables of the installation's file; empty before there is one."""
    path = machine.at(ENVIRONMENT)
    if not path.is_file():
        return {}
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name.strip(): value.strip() for name, _, value in pairs}


def manage(machine: Machine, layout: ServerLayout, release: Path, *arguments: str, is_shown: bool = False) -> str:
    """Run a command of manage.py of a release, as the account of the service and with its settings."""
    command = [str(release / ".venv/bin/python"), "manage.py", *arguments]
    settings = settings_of(machine) | {"HOME": str(layout.data)}
    return machine.run(command, cwd=machine.at(release), user=layout.user, env=settings, is_shown=is_shown)


def program_files(source: Path) -> list[Path]:
    """The files of a project folder that make up the program: all that git does not ignore, or all but data, caches."""
    if (source / ".git").exists() and shutil.which("git"):
        command = ["git", "-c", f"safe.directory={source.resolve()}", "-C", str(source), "ls-files", "-z"]
        command += ["--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - git on the given folder
        if listed.returncode == 0:
            names = [Path(os.fsdecode(name)) for name in listed.stdout.split(b"\0") if name]
            return sorted(name for name in names if (source / name).is_file())
    found = []
    for folder, folders, files in os.walk(source):
        folders[:] = [name for name in folders if not NOT_PROGRAM.fullmatch(name)]
        found += [Path(folder, name).relative_to(source) for name in files if not name.endswith(".pyc")]
    return sorted(found)


def release_name(source: Path) -> str:
    """Version and fingerprint: the same program is the same release."""
    digest = hashlib.sha256()
    for name in program_files(source):
        digest.update(f"{name}\0".encode())
        digest.update(hashlib.sha256((source / name).read_bytes()).digest())
    version = re.search(r'^VERSION = "([\w.+-]+)"', (source / "riskcontrol/__init__.py").read_text(), re.MULTILINE)
    return f"{version[1] if version else VERSION}-{digest.hexdigest()[:12]}"


def place(machine: Machine, layout: ServerLayout, source: Path) -> Path:
    """Copy the program of a project folder into a release of its own, whole or not at all; returns its path."""
    if not (source / "manage.py").is_file() or not (source / "run").is_file():
        raise SetupError(
            f"{source} 不是本程序的文件夹：缺少 manage.py 或 run。",
            f"{source} is no folder of this program: manage.py or run is missing.",
        )
    release = layout.releases / release_name(source)
    if machine.at(release).is_dir():
        machine.say(f"程序已在 {release}", f"the program is there: {release}")
        return release
    if machine.is_dry:
        machine.say(f"将把程序复制到 {release}", f"would copy the program to {release}")
        return release
    part = machine.at(release).with_name(f"{release.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    for name in program_files(source):
        target = part / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target)
        target.chmod(0o755 if os.access(source / name, os.X_OK) else 0o644)
    part.rename(machine.at(release))
    machine.say(f"程序已复制到 {release}", f"copied the program to {release}")
    return release


def equip(machine: Machine, layout: ServerLayout, release: Path, *, packages: list[str], offline: Path | None) -> None:
    """Give a release what it runs on: system packages, Python packages of its own, fonts, compiled sources."""
    variables = {"VAR_DIR": str(layout.data), "EXTRA_PACKAGES": " ".join(packages)}
    if offline:
        variables["OFFLINE_DIR"] = str(offline)
    machine.run([str(release / "run"), "setup"], cwd=release, env=variables, is_shown=True)
    python = str(release / ".venv/bin/python")
    machine.run([python, "-m", "compileall", "-q", "riskcontrol", "departments", "riskpoints"], cwd=release)
