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
from riskcontrol.deploy import install, releases, sealing, service, site
from riskcontrol.deploy import layout as places
from riskcontrol.deploy.layout import ServerLayout
from riskcontrol.deploy.machine import Machine, SetupError
from riskcontrol.deploy.units import REMIND_UNITS, TEMPLATES

SERVICES = ("riskcontrol-backup.timer", "riskcontrol.service")


def services(machine: Machine) -> tuple[str, ...]:
    """What stands still meanwhile; installations from before there were reminders have no timer for them."""
    timer = REMIND_UNITS[1]
    return (timer, *SERVICES) if machine.at(service.UNIT_FOLDER / timer).exists() else SERVICES


def upgrade(machine: Machine, layout: ServerLayout, source: Path, *, offline: Path | None) -> None:
    """Bring in the program of a project folder. A step that fails after the backup is undone at once.

    The new release is made ready while the old one still serves; people wait for the backup and the migration only.
    """
    former = in_use(machine, layout)
    release = places.place(machine, layout, source)
    if release == former:
        machine.say(f"{release.name} 已在使用，不需要升级", f"{release.name} is in use already; nothing to do")
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
        _bring_in(machine, layout, former, release)
    except SetupError as error:
        machine.say(
            f"没有成功，正在换回原来的版本：{error}",
            f"it failed, and the former program comes back: {error.plain or error}",
        )
        undo(machine, layout, is_after_failure=True)
        raise SetupError(
            "升级没有成功，原来的程序和数据已恢复使用。原因见上。",
            "The upgrade did not work; the former program and its data are in use again.",
        ) from error
    releases.prune(machine, layout, former)
    machine.say(
        f"{release.name} 已启用。要退回 {former.name}，请运行：./run upgrade --undo",
        f"{release.name} is in use. To go back to {former.name}: ./run upgrade --undo",
    )


def _bring_in(machine: Machine, layout: ServerLayout, former: Path, release: Path) -> None:
    begins = sealing.keep_keys(machine, layout, keyring.ALGORITHMS[0]) or not sealing.knows_seals(machine, former)
    service.prepare(machine, layout, release)
    if begins:
        sealing.begin(machine, layout, release)
    machine.link(layout.current, release)
    _refresh(machine, release)
    service.start(machine, layout)


def _refresh(machine: Machine, release: Path) -> None:
    """A release writes the units and nginx's files as it knows them."""
    machine.run(["python3", "-m", "riskcontrol.deploy.install", "--refresh"], cwd=machine.at(release))


def undo(machine: Machine, layout: ServerLayout, *, is_after_failure: bool = False) -> None:
    """Bring back the program and the data from before the last upgrade; what was entered since is in a backup.

    It is recorded as done when it is done, and can be called again after it broke off anywhere.
    """
    record = read_record(machine, layout)
    entry = next((entry for entry in reversed(record) if not entry["undone"]), None)
    if entry is None:
        raise SetupError("没有可以退回的升级。", "There is no upgrade to undo.")
    former, release, backup = Path(entry["from"]), Path(entry["to"]), Path(entry["backup"])
    is_repeated = "begun" in entry
    if not is_after_failure and not is_repeated and in_use(machine, layout) != release:
        raise SetupError(
            f"现在用的不是最近一次升级的版本（{release.name}），没有改动。",
            f"The program in use isn't the one of the last upgrade ({release.name}); nothing was changed.",
        )
    if not machine.at(former).is_dir() or not machine.at(backup).is_file():
        raise SetupError(
            f"{former} 或 {backup} 已不在，没有改动。", f"{former} or {backup} is gone; nothing was changed."
        )
    entry["begun"] = entry.get("begun") or _now()
    write_record(machine, layout, record)
    machine.systemctl("stop", *services(machine))
    saved = backup if is_after_failure else _saved(machine, layout, release, former if is_repeated else None)
    _put_back(machine, layout, former, backup, saved, is_forced=is_after_failure)
    machine.link(layout.current, former)
    places.manage(machine, layout, former, "collectstatic", "--no-input", "--clear", "--verbosity=0")
    _write_former_files(machine, layout, former)
    machine.systemctl("start", *services(machine))
    entry["undone"] = _now()
    write_record(machine, layout, record)
    releases.prune(machine, layout, *([] if is_after_failure else [release]))
    words = f"{former.name} 已恢复使用，数据是 {backup.name} 里的"
    machine.say(words, f"{former.name} is in use again, with the data of {backup.name}")
    if saved != backup:
        machine.say(f"升级以后录入的内容保存在 {saved}", f"what was entered after the upgrade is kept in {saved}")


