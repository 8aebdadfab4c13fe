"""Turns at what a machine can do only a few times at once, for all its processes together: locked files in VAR_DIR.

A few wait for a turn that becomes free, all others are told at once: or they would hold all threads of the server, and
people at work would wait with them.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from riskcontrol.web.trouble import CrowdedError

PAUSE = 0.02


@contextmanager
def taken(name: str, *, at_once: int, in_line: int, patience: float) -> Iterator[None]:
    """One of `at_once` turns; CrowdedError where `in_line` wait already, or after so many seconds.

    The system gives a turn back however its process ends.
    """
    held = _first_free(name, at_once)
    if held is None:
        held = _waited_for(name, at_once, in_line, patience)
    try:
        yield
    finally:
        _give_back(held)


def _waited_for(name: str, at_once: int, in_line: int, patience: float) -> int:
    place = _first_free(f"{name}-line", in_line)
    if place is None:
        raise CrowdedError
    try:
        until = time.monotonic() + patience
        while time.monotonic() < until:
            time.sleep(PAUSE)
            held = _first_free(name, at_once)
            if held is not None:
                return held
        raise CrowdedError
    finally:
        _give_back(place)


def _first_free(name: str, places: int) -> int | None:
    """The open file of the first place that nobody has, None where all are taken."""
    for place in range(places):
        descriptor = _lock(Path(settings.VAR_DIR, f"{name}-{place}.lock"))
        if descriptor is not None:
            return descriptor
    return None


def _give_back(descriptor: int) -> None:
    if descriptor >= 0:
        os.close(descriptor)


def _lock(path: Path) -> int | None:
    """The open file of a place that was free, None where somebody has it; -1 where no file can be had at all (a folder
    that can't be written): nobody is kept out for that."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError:
        return -1
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
