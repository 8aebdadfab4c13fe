"""What somebody sends, read in a process of its own: without the database and the keys, with little memory and time.

Whatever the reading does with a hostile file, it ends there. The answer comes back as JSON, which can do nothing but
be read.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskcontrol.child import alone
from riskcontrol.confinement import OUT_OF_MEMORY, REFUSED, RefusedError

__all__ = ["LIMITS", "Limits", "RefusedError", "confined"]

ROOT = Path(__file__).resolve().parent.parent
TOO_SLOW = "这个文件太复杂，{seconds} 秒内没有读完。请只留下要用的工作表和行，另存后再试。"
TOO_LARGE = "这个文件展开后太大，读不下。请只留下要用的工作表和行，另存后再试。"
BROKEN = "这个文件读不出来，可能已经损坏。请用 Excel 或 WPS 打开，另存为 .xlsx 后再试。"
BUSY = "正在读取别人上传的文件。请过半分钟再试。"


@dataclass(frozen=True)
class Limits:
    """Address space and answer in bytes, time in seconds (of the clock, and of the processor)."""

    memory: int = 256 * 1024 * 1024
    seconds: int = 10
    answer: int = 16 * 1024 * 1024


LIMITS = Limits()


def confined(function: Callable[[bytes], Any], content: bytes, *, limits: Limits = LIMITS) -> Any:
    """What a module's function made of the bytes; one at a time on this machine.

    The function can't use Django. RefusedError with words for the person who sent the file: the function's own, or
    that it took too much, or that it broke.
    """
    command = [sys.executable, "-s", "-m", "riskcontrol.confinement", function.__module__, function.__qualname__]
    command += [str(number) for number in (limits.memory, limits.seconds, limits.answer)]
    with alone("confined.lock", RefusedError(BUSY)), tempfile.TemporaryFile() as answer:
        try:
            done = subprocess.run(  # noqa: S603 - our own module, and the name of one of our functions
                command,
                input=content,
                stdout=answer,
                stderr=subprocess.PIPE,
                cwd=ROOT,
                env={"LANG": "C.UTF-8", "OPENPYXL_LXML": "False"},  # what is left is read with defusedxml
                timeout=limits.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise RefusedError(TOO_SLOW.format(seconds=limits.seconds)) from error
        if done.returncode:
            raise RefusedError(_words(done, limits))
        answer.seek(0)
        try:
            return json.load(answer)
        except (ValueError, RecursionError) as error:
            raise RefusedError(BROKEN) from error


def _words(done: subprocess.CompletedProcess[bytes], limits: Limits) -> str:
    if done.returncode == REFUSED:
        return done.stderr.decode(errors="replace").strip() or BROKEN
    if done.returncode == OUT_OF_MEMORY:
        return TOO_LARGE
    return BROKEN  # a signal, or an error that nobody foresaw