def _saved(machine: Machine, layout: ServerLayout, release: Path, former: Path | None) -> Path:
    """A backup of what is there. Where an earlier call broke off after it had put the data back, it is the former
    program that knows their tables."""
    try:
        return take_backup(machine, layout, release)
    except SetupError:
        if former is None:
            raise
        return take_backup(machine, layout, former)


def _put_back(
    machine: Machine, layout: ServerLayout, former: Path, backup: Path, saved: Path, *, is_forced: bool
) -> None:
    restore = ["restore", str(backup), "--to", str(layout.backups)]
    try:
        places.manage(machine, layout, former, *restore, "--replace", "--saved", str(saved))
    except SetupError:
        if not is_forced:
            raise
        # A migration that broke off may have left tables that no program reads; nobody has worked since the backup.
        places.manage(machine, layout, former, *restore, "--damaged")


def _write_former_files(machine: Machine, layout: ServerLayout, former: Path) -> None:
    """Units, nginx and logrotate of the version that comes back, without those that it doesn't know."""
    settings = places.settings_of(machine)
    if layout.has_nginx:
        site.withdraw(machine, layout, site.site_of(settings))
    templates = machine.at(former / TEMPLATES.relative_to(install.SOURCE))
    units = sorted(machine.at(service.UNIT_FOLDER).glob("riskcontrol*"))
    unknown = [path.name for path in units if not (templates / path.name).exists()]
    for name in unknown:
        if name.endswith(".timer"):
            machine.systemctl("disable", "--now", name)
        machine.remove(service.UNIT_FOLDER / name)
    _refresh(machine, former)
    if unknown:
        machine.systemctl("daemon-reload")


def in_use(machine: Machine, layout: ServerLayout) -> Path:
    """The release that `current` leads to."""
    current = releases.in_use(machine, layout)
    if current is None:
        raise SetupError(
            f"没有找到 {layout.current}：请先安装（./run install），或用 --dir 指明。",
            f"{layout.current} isn't there: ./run install comes first (or give --dir).",
        )
    return current


def take_backup(machine: Machine, layout: ServerLayout, release: Path) -> Path:
    """A verified backup by a release; its path. A register with faults is not upgraded: they have to be seen first."""
    machine.say("正在备份，并试恢复一次", "backing up, and trying the backup out")
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
    options = install.common_options("./run upgrade", "先自动备份并试恢复，再换成较新的程序。")
    options.add_argument("--from", dest="source", default=str(install.SOURCE), help="程序的文件夹，或 git 地址")
    options.add_argument("--ref", help="那个地址上的分支或标签")
    options.add_argument("--undo", action="store_true", help="退回升级前的程序和数据")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and upgrade or undo; the exit code."""
    given = _options().parse_args(arguments)
    machine = install.machine_of(given)
    try:
        install.require_debian(machine)
        layout = places.remembered(machine)
        if layout is None:
            raise SetupError(
                "这里还没有安装：请先运行 ./run install。", "Nothing is installed: ./run install comes first."
            )
        if given.undo:
            undo(machine, layout)
        else:
            offline = install.from_caller(given.offline) if given.offline else None
            with fetched(machine, given.source, given.ref) as source:
                upgrade(machine, layout, source, offline=offline)
    except (SetupError, OSError) as error:
        return install.refused(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
