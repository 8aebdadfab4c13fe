"""Work that takes much memory, done in a process of its own: what it took goes back when it ends.

The function is named by module and name, its argument is a value without models. Both sides are this program in this
version, and the pipe between them is seen by nobody else.
"""

import fcntl
import gc
import os
import pickle  # read in the child only, written by its parent  # nosec B403
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import django
from django.conf import settings

from riskcontrol.paper.pdf import DocumentError

REFUSED = 3  # the exit code that goes with a DocumentError
# How long a person waits at most: for the child, and for the one before it. The web server in front gives up later.
SECONDS, PATIENCE = 110, 30


def in_child(function: Callable[[Any], bytes], argument: Any, *, seconds: int = SECONDS) -> BinaryIO:
    """What a module's function made of its argument, as an open temporary file at its beginning.

    One at a time on this machine. DocumentError as the function raised it, or where it takes too long;
    CalledProcessError where the child broke.
    """
    order = pickle.dumps((function.__module__, function.__qualname__, argument))
    result = tempfile.TemporaryFile()  # noqa: SIM115 - the caller reads and closes it
    try:
        with alone("child.lock", DocumentError("正在为别人生成另一份大文件。请过一两分钟再试。")):
            done = _run(order, result, seconds)
        if done.returncode == REFUSED:
            raise DocumentError(done.stderr.decode().strip())
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, "riskcontrol.child", stderr=done.stderr.decode())
    except BaseException:
        result.close()
        raise
    result.seek(0)
    return result


def _run(order: bytes, result: BinaryIO, seconds: int) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            [sys.executable, "-m", "riskcontrol.processes.child"],
            input=order,
            stdout=result,
            stderr=subprocess.PIPE,
            cwd=settings.BASE_DIR,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DocumentError(f"文件太大，{seconds} 秒内没有生成完。请缩小范围，或导出 Excel。") from error


@contextmanager
def alone(place: str, refusal: Exception) -> Iterator[None]:
    """Hold the machine's one place of this name, so that several children don't take its memory together.

    Raises the refusal where the one before doesn't end.
    """
    patience = time.monotonic() + PATIENCE
    with Path(settings.VAR_DIR, place).open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > patience:
                    raise refusal from None
                time.sleep(0.2)
        yield


def main() -> int:
    """Do what stands on the standard input, and write the result to the standard output."""
    gc.disable()  # a document is full of cycles, and looking for them takes a fifth of the time
    django.setup()
    module, name, argument = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the parent, see above  # nosec B301
    try:
        sys.stdout.buffer.write(getattr(import_module(module), name)(argument))
    except DocumentError as error:
        sys.stderr.buffer.write(str(error).encode())
        return REFUSED
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
