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

from riskcontrol.processes.child import alone
from riskcontrol.processes.confinement import OUT_OF_MEMORY, REFUSED, RefusedError

__all__ = ["LIMITS", "SCAN", "SCAN_LIMITS", "SHEETS_LIMITS", "Limits", "RefusedError", "Words", "confined"]

ROOT = Path(__file__).resolve().parents[2]
TOO_SLOW = "这个文件太复杂，{seconds} 秒内没有读完。请只留下要用的工作表和行，另存后再试。"
TOO_LARGE = "这个文件展开后太大，读不下。请只留下要用的工作表和行，另存后再试。"
BROKEN = "这个文件读不出来，可能已经损坏。请用 Excel 或 WPS 打开，另存为 .xlsx 后再试。"
SCAN_TOO_SLOW = "这个文件太复杂，{seconds} 秒内没有读完。请把扫描分辨率降到 300 dpi 左右，重新扫描后再试。"
SCAN_TOO_LARGE = "这个文件展开后太大，读不下。请把扫描分辨率降到 300 dpi 左右，重新扫描后再试。"
SCAN_BROKEN = "这个文件读不出来，可能已经损坏。请重新扫描，或另存后再试。"
BUSY = "正在读取别人上传的文件。请过半分钟再试。"


@dataclass(frozen=True)
class Limits:
    """Address space and answer in bytes, time in seconds (of the clock, and of the processor)."""

    memory: int = 256 * 1024 * 1024
    seconds: int = 10
    answer: int = 16 * 1024 * 1024


@dataclass(frozen=True)
class Words:
    """What is said where the reading took too long or too much, or broke: what to do depends on what was sent."""

    too_slow: str = TOO_SLOW
    too_large: str = TOO_LARGE
    broken: str = BROKEN


LIMITS, WORKBOOK = Limits(), Words()
# A page in colour at 600 dots per inch takes a hundred megabytes once it is decoded.
SCAN_LIMITS, SCAN = Limits(memory=768 * 1024 * 1024, seconds=20), Words(SCAN_TOO_SLOW, SCAN_TOO_LARGE, SCAN_BROKEN)
# Sixty sheets of many tables are drawn and looked at, and come back parted.
SHEETS_LIMITS = Limits(memory=768 * 1024 * 1024, seconds=60, answer=64 * 1024 * 1024)


def confined(
    function: Callable[[bytes], Any], content: bytes, *, limits: Limits = LIMITS, words: Words = WORKBOOK
) -> Any:
    """What a module's function made of the bytes; one at a time on this machine.

    The function can't use Django. RefusedError with words for the person who sent the file: the function's own, or
    that it took too much, or that it broke.
    """
    command = [
        sys.executable,
        "-s",
        "-m",
        "riskcontrol.processes.confinement",
        function.__module__,
        function.__qualname__,
    ]
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
            raise RefusedError(words.too_slow.format(seconds=limits.seconds)) from error
        if done.returncode:
            raise RefusedError(_words(done, words))
        answer.seek(0)
        try:
            return json.load(answer)
        except (ValueError, RecursionError) as error:
            raise RefusedError(words.broken) from error


def _words(done: subprocess.CompletedProcess[bytes], words: Words) -> str:
    if done.returncode == REFUSED:
        return done.stderr.decode(errors="replace").strip() or words.broken
    if done.returncode == OUT_OF_MEMORY:
        return words.too_large
    return words.broken  # a signal, or an error that nobody foresaw
