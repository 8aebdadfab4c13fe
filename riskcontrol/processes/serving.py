"""Does a server work on this folder of data? It holds a lock of it; the system gives it back however it ends."""

import fcntl
from pathlib import Path
from typing import IO

_LOCK = "serving.lock"
_held: list[IO[bytes]] = []


def hold(data: Path) -> None:
    """Say that this process, and each that it forks, serves these data; a folder that takes no file is left alone."""
    try:
        lock = Path(data, _LOCK).open("wb")  # noqa: SIM115 - held until the process ends
    except OSError:
        return
    fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    _held.append(lock)


def is_served(data: Path) -> bool:
    """Whether some process holds it."""
    try:
        with Path(data, _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
