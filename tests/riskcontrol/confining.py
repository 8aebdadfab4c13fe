"""Functions for a confined process: each tries what it must not get away with."""

import os
import sys
import time

from riskcontrol.processes.confinement import RefusedError


def tells(content: bytes) -> dict:
    """Return what the child sees of its surroundings."""
    return {"size": len(content), "environment": sorted(os.environ), "django": "django" in sys.modules}


def refuses(content: bytes) -> None:
    raise RefusedError("请另存为 .xlsx。")


def breaks(content: bytes) -> None:
    raise ValueError("broken inside")


def takes_memory(content: bytes) -> int:
    return len(bytearray(400 * 1024 * 1024))


def takes_time(content: bytes) -> None:
    time.sleep(60)


def takes_the_processor(content: bytes) -> None:
    while True:
        pass


def says_too_much(content: bytes) -> str:
    return "x" * 2_000_000


def dies(content: bytes) -> None:
    os.abort()


def lies(content: bytes) -> None:
    """Answer with what is no JSON."""
    os.write(1, b'{"a": ')
    os._exit(0)
