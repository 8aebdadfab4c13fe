"""Work in a child process: its result, its refusal, its failure, its limits."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from riskcontrol.paper.pdf import DocumentError
from riskcontrol.processes import child
from riskcontrol.processes.child import in_child


def tell(argument) -> bytes:
    """Return what the child saw."""
    return f"{argument}|{os.getpid()}|{settings.SETTINGS_MODULE}".encode()


def refuse(argument) -> bytes:
    raise DocumentError("以下字符没有可用的字体。")


def breaks(argument) -> bytes:
    raise RuntimeError("broken inside")


def sleeps(argument) -> bytes:
    subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"], check=True)
    return b""


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    """Name the functions above as the child finds them."""
    for function in (tell, refuse, breaks, sleeps):
        monkeypatch.setattr(function, "__module__", "tests.riskcontrol.processes.test_child")


def test_the_function_runs_in_another_process_with_the_same_settings():
    with in_child(tell, ("一", 2)) as result:
        said, process, module = result.read().decode().split("|")
    assert said == "('一', 2)"
    assert int(process) != os.getpid()
    assert module == "tests.settings"


def test_a_refusal_comes_back_in_its_own_words():
    with pytest.raises(DocumentError, match=r"^以下字符没有可用的字体。$"):
        in_child(refuse, None)


def test_a_broken_child_is_an_error_with_its_last_words():
    with pytest.raises(subprocess.CalledProcessError) as caught:
        in_child(breaks, None)
    assert "broken inside" in caught.value.stderr


def test_a_child_that_hangs_is_ended(monkeypatch):
    with pytest.raises(DocumentError, match="3 秒内没有生成完"):
        in_child(sleeps, None, seconds=3)


def test_there_is_one_at_a_time(monkeypatch):
    monkeypatch.setattr(child, "PATIENCE", 0.3)
    with Path(settings.VAR_DIR, "child.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(DocumentError, match="正在为别人生成另一份大文件"):
            in_child(tell, None)
    in_child(tell, None).close()
