"""make_exports: makes the files that wait in the queue of exports, and ends; the pages begin it by themselves."""

import os
import signal
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from riskpoints.exports.runner import run_queue


class Command(BaseCommand):
    """Make what waits."""

    help = "生成排队中的导出文件（内部使用，由页面发起）"

    def handle(self, *args: Any, **options: Any) -> None:
        os.nice(10)  # people at their screens come first
        before = signal.signal(signal.SIGTERM, _stop)
        try:
            run_queue(hanging=lambda: os._exit(1))
        finally:
            signal.signal(signal.SIGTERM, before)


def _stop(number: int, frame: FrameType | None) -> None:
    """What is being made goes back into the queue."""
    raise SystemExit(128 + number)
