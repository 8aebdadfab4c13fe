"""./run upgrade: a verified backup, then the new program; --undo brings back the former program and that backup."""

import argparse
import datetime
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from riskcontrol import keyring
from riskcontrol.deploy import install, sealing
from riskcontrol.deploy import layout as places
from riskcontrol.deploy.layout import ServerLayout
from riskcontrol.deploy.machine import Machine, SetupError
from riskcontrol.deploy.units import REMIND_UNITS, TEMPLATES

SERVICES = ("riskcontrol-backup.timer", "riskcontrol.service")


def services(machine: Machine) -> tuple[str, ...]:
    """What stands still meanwhile; installations from before there were reminders have no timer for them."""
    timer = REMIND_UNITS[1]
    return (timer, *SERVICES) if machine.at(install.UNIT_FOLDER / timer).exists() else SERVICES


def upgrade(machine: Machine, layout: ServerLayout, source: Path, *, offline: Path | None) -> None:
    """Bring in the program of a project folder. A step that fails after the backup is undone at once.

    The new release is made ready while the old one still serves; people wait for the backup and the migration only.
    """
    former = in_use(machine, layout)
    release = places.place(machine, layout, source)
    if release == former:
        machine.say(f"{release.name} is in use already; nothing to do")
        return
    places.equip(machine, layout, release, packages=[], offline=offline)
    machine.systemctl("stop", *services(machine))
    try:
        backup = take_backup(machine, layout, former)
    except SetupError:
        machine.systemctl("start", *services(machine))
        raise
    entry = {"at": _now(), "from": str(former), "to": str(release), "backup": str(backup), "undone": None}
    write_record(machine, layout, [*read_record(machine, layout), entry])
    try:
        begins = sealing.keep_keys(machine, layout, keyring.ALGORITHMS[0]) or not sealing.knows_seals(machine, former)
        install.prepare(machine, layout, release)
        if begins:
            sealing.begin(machine, layout, release)
        machine.link(layout.current, release)
        # The new program writes the units as it knows them.
        refresh = ["python3", "-m", "riskcontrol.deploy.install", "--refresh"]
        machine.run(refresh, cwd=machine.at(release))
        install.start(machine, layout)
    except SetupError as error:
        machine.say(f"it failed, and the former program comes back: {error}")
        undo(machine, layout, is_after_failure=True)
        raise SetupError("The upgrade did not work; the former program and its data are in use again.") from error
    machine.say(f"{release.name} is in use. To go back to {former.name}: ./run upgrade --undo")


def undo(machine: Machine, layout: ServerLayout, *, is_after_failure: bool = False) -> None:
    """Bring back the program and the data from before the last upgrade; what was entered since is in a backup."""
    record = read_record(machine, layout)
    entry = next((entry for entry in reversed(record) if not entry["undone"]), None)
    if entry is None:
        raise SetupError("There is no upgrade to undo.")
    former, release, backup = Path(entry["from"]), Path(entry["to"]), Path(entry["backup"])
    if not is_after_failure and in_use(machine, layout) != release:
        raise SetupError(f"The program in use isn't the one of the last upgrade ({release.name}); nothing was changed.")
    if not machine.at(former).is_dir() or not machine.at(backup).is_file():
        raise SetupError(f"{former} or {backup} is gone; nothing was changed.")
    machine.systemctl("stop", *services(machine))
    saved = backup if is_after_failure else take_backup(machine, layout, release)
    restore = ["restore", str(backup), "--to", str(layout.backups)]
    try:
        places.manage(machine, layout, former, *restore, "--replace", "--saved", str(saved))
    except SetupError:
        if not is_after_failure:
            raise
        # A migration that broke off may have left tables that no program reads; nobody has worked since the backup.
        places.manage(machine, layout, former, *restore, "--damaged")
    machine.link(layout.current, former)
    places.manage(machine, layout, former, "collectstatic", "--no-input", "--clear", "--verbosity=0")
    entry["undone"] = _now()
    write_record(machine, layout, record)
    leave_out_reminders(machine, former)
    machine.systemctl("start", *services(machine))
    machine.say(f"{former.name} is in use again, with the data of {backup.name}")
    if saved != backup:
        machine.say(f"what was entered after the upgrade is kept in {saved}")


def leave_out_reminders(machine: Machine, release: Path) -> None:
    """Take away the timer of reminders where a release knows no such command: it would fail every morning."""
    if machine.at(release / TEMPLATES.relative_to(install.SOURCE) / REMIND_UNITS[1]).exists():
        return
    units = [machine.at(install.UNIT_FOLDER / name) for name in REMIND_UNITS]
    if not any(unit.exists() for unit in units):
        return
    machine.systemctl("disable", REMIND_UNITS[1])
    for unit in units:
        unit.unlink(missing_ok=True)
    machine.systemctl("daemon-reload")


def in_use(machine: Machine, layout: ServerLayout) -> Path:
    """The release that `current` leads to."""
    link = machine.at(layout.current)
    if not link.is_symlink():
        raise SetupError(f"{layout.current} isn't there: ./run install comes first (or give --dir).")
    return link.readlink()


def take_backup(machine: Machine, layout: ServerLayout, release: Path) -> Path:
    """A verified backup by a release; its path. A register with faults is not upgraded: they have to be seen first."""
    machine.say("backing up, and trying the backup out")
    told = places.manage(machine, layout, release, "backup", "--to", str(layout.backups))
    return Path(told.strip().splitlines()[-1]) if told.strip() else layout.backups / "left-out.zip"


def read_record(machine: Machine, layout: ServerLayout) -> list[dict[str, Any]]:
    path = machine.at(layout.record)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def write_record(machine: Machine, layout: ServerLayout, record: list[dict[str, Any]]) -> None:
    machine.write(layout.record, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


@contextmanager
def fetched(machine: Machine, source: str, ref: str | None) -> Iterator[Path]:
    """The folder of the new program: the one given, or a fresh copy of what git finds at an address."""
    folder = install.from_caller(Path(source))
    if folder.is_dir() and ref is None:
        yield folder
        return
    work = Path(tempfile.mkdtemp(prefix="riskcontrol-"))
    try:
        address = str(folder) if folder.is_dir() else source
        branch = ["--branch", ref] if ref else []
        machine.run(["git", "clone", "--quiet", "--depth=1", *branch, "--", address, str(work / "program")])
        yield work / "program"
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _options() -> argparse.ArgumentParser:
    options = install.common_options("./run upgrade", "Brings in a newer program after a verified backup.")
    options.add_argument("--from", dest="source", default=str(install.SOURCE), help="folder or git address")
    options.add_argument("--ref", help="branch or tag at that address")
    options.add_argument("--undo", action="store_true", help="bring back the former program and its data")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and upgrade or undo; the exit code."""
    given = _options().parse_args(arguments)
    machine = install.machine_of(given)
    try:
        install.require_debian(machine)
        layout = places.remembered(machine)
        if layout is None:
            raise SetupError("Nothing is installed here yet: ./run install comes first.")
        if given.undo:
            undo(machine, layout)
        else:
            offline = install.from_caller(given.offline) if given.offline else None
            with fetched(machine, given.source, given.ref) as source:
                upgrade(machine, layout, source, offline=offline)
    except (SetupError, OSError) as error:
        sys.stderr.write(f"run: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
