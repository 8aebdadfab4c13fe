"""One of this program's own commands in a process that outlives the request which began it."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings


def start(*arguments: str, name: str, keeps: Sequence[int] = ()) -> None:
    """Begin `manage.py …`; a thread of this name takes note of its end. OSError where it can't be begun.

    The open files `keeps` stay open in it as long as it lives: a lock on one of them tells that it is not dead.
    """
    command = [sys.executable, str(Path(settings.BASE_DIR, "manage.py")), *arguments]
    child = subprocess.Popen(  # noqa: S603 - our own command, no part of it comes from outside
        command,
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=keeps,
        start_new_session=True,  # a worker of the web server may be replaced meanwhile
    )
    threading.Thread(target=child.wait, name=name, daemon=True).start()
