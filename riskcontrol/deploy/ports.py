"""Ports of this machine: is one taken, and by which program? Read from the kernel's own tables."""

import os
from collections.abc import Iterable
from pathlib import Path

from riskcontrol.deploy.machine import Machine, SetupError

PROC = Path("/proc")
LISTENING = "0A"


def holders(port: int) -> list[str]:
    """The names of the programs that listen on a TCP port, e.g. ["apache2 (812)"]; “?” where nobody may see which."""
    sockets = _sockets(port)
    if not sockets:
        return []
    return sorted(_programs(sockets)) or ["?"]


def _sockets(port: int) -> set[str]:
    found = set()
    for table in ("net/tcp", "net/tcp6"):
        try:
            lines = (PROC / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in (line.split() for line in lines):
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found


def _programs(sockets: set[str]) -> Iterable[str]:
    for process in PROC.iterdir():
        if not process.name.isdigit():
            continue
        try:
            held = {_target(descriptor) for descriptor in (process / "fd").iterdir()}
            name = (process / "comm").read_text().strip()
        except OSError:
            continue
        if held & sockets:
            yield f"{name} ({process.name})"


def _target(descriptor: Path) -> str:
    """What a descriptor is of; one may be closed while we look, ours for the list is."""
    try:
        return os.readlink(descriptor)
    except OSError:
        return ""


def require_free(machine: Machine, wanted: dict[int, str]) -> None:
    """SetupError where a port is taken by anybody but the program that is to have it (by the beginning of its name)."""
    if not machine.is_real:
        return
    for port, program in wanted.items():
        others = [holder for holder in holders(port) if not holder.startswith(program)]
        if others:
            listed = "、".join(others)
            raise SetupError(
                f"端口 {port} 已被占用：{listed}。请停用它（systemctl disable --now 服务名），或把本系统装到另一台"
                f"服务器{'；也可以用 --port 换一个端口' if port not in (80, 443) else ''}。没有改动。",
                f"Port {port} is taken by {', '.join(others)}; nothing was changed.",
            )
