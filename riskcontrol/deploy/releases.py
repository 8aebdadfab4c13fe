"""The releases that lie side by side: two stay, the one in use and the one to go back to."""

import shutil
from pathlib import Path

from riskcontrol.deploy.layout import ServerLayout
from riskcontrol.deploy.machine import Machine, SetupError


def in_use(machine: Machine, layout: ServerLayout) -> Path | None:
    """The release that `current` leads to; None before there is one."""
    link = machine.at(layout.current)
    return link.readlink() if link.is_symlink() else None


def require_same(machine: Machine, layout: ServerLayout, name: str) -> None:
    """`install` mends the version in use; another one comes by `upgrade`, with a backup and a way back (issue 16)."""
    current = in_use(machine, layout)
    if current is not None and current.name != name and machine.at(current).is_dir():
        raise SetupError(
            f"这台服务器上装着 {current.name}，这份程序是 {name}，没有改动。"
            "换版本请用：./run upgrade（先自动备份，可用 --undo 退回）。",
            f"{current.name} is installed here, and this copy is {name}; nothing was changed. Use ./run upgrade.",
        )


def prune(machine: Machine, layout: ServerLayout, *stay: Path) -> list[str]:
    """Remove all releases but these and the one in use, half copied ones too; returns their names."""
    kept = {path.name for path in (*stay, in_use(machine, layout)) if path is not None}
    folder = machine.at(layout.releases)
    old = (
        sorted(path for path in folder.iterdir() if path.is_dir() and path.name not in kept) if folder.is_dir() else []
    )
    for path in old:
        if machine.is_dry:
            machine.say(f"将删除旧版本 {path.name}", f"would remove the release {path.name}")
            continue
        shutil.rmtree(path)
        machine.say(f"已删除旧版本 {path.name}", f"removed the release {path.name}")
    return [path.name for path in old]
