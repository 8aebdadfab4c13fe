"""A process that reads many workbooks, each in a fork of its own with the limits of the real child, and measures them.

Starting ten thousand interpreters takes an hour; a fork takes milliseconds, and its limits and its code are the same.
Frames on the standard input and output: a length, then so many bytes of pickle; both sides are this program.
"""

import json
import os
import pickle
import resource
import select
import signal
import struct
import sys
import time
from typing import Any, BinaryIO

from riskcontrol.paper.excel_reading import read_workbook
from riskcontrol.processes import confinement

MOST_ANSWER = 16 * 1024 * 1024


def send(stream: BinaryIO, value: Any) -> None:
    data = pickle.dumps(value)
    stream.write(struct.pack(">Q", len(data)) + data)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    head = stream.read(8)
    return pickle.loads(stream.read(struct.unpack(">Q", head)[0])) if len(head) == 8 else None  # noqa: S301


def serve(memory: int, seconds: int) -> None:
    """Answer each workbook with (exit status, answer or words, seconds, peak memory in KB)."""
    while (content := receive(sys.stdin.buffer)) is not None:
        send(sys.stdout.buffer, _read(content, memory, seconds))


def _read(content: bytes, memory: int, seconds: int) -> tuple[int, bytes, float, int]:
    answer, inside = os.pipe()
    begin = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(answer)
        os._exit(_in_child(content, inside, memory, seconds))
    os.close(inside)
    said = _until(answer, begin + seconds, child)
    os.close(answer)
    _, status, usage = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), said, time.monotonic() - begin, usage.ru_maxrss


def _in_child(content: bytes, inside: int, memory: int, seconds: int) -> int:
    """What confinement.main() does with the bytes of its standard input."""
    status = 1
    try:
        confinement.limit(memory, seconds, MOST_ANSWER)
        with os.fdopen(inside, "wb") as stream:
            try:
                stream.write(json.dumps(read_workbook(content)).encode())
                status = 0
            except confinement.RefusedError as error:
                stream.write(str(error).encode())
                status = confinement.REFUSED
            except MemoryError:
                status = confinement.OUT_OF_MEMORY
    except BaseException:
        status = status or 1
    return status


def _until(answer: int, end: float, child: int) -> bytes:
    """All that the child says; it is killed when its time is over."""
    pieces = []
    while True:
        ready, _, _ = select.select([answer], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            os.kill(child, signal.SIGKILL)
            return b"".join(pieces)
        piece = os.read(answer, 1 << 20)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(int(sys.argv[1]), int(sys.argv[2]))
